"""The diagnostics' codes: a Markdown page each, `CODE.md`.

Knows each code's page and its old names.
Gives the pages, in order.
Must not know which rule finds a mistake.
"""

import tomllib
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


def page(code: str) -> Path:
    """The file of a code's page."""
    return Path(__file__).parent / f"{code}.md"


@cache
def renamed() -> dict[str, str]:
    """The codes of earlier versions, which keep their meaning, and those in their place."""
    text = (Path(__file__).parent / "renamed.toml").read_text(encoding="utf-8")
    return {str(before): str(now) for before, now in tomllib.loads(text).items()}


def current(code: str) -> str:
    """The code that has taken a code's place, or the code itself."""
    return renamed().get(code, code)


@cache
def warnings() -> frozenset[str]:
    """The codes of what a comment can allow."""
    return frozenset(code for code in pages() if code.startswith("W"))
