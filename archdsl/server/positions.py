"""Offsets in a text and the protocol's positions: lines from 0, columns in units of UTF-16."""

from lsprotocol.types import Position, Range

from archdsl.base.source import Source, Span


def position(source: Source, offset: int) -> Position:
    """An offset as the protocol says it."""
    line, column = source.position(offset)
    return Position(line - 1, _units(source.line(line)[: column - 1]))


def offset(source: Source, place: Position) -> int:
    """A position as an offset; one behind the end of its line, or of the text, is that end."""
    if place.line >= len(source.line_starts):
        return len(source.text)
    start = source.line_starts[place.line]
    left = place.character
    for index, character in enumerate(source.line(place.line + 1)):
        if left <= 0:
            return start + index
        left -= _units(character)
    return start + len(source.line(place.line + 1))


def range_of(span: Span) -> Range:
    """A place as the protocol says it."""
    return Range(position(span.source, span.start), position(span.source, span.end))


def whole(source: Source) -> Range:
    """All of a text."""
    return Range(Position(0, 0), position(source, len(source.text)))


def _units(text: str) -> int:
    if text.isascii():
        return len(text)
    return len(text) + sum(ord(character) > 0xFFFF for character in text)
