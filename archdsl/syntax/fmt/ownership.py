"""The owner of each comment: inside a line, after it, or alone, and then its depth."""

from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct, field

from archdsl.base.source import Source, Span
from archdsl.syntax.fmt.brackets import stands_alone
from archdsl.syntax.logical_lines import Layout, LogicalLine, indentation


class Owned(Struct, frozen=True):
    """A line with the comments inside and behind it, or without a line a comment that is alone.

    `gap` says that a blank line stands before it in the source.
    """

    line: LogicalLine | None
    level: int
    gap: bool
    inside: tuple[Span, ...] = ()
    behind: str = ""


class _Place(Struct):
    """A line (None at the end of the source) and its comments: those alone stand above it."""

    line: LogicalLine | None
    alone: list[Span] = field(default_factory=list)
    inside: list[Span] = field(default_factory=list)
    behind: list[Span] = field(default_factory=list)


def own(source: Source, layout: Layout) -> Iterator[Owned]:
    """All lines and comments that stand alone, in order."""
    columns = [0]  # of the levels that are open at the line above
    end = 0
    for place in _places(source, layout):
        level = 0 if place.line is None else place.line.level
        for span in place.alone:
            depth = _depth(_column(source, span.start), columns, level)
            yield Owned(None, depth, _gap(source, end, span.start), (), span.text.rstrip())
            end = span.end
        if place.line is None:
            return
        behind = "".join(span.text.rstrip() for span in place.behind)
        gap = _gap(source, end, _start(place.line))
        yield Owned(place.line, level, gap, tuple(place.inside), behind)
        columns[level:] = [len(indentation(source, place.line.head).expandtabs())]
        end = max(_end(place.line), *(span.end for span in place.behind), 0)


def led_by_comments(source: Source, layout: Layout) -> Iterator[tuple[Span, Span]]:
    """Every comment with the line that it belongs to: the one that it stands in or behind, else the
    next. One below the last line has none."""
    for place in _places(source, layout):
        if place.line is not None:
            line = Span(source, _start(place.line), _end(place.line))
            for comment in (*place.alone, *place.inside, *place.behind):
                yield comment, line


def _places(source: Source, layout: Layout) -> list[_Place]:
    places = [*map(_Place, layout.lines), _Place(None)]
    starts = [_start(line) for line in layout.lines]
    for span in layout.comments:
        above = bisect_right(starts, span.start) - 1
        line = layout.lines[above] if above >= 0 else None
        if line is not None and span.start < _end(line):
            places[above].inside.append(span)
        elif stands_alone(source, span.start):
            places[above + 1].alone.append(span)
        else:
            places[above].behind.append(span)
    return places


def _depth(column: int, columns: list[int], below: int) -> int:
    """The level of a comment: of the line below it, or of one still open that it stands under."""
    deep = [level for level in range(below, len(columns)) if columns[level] <= column]
    return max(deep, default=below)


def _column(source: Source, place: int) -> int:
    before = source.text[source.text.rfind("\n", 0, place) + 1 : place]
    return len(before.lstrip("\ufeff").expandtabs())


def _gap(source: Source, end: int, start: int) -> bool:
    return source.text.count("\n", end, start) > 1


def _start(line: LogicalLine) -> int:
    return line.tokens[0].start_pos or 0


def _end(line: LogicalLine) -> int:
    return line.tokens[-1].end_pos or 0
