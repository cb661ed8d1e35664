"""Titles of frames moved to where no arrow passes."""

from collections.abc import Iterator
from itertools import pairwise

from archdsl.transforms.picture import Direction
from archdsl.transforms.picture.geometry import Curve, Geometry, Point
from archdsl.transforms.picture.page import Box

LOOKS = 12  # at a piece of an arrow
ASIDE, STEP = 8.0, 8.0  # from a frame's border, and on


def clear_titles(sheet: Geometry, direction: Direction) -> None:
    """Moves each title along the top of its frame, no farther than needed."""
    passing = [point for curve in sheet.curves.values() for point in points_of(curve)]
    for name, title in sheet.titles.items():
        frame = sheet.frames[name][0]
        near = [point for point in passing if _holds(frame, point)]
        free = (
            box for box in _places(frame, title, direction) if not any(_holds(box, p) for p in near)
        )
        sheet.titles[name] = next(free, title)


def _places(frame: Box, title: Box, direction: Direction) -> Iterator[Box]:
    upright = direction == "TB"
    start, whole = (frame.across, frame.size) if upright else (frame.along, frame.size[::-1])
    room = whole[0] - (title.size if upright else title.size[::-1])[0]
    aside = ASIDE
    while aside <= room - ASIDE:
        at = start + aside
        yield Box(at, title.along, title.size) if upright else Box(title.across, at, title.size)
        aside += STEP


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
