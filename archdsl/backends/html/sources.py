"""The spec's files inside the page, line by line, in the order in which boxes name them."""

from collections.abc import Iterator
from html import escape

from archdsl.base.plain import visible
from archdsl.base.source import Source, Span


class Sources:
    """Numbers the sources that are named, and lists them at the end."""

    def __init__(self) -> None:
        self._found: list[Source] = []

    def place(self, span: Span) -> tuple[int, int, int]:
        """The number of the span's source, its first and its last line."""
        if span.source not in self._found:
            self._found.append(span.source)
        end = max(span.start, span.end - 1)
        return self._found.index(span.source), span.line, span.source.position(end)[0]

    def listing(self) -> Iterator[str]:
        """Every source with a line an element, of which the number is in the id."""
        yield '<aside id="source" aria-label="source">'
        for number, source in enumerate(self._found):
            yield f'<h2>{escape(visible(source.name))}</h2><ol class="file">'
            for line in range(1, len(source.line_starts) + 1):
                text = escape(visible(source.line(line).expandtabs(4)))
                yield f'<li id="s{number}l{line}">{text}</li>'
            yield "</ol>"
        yield "</aside>"
