"""Each `cases/NAME.arch` is formatted as `cases/NAME.out` says, which people wrote."""

from pathlib import Path

import pytest

from archdsl.base.source import Source
from archdsl.syntax.fmt import fmt
from archdsl.syntax.parse import parse

FOLDER = Path(__file__).parent / "cases"
CASES = sorted(FOLDER.glob("*.arch"))


def formatted(text: str) -> str:
    parsed = parse(Source("test.arch", text))
    assert parsed.ok, parsed.diagnostics
    return fmt(parsed)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    assert formatted(path.read_text("utf-8")) == path.with_suffix(".out").read_text("utf-8")


def test_every_case_has_both_files() -> None:
    assert [p.stem for p in CASES] == sorted(p.stem for p in FOLDER.glob("*.out"))
    assert CASES


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_line_ends_and_byte_order_marks_change_nothing(path: Path) -> None:
    text = path.read_text("utf-8")
    assert formatted("\ufeff" + text.replace("\n", "\r\n")) == formatted(text)


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff"])
def test_nothing_stays_nothing(text: str) -> None:
    assert formatted(text) == ""


def test_comments_alone() -> None:
    assert formatted("\n  # one\n\n\n# two") == "# one\n\n# two\n"


def test_the_deepest_brackets() -> None:
    """As many as the parser takes."""
    text = f"fn f() = {'[' * 64}x{']' * 64}\n"
    lines = formatted(text).splitlines()
    assert [line.strip() for line in lines if line.strip() not in "[],"] == ["fn f() = [", "x,"]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("expect ((a < b))", "expect a < b"),
        ("expect (a if b else c) if w", "expect (a if b else c) if w"),
        ("expect a if (b if c else d)", "expect a if (b if c else d)"),
        ("expect ([1] == x)", "expect ([1] == x)"),  # `expect [` would be a step's name
        ("(output)", "(output)"),
        ("let x = ((a + b))", "let x = a + b"),
        ("let x = ((a -> b))", "let x = (a -> b)"),
        ("x = y.0( a )->z", "x = y.0(a) -> z"),
        ("relu  if a  else gelu", "relu if a else gelu"),
        ("(relu  if a  else gelu)", "(relu if a else gelu)"),
        ("x  *3", "x * 3"),
    ],
)
def test_brackets_go_only_where_the_line_reads_the_same_without(line: str, wanted: str) -> None:
    assert formatted(f"block b:\n    {line}\n") == f"block b:\n    {wanted}\n"


def test_brackets_with_a_comment_inside_stay() -> None:
    text = "block b:\n    expect i > 0 if (\n        -  # why\n        x\n    )\n"
    assert formatted(text) == text


def test_a_bare_choice_stands_as_deep_as_its_line() -> None:
    """Behind another line, and where it is too long for one."""
    long = "conv(channels_of_the_stage, 3, padding=1, groups=groups_of_the_stage)"
    choice = f"{long} if a_condition else {long}"
    text = f"block b:\n    bn\n    relu if a else gelu\n    {choice}\n    bn\n"
    assert formatted(text) == (
        "block b:\n    bn\n    relu if a else gelu\n    (\n"
        f"        {long}\n        if a_condition\n        else {long}\n    )\n    bn\n"
    )
