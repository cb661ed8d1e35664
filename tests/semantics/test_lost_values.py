"""Work that reaches the result by the size of its batch alone is lost, and told of."""

import pytest
from small_specs import codes, load, word

# the lines, and the one that is told of
LOST = {
    "a position embedding": ("linear(16)\npos = parameter(8, 16)\nadd(identity, pos)", 5),
    "a parameter at the end": ("linear(16)\nparameter(8, 16)", 5),
    "a parameter as a branch": ("linear(16)\nadd(input, parameter(8, 16))", 5),
    "a block of one": ("linear(16)\npos = posit\nadd(input, pos)", 5),
    "a named merge of others": ("a = relu\nlinear(16)\nb = path:\n    add(a, a)", 6),
    "a chain that ignores it": ("a = relu\nlinear(16)\nb = path:\n    a -> linear(2)", 6),
    "a constant further down": ("linear(16) -> path(parameter(8, 16) -> relu)", 5),
}
POSIT = "block posit:\n    parameter(8, 16)\n"


@pytest.mark.parametrize(("lines", "line"), LOST.values(), ids=LOST.keys())
def test_values_that_go_nowhere(lines: str, line: int) -> None:
    (diagnostic,) = (d for d in load(lines, "8x16", POSIT).diagnostics if d.code != "W0113")
    assert (diagnostic.code, diagnostic.line) == ("W0116", line + 1)


KEPT = {
    "the step by its name": "x = linear(16)\npos = parameter(8, 16)\nadd(x, pos)",
    "a branch": "linear(16)\nadd(identity, parameter(8, 16))",
    "a branch of a block form": "linear(16)\nadd:\n    identity\n    pos = parameter(8, 16)",
    "before the first step": "pos = parameter(8, 16)\nadd(input, pos)",
    "asked for its values as well": "x = linear(16)\nadd(x -> parameter(8, 16), x)",
    "inside a block": "linear(16) -> embedded",
}
EMBEDDED = "block embedded:\n    pos = parameter(8, 16)\n    add(input, pos)\n"


@pytest.mark.parametrize("lines", KEPT.values(), ids=KEPT.keys())
def test_values_that_reach_the_result(lines: str) -> None:
    assert codes(load(lines, "8x16", EMBEDDED)) == []


def test_the_branch_that_is_advised_adds_the_embedding_to_the_flow() -> None:
    above, lost = "linear(16)", "pos = parameter(8, 16)\nadd(identity, pos)"
    (diagnostic,) = load(f"{above}\n{lost}", "8x16").diagnostics
    advised = diagnostic.hint.split("`")[1]
    assert advised == "add(identity, pos=parameter(8, 16))"
    mended = load(f"{above}\n{advised}", "8x16")
    assert codes(mended) == []
    assert mended.program is not None
    linear, pos, add = mended.program.root.steps
    assert [word(s) for s in (linear, pos, add)] == ["linear", "parameter", "add"]
    assert [ref.step for ref in add.inputs] == [0, 1]
    assert pos.name == "pos"


@pytest.mark.parametrize(
    ("lines", "hint"),
    [
        ("dead = linear(2)\ninput", "use `dead` further down, or delete the step"),
        ("linear(2)\ninput", "name it and use the name, or delete the step"),
    ],
)
def test_a_step_with_a_name_is_not_told_to_have_one(lines: str, hint: str) -> None:
    (diagnostic,) = load(lines, "8x16").diagnostics
    assert diagnostic.hint == hint
