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

from archdsl.base.diagnostics import Diagnostic

CHUNKS = [chunk for case in topics() for chunk in chunks(case)]


@pytest.mark.parametrize("chunk", CHUNKS, ids=lambda chunk: chunk.name)
def test_mistakes_are_found_where_they_are(chunk: Chunk) -> None:
    assert findings(chunk.loaded.diagnostics) == chunk.marked


@pytest.mark.parametrize("case", topics(), ids=lambda case: case.stem)
def test_messages_are_as_expected(case: Path) -> None:
    assert messages(case) == expected(case).read_text(encoding="utf-8")


@pytest.mark.parametrize("case", topics(), ids=lambda case: case.stem)
def test_texts_after_the_hints_are_as_expected(case: Path) -> None:
    path = repaired(case)
    assert repairs(case) == (path.read_text(encoding="utf-8") if path.exists() else "")


@pytest.mark.parametrize("chunk", CHUNKS, ids=lambda chunk: chunk.name)
def test_a_hint_that_is_followed_word_by_word_mends_its_mistake(chunk: Chunk) -> None:
    """And makes no other: what is left are mistakes whose hints leave something to decide."""
    before, after = chunk.loaded.diagnostics, chunk.followed
    if after is None:
        assert not any(d.edits for d in before)
        return
    left = Counter(d.code for d in before if not d.edits)
    assert Counter(d.code for d in after.loaded.diagnostics) <= left


def test_a_hint_says_what_its_first_edit_says() -> None:
    def told(d: Diagnostic) -> bool:
        return d.edits[0].text.strip(" ,\n") in d.hint

    found = [d for chunk in CHUNKS for d in chunk.loaded.diagnostics if d.edits]
    assert found
    assert [d.hint for d in found if not told(d)] == []


def test_no_expected_messages_are_left_over() -> None:
    assert {case.stem for case in topics()} == {path.stem for path in CASES.glob("*.err")}


def test_titles_are_different() -> None:
    names = [chunk.name for chunk in CHUNKS]
    assert sorted(set(names)) == sorted(names)
