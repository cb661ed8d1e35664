"""Every strong word of the written pages has its tests, and the page that lists them is current."""

import pytest
from claims import PAGE, STRONG, Claim, claims, defined_in, document, sentences, uncovered
from fences import ROOT, WRITTEN

from archdsl.cli.docs import documents

CLAIMS = claims()


def _named(claim: Claim) -> str:
    return f"{claim.page}: {claim.words[:40]}"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == document()


def test_every_page_is_written_or_printed() -> None:
    pages = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    printed = {f"docs/{name}" for name in documents() if name.endswith(".md")}
    assert pages == {*WRITTEN[1:], *printed, "docs/claims.md"}


@pytest.mark.parametrize("page", WRITTEN)
def test_every_strong_word_is_in_a_claim(page: str) -> None:
    assert uncovered(page, [claim for claim in CLAIMS if claim.page == page]) == []


@pytest.mark.parametrize("claim", CLAIMS, ids=_named)
def test_a_claim_stands_in_its_page_and_has_tests(claim: Claim) -> None:
    assert sentences(claim.page).count(claim.words) == 1
    assert STRONG.search(claim.words)
    assert bool(claim.tests) != bool(claim.because)
    for test in claim.tests:
        file, _, name = test.partition("::")
        assert name in defined_in(file), test


@pytest.mark.parametrize("word", ["exactly", "never", "Always", "equal", "to the bit"])
def test_a_new_claim_is_missed(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"It is {word} so. `{word}` [here](is.md#{word}) is none."
    monkeypatch.setattr("claims.sentences", lambda page: text)
    assert len(uncovered("README.md", [])) == 1
    assert uncovered("README.md", [Claim("README.md", f"It is {word} so.")]) == []
