"""The meaning of each arrow, and the place of its shape: beside it or in a box."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from msgspec.structs import replace

from archdsl.transforms.picture.caption import sized
from archdsl.transforms.picture.drawing_parts import Edge, Frame, Item, Kind, Wire, nodes

LONGEST = 22  # letters beside an arrow
LEVELS = 2  # of skips in a U


def _ranked(items: Iterable[Item], edges: Iterable[Edge]) -> dict[str, int]:
    """Each box's distance from the start, along the longest way."""
    distances = {node.id: 0 for node in nodes(tuple(items))}
    onward: dict[str, list[str]] = {}
    for edge in edges:
        onward.setdefault(edge.tail, []).append(edge.head)
    for tail in distances:  # boxes stand in running order
        for head in onward.get(tail, ()):
            if head in distances:
                distances[head] = max(distances[head], distances[tail] + 1)
    return distances


def ranks(items: Iterable[Item], edges: Iterable[Edge]) -> int:
    return 1 + max(_ranked(items, edges).values(), default=0)


def breadth(items: Iterable[Item], edges: Iterable[Edge]) -> int:
    """The most boxes side by side."""
    return max(Counter(_ranked(items, edges).values()).values(), default=0)


def with_wires(items: tuple[Item, ...], edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """Tells forks, joins and skips from the straight flow; a skip bends nothing else."""
    flow = [edge for edge in edges if edge.wire is Wire.FLOW]
    skips = _skips(items, flow)
    leaving = Counter(edge.tail for edge in flow)
    leaving -= Counter(edge.tail for edge in skips)
    arriving = Counter(edge.head for edge in flow if edge not in skips)

    def marked(edge: Edge) -> Edge:
        if edge.wire is not Wire.FLOW:
            return edge
        if edge in skips:
            return replace(edge, wire=Wire.SKIP)
        if arriving[edge.head] > 1:
            return replace(edge, wire=Wire.JOIN)
        return replace(edge, wire=Wire.FORK) if leaving[edge.tail] > 1 else edge

    return tuple(marked(edge) for edge in edges)


def rising(items: tuple[Item, ...], edges: Iterable[Edge]) -> frozenset[str]:
    """The boxes of the second half of a network whose long skips lie one inside the other, as in a
    U: they are drawn from the bottom up, so that what is merged stands side by side."""
    places = _ranked(items, edges)
    tops = {item.id for item in items}
    spans = sorted((places[e.tail], places[e.head]) for e in edges if e.wire is Wire.SKIP)
    nested = all(a[0] < b[0] and a[1] > b[1] for a, b in pairwise(spans))
    whole = all({e.tail, e.head} <= tops for e in edges if e.wire is Wire.SKIP)
    if len(spans) < LEVELS or not nested or not whole:
        return frozenset()
    turn = sum(spans[-1]) / 2
    return frozenset(id_ for id_, place in places.items() if place > turn)


def _skips(items: tuple[Item, ...], flow: list[Edge]) -> set[Edge]:
    """The arrows that by-pass steps of their own flow: it arrives there on another way too.

    What is only cropped or reshaped on its way past other steps is a skip all the same, but for one
    of several results, as the keys of an attention are.
    """
    reshaped = {node.id for node in nodes(items) if node.kind is Kind.SHAPE}
    parting = {node.id for node in nodes(items) if node.several}
    before, after = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for edge in flow:
        before[edge.head].append(edge.tail)
        after[edge.tail].append(edge.head)

    def by_passes(edge: Edge) -> bool:
        way = [edge.head, edge.tail]
        while way[-1] in reshaped and len(before[way[-1]]) == 1:
            way.append(before[way[-1]][0])
        if len(way) > 2 and way[-1] in parting:  # reshaped was a result of its own
            return False
        aside = [head for at in way[1:] for head in after[at] if head not in way]
        for at in aside:  # grows by what stands behind a step that only reshapes
            aside += [head for head in after[at] if at in reshaped and head not in way]
        return _leads([at for at in aside if at not in reshaped], edge.head, after)

    return {edge for edge in flow if len(before[edge.head]) > 1 and by_passes(edge)}


def _leads(starts: list[str], goal: str, after: Mapping[str, list[str]]) -> bool:
    """True where arrows lead from one of the starts to the goal."""
    seen, waiting = set(starts), list(starts)
    while waiting:
        at = waiting.pop()
        if at == goal:
            return True
        fresh = [head for head in after.get(at, ()) if head not in seen]
        seen.update(fresh)
        waiting += fresh
    return False


def told(
    items: tuple[Item, ...], edges: tuple[Edge, ...], risen: frozenset[str] = frozenset()
) -> tuple[tuple[Item, ...], tuple[Edge, ...]]:
    """Each shape is told once, where it changes: beside the arrow if a single straight one leaves
    the box, crosses no frame and does not lead to what has `risen`; else in the box. Where several
    results leave, the box tells them. A box that ends the flow tells what came in."""
    boxes = {node.id: node for node in nodes(items)}
    homes = {id_: (frame, id_ in risen) for id_, frame in _homes(items, "")}
    parting = {node.id for node in boxes.values() if node.several}
    ways = defaultdict[str, list[Edge]](list)
    for edge in edges:
        if edge.wire is Wire.FLOW or edge.tail in parting:
            ways[edge.tail].append(edge)
    beside: dict[Edge, Edge] = {}
    for edge in (way[0] for way in ways.values() if len(way) == 1):
        shape = boxes[edge.tail].shape
        if boxes[edge.head].kind is Kind.INPUT:
            beside[edge] = edge
        elif 0 < len(shape) <= LONGEST and homes[edge.tail] == homes[edge.head]:
            beside[edge] = replace(edge, shape=shape)
    arrows = (beside.get(edge, edge) for edge in edges)
    return _completed(items, {edge.tail for edge in beside}), tuple(arrows)


def _homes(items: tuple[Item, ...], frame: str) -> Iterator[tuple[str, str]]:
    """Each box and the innermost frame around it."""
    for item in items:
        if isinstance(item, Frame):
            yield from _homes(item.items, item.id)
        else:
            yield item.id, frame


def _completed(items: tuple[Item, ...], quiet: set[str]) -> tuple[Item, ...]:
    """With all that boxes say in their lines; those that are `quiet` say nothing of shapes."""
    completed: list[Item] = []
    for item in items:
        if isinstance(item, Frame):
            completed.append(replace(item, items=_completed(item.items, quiet)))
            continue
        shape = "" if item.id in quiet else item.shape
        completed.append(replace(item, lines=(*item.lines, *sized(shape, item.figures))))
    return tuple(completed)
