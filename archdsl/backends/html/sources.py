"""The spec's files inside the page, in the order in which boxes name them."""

from msgspec import Struct

from archdsl.base.escape import visible
from archdsl.base.source import Source, Span


class ShownFile(Struct, frozen=True):
    """A source as it is shown, line by line."""

    name: str
    lines: tuple[str, ...]


class Sources:
    """Numbers the sources that are named, and gives them at the end."""

    def __init__(self) -> None:
        self._sources: list[Source] = []

    def place(self, span: Span) -> tuple[int, int, int]:
        """The number of the span's source, its first and its last line."""
        if span.source not in self._sources:
            self._sources.append(span.source)
        end = max(span.start, span.end - 1)
        return self._sources.index(span.source), span.line, span.source.position(end)[0]

    def files(self) -> tuple[ShownFile, ...]:
        return tuple(map(_file, self._sources))


def _file(source: Source) -> ShownFile:
    numbers = range(1, len(source.line_starts) + 1)
    lines = tuple(visible(source.line(number).expandtabs(4)) for number in numbers)
    return ShownFile(visible(source.name), lines)
