"""The diagnostics' codes: a Markdown page each, `CODE.md`."""

from functools import cache
from pathlib import Path

SYNTAX = "E01"  # what the codes of mistakes in reading begin with
LIMITS_REACHED = "E05"  # those of a limit that is reached
LINTS = "W01"  # those of warnings that are told by default


@cache
def pages() -> dict[str, str]:
    """Every code's page, in the order of the codes."""
    folder = Path(__file__).parent
    files = sorted(folder.glob("[EW]*.md"))
    return {path.stem: path.read_text(encoding="utf-8") for path in files}


SYNTAX = "E01"  # what the codes of mistakes in reading begin with
LIMITS_REACHED = "E05"  # those of a limit that is reached
LINTS = "W01"  # those of warnings that are told by default


@cache
def warnings() -> frozenset[str]:
    """The codes of what a comment can allow: W… and the pages that say that theirs is a warning."""
    mild = (code for code, page in pages().items() if "\n\nA warning: " in page)
    return frozenset((*mild, *(code for code in pages() if code.startswith("W"))))
