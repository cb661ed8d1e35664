"""Which changes are not made since they change nothing, and which are."""

from pathlib import Path

import pytest

from tools.mutation.same import ROOT, changes_nothing

ZIP = "for a, b in zip(one, other, strict=True)"
ONE, TWO = "archdsl/ops/families/conv.py", "archdsl/ops/families/linear.py"
PARTS = "archdsl/ops/families/parts.py"


def place(file: str, text: str, after: str = "") -> tuple[int, str]:
    """The first line that has a text, behind another one that has a text."""
    lines = enumerate((ROOT / file).read_text("utf-8").splitlines(), 1)
    next(pair for pair in lines if after in pair[1])
    return next(pair for pair in lines if text in pair[1])


def test_an_assertion_changes_nothing() -> None:
    assert changes_nothing(Path(ONE), 1, ZIP, ZIP.replace("True", "False"))
    assert not changes_nothing(Path(ONE), 1, ZIP, ZIP.replace("one", "two"))
    strict = "ConfigDict(frozen=True, strict=True)"
    assert not changes_nothing(Path(ONE), 1, strict, strict.replace("strict=True", "strict=False"))


@pytest.mark.parametrize(
    ("file", "text", "after", "nothing"),
    [
        (ONE, "inputs[0]", "class Conv(", True),
        (ONE, "outputs[0]", "class Conv(", True),
        (TWO, "outputs[0]", "class Bilinear(", True),
        (PARTS, "inputs[0]", "class Split(", True),
        (PARTS, "inputs[0]", "class IndexSelect(", False),  # it has two
        ("archdsl/ops/families/attention.py", "inputs[0]", "class ScaledDotProduct(", False),
        ("archdsl/ops/families/join.py", "inputs[0]", "class Concat(", False),
        ("archdsl/ops/families/pool.py", "inputs[0]", "class WindowPool(", True),  # as all pools
    ],
)
def test_the_first_of_one_is_the_last(file: str, text: str, after: str, nothing: bool) -> None:
    line, before = place(file, text, after)
    last = before.replace(text, text.replace("0", " -1"), 1)
    assert changes_nothing(Path(file), line, before, last) is nothing
    assert not changes_nothing(Path(file), line, before, before.replace("[0]", "[ 1]", 1))
