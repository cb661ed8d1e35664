"""Frames made wide enough for all that is theirs: to Graphviz, an arc may touch its border."""

from collections.abc import Collection, Iterator

from archdsl.transforms.picture import Frame, Item, frames_of, nodes
from archdsl.transforms.picture.geometry import Geometry, around, extent, points_of
from archdsl.transforms.picture.page import Box, Size

ROOM = 5.0  # points between an arc and the border around it


def hold(laid: Geometry, items: tuple[Item, ...]) -> None:
    """Widens the frames among the items, the inner ones first."""
    for frame in reversed(list(frames_of(items))):
        (box,) = laid.frames[frame.id]
        ids = {node.id for node in nodes(frame.items)}
        held = [_grown(arc, ROOM) for arc in _arcs(laid, ids)]
        inner = (laid.frames[item.id][0] for item in frame.items if isinstance(item, Frame))
        held += (_grown(other, ROOM) for other in inner)
        laid.frames[frame.id] = (extent([box, *held]),)


def _arcs(laid: Geometry, ids: Collection[str]) -> Iterator[Box]:
    for (tail, head), curve in laid.curves.items():
        if tail in ids and head in ids:
            yield around(points_of(curve))


def _grown(box: Box, by: float) -> Box:
    size = Size(box.size.across + 2 * by, box.size.along + 2 * by)
    return Box(box.across - by, box.along - by, size)
