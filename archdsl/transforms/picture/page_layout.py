"""The places of a drawing's parts on a page: the network, in columns where it is long, the insets
beside it, and the legend in the free room.

Lengths are points, in two axes: *across* the flow and *along* it. From the top, along is down; from
the left, along is to the right.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, product
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from archdsl.transforms.picture.drawing_parts import Direction
from archdsl.transforms.picture.paper import A4, Paper

LETTERS = 10.5  # the size of all text but the title
ENOUGH = 7.6  # points on paper; more is not worth another column
COMFORTABLE = 9.0  # … not worth a larger page
GAP = 14.0
EDGE = 14.4  # around all, left and right together
GUTTER = 30.0  # between columns of the network, where an arrow leads from one to the next
PADDING = 9.0  # of the legend
ROOMS = (0.0, 150.0, 300.0, 450.0, 700.0)  # widths of the legend
TRIED = 8  # pages with a legend


class Size(NamedTuple):
    across: float
    along: float


NOTHING = Size(0, 0)


class Rect(NamedTuple):
    """A place and the size of what stands there."""

    across: float
    along: float
    size: Size


class Parts(Struct, frozen=True):
    """The things to place: ways to cut the network into columns, fewest columns first; insets;
    the legend's entries."""

    networks: Iterable[tuple[Size, ...]]
    insets: tuple[Size, ...]
    entries: tuple[Size, ...]
    title: Size
    direction: Direction
    paper: Paper = A4


class Page(Struct, frozen=True):
    """A place for each part; the legend's entries are placed from its own corner on."""

    columns: tuple[Rect, ...]
    insets: tuple[Rect, ...] = ()
    legend: Rect | None = None
    entries: tuple[Rect, ...] = ()
    size: Size = NOTHING

    def letters(self, parts: Parts) -> tuple[float, ...]:
        """The size of text on paper, turned each way, never enlarged."""
        flat = self.size if parts.direction == "TB" else self.size[::-1]
        width, height = max(flat[0], parts.title[0]) + EDGE, flat[1] + parts.title[1] + EDGE
        return tuple(LETTERS * min(1, w / width, h / height) for w, h in parts.paper.room())


def arranged(parts: Parts) -> tuple[int, Page]:
    """The best page, and the number of its way to cut. In this order it has readable letters, an
    upright sheet, few cuts of the network, comfortable letters, and a small area."""

    def rank(numbered: tuple[int, Page]) -> tuple[float, ...]:
        page = numbered[1]
        upright, *aside = page.letters(parts)
        readable = round(min(ENOUGH, max(upright, *aside, 0)), 1)
        turned = upright < readable - 0.1 and parts.direction == "TB"
        comfortable = round(min(COMFORTABLE, max(aside) if turned else upright) * 2) / 2
        area = page.size.across * page.size.along
        return (-readable, turned, len(page.columns), -comfortable, area)

    flows = _flows(parts)
    chosen: list[tuple[int, Page]] = []
    for _, ways in groupby(enumerate(parts.networks), key=lambda way: len(way[1])):
        bare = ((way, page) for way, columns in ways for page in _pages(columns, parts))
        tried = sorted(bare, key=rank)[:TRIED]
        whole = ((way, full) for way, page in tried for full in _with_legend(page, flows))
        chosen.append(min(whole, key=rank))
        if rank(chosen[-1])[:2] == (-ENOUGH, False):
            break
    return min(chosen, key=rank)


def readable(parts: Parts, least: float) -> bool:
    """True where some page has letters of at least this many points."""

    def is_readable(page: Page) -> bool:
        return max(page.letters(parts)) >= least

    flows = _flows(parts)
    bare = (page for columns in parts.networks for page in _pages(columns, parts))
    return any(any(map(is_readable, _with_legend(p, flows))) for p in bare if is_readable(p))


def _pages(columns: tuple[Size, ...], parts: Parts) -> Iterator[Page]:
    """Without a legend: insets beside the network or below."""
    insets, paper = parts.insets, parts.paper.sides[0]
    longest = [side * LETTERS / ENOUGH - GAP for side in paper]
    row = stacked(columns)
    page = Page(row, size=_extent(row))
    limits = (0.0, *longest) if len(insets) > 1 else (0.0,)
    for beside, limit in product((True, False) if insets else (True,), limits):
        yield _with_insets(page, insets, beside, limit)
    yield from _with_insets_around(page, insets)


def _flows(parts: Parts) -> list[tuple[tuple[Rect, ...], Size]]:
    """The legend in all its forms; none at all without entries."""
    rooms = ROOMS if parts.entries else ()
    return list(dict.fromkeys(flowing(parts.entries, room, parts.direction) for room in rooms))


def stacked(columns: Sequence[Size], across: float = 0.0, along: float = 0.0) -> tuple[Rect, ...]:
    """Columns side by side, with room for an arrow between them."""
    boxes = []
    for size in columns:
        boxes.append(Rect(across, along, size))
        across += size.across + GUTTER
    return tuple(boxes)


def _extent(boxes: Sequence[Rect]) -> Size:
    return Size(
        max((box.across + box.size.across for box in boxes), default=0),
        max((box.along + box.size.along for box in boxes), default=0),
    )


def _with_insets(page: Page, sizes: tuple[Size, ...], beside: bool, limit: float) -> Page:
    """Insets in lines beside the network, or below it, each line as long as it or the limit."""
    turn = (lambda size: size) if beside else (lambda size: Size(size[1], size[0]))
    whole = turn(page.size)
    longest = max([whole.along, limit, *(turn(size).along for size in sizes)])
    boxes: list[Rect] = []
    across, along, breadth = whole.across + GAP, 0.0, 0.0
    for size in map(turn, sizes):
        if along and along + size.along > longest:
            across, along, breadth = across + breadth + GAP, 0.0, 0.0
        boxes.append(Rect(across, along, size))
        along += size.along + GAP
        breadth = max(breadth, size.across)
    if not beside:
        boxes = [Rect(box.along, box.across, turn(box.size)) for box in boxes]
    whole_insets = (*page.insets, *boxes)
    return replace(page, insets=whole_insets, size=_extent((*page.columns, *whole_insets)))


def _with_insets_around(page: Page, sizes: tuple[Size, ...]) -> Iterator[Page]:
    """Some insets beside the network, the others below both."""
    for places in product((True, False), repeat=len(sizes)):
        if len(set(places)) < 2:
            continue
        order = sorted(range(len(sizes)), key=lambda at: not places[at])
        aside = tuple(sizes[at] for at in order[: sum(places)])
        below = tuple(sizes[at] for at in order[sum(places) :])
        full = _with_insets(_with_insets(page, aside, True, 0.0), below, False, 0.0)
        boxes = dict(zip(order, full.insets, strict=True))
        yield replace(full, insets=tuple(boxes[at] for at in range(len(sizes))))


def _with_legend(page: Page, flows: list[tuple[tuple[Rect, ...], Size]]) -> Iterator[Page]:
    """The legend where it may stand: below all, beside all, in what is free around the last."""
    if not flows:
        yield page
    whole = page.size
    taken = (*page.columns, *page.insets)
    corners = [(0.0, whole.along + GAP), (whole.across + GAP, 0.0)]
    for last in (*page.insets[-1:], *page.columns[-1:]):
        corners.append((last.across, last.along + last.size.along + GAP))
        corners.append((last.across + last.size.across + GAP, last.along))
    for (across, along), (entries, size) in product(dict.fromkeys(corners), flows):
        box = Rect(across, along, size)
        if not any(overlap(box, other, GAP / 2) for other in taken):
            end = Size(max(whole[0], across + size[0]), max(whole[1], along + size[1]))
            yield replace(page, legend=box, entries=entries, size=end)


def overlap(a: Rect, b: Rect, apart: float = 0.0) -> bool:
    """True where two boxes meet, or are closer than `apart`."""
    return (
        a.across < b.across + b.size.across + apart
        and b.across < a.across + a.size.across + apart
        and a.along < b.along + b.size.along + apart
        and b.along < a.along + a.size.along + apart
    )


def flowing(
    sizes: tuple[Size, ...], room: float, direction: Direction
) -> tuple[tuple[Rect, ...], Size]:
    """The legend's entries in rows as wide as the room on the page, and the size of them all."""
    upright = direction == "TB"
    boxes: list[Rect] = []
    x, y, tall = PADDING, PADDING, 0.0
    for width, height in sizes if upright else (size[::-1] for size in sizes):
        if x > PADDING and x + width + PADDING > room:
            x, y, tall = PADDING, y + tall + PADDING, 0.0
        boxes.append(Rect(x, y, Size(width, height)))
        x += width + PADDING
        tall = max(tall, height)
    if not upright:
        boxes = [Rect(box.along, box.across, Size(*box.size[::-1])) for box in boxes]
    end = _extent(boxes)
    return tuple(boxes), Size(end.across + PADDING, end.along + PADDING)
