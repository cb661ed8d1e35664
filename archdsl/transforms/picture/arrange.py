"""Rows and lanes: where a frame's items stand when a page lays them out by itself.

A *lane* holds items one below the other, each fed by the one above it alone; a *row* holds lanes
side by side. Folding a frame moves its neighbours but changes no row or lane.
"""

from collections.abc import Iterable

from archdsl.transforms.picture.drawing_parts import Edge, Frame, Item, Node, Role

Lane = tuple[Item, ...]
Row = tuple[Lane, ...]


class Arrangement:
    """The rows of every frame of a drawing."""

    def __init__(self, items: tuple[Item, ...], edges: Iterable[Edge]) -> None:
        self._homes: dict[str, tuple[str, ...]] = {}
        self._note(items, ())
        self._links: dict[str, set[tuple[str, str]]] = {}
        for edge in edges:
            self._link(self._homes[edge.tail], self._homes[edge.head])

    def rows(self, items: tuple[Item, ...]) -> tuple[Row, ...]:
        """The rows of the items of one frame, or of the drawing itself; its header is in none."""
        placed = [i for i in items if not (isinstance(i, Node) and i.role is Role.HEADER)]
        ids = {item.id for item in placed}
        links = {link for item in placed for link in self._links.get(item.id, ())}
        return _rows(placed, {(a, b) for a, b in links if a in ids and b in ids})

    def _note(self, items: tuple[Item, ...], outer: tuple[str, ...]) -> None:
        """Each node's frames, outermost first, and itself."""
        for item in items:
            self._homes[item.id] = (*outer, item.id)
            if isinstance(item, Frame):
                self._note(item.items, self._homes[item.id])

    def _link(self, tail: tuple[str, ...], head: tuple[str, ...]) -> None:
        """Notes an arrow at the items through which it passes in the innermost common frame."""
        apart = next((pair for pair in zip(tail, head, strict=False) if pair[0] != pair[1]), None)
        if apart is not None:
            self._links.setdefault(apart[0], set()).add(apart)


def _rows(items: list[Item], links: set[tuple[str, str]]) -> tuple[Row, ...]:
    """Lanes by their distance from the start along the longest way."""
    after: dict[str, list[str]] = {}
    before: dict[str, list[str]] = {}
    for tail, head in links:
        after.setdefault(tail, []).append(head)
        before.setdefault(head, []).append(tail)
    lanes: list[list[Item]] = []
    lane_of: dict[str, int] = {}
    ranks: list[int] = []
    for item in items:  # in running order
        feeding = before.get(item.id, [])
        if len(feeding) == 1 and len(after[feeding[0]]) == 1:
            lane_of[item.id] = lane_of[feeding[0]]
            lanes[lane_of[item.id]].append(item)
            continue
        lane_of[item.id] = len(lanes)
        lanes.append([item])
        ranks.append(max((1 + ranks[lane_of[tail]] for tail in feeding), default=0))
    rows: list[list[Lane]] = [[] for _ in range(1 + max(ranks, default=-1))]
    for lane, rank in zip(lanes, ranks, strict=True):
        rows[rank].append(tuple(lane))
    return tuple(tuple(row) for row in rows)
