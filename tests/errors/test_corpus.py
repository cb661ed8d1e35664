"""Every mistake of the corpus is found on its line, once, and told in the same words as before."""

from collections import Counter
from pathlib import Path

import pytest
from error_corpus import (
    CASES,
    Chunk,
    chunks,
    expected,
    findings,
    messages,
    repaired,
    repairs,
    topics,
)

from archdsl.base.diagnostics import Severity

CHUNKS = [chunk for case in topics() for chunk in chunks(case)]


@pytest.mark.parametrize("chunk", CHUNKS, ids=lambda chunk: chunk.name)
def test_mistakes_are_found_where_they_are(chunk: Chunk) -> None:
    """A warning's code begins with W, that of an error or of a note of what no longer holds with
    E."""
    assert findings(chunk.loaded.diagnostics) == chunk.marked
    for d in chunk.loaded.diagnostics:
        assert d.code[0] == ("W" if d.severity is Severity.WARNING else "E")


@pytest.mark.parametrize("case", topics(), ids=lambda case: case.stem)
def test_messages_are_as_expected(case: Path) -> None:
    assert messages(case) == expected(case).read_text(encoding="utf-8")


@pytest.mark.parametrize("case", topics(), ids=lambda case: case.stem)
def test_texts_after_the_hints_are_as_expected(case: Path) -> None:
    path = repaired(case)
    assert repairs(case) == (path.read_text(encoding="utf-8") if path.exists() else "")


@pytest.mark.one_in(3)
@pytest.mark.parametrize("chunk", CHUNKS, ids=lambda chunk: chunk.name)
def test_a_hint_that_is_followed_word_by_word_mends_its_mistake(chunk: Chunk) -> None:
    """And makes no other: what is left are mistakes whose hints leave something to decide. What
    the first edit writes stands in the hint."""
    before, after = chunk.loaded.diagnostics, chunk.followed
    if after is None:
        assert not any(d.edits for d in before)
        return
    for d in before:
        assert not d.edits or d.edits[0].text.strip(" ,\n") in d.hint
    left = Counter(d.code for d in before if not d.edits)
    assert Counter(d.code for d in after.loaded.diagnostics) <= left


def test_no_expected_messages_are_left_over() -> None:
    assert {case.stem for case in topics()} == {path.stem for path in CASES.glob("*.err")}


def test_titles_are_different() -> None:
    names = [chunk.name for chunk in CHUNKS]
    assert sorted(set(names)) == sorted(names)
