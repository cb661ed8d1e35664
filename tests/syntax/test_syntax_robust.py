"""No text whatever makes the parser fall over or take long."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archdsl.base.render import render, to_github, to_json
from archdsl.base.source import Source
from archdsl.syntax.line_reader import read, read_expression
from archdsl.syntax.walk import descendants

CASES = sorted((Path(__file__).parent / "cases").glob("*.arch"))
TEXTS = [path.read_text() for path in CASES]
PIECES = [
    *("(", ")", "[", "]", "{", "}", ":", "::", "=", "==", "->", ",", ".", "*", "**", "+", "-"),
    *("\n", "\n    ", "\n        ", "\n\t", " ", "\r", '"', "'", '"""', "#", "\\", "\0", "\ufeff"),
    *("if ", "else", "elif ", "for ", "in ", "not ", "block ", "network ", "let ", "layer "),
    *("input ", "output ", "expect ", "init ", "aux ", "from ", "import ", "fn ", "3x4", "3", "x"),
    *("é", "→", "\u202e", "1e5", ".5", "archdsl 1", "conv(", "enc{i}", "True", "def "),
]


def check(text: str) -> None:
    """Reads a text both ways and shows what is wrong with it."""
    source = Source("test.arch", text)
    parsed = read(source)
    for diagnostic in (*parsed.diagnostics, *read_expression(source)[1]):
        assert 0 <= diagnostic.primary.span.start <= diagnostic.primary.span.end <= len(text)
        assert render(diagnostic) and to_json(diagnostic) and to_github(diagnostic)
    starts = [diagnostic.primary.span.start for diagnostic in parsed.diagnostics]
    assert starts == sorted(set(starts))
    for node in descendants(parsed.file):
        assert 0 <= node.span.start <= node.span.end <= len(text)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
@pytest.mark.parametrize("step", [10, pytest.param(1, marks=pytest.mark.slow)])
def test_prefixes(path: Path, step: int) -> None:
    text = path.read_text()
    for end in range(0, len(text), step):
        read(Source("test.arch", text[:end]))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_prefix_has_few_errors(path: Path) -> None:
    """A text that breaks off has an error in its last line, and a header may lack its body."""
    text = path.read_text()
    for end in range(0, len(text), 7):
        diagnostics = read(Source("test.arch", text[:end])).diagnostics
        assert len(diagnostics) <= 2, (text[:end][-60:], [d.message for d in diagnostics])


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutations(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(TEXTS))
    start = data.draw(st.integers(0, len(text)))
    text = text[start : start + 400]
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 3))
        text = text[:at] + data.draw(st.sampled_from(["", *PIECES])) + text[at + gone :]
    check(text)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_pieces(pieces: list[str]) -> None:
    check("".join(pieces))


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text(text: str) -> None:
    check(text)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("piece", PIECES)
def test_one_piece_many_times(piece: str) -> None:
    began = time.process_time()
    check(piece * 2000)
    check(f"block a:\n    x = {piece * 2000}")
    assert time.process_time() - began < 5
