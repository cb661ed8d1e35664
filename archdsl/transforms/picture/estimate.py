"""About where everything will stand, for a choice of what to draw before anything is laid out.

Boxes are as large as their words in the widest face that may stand in for Helvetica.
"""

from archdsl.transforms.picture.arrange import Arrangement, Row
from archdsl.transforms.picture.geometry import Geometry
from archdsl.transforms.picture.page import Box, Size
from archdsl.transforms.picture.values import Direction, Edge, Frame, Item, Node, Role

LETTER = 6.4  # points
LINE = 12.6
TITLE_LETTER, TITLE_LINE = 8.6, 17.0
BETWEEN, BESIDE = 18.0, 14.4  # boxes along the flow and across it
INSIDE = 11.0  # a frame


def title_size(lines: tuple[str, ...]) -> Size:
    """The size of a drawing's title, to the right and down."""
    return Size(max(map(len, lines)) * TITLE_LETTER, len(lines) * TITLE_LINE)


def estimated(items: tuple[Item, ...], edges: tuple[Edge, ...], direction: Direction) -> Geometry:
    """Places of boxes and frames; each item that stands for itself begins at the origin."""
    estimate = _Estimate(Arrangement(items, edges), direction)
    estimate.rows(items, 0, 0)
    return estimate.found


class _Estimate:
    def __init__(self, arrangement: Arrangement, direction: Direction) -> None:
        self._arrangement = arrangement
        self._upright = direction == "TB"
        self._sizes: dict[str, Size] = {}
        self.found = Geometry()

    def rows(self, items: tuple[Item, ...], across: float, along: float) -> None:
        """Places items with the middle of their rows at `across`, from `along` on."""
        for item in items:
            if isinstance(item, Node) and item.role is Role.HEADER:
                self._put(item, across, along)
                along += self._size(item).along + BETWEEN
        for row in self._arrangement.rows(items):
            left = across - self._row(row).across / 2
            for lane in row:
                width = max(self._size(item).across for item in lane)
                at = along
                for item in lane:
                    self._put(item, left + width / 2, at)
                    at += self._size(item).along + BETWEEN
                left += width + BESIDE
            along += self._row(row).along + BETWEEN

    def _put(self, item: Item, middle: float, along: float) -> None:
        size = self._size(item)
        box = Box(middle - size.across / 2, along, size)
        if isinstance(item, Node):
            self.found.boxes[item.id] = box
            return
        self.found.frames[f"cluster_{item.id}"] = (box,)
        self.rows(item.items, middle, along + INSIDE + LINE * len(item.lines))

    def _size(self, item: Item) -> Size:
        if item.id not in self._sizes:
            self._sizes[item.id] = self._box(item) if isinstance(item, Node) else self._frame(item)
        return self._sizes[item.id]

    def _box(self, node: Node) -> Size:
        words = Size(max(map(len, node.lines)) * LETTER + 14, len(node.lines) * LINE + 7)
        wide, high = max(words[0], 26.0), max(words[1], 21.6)
        return Size(wide, high) if self._upright else Size(high, wide)

    def _frame(self, frame: Frame) -> Size:
        rows = [self._row(row) for row in self._arrangement.rows(frame.items)]
        rows += [
            self._size(i) for i in frame.items if isinstance(i, Node) and i.role is Role.HEADER
        ]
        along = sum(row.along for row in rows) + BETWEEN * (len(rows) - 1)
        title = LINE * len(frame.lines)
        return Size(max(row.across for row in rows) + 2 * INSIDE, along + 2 * INSIDE + title)

    def _row(self, row: Row) -> Size:
        lanes = [[self._size(item) for item in lane] for lane in row]
        return Size(
            sum(max(size.across for size in lane) for lane in lanes) + BESIDE * (len(lanes) - 1),
            max(sum(s.along for s in lane) + BETWEEN * (len(lane) - 1) for lane in lanes),
        )
