"""The places of the words beside arrows, over no line, box or other words."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from msgspec.structs import replace

from archdsl.backends.figure.graphviz_coordinates import Ends
from archdsl.backends.figure.room import CLEAR, Room
from archdsl.transforms.picture.geometry import Curve, Geometry, Point, points_of
from archdsl.transforms.picture.page_layout import Rect, Size

ASIDE = 4.0  # points from an arrow to its words
STARTS = (1.5, 3.0, 5.0, 8.0, 12.0, 16.0, 22.0, 30.0)  # below an arrow's tail, best first


def place_words(laid: Geometry, words: Mapping[Ends, Size]) -> tuple[Ends, ...]:
    """Sets the words of arrows from the top beside their beginnings; gives those without room."""
    room = Room(laid)
    homeless = []
    for ends, size in words.items():
        curve = laid.curves[ends]
        place = next((box for box in _beside(curve, size) if room.free(box)), None)
        laid.curves[ends] = replace(curve, label=place)
        if place is None:
            homeless.append(ends)
        else:
            room.take(place)
    return tuple(homeless)


def _beside(curve: Curve, size: Size) -> Iterator[Rect]:
    """The places for words on both sides of a curve, from its tail on."""
    (_, first), way = curve.points[0], [*points_of(curve), curve.tip]
    sense = 1 if curve.tip[1] >= first else -1
    for down in STARTS:
        along = first + sense * (down + size.along / 2)
        if (curve.tip[1] - along) * sense < 0:
            return
        left, right = _across(way, along, size.along / 2 + CLEAR)
        yield Rect(right + ASIDE, along - size.along / 2, size)
        yield Rect(left - ASIDE - size.across, along - size.along / 2, size)


def _across(way: list[Point], along: float, about: float) -> tuple[float, float]:
    """The first and the last place across that a way takes near this place along."""
    first, last = along - about, along + about
    pieces = ((a, b) for a, b in pairwise(way) if min(a[1], b[1]) <= last)
    near = [end[0] for a, b in pieces if max(a[1], b[1]) >= first for end in (a, b)]
    return min(near), max(near)
