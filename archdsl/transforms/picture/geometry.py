"""Places of boxes, frames and arrows in a drawing, in the two axes of `page`."""

from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct, field

from archdsl.transforms.picture.page_layout import NOTHING, Rect, Size

Point = tuple[float, float]  # across, along
LOOKS = 12  # at a piece of an arrow
# Of the four points of a Bézier curve, at each look.
WEIGHTS = tuple(
    ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    for t in (look / LOOKS for look in range(LOOKS + 1))
)


class Curve(Struct, frozen=True):
    """An arrow's Bézier curve to where its head begins, the tip of that, and the words beside."""

    points: tuple[Point, ...]
    tip: Point
    label: Rect | None = None

    def moved(self, by: Point) -> "Curve":
        def shift(point: Point) -> Point:
            return point[0] + by[0], point[1] + by[1]

        label = moved(self.label, by) if self.label else None
        return Curve(tuple(map(shift, self.points)), shift(self.tip), label)

    def boxes(self) -> Iterator[Rect]:
        """The places that the curve and its words take."""
        yield around((*self.points, self.tip))
        if self.label is not None:
            yield self.label


class Geometry(Struct):
    """Places of boxes and frames by their ids, and of arrows by the ids of both ends."""

    boxes: dict[str, Rect] = field(default_factory=dict)
    frames: dict[str, tuple[Rect, ...]] = field(default_factory=dict)
    titles: dict[str, Rect] = field(default_factory=dict)  # of frames
    again: dict[str, tuple[Rect, ...]] = field(default_factory=dict)  # titles of their later pieces
    curves: dict[tuple[str, str], Curve] = field(default_factory=dict)
    title: Size = NOTHING
    size: Size = NOTHING
    columns: list[frozenset[str]] = field(default_factory=list)  # boxes, where parts were cut
    upright: bool = True  # along is down

    def among(self, boxes: Collection[str], frames: Collection[str]) -> "Geometry":
        """The places of some boxes and frames, and of the arrows among them."""
        return Geometry(
            {id_: self.boxes[id_] for id_ in boxes},
            {id_: self.frames[id_] for id_ in frames},
            {id_: title for id_, title in self.titles.items() if id_ in frames},
            {},
            {ends: c for ends, c in self.curves.items() if ends[0] in boxes and ends[1] in boxes},
        )


def moved(box: Rect, by: Point) -> Rect:
    return Rect(box.across + by[0], box.along + by[1], box.size)


def extent(boxes: Iterable[Rect]) -> Rect:
    """The box around boxes."""
    all_boxes = list(boxes)
    across, along = min(b.across for b in all_boxes), min(b.along for b in all_boxes)
    right = max(b.across + b.size.across for b in all_boxes)
    end = max(b.along + b.size.along for b in all_boxes)
    return Rect(across, along, Size(right - across, end - along))


def around(points: Iterable[Point]) -> Rect:
    """The box around points."""
    across, along = zip(*points, strict=True)
    left, top = min(across), min(along)
    return Rect(left, top, Size(max(across) - left, max(along) - top))


def points_of(curve: Curve) -> Iterator[Point]:
    """Places along a curve, close to each other."""
    for first in range(0, len(curve.points) - 3, 3):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = curve.points[first : first + 4]
        for a, b, c, d in WEIGHTS:
            yield a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy
