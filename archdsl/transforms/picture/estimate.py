"""About where everything will stand, for a choice of what to draw before anything is laid out.

Boxes are about as large as they will be; how Graphviz places them is a guess.
"""

from collections.abc import Iterable
from itertools import accumulate, pairwise

from msgspec import Struct

from archdsl.transforms.picture.arrange import Arrangement, Lane
from archdsl.transforms.picture.drawing_parts import (
    Direction,
    Edge,
    Frame,
    Item,
    Node,
    Role,
    Wire,
    frames_of,
)
from archdsl.transforms.picture.geometry import Geometry, extent
from archdsl.transforms.picture.page_layout import LETTERS, Rect, Size
from archdsl.transforms.picture.ruler import LEADING, STANDARD

LINE = LETTERS * LEADING
SPARE = 8.0
BETWEEN, BESIDE = 18.0, 14.4  # boxes along the flow and across it
ARC = 18.0  # of a skip
FORKED = 29.0  # where arrows part or meet
FRAMED = 9.0  # a frame and what comes before it
INSIDE, ROOMY = 11.0, 16.0  # a frame, and one with a skip in it


def estimated(
    items: tuple[Item, ...],
    edges: tuple[Edge, ...],
    direction: Direction,
    rising: frozenset[str] = frozenset(),
) -> Geometry:
    """Places of boxes and frames; the network and each inset begin at the same place."""
    skipped = {edge.head for edge in edges if edge.wire is Wire.SKIP}
    arched = (f.id for f in frames_of(items) if any(item.id in skipped for item in f.items))
    estimate = _Estimate(Arrangement(items, edges), arched, direction)
    insets = [item for item in items if isinstance(item, Frame) and item.inset]
    estimate.rows(tuple(item for item in items if item not in insets), 0, 0)
    if rising:
        _turn(estimate.geometry.boxes, rising)
    for inset in insets:
        estimate.rows((inset,), 0, 0)
    return estimate.geometry


def _turn(boxes: dict[str, Rect], rising: frozenset[str]) -> None:
    """Moves what rises beside the rest, the last on top."""
    falling = extent(box for id_, box in boxes.items() if id_ not in rising)
    risen = extent(boxes[id_] for id_ in rising)
    across = falling.across + falling.size.across + BESIDE - risen.across
    for id_ in rising:
        box = boxes[id_]
        along = falling.along + risen.along + risen.size.along - box.along - box.size.along
        boxes[id_] = Rect(box.across + across, along, box.size)


class _Estimate:
    def __init__(
        self, arrangement: Arrangement, arched: Iterable[str], direction: Direction
    ) -> None:
        self._arrangement = arrangement
        self._upright = direction == "TB"
        self._sizes: dict[str, Size] = {}
        self._arched = set(arched)
        self.geometry = Geometry(upright=self._upright)

    def rows(self, items: tuple[Item, ...], across: float, along: float) -> None:
        """Places items with the middle of their rows at `across`, from `along` on."""
        for item in items:
            if isinstance(item, Node) and item.role is Role.HEADER:
                self._put(item, across, along)
                along += self._size(item).along + BETWEEN
        for row in self._arrangement.rows(items):
            lanes = [self._lane(lane) for lane in row]
            size = _row(lanes)
            left = across - size.across / 2
            for lane in lanes:
                for item, at in zip(lane.items, lane.starts, strict=True):
                    self._put(item, left + lane.size.across / 2, along + at)
                left += lane.size.across + BESIDE
            along += size.along + FORKED

    def _put(self, item: Item, middle: float, along: float) -> None:
        size = self._size(item)
        box = Rect(middle - size.across / 2, along, size)
        if isinstance(item, Node):
            self.geometry.boxes[item.id] = box
            return
        self.geometry.frames[item.id] = (box,)
        self.rows(item.items, middle, along + self._margin(item) + LINE * len(item.lines))

    def _size(self, item: Item) -> Size:
        if item.id not in self._sizes:
            self._sizes[item.id] = self._box(item) if isinstance(item, Node) else self._frame(item)
        return self._sizes[item.id]

    def _box(self, node: Node) -> Size:
        wide, high = STANDARD.box(node)
        size = Size(wide + SPARE, high)
        return size if self._upright else Size(*size[::-1])

    def _frame(self, frame: Frame) -> Size:
        rows = [
            _row([self._lane(lane) for lane in row]) for row in self._arrangement.rows(frame.items)
        ]
        titles = [
            self._size(i) for i in frame.items if isinstance(i, Node) and i.role is Role.HEADER
        ]
        along = sum(row.along for row in rows) + FORKED * (len(rows) - 1)
        along += sum(title.along + BETWEEN for title in titles)
        title = LINE * len(frame.lines)
        margins = 2 * self._margin(frame)
        arc = ARC if frame.id in self._arched else 0
        width = max(row.across for row in (*rows, *titles))
        return Size(width + margins + arc, along + margins + title)

    def _margin(self, frame: Frame) -> float:
        return ROOMY if frame.id in self._arched else INSIDE

    def _lane(self, lane: Lane) -> "_Lane":
        """Frames stand closer."""
        sizes = [self._size(item) for item in lane]
        gaps = (FRAMED if Frame in map(type, pair) else BETWEEN for pair in pairwise(lane))
        steps = (size.along + gap for size, gap in zip(sizes, gaps, strict=False))
        starts = tuple(accumulate(steps, initial=0.0))
        width = max(size.across for size in sizes)
        return _Lane(lane, starts, Size(width, starts[-1] + sizes[-1].along))


class _Lane(Struct, frozen=True):
    """A lane's items and where each begins."""

    items: Lane
    starts: tuple[float, ...]
    size: Size


def _row(lanes: list[_Lane]) -> Size:
    width = sum(lane.size.across for lane in lanes) + BESIDE * (len(lanes) - 1)
    return Size(width, max(lane.size.along for lane in lanes))
