"""Where the words beside an arrow stand, so that they are over no line, box or other words."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from msgspec.structs import replace

from archdsl.backends.figure.titles import points_of
from archdsl.transforms.picture.geometry import Curve, Geometry, Point, extent
from archdsl.transforms.picture.page import Box, Size

Ends = tuple[str, str]
ASIDE = 4.0  # points from an arrow to its words
CLEAR = 1.5  # around words
STARTS = (1.5, 3.0, 5.0, 8.0, 12.0, 16.0, 22.0, 30.0)  # below an arrow's tail, best first


def place_words(laid: Geometry, words: Mapping[Ends, Size]) -> tuple[Ends, ...]:
    """Sets the words of arrows from the top beside their beginnings; gives those without room."""
    room = _Room(laid)
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


def _beside(curve: Curve, size: Size) -> Iterator[Box]:
    """On both sides of a curve, from its tail on."""
    (_, first), way = curve.points[0], [*points_of(curve), curve.tip]
    sense = 1 if curve.tip[1] >= first else -1
    for down in STARTS:
        along = first + sense * (down + size.along / 2)
        if (curve.tip[1] - along) * sense < 0:
            return
        middle = _across(way, along)
        yield Box(middle + ASIDE, along - size.along / 2, size)
        yield Box(middle - ASIDE - size.across, along - size.along / 2, size)


def _across(way: list[Point], along: float) -> float:
    """Where a way is at so far along."""
    return min(way, key=lambda point: abs(point[1] - along))[0]


class _Room:
    """What is taken."""

    def __init__(self, laid: Geometry) -> None:
        labels = (curve.label for curve in laid.curves.values() if curve.label is not None)
        self._boxes = [*laid.boxes.values(), *laid.titles.values(), *labels]
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
    for ends in pairwise([*points_of(curve), curve.tip]):
        yield extent(Box(*point, Size(0, 0)) for point in ends)


def _meet(a: Box, b: Box) -> bool:
    return (
        a.across < b.across + b.size.across
        and b.across < a.across + a.size.across
        and a.along < b.along + b.size.along
        and b.along < a.along + a.size.along
    )
