"""Places in a text: archdsl counts characters, JavaScript units of UTF-16."""

from bisect import bisect_left

from archdsl.base.source import Span


class Units:
    """The places of one text; characters of two units are those beyond U+FFFF."""

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._wide = [k for k, character in enumerate(text) if character > "\uffff"]
        self._behind = [offset + k for k, offset in enumerate(self._wide)]

    def of(self, offset: int) -> int:
        """The place of a character."""
        return offset + bisect_left(self._wide, offset)

    def span(self, span: Span) -> tuple[int, int]:
        """The places of a span's ends."""
        return self.of(span.first), self.of(span.last)

    def offset(self, units: int) -> int:
        """The character at a place; one outside of the text is its nearest end."""
        found = units - bisect_left(self._behind, units)
        return min(max(found, 0), self._length)
