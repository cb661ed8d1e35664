"""A network laid out in one column, cut where nothing but one straight arrow leads on."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

from archdsl.backends.geometry import Curve, Geometry, Point, extent
from archdsl.transforms.picture import Frame, Picture, Role, Wire, frames_of, nodes
from archdsl.transforms.picture.page import Box, Size

MOST_COLUMNS = 6
MARGIN = 11.0  # within a frame
LEAD = 16.0  # for the arrow on to the next column, above and below
TIP = 6.5  # length of an arrow's head
BEND = 8.0  # radius


@dataclass(frozen=True, slots=True)
class Piece:
    """Boxes from one cut to the next; `box` is around them with their frames, as laid out."""

    ids: frozenset[str]
    frames: dict[str, Box]
    box: Box
    onward: tuple[str, str] | None = None  # the arrow on to the next piece


@dataclass(frozen=True, slots=True)
class _Cut:
    """Before the box with this index, in order along the flow."""

    index: int
    along: float
    edge: tuple[str, str]
    through: int  # frames


class Trunk:
    """The network of a picture with its places."""

    def __init__(self, picture: Picture, laid: Geometry) -> None:
        self._laid = laid
        self._items = tuple(i for i in picture.items if not (isinstance(i, Frame) and i.inset))
        self._nodes = {node.id: node for node in nodes(self._items)}
        self._order = sorted(self._nodes, key=lambda id_: laid.boxes[id_].along)
        place = {id_: at for at, id_ in enumerate(self._order)}
        self._frames = [  # the inner after the outer
            (f"cluster_{frame.id}", [place[node.id] for node in nodes(frame.items)])
            for frame in frames_of(self._items)
        ]
        self._edges = {
            (edge.tail, edge.head): edge.wire for edge in picture.edges if edge.tail in place
        }
        self._place = place

    def cuttings(self) -> tuple[tuple[Piece, ...], ...]:
        """The network whole, and in two columns or more of about the same length."""
        cuts = list(self._cuts())
        whole = extent(self._laid.boxes[id_] for id_ in self._order)
        found: dict[tuple[_Cut, ...], None] = {(): None}
        for columns in range(2, MOST_COLUMNS + 1):
            for slack in (1.0, 1.06, 1.14):
                chosen = _spread(cuts, whole, slack * whole.size.along / columns)
                found[chosen] = None
        return tuple(self._pieces(chosen) for chosen in found)

    def _cuts(self) -> Iterator[_Cut]:
        """Where no box stands and one arrow alone passes, which is part of the straight flow."""
        boxes = [self._laid.boxes[id_] for id_ in self._order]
        ends = list(accumulate((box.along + box.size.along for box in boxes), max))
        passing: list[list[tuple[str, str]]] = [[] for _ in boxes]
        for edge in self._edges:
            first, last = sorted(self._place[id_] for id_ in edge)
            for index in range(first + 1, last + 1):
                passing[index].append(edge)
        for index in range(1, len(boxes)):
            if ends[index - 1] > boxes[index].along or len(passing[index]) != 1:
                continue
            (edge,) = passing[index]
            titled = self._nodes[edge[0]].role is Role.HEADER
            if self._edges[edge] is Wire.FLOW and not titled and self._place[edge[1]] >= index:
                through = sum(min(held) < index <= max(held) for _, held in self._frames)
                yield _Cut(index, boxes[index].along, edge, through)

    def _pieces(self, cuts: tuple[_Cut, ...]) -> tuple[Piece, ...]:
        bounds = [0, *(cut.index for cut in cuts), len(self._order)]
        onward = [*(cut.edge for cut in cuts), None]
        return tuple(
            self._piece(first, end, edge)
            for (first, end), edge in zip(pairwise(bounds), onward, strict=True)
        )

    def _piece(self, first: int, end: int, onward: tuple[str, str] | None) -> Piece:
        ids = frozenset(self._order[first:end])
        frames: dict[str, Box] = {}
        for name, held in reversed(self._frames):
            inside = [at for at in held if first <= at < end]
            if inside:
                frames[name] = self._frame(name, held, inside, frames)
        frames = dict(reversed(frames.items()))
        curves = [c for ends, c in self._laid.curves.items() if ids.issuperset(ends)]
        taken = [self._laid.boxes[id_] for id_ in ids] + list(frames.values())
        taken += [box for curve in curves for box in curve.boxes()]
        if onward is not None and (label := self._laid.curves[onward].label):
            taken.append(label)
        return Piece(ids, frames, extent(taken), onward)

    def _frame(self, name: str, held: list[int], inside: list[int], inner: dict[str, Box]) -> Box:
        """A frame around what it holds of a piece."""
        whole = self._laid.frames[name][0]
        if len(inside) == len(held):
            return whole
        within = {n for n, other in self._frames if n in inner and set(other) <= set(held)}
        boxes = [self._laid.boxes[self._order[at]] for at in inside]
        around_all = extent(boxes + [inner[n] for n in within])
        start = whole.along if min(held) in inside else around_all.along - MARGIN
        last = whole.along + whole.size.along
        if max(held) not in inside:
            last = around_all.along + around_all.size.along + MARGIN
        return Box(whole.across, start, Size(whole.size.across, last - start))


def _spread(cuts: list[_Cut], whole: Box, length: float) -> tuple[_Cut, ...]:
    """Cuts at most so far apart: each as late as may be, but rather not through frames."""
    chosen: list[_Cut] = []
    start, last = whole.along, whole.along + whole.size.along
    while last - start > length:
        near = [cut for cut in cuts if start + length * 0.55 < cut.along <= start + length]
        if not near:
            break
        chosen.append(min(near, key=lambda cut: (cut.through, -cut.along)))
        start = chosen[-1].along
    return tuple(chosen)


def detour(curve: Curve, end: Point, gutter: float, below: float, above: float) -> Curve:
    """An arrow from where a curve begins down, up between two columns, and down to its end."""
    across, along = curve.points[0]
    corners = [
        (across, along),
        (across, below),
        (gutter, below),
        (gutter, above),
        (end[0], above),
        (end[0], end[1] - TIP),
    ]
    letter = curve.ends[0][0]
    return Curve(tuple(_rounded(corners)), ((letter, end),), curve.label)


def _rounded(corners: list[Point]) -> Iterator[Point]:
    """Straight pieces with round bends, as the points of Bézier curves."""
    at = corners[0]
    yield at
    for corner, after in zip(corners[1:], [*corners[2:], None], strict=True):
        if after is None:
            yield from (at, corner, corner)
            return
        near, far = _towards(corner, at), _towards(corner, after)
        yield from (at, near, near)
        yield from (corner, corner, far)
        at = far


def _towards(corner: Point, other: Point) -> Point:
    length = max(abs(corner[0] - other[0]), abs(corner[1] - other[1]))
    part = min(BEND, length / 2) / length if length else 0
    across, along = (c + (o - c) * part for c, o in zip(corner, other, strict=True))
    return across, along
