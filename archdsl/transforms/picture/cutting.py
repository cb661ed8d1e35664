"""A network laid out in one column, cut where nothing but one straight arrow leads on."""

from collections.abc import Iterator
from itertools import accumulate, pairwise

from msgspec import Struct

from archdsl.transforms.picture.drawing_parts import Edge, Frame, Item, Role, Wire, frames_of, nodes
from archdsl.transforms.picture.geometry import Geometry, extent
from archdsl.transforms.picture.page_layout import Rect, Size, stacked

MOST_COLUMNS = 6
FULL = 0.7  # of a column that is as long as it may be
LONGEST = 1050.0  # points of an inset on the longer side of a page, its letters readable
MARGIN = 11.0  # within a frame
CLEAR = 4.0  # below words
AGAIN = 14.0  # for the title of a frame that goes on
LEAD = 16.0  # for the arrow on to the next column, above and below
THROUGH = (0.0, 40.0, 200.0)  # of column length, for a cut through one frame: a try each


class ColumnPiece(Struct, frozen=True):
    """Boxes from one cut to the next; `box` is around them with their frames, as laid out."""

    ids: frozenset[str]
    frames: dict[str, Rect]
    box: Rect
    onward: tuple[str, str] | None = None  # the arrow on to the next piece

    def column(self, columns: int) -> Size:
        """The room that a piece takes, with arrows to it and on where it is not all."""
        across, along = self.box.size
        return Size(across, along + (2 * LEAD if columns > 1 else 0))


class _Cut(Struct, frozen=True):
    """Before the box with this index, in order along the flow."""

    index: int
    along: float
    edge: tuple[str, str]
    through: int  # frames


class Trunk:
    """A network with its places."""

    def __init__(self, items: tuple[Item, ...], edges: tuple[Edge, ...], laid: Geometry) -> None:
        self._laid = laid
        self._nodes = {node.id: node for node in nodes(items)}
        self._order = sorted(self._nodes, key=lambda id_: laid.boxes[id_].along)
        place = {id_: at for at, id_ in enumerate(self._order)}
        self._frames = [  # the inner after the outer
            (frame.id, [place[node.id] for node in nodes(frame.items)])
            for frame in frames_of(items)
        ]
        self._curves = [(ends, tuple(curve.boxes())) for ends, curve in laid.curves.items()]
        self._edges = {(edge.tail, edge.head): edge.wire for edge in edges if edge.tail in place}
        self._place = place

    def cuttings(self) -> Iterator[tuple[ColumnPiece, ...]]:
        """The network whole, and in two columns or more of about the same length."""
        yield self._pieces(())
        cuts = list(self._cuts())
        whole = extent(self._laid.boxes[id_] for id_ in self._order)
        for columns in range(2, MOST_COLUMNS + 1):
            ways = dict.fromkeys(_spread(cuts, whole, columns, through) for through in THROUGH)
            yield from (self._pieces(chosen) for chosen in ways if len(chosen) == columns - 1)

    def filling(self, longest: float) -> tuple[ColumnPiece, ...]:
        """The network in columns of which none is longer than `longest`, if it can be cut so often.
        A column may end early where that cuts through fewer frames."""
        cuts, start = list(self._cuts()), self._laid.boxes[self._order[0]].along
        chosen: list[_Cut] = []
        boxes = (self._laid.boxes[id_] for id_ in self._order)
        end = max(box.along + box.size.along for box in boxes)
        while end - start > longest:
            later = [cut for cut in cuts if cut.along > start]
            near = [cut for cut in later if cut.along - start <= longest] or later[:1]
            if not near:
                break
            full = [cut for cut in near if cut.along - start >= longest * FULL] or near[-1:]
            chosen.append(min(full, key=lambda cut: (cut.through, -cut.along)))
            start = chosen[-1].along
        return self._pieces(tuple(chosen))

    def _cuts(self) -> Iterator[_Cut]:
        """The places without a box, where one arrow alone passes, a part of the straight flow."""
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

    def _pieces(self, cuts: tuple[_Cut, ...]) -> tuple[ColumnPiece, ...]:
        bounds = [0, *(cut.index for cut in cuts), len(self._order)]
        onward = [*(cut.edge for cut in cuts), None]
        return tuple(
            self._piece(first, end, edge)
            for (first, end), edge in zip(pairwise(bounds), onward, strict=True)
        )

    def _piece(self, first: int, end: int, onward: tuple[str, str] | None) -> ColumnPiece:
        ids = frozenset(self._order[first:end])
        label = self._laid.curves[onward].label if onward in self._laid.curves else None
        frames: dict[str, Rect] = {}
        for name, held in reversed(self._frames):
            inside = [at for at in held if first <= at < end]
            if inside:
                frames[name] = self._frame(name, held, inside, frames, label)
        frames = dict(reversed(frames.items()))
        taken = [self._laid.boxes[id_] for id_ in ids] + list(frames.values())
        taken += [b for ends, boxes in self._curves if ids.issuperset(ends) for b in boxes]
        if label is not None:
            taken.append(label)
        return ColumnPiece(ids, frames, extent(taken), onward)

    def _frame(
        self,
        name: str,
        held: list[int],
        inside: list[int],
        inner: dict[str, Rect],
        label: Rect | None,
    ) -> Rect:
        """A frame around what it holds of a piece, and around the words on the way to the next."""
        whole = self._laid.frames[name][0]
        if len(inside) == len(held):
            return whole
        within = {n for n, other in self._frames if n in inner and set(other) <= set(held)}
        boxes = [self._laid.boxes[self._order[at]] for at in inside]
        around_all = extent(boxes + [inner[n] for n in within])
        first = min(held) in inside
        room = AGAIN if self._laid.upright and not first else 0
        start = whole.along if first else around_all.along - MARGIN - room
        last = whole.along + whole.size.along
        if max(held) not in inside:
            last = around_all.along + around_all.size.along + MARGIN
            if label is not None:
                last = max(last, label.along + label.size.along + CLEAR)
        top = whole.across
        if not first and not self._laid.upright:
            top = min(top, around_all.across - MARGIN) - AGAIN
        breadth = whole.across + whole.size.across - top
        return Rect(top, start, Size(breadth, last - start))


