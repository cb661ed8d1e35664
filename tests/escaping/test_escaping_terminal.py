"""The terminal and GitHub: what a spec, a file name or an argument says steers neither."""

import ast
import json
import re
from pathlib import Path

import pytest
from breakouts import BREAKOUTS, TELLING, string, unseen
from hypothesis import given
from hypothesis import strategies as st

from archdsl.base.escape import json_text, python_text, visible
from archdsl.base.render import render, to_github, to_json
from archdsl.cli import main
from archdsl.driver import loads
from archdsl.syntax.literals import string as read_string
from archdsl.syntax.quotes import quoted

ROOT = Path(__file__).parents[2]
MISTAKES = """\
network Net(mode={string}):
    input 3x8x8
    conv(8, 3, padding={string})
    cnov({string})
    conv(4, 1) # {comment}
    init {string}: zeros
    let x = mode + 1
    expect mode == 3
"""
WORKFLOW = re.compile(r"::(error|warning|notice) ([^\n]*?)::([^\n]*)")


def diagnostics(text: str) -> tuple:
    comment = " ".join(text.splitlines())
    return loads(MISTAKES.format(string=string(text), comment=comment)).diagnostics


@pytest.mark.parametrize("name", BREAKOUTS)
def test_diagnostics_can_be_seen(name: str) -> None:
    warned = diagnostics(BREAKOUTS[name])
    assert len(warned) >= 3
    for diagnostic in warned:
        assert not unseen(render(diagnostic))
        assert not unseen(json_text(to_json(diagnostic)))
        assert json.loads(json_text(to_json(diagnostic))) == to_json(diagnostic)


@pytest.mark.parametrize("name", BREAKOUTS)
def test_an_annotation_is_one_workflow_command(name: str) -> None:
    """GitHub reads a command a line, properties between commas, and `%0A` for a line's end."""
    for diagnostic in diagnostics(BREAKOUTS[name]):
        command = WORKFLOW.fullmatch(to_github(diagnostic))
        assert command and not unseen(command[0])
        properties = [pair.split("=") for pair in command[2].split(",")]
        assert {len(pair) for pair in properties} == {2}
        assert [value for key, value in properties if key == "title"] == [diagnostic.code]
        assert not re.search("%(?!25|0D|0A|3A|2C)", command[0])


@pytest.mark.parametrize(
    "name", [n if n in TELLING else pytest.param(n, marks=pytest.mark.slow) for n in BREAKOUTS]
)
def test_misuse_can_be_seen(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = BREAKOUTS[name]
    for words in (
        ["check", f"./{text}"],
        ["check", "lenet5", "-p", text],
        ["check", "lenet5", "-p", f"classes={text}"],
        ["check", "lenet5", "-p", f"{text}=1"],
        ["check", "lenet5", "--input", text],
        ["audit", "lenet5", f"--format={text}"],
        ["show", f"x{text}"],
        ["explain", f"x{text}"],
        ["draw", "lenet5", "-o", f"x.{text}"],
        ["fmt", f"./{text}"],
    ):
        assert main(words) in (1, 2), words
        printed = capsys.readouterr()
        assert not unseen(printed.out + printed.err), words


def test_what_ships_can_be_seen() -> None:
    """`archdsl list`, `show` and `blocks` print these files as they are."""
    files = [*ROOT.glob("specs/*.arch"), *ROOT.glob("archdsl/std/*.arch")]
    assert len(files) > 50
    for file in files:
        assert not unseen(file.read_text(encoding="utf-8")), file


# --- the functions that write ------------------------------------------------------------------

ANY = st.text(st.characters(exclude_categories=()))  # halves of surrogate pairs too
CHARACTERS = st.text()


@given(ANY)
def test_visible_is_visible(text: str) -> None:
    assert not unseen(visible(text))


@given(ANY)
def test_json_is_read_back(text: str) -> None:
    written = json_text({text: [text]}, indent=1)
    assert json.loads(written) == {text: [text]} and not unseen(written)


@given(ANY)
def test_a_python_string_is_read_back(text: str) -> None:
    """As `ast` reads it: line ends and tabs stand for themselves in three quotes."""
    inside = python_text(text.replace("\\", "\\\\").replace('"', '\\"'))
    assert ast.literal_eval(f'"""{inside}"""') == text and not unseen(inside)


@given(CHARACTERS)
def test_a_string_of_the_language_is_read_back(text: str) -> None:
    assert read_string(quoted(text)) == text
    assert "\n" not in quoted(text)
