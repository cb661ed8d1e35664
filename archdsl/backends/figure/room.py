"""What is taken on a sheet, and whether words have room at a place."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from archdsl.transforms.picture.geometry import Curve, Geometry, around, points_of
from archdsl.transforms.picture.page import Box, Size

CLEAR = 1.5  # around words
BORDER = 0.5  # of a box


class Room:
    """What is taken by boxes, words, borders and arrows."""

    def __init__(self, laid: Geometry, titles: bool = True) -> None:
        labels = (curve.label for curve in laid.curves.values() if curve.label is not None)
        self._boxes = [*laid.boxes.values(), *labels]
        self._boxes += laid.titles.values() if titles else ()
        self._lines = [line for frame in laid.frames.values() for line in _borders(frame)]
        self._lines += [piece for curve in laid.curves.values() for piece in _pieces(curve)]

    def free(self, box: Box) -> bool:
        wide = Box(
            box.across - CLEAR,
            box.along - CLEAR / 3,
            Size(box.size.across + 2 * CLEAR, box.size.along + CLEAR / 1.5),
        )
        return not any(_meet(wide, other) for other in (*self._boxes, *self._lines))

    def take(self, box: Box) -> None:
        self._boxes.append(box)


def _borders(frame: Iterable[Box]) -> Iterator[Box]:
    """The four lines around each piece."""
    for (across, along), size in ((box[:2], box.size) for box in frame):
        for at in (along, along + size.along):
            yield Box(across, at, Size(size.across, 0))
        for at in (across, across + size.across):
            yield Box(at, along, Size(0, size.along))


def _pieces(curve: Curve) -> Iterator[Box]:
    """A box around each short part of an arrow."""
    for (ax, ay), (bx, by) in pairwise([*points_of(curve), curve.tip]):
        yield Box(min(ax, bx), min(ay, by), Size(abs(ax - bx), abs(ay - by)))


def _meet(a: Box, b: Box) -> bool:
    return (
        a.across < b.across + b.size.across
        and b.across < a.across + a.size.across
        and a.along < b.along + b.size.along
        and b.along < a.along + a.size.along
    )


def crossed(laid: Geometry) -> bool:
    """Whether an arrow passes through a box that it neither leaves nor reaches."""
    boxes = [(id_, _within(box)) for id_, box in laid.boxes.items()]
    ways = ((ends, curve, around(curve.points)) for ends, curve in laid.curves.items())
    return any(
        _meet(piece, box)
        for ends, curve, whole in ways
        for id_, box in boxes
        if id_ not in ends and _meet(whole, box)
        for piece in _pieces(curve)
    )


def _within(box: Box) -> Box:
    """A box without its border."""
    size = Size(box.size.across - 2 * BORDER, box.size.along - 2 * BORDER)
    return Box(box.across + BORDER, box.along + BORDER, size)
