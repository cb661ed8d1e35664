"""Places of boxes, frames and arrows in a drawing, in the two axes of `page`."""

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from archdsl.transforms.picture.page import NOTHING, Box, Size

Point = tuple[float, float]  # across, along


class Curve(Struct, frozen=True):
    """An arrow's Bézier curve; `ends` are its tips, by Graphviz's letters `s` and `e`."""

    points: tuple[Point, ...]
    ends: tuple[tuple[str, Point], ...]
    label: Box | None = None

    def moved(self, by: Point) -> "Curve":
        def shift(point: Point) -> Point:
            return point[0] + by[0], point[1] + by[1]

        label = moved(self.label, by) if self.label else None
        ends = tuple((letter, shift(tip)) for letter, tip in self.ends)
        return Curve(tuple(map(shift, self.points)), ends, label)

    def boxes(self) -> Iterator[Box]:
        """What the curve and its words take."""
        yield around(self.points)
        if self.label is not None:
            yield self.label


class Geometry(Struct):
    """Places of boxes and frames by their ids, and of arrows by the ids of both ends."""

    boxes: dict[str, Box] = field(default_factory=dict)
    frames: dict[str, tuple[Box, ...]] = field(default_factory=dict)
    titles: dict[str, Box] = field(default_factory=dict)  # of frames
    curves: dict[tuple[str, str], Curve] = field(default_factory=dict)
    title: Size = NOTHING
    size: Size = NOTHING


def moved(box: Box, by: Point) -> Box:
    return Box(box.across + by[0], box.along + by[1], box.size)


def extent(boxes: Iterable[Box]) -> Box:
    """The box around boxes."""
    found = list(boxes)
    across, along = min(b.across for b in found), min(b.along for b in found)
    right = max(b.across + b.size.across for b in found)
    end = max(b.along + b.size.along for b in found)
    return Box(across, along, Size(right - across, end - along))


def around(points: Iterable[Point]) -> Box:
    """The box around points."""
    return extent(Box(*point, Size(0, 0)) for point in points)
