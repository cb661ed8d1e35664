"""An abstract program: what a spec says, and the `.arch` text that says it.

Expressions are text that means the same in Python and in the language, so that the reference can
have Python work them out. Computed names are written as both write them: `stage{i + 1}`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain as joined

INDENT = "    "
Shape = tuple[int, ...]


# --- chains ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """`word(arguments)`: an op, a block, or a recipe that a parameter or `let` holds."""

    word: str
    arguments: "tuple[str | Chain, ...]" = ()
    named: "tuple[tuple[str, str | Chain], ...]" = ()
    bare: bool = True  # without parentheses where there are no arguments


@dataclass(frozen=True)
class From:
    """A tap: the flow goes on from there."""

    tap: str


@dataclass(frozen=True)
class Shared:
    """A use of a shared layer."""

    name: str


@dataclass(frozen=True)
class Times:
    """`(chain) * count`."""

    chain: "Chain"
    count: str


@dataclass(frozen=True)
class Either:
    """`(chain if condition else chain)`."""

    condition: str
    yes: "Chain"
    no: "Chain"


@dataclass(frozen=True)
class Merge:
    """`add(branch, name=branch, dim=2)`."""

    word: str
    branches: "tuple[Branch, ...]"
    named: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Inline:
    """`path(name=chain, chain)`."""

    branches: "tuple[Branch, ...]"


Link = Use | From | Shared | Times | Either | Merge | Inline


@dataclass(frozen=True)
class Chain:
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Branch:
    """A branch of a merge: with a name, or one for each element of `over`."""

    chain: Chain
    name: str | None = None
    target: str | None = None
    over: str = ""


# --- lines -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    chain: Chain
    name: str | None = None
    shape: Shape | None = None


@dataclass(frozen=True)
class Names:
    """`a, b = chain`."""

    names: tuple[str, ...]
    chain: Chain


@dataclass(frozen=True)
class Group:
    """A merge or `path` with its lines below it."""

    word: str
    lines: "tuple[Statement, ...]"
    name: str | None = None
    named: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class For:
    targets: tuple[str, ...]
    over: str
    lines: "tuple[Statement, ...]"


@dataclass(frozen=True)
class If:
    condition: str
    lines: "tuple[Statement, ...]"
    otherwise: "tuple[Statement, ...]" = ()


@dataclass(frozen=True)
class Let:
    name: str
    value: str | Chain


@dataclass(frozen=True)
class Layer:
    name: str
    chain: Chain


@dataclass(frozen=True)
class Output:
    results: tuple[tuple[str | None, Chain], ...]


@dataclass(frozen=True)
class Aux:
    name: str
    chain: Chain


Statement = Line | Names | Group | For | If | Let | Layer | Output | Aux


# --- declarations ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Parameter:
    name: str
    type: str | None = None
    default: str | None = None


@dataclass(frozen=True)
class Block:
    """With `value`, the form `block f(…) = chain`."""

    name: str
    parameters: tuple[Parameter, ...]
    lines: tuple[Statement, ...] = ()
    value: Chain | None = None


@dataclass(frozen=True)
class Input:
    shape: Shape
    name: str | None = None
    whole: bool = False


@dataclass(frozen=True)
class Program:
    blocks: tuple[Block, ...]
    inputs: tuple[Input, ...]
    lines: tuple[Statement, ...]

    def __str__(self) -> str:
        return "\n".join(joined(*map(_block, self.blocks), _network(self))) + "\n"


# --- text ------------------------------------------------------------------------------------


def _block(block: Block) -> Iterator[str]:
    parameters = ", ".join(map(_parameter, block.parameters))
    head = f"block {block.name}({parameters})" if parameters else f"block {block.name}"
    if block.value is not None:
        yield f"{head} = {chain_text(block.value)}"
    else:
        yield f"{head}:"
        yield from _indented(block.lines)
    yield ""


def _parameter(parameter: Parameter) -> str:
    type_ = "" if parameter.type is None else f": {parameter.type}"
    default = "" if parameter.default is None else f" = {_expression(parameter.default)}"
    return f"{parameter.name}{type_}{default}"


def _network(program: Program) -> Iterator[str]:
    yield "network Fuzzed:"
    for given in program.inputs:
        name = "" if given.name is None else f" {given.name}:"
        whole = " int" if given.whole else ""
        yield f"{INDENT}input{name} {_shape(given.shape)}{whole}"
    yield from _indented(program.lines)


def _indented(lines: Iterable[Statement]) -> Iterator[str]:
    for line in lines:
        yield from (INDENT + text for text in _statement(line))


def _statement(line: Statement) -> Iterator[str]:
    match line:
        case Line(chain, name, shape):
            written = "" if shape is None else f"    :: {_shape(shape)}"
            yield f"{_to(name)}{chain_text(chain)}{written}"
        case Names(names, chain):
            yield f"{', '.join(names)} = {chain_text(chain)}"
        case Group(word, lines, name, named):
            given = ", ".join(f"{k}={_expression(v)}" for k, v in named)
            yield f"{_to(name)}{word}({given}):" if given else f"{_to(name)}{word}:"
            yield from _indented(lines)
        case For(targets, over, lines):
            yield f"for {', '.join(targets)} in {_expression(over)}:"
            yield from _indented(lines)
        case If(condition, lines, otherwise):
            yield f"if {_expression(condition)}:"
            yield from _indented(lines)
            if otherwise:
                yield "else:"
                yield from _indented(otherwise)
        case Let(name, value):
            yield f"let {name} = {_value(value)}"
        case Layer(name, chain):
            yield f"layer {name} = {chain_text(chain)}"
        case Output(results):
            items = (f"{'' if n is None else f'{n}='}{chain_text(c)}" for n, c in results)
            yield f"output {', '.join(items)}"
        case Aux(name, chain):
            yield f"aux {name}(weight=0.5) = {chain_text(chain)}"


def chain_text(chain: Chain) -> str:
    return " -> ".join(map(_link, chain.links))


def _link(link: Link) -> str:
    match link:
        case Use(word, arguments, named, bare):
            given = [*map(_value, arguments), *(f"{k}={_value(v)}" for k, v in named)]
            return word if bare and not given else f"{word}({', '.join(given)})"
        case From(tap):
            return tap
        case Shared(name):
            return name
        case Times(chain, count):
            alone = len(chain.links) == 1 and isinstance(chain.links[0], Use)
            inner = chain_text(chain)
            return f"{inner if alone else f'({inner})'} * {_expression(count)}"
        case Either(condition, yes, no):
            parts = (f"({chain_text(c)})" if len(c.links) > 1 else chain_text(c) for c in (yes, no))
            first, second = parts
            return f"({first} if {_expression(condition)} else {second})"
        case Merge(word, branches, named):
            given = [*map(_branch, branches), *(f"{k}={_expression(v)}" for k, v in named)]
            return f"{word}({', '.join(given)})"
        case Inline(branches):
            return f"path({', '.join(map(_branch, branches))})"


def _branch(branch: Branch) -> str:
    if branch.target is not None:
        return f"{chain_text(branch.chain)} for {branch.target} in {_expression(branch.over)}"
    name = "" if branch.name is None else f"{branch.name}="
    return f"{name}{chain_text(branch.chain)}"


def _to(name: str | None) -> str:
    return "" if name is None else f"{name} = "


def _value(value: str | Chain) -> str:
    return chain_text(value) if isinstance(value, Chain) else _expression(value)


def _expression(text: str) -> str:
    """The one difference between the two: how the truth values and nothing are written."""
    return text.replace("True", "true").replace("False", "false").replace("None", "none")


def _shape(shape: Shape) -> str:
    return "x".join(map(str, shape)) if len(shape) > 1 else f"({', '.join(map(str, shape))},)"
