"""Hints that leave a name or a size to choose: with these chosen the spec checks."""

import pytest
from small_specs import codes, load

# the lines, a part of the hint, and the lines as it has them
FOLLOWED = {
    "a mask for attention": (
        "q = linear(16)\nk = input -> linear(16)\nv = k -> relu\nmask = input -> linear(8)\n"
        "scaled_dot_product(q, k, v, mask)",
        "matmul(q, k -> transpose(-2, -1)) -> scale(q.features ** -0.5, learned=false) -> "
        "add(identity, mask) -> softmax(dim=-1) -> matmul(identity, v)",
        "q = linear(16)\nk = input -> linear(16)\nv = k -> relu\nmask = input -> linear(8)\n"
        "matmul(q, k -> transpose(-2, -1)) -> scale(q.features ** -0.5, learned=false) -> "
        "add(identity, mask) -> softmax(dim=-1) -> matmul(identity, v)",
    ),
    "the smaller of two": (
        "a = linear(16)\nminimum(a, input)",
        "with `let minus = scale(-1, learned=false)`, `maximum(a -> minus, b -> minus) -> minus`",
        "a = linear(16)\nlet minus = scale(-1, learned=false)\n"
        "maximum(a -> minus, input -> minus) -> minus",
    ),
    "positions": (
        "sin",
        "`add(identity, parameter(128, 64))`",
        "linear(16)\nadd(identity, parameter(8, 16))",
    ),
    "a layer called like an op": (
        "layer linear = linear(16)\nlinear -> linear(4)",
        "`layer shared_linear = …`",
        "layer shared_linear = linear(16)\nshared_linear -> linear(4)",
    ),
    "a tensor for its channels": (
        "a = linear(16)\nconv(a, 3)",
        "`a.channels`",
        "a = linear(16)\nconv(a.channels, 3)",
    ),
    "tensors for an op that takes none": (
        "a = relu\nb = gelu\nlinear(a, b)",
        "`concat(a, b)`",
        "a = relu\nb = gelu\nconcat(a, b) -> linear(4)",
    ),
}


@pytest.mark.parametrize(("lines", "hint", "mended"), FOLLOWED.values(), ids=FOLLOWED.keys())
def test_what_the_hint_says_checks(lines: str, hint: str, mended: str) -> None:
    (diagnostic,) = load(lines, "8x16").diagnostics
    assert hint in diagnostic.hint
    assert codes(load(mended, "8x16")) == []


@pytest.mark.parametrize(
    ("line", "mended"), [("input y: int", "input y: 128 int"), ("input y: float", "input y: 8x16")]
)
def test_an_input_of_a_type(line: str, mended: str) -> None:
    (diagnostic,) = load(f"{line}\nx -> linear(4)", "x: 8x16").diagnostics
    assert diagnostic.code == "E0312"
    assert "`input y: " in diagnostic.hint
    assert codes(load(f"{mended}\nx -> linear(4)", "x: 8x16")) == []


def test_a_first_input_called_x_forbids_no_second() -> None:
    both = load("input y: 4x8x8\nadd(x, y) -> conv(8, 3)", "x: 4x8x8")
    assert codes(both) == []
    assert codes(load("input x: 4x8x8\nadd(x, y) -> conv(8, 3)", "y: 4x8x8")) == []
    assert both.program is not None
    assert both.program.root.input_names == ("x", "y")
