"""The places taken on a sheet, and the room for words at a place."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise, product
from math import inf
from typing import Generic, TypeVar

from archdsl.transforms.picture.geometry import Curve, Geometry, points_of
from archdsl.transforms.picture.page_layout import Rect, Size, overlap

CLEAR = 1.5  # around words
BORDER = 0.5  # of a box


ROWS = Size(inf, 64)  # for what may reach across the whole sheet
CELLS = Size(512, 64)  # for what is no larger than a box

Held = TypeVar("Held")


class SheetCells(Generic[Held]):
    """Boxes by the cells of the sheet that they reach, each with what it stands for."""

    def __init__(self, cell: Size) -> None:
        self._cell = cell
        self._cells: dict[tuple[int, int], list[tuple[Rect, Held]]] = defaultdict(list)

    def put(self, box: Rect, what: Held) -> None:
        for cell in self._reached(box):
            self._cells[cell].append((box, what))

    def met(self, box: Rect) -> Iterator[Held]:
        """The things in the place of the box, at times more than once."""
        for cell in self._reached(box):
            for other, what in self._cells.get(cell, ()):
                if overlap(box, other):
                    yield what

    def _reached(self, box: Rect) -> Iterator[tuple[int, int]]:
        across = _cells(box.across, box.size.across, self._cell.across)
        return product(across, _cells(box.along, box.size.along, self._cell.along))


def _cells(start: float, size: float, cell: float) -> range:
    return range(int(start // cell), int((start + size) // cell) + 1)


class Room:
    """The places taken by boxes, words, borders and arrows."""

    def __init__(self, laid: Geometry, titles: bool = True) -> None:
        self._taken: SheetCells[None] = SheetCells(ROWS)
        labels = (curve.label for curve in laid.curves.values() if curve.label is not None)
        lines = (line for frame in laid.frames.values() for line in _borders(frame))
        pieces = (piece for curve in laid.curves.values() for piece in _pieces(curve))
        named = laid.titles.values() if titles else ()
        for box in chain(laid.boxes.values(), labels, named, lines, pieces):
            self.take(box)

    def free(self, box: Rect) -> bool:
        wide = Rect(
            box.across - CLEAR,
            box.along - CLEAR / 3,
            Size(box.size.across + 2 * CLEAR, box.size.along + CLEAR / 1.5),
        )
        return not any(True for _ in self._taken.met(wide))

    def take(self, box: Rect) -> None:
        self._taken.put(box, None)


def _borders(frame: Iterable[Rect]) -> Iterator[Rect]:
    """The four lines around each piece."""
    for (across, along), size in ((box[:2], box.size) for box in frame):
        for at in (along, along + size.along):
            yield Rect(across, at, Size(size.across, 0))
        for at in (across, across + size.across):
            yield Rect(at, along, Size(0, size.along))


def _pieces(curve: Curve) -> Iterator[Rect]:
    """A box around each short part of an arrow."""
    for (ax, ay), (bx, by) in pairwise([*points_of(curve), curve.tip]):
        yield Rect(min(ax, bx), min(ay, by), Size(abs(ax - bx), abs(ay - by)))


def crossed(laid: Geometry) -> bool:
    """True where an arrow passes through a box that it neither leaves nor reaches."""
    boxes: SheetCells[str] = SheetCells(CELLS)
    for id_, box in laid.boxes.items():
        boxes.put(_within(box), id_)
    return any(
        id_ not in ends
        for ends, curve in laid.curves.items()
        for piece in _pieces(curve)
        for id_ in boxes.met(piece)
    )


def _within(box: Rect) -> Rect:
    """A box without its border."""
    size = Size(box.size.across - 2 * BORDER, box.size.along - 2 * BORDER)
    return Rect(box.across + BORDER, box.along + BORDER, size)
