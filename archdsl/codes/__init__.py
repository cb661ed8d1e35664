"""The diagnostics' codes: a Markdown page each, `CODE.md`."""

from functools import cache
from pathlib import Path


@cache
def pages() -> dict[str, str]:
    """Every code's page, in the order of the codes."""
    folder = Path(__file__).parent
    files = sorted(folder.glob("[EW]*.md"))
    return {path.stem: path.read_text(encoding="utf-8") for path in files}


@cache
def warnings() -> frozenset[str]:
    """The codes of what a comment can allow: W… and the pages that say that theirs is a warning."""
    mild = (code for code, page in pages().items() if "\n\nA warning: " in page)
    return frozenset((*mild, *(code for code in pages() if code.startswith("W"))))
