"""Every code that the compiler can say has a page, whose examples do what they are there for."""

import re
from pathlib import Path

import pytest
from error_corpus import MAIN, Chunk, chunks, findings, topics

import archdsl
from archdsl.codes import pages

PACKAGE = Path(archdsl.__file__).parent
CODE = re.compile(r"\"([EW]0\d{3})\"")
FENCE = re.compile(r"^```arch([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NETWORK = re.compile(r"^network (\w+)", re.MULTILINE)
SYNTAX = "E01"  # what the parser says: its pages are tested with it
LINTS = "W"  # what reviewers would ask: likewise


def said() -> set[str]:
    """The codes in the package's own source."""
    return {
        code
        for path in PACKAGE.rglob("*.py")
        for code in CODE.findall(path.read_text(encoding="utf-8"))
    }


def in_corpus() -> set[str]:
    marked = (chunk.marked for case in topics() for chunk in chunks(case))
    return {code for found in marked for _, _, code in found}


def example(code: str, section: str) -> Chunk:
    """The files below a heading of a code's page; the one without a name is the spec."""
    part = pages()[code].split(f"\n## {section}\n")[1].split("\n## ")[0]
    texts = {(words.strip() or MAIN): text for words, text in FENCE.findall(part)}
    network = NETWORK.findall(texts[MAIN])[-1]
    return Chunk(code, section, f"network={network}", texts)


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert sorted(said()) == sorted(pages())


def test_every_code_is_in_the_corpus() -> None:
    beyond_syntax = {code for code in said() if not code.startswith((SYNTAX, LINTS))}
    assert sorted(beyond_syntax - in_corpus()) == []


MEANT = [code for code in pages() if not code.startswith((SYNTAX, LINTS))]


@pytest.mark.parametrize("code", MEANT)
def test_the_wrong_example_has_this_mistake_and_no_other(code: str) -> None:
    found = findings(example(code, "Wrong").loaded.diagnostics)
    assert [c for _, _, c in found] == [code]


@pytest.mark.parametrize("code", MEANT)
def test_the_right_example_has_no_mistake(code: str) -> None:
    assert findings(example(code, "Right").loaded.diagnostics) == []


@pytest.mark.parametrize("code", MEANT)
def test_a_page_is_a_title_an_explanation_and_two_examples(code: str) -> None:
    title, explanation, *sections = pages()[code].split("\n\n")
    assert re.fullmatch(rf"# {code}: [a-z`]\S*( \S+)+", title)
    assert explanation.count(".") >= 1 and not explanation.startswith("#")
    assert [s for s in sections if s.startswith("## ")] == ["## Wrong", "## Right"]
