"""The canonical layout of a source: `fmt` gives its text, which says the same.

Knows the tree and its comments.
Gives the text in its layout, or a refusal where it would say something else.
Must not know names, ops or shapes.
"""

from collections import Counter

from archdsl.base.source import Source
from archdsl.syntax.fmt.canonical import write
from archdsl.syntax.grammar import tokens
from archdsl.syntax.logical_lines import lay_out
from archdsl.syntax.parse import parse
from archdsl.syntax.tree import Parsed
from archdsl.syntax.walk import same


class Unfaithful(Exception):
    """The formatted text would say something else: a fault of the formatter, never the user's."""


def fmt(parsed: Parsed) -> str:
    """The canonical text of a source that was parsed without errors."""
    assert parsed.ok
    text = _write(parsed.file.source)
    _compare(parsed, parse(Source(parsed.file.source.name, text)))
    return text


def _write(source: Source) -> str:
    return write(source, lay_out(source, tokens(source.text)))


def _compare(before: Parsed, after: Parsed) -> None:
    """Raises unless both have the same tree and comments, and the second text is canonical."""
    name = before.file.source.name
    if not after.ok or not same(before.file, after.file):
        raise Unfaithful(f"{name}: the formatted text means something else")
    if _comments(before) != _comments(after):
        raise Unfaithful(f"{name}: the formatted text has other comments")
    if _write(after.file.source) != after.file.source.text:
        raise Unfaithful(f"{name}: the formatted text would be formatted differently")


def _comments(parsed: Parsed) -> Counter[str]:
    return Counter(span.text.rstrip() for span in parsed.comments)
