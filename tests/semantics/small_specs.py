"""Small networks for tests: a few lines become a body, and what came of it is easy to ask."""

from textwrap import dedent, indent

from archdsl import driver
from archdsl.ir.graph import Program, Scope, Step, state_dict, walk


def network(lines: str, input: str = "3x32x32", above: str = "") -> str:
    """A spec whose network `Net` has these lines below its input."""
    body = indent(dedent(lines).strip("\n"), "    ")
    return f"{dedent(above).strip()}\n\nnetwork Net:\n    input {input}\n{body}\n"


def load(lines: str, input: str = "3x32x32", above: str = "") -> driver.Loaded:
    return driver.loads(network(lines, input, above), name="net.arch", network="Net")


def program(lines: str, input: str = "3x32x32", above: str = "") -> Program:
    return made(load(lines, input, above))


def made(loaded: driver.Loaded) -> Program:
    """The program of a spec without mistakes and warnings."""
    assert codes(loaded) == [], [(d.code, d.message) for d in loaded.diagnostics]
    assert loaded.program is not None
    return loaded.program


def codes(loaded: driver.Loaded) -> list[str]:
    """What was told, but for names that nothing uses: lines of tests often have some."""
    return [d.code for d in loaded.diagnostics if d.code != "W0113"]


def word(step: Step) -> str:
    """What a step is: an op's word, a block's name, `path` for a sequence without one."""
    target = step.target
    return (target.block or "path") if isinstance(target, Scope) else target.word


def names(scope: Scope) -> list[str]:
    return [step.name for step in scope.steps]


def words(scope: Scope) -> list[str]:
    return [word(step) for step in scope.steps]


def paths(made_program: Program) -> list[str]:
    return [path for path, _, _ in walk(made_program.root)]


def keys(made_program: Program) -> list[str]:
    return [key for key, _ in state_dict(made_program.root)]


def params(made_program: Program) -> int:
    """Learned numbers: all but the buffers."""
    entries = state_dict(made_program.root)
    return sum(weight.numel for _, weight in entries if weight.kind.value != "buffer")


def shapes(scope: Scope) -> list[str]:
    """The shape after each step, several results joined by `+`."""
    return ["+".join(map(str, step.outputs)) for step in scope.steps]


def output(made_program: Program) -> str:
    return "+".join(map(str, made_program.root.outputs))


def number(expression: str, above: str = "") -> object:
    """The value of an expression: what `let` binds it to."""
    root = program(f"let value = {expression}\nrelu", above=above).root
    return dict(root.values)["value"]
