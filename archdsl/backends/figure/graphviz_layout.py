"""A picture → the places of its parts, each by itself, with room for all words and no arrow through
a box."""

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

from archdsl.backends.figure.arrow_words import place_words
from archdsl.backends.figure.bounds import refuse_too_large
from archdsl.backends.figure.graphviz import laid_out
from archdsl.backends.figure.graphviz_coordinates import Ends, read
from archdsl.backends.figure.room import crossed
from archdsl.backends.figure.skeleton import ROOM, parts, skeletons
from archdsl.transforms.picture.drawing_parts import Frame, Item, Picture, frames_of, nodes
from archdsl.transforms.picture.geometry import Geometry, around, extent, points_of
from archdsl.transforms.picture.page_layout import Rect, Size
from archdsl.transforms.picture.retell import told_in_boxes
from archdsl.transforms.picture.ruler import Ruler

WIDER = 1.5  # times the room between boxes, for the next try
WIDEST = 1.0  # inches between them
ASIDE = 5.0  # points between an arc and the border around it


def placed(picture: Picture, ruler: Ruler) -> tuple[Picture, Geometry]:
    """The parts of a picture where Graphviz places them: a shape without room beside its arrow is
    told in the box before it, and where an arrow meets a box that is not its own, there is more
    room between them. Raises `TooLarge`."""
    refuse_too_large(picture)
    room = [ROOM for _ in parts(picture)]
    while True:
        layout = _Layout.of(picture, ruler, room)
        homeless, narrow = layout.homeless(), [room[i] < WIDEST and c for i, c in layout.crossed()]
        if not homeless and not any(narrow):
            return picture, layout.laid
        picture = told_in_boxes(picture, homeless)
        room = [r * WIDER if more else r for r, more in zip(room, narrow, strict=True)]


class _Layout(Struct, frozen=True):
    """A picture as Graphviz lays it out; `words` are the sizes of the texts beside arrows."""

    picture: Picture
    laid: Geometry
    words: Mapping[Ends, Size]

    @classmethod
    def of(cls, picture: Picture, ruler: Ruler, room: list[float]) -> "_Layout":
        edges = picture.edges
        words = {(e.tail, e.head): ruler.words((e.shape,) if e.shape else ()) for e in edges}
        graphs = map(laid_out, skeletons(picture, ruler, room))
        laid = read(graphs, picture.direction, words)
        _widen(laid, picture.items)
        return cls(picture, laid, words)

    def crossed(self) -> Iterator[tuple[int, bool]]:
        """For each part by its number, True where an arrow meets a box of others."""
        yield from enumerate(map(crossed, self._parts()))

    def homeless(self) -> set[Ends]:
        """Places the words of each part, and finds those that have no place."""
        homeless: set[Ends] = set()
        if self.picture.direction == "LR":  # Graphviz keeps room for them along the flow
            return homeless
        for part in self._parts():
            told = {ends: self.words[ends] for ends in part.curves if self.words[ends].along}
            homeless.update(place_words(part, told))
            self.laid.curves |= part.curves
        return homeless

    def _parts(self) -> Iterator[Geometry]:
        for items in parts(self.picture):
            ids = frozenset(node.id for node in nodes(items))
            yield self.laid.among(ids, [frame.id for frame in frames_of(items)])


# --- frames wide enough for all that is theirs: to Graphviz, an arc may touch its border -------


def _widen(laid: Geometry, items: tuple[Item, ...]) -> None:
    """Widens the frames among the items, the inner ones first."""
    for frame in reversed(list(frames_of(items))):
        (box,) = laid.frames[frame.id]
        ids = {node.id for node in nodes(frame.items)}
        held = [_grown(arc, ASIDE) for arc in _arcs(laid, ids)]
        inner = (laid.frames[item.id][0] for item in frame.items if isinstance(item, Frame))
        held += (_grown(other, ASIDE) for other in inner)
        laid.frames[frame.id] = (extent([box, *held]),)


def _arcs(laid: Geometry, ids: Collection[str]) -> Iterator[Rect]:
    for (tail, head), curve in laid.curves.items():
        if tail in ids and head in ids:
            yield around(points_of(curve))


def _grown(box: Rect, by: float) -> Rect:
    size = Size(box.size.across + 2 * by, box.size.along + 2 * by)
    return Rect(box.across - by, box.along - by, size)
