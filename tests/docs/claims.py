"""What the written pages promise, and which tests hold it: `python tests/docs/claims.py` prints
`docs/claims.md`.

In go the pages and `claims.toml`, which has an entry for every sentence with a strong word; out
comes the page. Whether the tests that it names hold the sentence is for people to read.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from fences import ROOT, WRITTEN, anchor, prose

PAGE = ROOT / "docs" / "claims.md"
STRONG = re.compile(
    r"\b(exact(ly)?|never|equal(s|ly)?|identical(ly)?|always|byte for byte"
    r"|to the (last )?(bit|byte))\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"`[^`]*`|\]\([^)]*\)")  # and where links lead to
_INTRODUCTION = """\
# What holds each claim

Every sentence of the written pages that says *exactly*, *never*, *always*, *equal*, *identical*
or *to the bit*, and the tests that would fail if it were not so. A test holds that none is missing.
Printed from `tests/docs/claims.toml` by `python tests/docs/claims.py`.
"""


@dataclass(frozen=True)
class Claim:
    page: str
    words: str
    tests: tuple[str, ...] = ()
    because: str = ""


def claims() -> list[Claim]:
    """All entries, in the order of the pages and of the words in them."""
    text = (ROOT / "tests/docs/claims.toml").read_text(encoding="utf-8")
    data = [
        Claim(page, entry.pop("words"), tuple(entry.pop("tests", ())), **entry)
        for page, entries in tomllib.loads(text).items()
        for entry in entries
    ]
    return sorted(data, key=lambda claim: (WRITTEN.index(claim.page), _place(claim)))


def _place(claim: Claim) -> int:
    return sentences(claim.page).find(claim.words)


@cache
def sentences(page: str) -> str:
    """The prose of a page without its examples, in one line."""
    return " ".join(prose(page).split())


def uncovered(page: str, entries: list[Claim]) -> list[str]:
    """What stands around each strong word that no entry has."""
    text = sentences(page)
    spans = [(at, at + len(c.words)) for c in entries if (at := text.find(c.words)) >= 0]
    return [
        text[max(0, start - 60) : end + 40]
        for start, end in strong(text)
        if not any(first <= start and end <= last for first, last in spans)
    ]


def strong(text: str) -> Iterator[tuple[int, int]]:
    """The places of strong words outside of code."""
    plain = _CODE.sub(lambda code: " " * len(code[0]), text)
    return (word.span() for word in STRONG.finditer(plain))


@cache
def defined_in(file: str) -> frozenset[str]:
    """The tests that a file of `tests` defines."""
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


# --- the page -----------------------------------------------------------------------------------


def document() -> str:
    """The page as it is to be."""
    pages = groupby(claims(), key=lambda claim: claim.page)
    parts = ["\n".join([f"## {page}\n", *map(_lines, entries), ""]) for page, entries in pages]
    return "\n".join([_INTRODUCTION, *parts])


def _lines(claim: Claim) -> str:
    words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", claim.words).lstrip("# ")
    said = f"- [{words}](../{claim.page}#{_heading(claim)})".replace("../docs/", "")
    if claim.because:
        return f"{said}: no promise, {claim.because}"
    files = groupby(claim.tests, key=lambda test: test.partition("::")[0])
    return "\n".join([said, *(_file(file, list(tests)) for file, tests in files)])


def _file(file: str, tests: list[str]) -> str:
    names = ", ".join(f"`{test.partition('::')[2]}`" for test in tests)
    return f"  - [{file}](../tests/{file}): {names}"


def _heading(claim: Claim) -> str:
    """Where in its page a claim stands: the anchor of the last heading before it."""
    text = prose(claim.page)
    words = len(sentences(claim.page)[: _place(claim)].split())  # before it
    headings = re.finditer(r"^#+ (.+)$", text, re.MULTILINE)
    before = [h[1] for h in headings if len(text[: h.start()].split()) <= words]
    return anchor(before[-1])


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
