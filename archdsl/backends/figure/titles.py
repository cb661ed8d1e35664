"""Titles of frames moved to where no arrow passes."""

from collections.abc import Iterator, Mapping
from itertools import islice, pairwise

from archdsl.transforms.picture import Direction
from archdsl.transforms.picture.geometry import Curve, Geometry, Point
from archdsl.transforms.picture.page import Box, Size

LOOKS = 12  # at a piece of an arrow
ASIDE, STEP = 8.0, 8.0  # from a frame's border, and on
BELOW = 5.0  # the border


def clear_titles(sheet: Geometry, direction: Direction) -> None:
    """Moves each title along the top of its frame, no farther than needed."""
    taken = _Taken(sheet, direction)
    for name, title in sheet.titles.items():
        sheet.titles[name] = next(taken.free(sheet.frames[name][0], title), title)


def title_again(sheet: Geometry, titles: Mapping[str, Size], direction: Direction) -> None:
    """Puts a title of a size into each later piece of the frames that were cut, if it has room."""
    taken = _Taken(sheet, direction)
    for name, size in titles.items():
        found: list[Box] = []
        for piece in sheet.frames[name][1:]:
            top = Box(piece.across + ASIDE, piece.along + BELOW, size)
            if direction == "LR":
                top = Box(piece.across + BELOW, piece.along + ASIDE, Size(*size[::-1]))
            found += islice(taken.free(piece, top), 1)
        sheet.again[name] = tuple(found)


class _Taken:
    """Where arrows pass and boxes stand."""

    def __init__(self, sheet: Geometry, direction: Direction) -> None:
        self._passing = [point for c in sheet.curves.values() for point in points_of(c)]
        self._boxes = list(sheet.boxes.values())
        self._direction = direction

    def free(self, frame: Box, title: Box) -> Iterator[Box]:
        """Places for a title along the top of its frame."""
        near = [point for point in self._passing if _holds(frame, point)]
        boxes = [box for box in self._boxes if _meet(frame, box)]
        for box in _places(frame, title, self._direction):
            if not any(_holds(box, p) for p in near) and not any(_meet(box, o) for o in boxes):
                yield box


def _places(frame: Box, title: Box, direction: Direction) -> Iterator[Box]:
    upright = direction == "TB"
    start, whole = (frame.across, frame.size) if upright else (frame.along, frame.size[::-1])
    room = whole[0] - (title.size if upright else title.size[::-1])[0]
    aside = ASIDE
    while aside <= room - ASIDE:
        at = start + aside
        yield Box(at, title.along, title.size) if upright else Box(title.across, at, title.size)
        aside += STEP


def _meet(a: Box, b: Box) -> bool:
    return (
        a.across < b.across + b.size.across
        and b.across < a.across + a.size.across
        and a.along < b.along + b.size.along
        and b.along < a.along + a.size.along
    )


def _holds(box: Box, point: Point) -> bool:
    across, along = point[0] - box.across, point[1] - box.along
    return 0 <= across <= box.size.across and 0 <= along <= box.size.along


def points_of(curve: Curve) -> Iterator[Point]:
    """Places along a curve, close to each other."""
    for first in range(0, len(curve.points) - 3, 3):
        piece = curve.points[first : first + 4]
        for look in range(LOOKS + 1):
            yield _at(piece, look / LOOKS)


def _at(points: tuple[Point, ...], part: float) -> Point:
    """A place on a Bézier curve, between its ends by so large a part."""
    while len(points) > 1:
        points = tuple(
            (a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part) for a, b in pairwise(points)
        )
    return points[0]
