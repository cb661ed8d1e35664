"""Every mistake of the corpus is found on its line, once, and told in the same words as before."""

from pathlib import Path

import pytest
from error_corpus import CASES, Chunk, chunks, expected, findings, messages, topics

CHUNKS = [chunk for case in topics() for chunk in chunks(case)]


@pytest.mark.parametrize("chunk", CHUNKS, ids=lambda chunk: chunk.name)
def test_mistakes_are_found_where_they_are(chunk: Chunk) -> None:
    assert findings(chunk.load().diagnostics) == chunk.marked


@pytest.mark.parametrize("case", topics(), ids=lambda case: case.stem)
def test_messages_are_as_expected(case: Path) -> None:
    assert messages(case) == expected(case).read_text(encoding="utf-8")


def test_no_expected_messages_are_left_over() -> None:
    assert {case.stem for case in topics()} == {path.stem for path in CASES.glob("*.err")}


def test_titles_are_different() -> None:
    names = [chunk.name for chunk in CHUNKS]
    assert sorted(set(names)) == sorted(names)
