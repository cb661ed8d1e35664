"""The rows of a text: where they begin and end, and the comments above them."""

import re

from archdsl.syntax.fmt.document import STEP

INDENT = " " * STEP


def row_start(text: str, offset: int) -> int:
    """The begin of the row of an offset."""
    return text.rfind("\n", 0, offset) + 1


def row_end(text: str, offset: int) -> int:
    """The end of the row of an offset, before its line break."""
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    return end - text.endswith("\r", offset, end)


def with_comments(text: str, offset: int, *, blanks: bool = False) -> int:
    """The begin of the row of an offset, with the comments directly above it; with `blanks` there
    may be blank rows between them."""
    start = above = row_start(text, offset)
    while above:
        above = row_start(text, above - 1)
        row = text[above : row_end(text, above)].strip()
        if row.startswith("#"):
            start = above
        elif row or not blanks:
            break
    return start


def broken_like(text: str, new: str) -> str:
    """A new piece of a text with the line breaks that the text has."""
    return re.sub(r"\r?\n", "\r\n" if "\r\n" in text else "\n", new)
