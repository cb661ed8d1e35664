"""The hints to Graphviz besides boxes and arrows: weights, rows, room for arcs."""

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from archdsl.transforms.picture import drawing_parts as plan
from archdsl.transforms.picture.drawing_parts import Direction, Edge, Frame, Item, Node, Wire

MARGIN, ROOMY = 11, 16  # points within a frame, and within one that a skip passes through
FAR = 3  # places in running order that a skip reaches without an arc of its own width
WEIGHTS = {Wire.FLOW: 1000, Wire.FORK: 3, Wire.JOIN: 2, Wire.SKIP: 1, Wire.TRAINING: 1}


class GraphvizArrow(Struct, frozen=True):
    """An arrow as Graphviz is given it: `back` if its tail is the head of the picture's edge."""

    tail: str
    head: str
    edge: Edge
    weight: int
    back: bool = False
    left: bool = False  # others leave on the right
    level: bool = False  # both ends stand side by side


def arrows(picture: plan.Picture) -> Iterator[GraphvizArrow]:
    """A skip past branches pulls at none of them, and so stays inside its frame."""
    branching = {edge.tail for edge in picture.edges if edge.wire is Wire.FORK}
    leaving = Counter(edge.tail for edge in picture.edges)
    skipped = {edge.head for edge in picture.edges if edge.wire is Wire.SKIP}
    for edge in picture.edges:
        loose = edge.wire is Wire.SKIP and edge.tail in branching
        weight = 0 if loose else WEIGHTS[edge.wire]
        if picture.rising.issuperset((edge.tail, edge.head)):
            yield GraphvizArrow(edge.head, edge.tail, edge, weight, back=True, left=True)
            continue
        left = leaving[edge.tail] > 1 or edge.head in skipped
        level = edge.head in picture.rising
        yield GraphvizArrow(edge.tail, edge.head, edge, weight, left=left, level=level)


def rows(frame: Frame, direction: Direction) -> Iterator[str]:
    """The rows in a frame: all of its items, or the places where streams enter and leave it."""
    if frame.row and len(frame.items) > 1:
        yield _row(frame.items, direction)
    for ports in streams(frame):
        yield _row(ports, direction)


def streams(frame: Frame) -> tuple[tuple[Item, ...], ...]:
    """The entries and exits of a frame, if several streams enter and as many leave it."""
    entries, exits = (
        tuple(i for i in frame.items if isinstance(i, Node) and i.tooltip == word)
        for word in ("in", "out")
    )
    return (entries, exits) if len(entries) == len(exits) > 1 else ()


def _row(items: tuple[Item, ...], direction: Direction) -> str:
    """Side by side, in order; from left to right Graphviz stacks upwards."""
    ids = [item.id for item in items][:: 1 if direction == "TB" else -1]
    return f"{{rank=same; {' -> '.join(ids)} [style=invis]}}"


def sinks(picture: plan.Picture) -> str:
    """Several outputs side by side at the end; empty where they are not."""
    outputs = [i.id for i in picture.items if isinstance(i, Node) and i.tooltip == "output"]
    if len(outputs) < 2 or picture.rising:
        return ""
    return f"{{rank=sink; {'; '.join(outputs)}}}"


def arched(picture: plan.Picture) -> frozenset[str]:
    """The frames in which a skip passes many boxes, so that its arc needs more room."""
    order = {node.id: place for place, node in enumerate(plan.nodes(picture.items))}
    long = [
        (edge.tail, edge.head)
        for edge in picture.edges
        if edge.wire is Wire.SKIP and order[edge.head] - order[edge.tail] > FAR
    ]
    frames = [item for item in picture.items if isinstance(item, Frame)]
    innermost: dict[tuple[str, str], str] = {}
    for frame in frames:  # grows by the frames inside, which come later
        frames += [item for item in frame.items if isinstance(item, Frame)]
        inside = {node.id for node in plan.nodes(frame.items)}
        innermost |= {ends: frame.id for ends in long if inside.issuperset(ends)}
    return frozenset(innermost.values())