def _spread(cuts: list[_Cut], whole: Rect, columns: int, through: float) -> tuple[_Cut, ...]:
    """The cuts for `columns` columns of similar lengths; `through`: the price of a cut frame."""
    starts = [whole.along, *(cut.along for cut in cuts)]
    ends = [*starts[1:], whole.along + whole.size.along]
    fair = whole.size.along / columns
    # by the number of cuts so far: for each last cut, the worst length before it, and all cuts
    best: dict[int, tuple[float, tuple[_Cut, ...]]] = {0: (0.0, ())}
    for _ in range(columns - 1):
        later: dict[int, tuple[float, tuple[_Cut, ...]]] = {}
        for before, (worst, chosen) in best.items():
            for at in range(before + 1, len(cuts) + 1):
                length = starts[at] - starts[before]
                if length < fair / 2:
                    continue
                if length > fair * 2:
                    break
                cost = max(worst, length) + through * cuts[at - 1].through
                if at not in later or cost < later[at][0]:
                    later[at] = (cost, (*chosen, cuts[at - 1]))
        best = later
    rated = (
        (max(worst, ends[-1] - starts[at]), chosen)
        for at, (worst, chosen) in best.items()
        if ends[-1] - starts[at] > fair / 3
    )
    return min(rated, key=lambda pair: pair[0], default=(0.0, ()))[1]


class FoldedInset(Struct, frozen=True):
    """An inset in as few columns as a page asks for: its pieces, and where each stands in it."""

    way: tuple[ColumnPiece, ...]
    columns: tuple[Rect, ...]
    size: Size

    @property
    def lead(self) -> float:
        """From the top of a column to its piece."""
        return LEAD if len(self.way) > 1 else 0


def folded(inset: Frame, edges: tuple[Edge, ...], laid: Geometry) -> FoldedInset:
    """An inset whole, or cut if it is longer than a page."""
    whole = laid.frames[inset.id][0]
    trunk = Trunk(inset.items, edges, laid)
    title = laid.titles.get(inset.id)
    above = MARGIN if title is None else title.along + title.size.along - whole.along + CLEAR
    for way in trunk.cuttings():
        sizes = [piece.column(len(way)) for piece in way]
        if len(way) > 1 and max(size.along for size in sizes) + above + MARGIN <= LONGEST:
            columns = stacked(sizes, MARGIN, above)
            return FoldedInset(way, columns, _around(columns))
        if whole.size.along <= LONGEST:
            break
    return FoldedInset((), (), whole.size)


def _around(columns: tuple[Rect, ...]) -> Size:
    held = extent(columns)
    return Size(held.across + held.size.across + MARGIN, held.along + held.size.along + MARGIN)
