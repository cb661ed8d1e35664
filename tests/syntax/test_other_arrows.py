"""The arrows of other languages, and what their hints make of them."""

import pytest

from archdsl import driver
from archdsl.base.diagnostics import edited

SPEC = "network N:\n    input 3x8x8\n    {}\n"


@pytest.mark.parametrize(
    "line",
    [
        "conv(16, 3) => relu",
        "conv(16, 3) >> relu",
        "conv(16, 3)=>relu",
        "a = relu => conv(8, 3)",
        "a = relu >> conv(8, 3) >> bn",
        "add(identity, relu => conv(3, 1))",
    ],
)
def test_the_arrow_here_takes_its_place(line: str) -> None:
    text = SPEC.format(line)
    while diagnostics := driver.loads(text).diagnostics:  # one a line and reading
        assert [(d.code, d.hint) for d in diagnostics] == [("E0121", "write `->`")]
        text = edited(text, diagnostics[0].edits)
    assert "=>" not in text and ">>" not in text


@pytest.mark.parametrize("line", ["conv(16, 3) = > relu", "let a = 3 >= 2", "=> relu"])
def test_what_is_no_arrow(line: str) -> None:
    assert "E0121" not in [d.code for d in driver.loads(SPEC.format(line)).diagnostics]


def test_a_bar() -> None:
    (diagnostic,) = driver.loads(SPEC.format("conv(16, 3) | relu")).diagnostics
    assert diagnostic.hint == "write `->`"
