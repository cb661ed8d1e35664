"""Every code that the compiler can say has a page, whose examples do what they are there for."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from error_corpus import MAIN, Chunk, chunks, findings, topics

import archdsl
from archdsl import driver
from archdsl.base.diagnostics import Diagnostic, edited
from archdsl.base.source import Source
from archdsl.codes import pages
from archdsl.editing.analysis import Analysis

PACKAGE = Path(archdsl.__file__).parent
CODE = re.compile(r"\"([EW]0\d{3})\"")
FENCE = re.compile(r"^```arch([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NETWORK = re.compile(r"^network (\w+)", re.MULTILINE)
GIVEN = re.compile(r"\bmistakes\.(\w+)")
IMPORTED = re.compile(r"^from [\w.]+\.mistakes import (\([^)]*\)|.*)$", re.MULTILINE)
MISTAKES = "mistakes.py"
NO_FILE = "E0601"
BY_A_KEY = (
    *("E0103", "E0107", "E0109", "E0115", "E0117", "E0118", "E0128", "E0207"),
    "W0101",
)
SYNTAX = "E01"  # what the parser says: its pages are tested with it
LINTS = "W"  # what reviewers would ask: likewise


def said() -> set[str]:
    """The codes in the package's own source."""
    return {code for path in sources() for code in CODE.findall(path.read_text(encoding="utf-8"))}


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def messages(path: Path) -> list[str]:
    """The functions of a module of messages that others call."""
    defined = ast.parse(path.read_text(encoding="utf-8")).body
    functions = [node.name for node in defined if isinstance(node, ast.FunctionDef)]
    return [name for name in functions if not name.startswith("_")]


def in_corpus() -> set[str]:
    marked = (chunk.marked for case in topics() for chunk in chunks(case))
    return {code for findings_of_chunk in marked for _, _, code in findings_of_chunk}


def example(code: str, section: str) -> Chunk:
    """The files below a heading of a code's page; the one without a name is the spec."""
    part = pages()[code].split(f"\n## {section}\n")[1].split("\n## ")[0]
    texts = {(words.strip() or MAIN): text for words, text in FENCE.findall(part)}
    network = NETWORK.findall(texts[MAIN])[-1]
    return Chunk(code, section, f"network={network}", texts)


def wrong(code: str) -> tuple[str, tuple[Diagnostic, ...]]:
    """The wrong example of a code's page, and its mistakes."""
    _, text = FENCE.findall(pages()[code].split("\n## Wrong\n")[1].split("\n## ")[0])[0]
    return text, told(text)


def told(text: str) -> tuple[Diagnostic, ...]:
    spec = driver.Spec(Source(MAIN, text), PACKAGE, None, "")
    return Analysis(spec).diagnostics


@pytest.mark.parametrize("code", [c for c, page in pages().items() if "\n## Wrong\n" in page])
def test_the_edits_for_a_page_s_mistake_mend_it(code: str) -> None:
    """And make no other mistake; what has no edit leaves something to decide."""
    text, before = wrong(code)
    edits = [edit for d in before for edit in d.edits if edit.span.source.name == MAIN]
    left = Counter(d.code for d in before if not d.edits)
    left[NO_FILE] += 1  # the page's files are not here
    if edits:
        assert Counter(d.code for d in told(edited(text, edits))) <= left
    elif code in BY_A_KEY:
        pytest.fail("there is no edit")


def test_the_corpus_has_warnings_and_errors() -> None:
    assert {code[0] for code in in_corpus()} == {"E", "W"}


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert sorted(said()) == sorted(pages())


def test_codes_are_written_in_the_modules_of_messages_alone() -> None:
    codes_in = {p: CODE.findall(p.read_text(encoding="utf-8")) for p in sources()}
    assert len({path for path, codes in codes_in.items() if codes}) > 5
    elsewhere = [path for path, codes in codes_in.items() if codes and path.name != MISTAKES]
    assert elsewhere == []


def test_every_message_is_given_somewhere() -> None:
    """By the rules of a room, or as the beginning of another message."""
    given: set[str] = set()
    named: list[str] = []
    for path in sources():
        text = path.read_text(encoding="utf-8")
        given.update(GIVEN.findall(text))
        given.update(w for words in IMPORTED.findall(text) for w in re.findall(r"\w+", words))
        if path.name == MISTAKES:
            named += messages(path)
            given.update(name for name in messages(path) if text.count(f" {name}(") > 1)
    assert len(named) > len(pages())
    assert [name for name in named if name not in given] == []


def test_every_code_is_in_the_corpus() -> None:
    beyond_syntax = {code for code in said() if not code.startswith((SYNTAX, LINTS))}
    assert sorted(beyond_syntax - in_corpus()) == []


MEANT = [code for code in pages() if not code.startswith((SYNTAX, LINTS))]


@pytest.mark.parametrize("code", MEANT)
def test_the_wrong_example_has_this_mistake_and_no_other(code: str) -> None:
    diagnostics = findings(example(code, "Wrong").loaded.diagnostics)
    assert [c for _, _, c in diagnostics] == [code]


@pytest.mark.parametrize("code", MEANT)
def test_the_right_example_has_no_mistake(code: str) -> None:
    assert findings(example(code, "Right").loaded.diagnostics) == []


@pytest.mark.parametrize("code", MEANT)
def test_a_page_is_a_title_an_explanation_and_two_examples(code: str) -> None:
    title, explanation, *sections = pages()[code].split("\n\n")
    assert re.fullmatch(rf"# {code}: [a-z`]\S*( \S+)+", title)
    assert explanation.count(".") >= 1 and not explanation.startswith("#")
    assert [s for s in sections if s.startswith("## ")] == ["## Wrong", "## Right"]
