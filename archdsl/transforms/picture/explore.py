"""Program → the figure that is drawn anyway, with facts, and the inside of every block that is
closed in it or in an inside: what a reader may open, one level at a time."""

from msgspec.structs import replace

from archdsl.analyses.figures.receptive_field import receptive_fields
from archdsl.base.diagnostics import Diagnostic
from archdsl.ir.graph import Program
from archdsl.transforms.picture.caption import shapes, sized
from archdsl.transforms.picture.details import FactsBook
from archdsl.transforms.picture.drawing_parts import (
    Direction,
    Exploration,
    Frame,
    Inside,
    Kind,
    Node,
    Role,
    nodes,
)
from archdsl.transforms.picture.edge_kinds import told, with_wires
from archdsl.transforms.picture.fitting import MOST_BOXES, Depth
from archdsl.transforms.picture.result_names import result_names
from archdsl.transforms.picture.scope_drawing import Drawing
from archdsl.transforms.picture.scope_places import Door
from archdsl.transforms.picture.sketch import known_of
from archdsl.transforms.picture.whole_page import pictured


def exploration(
    program: Program,
    depth: Depth = "auto",
    direction: Direction = "TB",
    mistakes: tuple[Diagnostic, ...] = (),
) -> Exploration:
    """The figure of a network and the insides of its blocks, no more than a page can hold; the
    title says how deep it can be opened then."""
    plain = known_of(program, direction, None, mistakes, alike=depth == "auto")
    known = replace(plain, book=FactsBook(receptive_fields(program)))
    picture, drawing = pictured(known, depth)
    shown = {node.id for node in nodes(picture.items)}
    doors = [door for door in drawing.doors if door.box.id in shown]
    inside, levels = _insides(drawing, doors, len(shown), set(picture.rising))
    if levels is not None:
        words = f"blocks can be opened {levels} levels deep"
        picture = replace(picture, title=(*picture.title, words))
    return Exploration(picture, tuple(inside))


def _insides(
    drawing: Drawing, doors: list[Door], boxes: int, rising: set[str]
) -> tuple[list[Inside], int | None]:
    """Insides level by level, and how many levels there are if there was no room for all."""
    insides: list[Inside] = []
    level = 0
    while doors:
        if boxes > MOST_BOXES:
            return insides, level
        before, level = len(drawing.doors), level + 1
        for door in doors:
            insides.append(_inside(drawing, door, door.box.id in rising))
            own = {node.id for node in nodes(insides[-1].frame.items)}
            rising |= own if insides[-1].rising else set()
            boxes += len(own)
        doors = drawing.doors[before:]
    return insides, None


def _inside(drawing: Drawing, door: Door, rising: bool) -> Inside:
    """A block's elements between its title and what leaves it; blocks among them are closed."""
    box, scope, before = door.box, door.scope, len(drawing.edges)
    frame = drawing.id("f")
    start, end = _bars(drawing, door, rising)
    entries: tuple[Node, ...] = ()
    if len(scope.inputs) > 1:
        entries = drawing.ports(scope, "in")
        for port in entries:
            drawing.connect((start.id,), port.id, box.dashed)
    tails = tuple(entry.id for entry in entries or (start,))
    place = replace(door.place, tails=tails, names=(), levels=0, narrow=False, bare=True)
    items, outs = drawing.scope(scope, place)
    ends: tuple[Node, ...] = ()
    if len(outs) > 1:
        ends = drawing.ends(result_names(scope), scope.outputs, outs, "out")
        outs = tuple(node.id for node in ends)
    drawing.connect(tuple(dict.fromkeys(outs)), end.id, box.dashed)
    edges = list(drawing.edges)[before:]
    feeding = {edge.tail for edge in edges}
    unused = {entry.id for entry in entries if entry.id not in feeding}
    entries = tuple(entry for entry in entries if entry.id not in unused)
    whole = (start, *entries, *items, *ends, end)
    whole, arrows = told(whole, with_wires(whole, [e for e in edges if e.head not in unused]))
    quiet = tuple(replace(e, shape="") if e.head == end.id else e for e in arrows)
    return Inside(
        box.id, Frame(frame, (), whole, box.tooltip, box.dashed, inset=True), quiet, rising
    )


def _bars(drawing: Drawing, door: Door, rising: bool) -> tuple[Node, Node]:
    """The first and last boxes of an inside: the title above, and below the shapes there."""
    box = door.box
    lines = (*box.lines, *sized("", box.figures))
    flowing = shapes(door.scope.inputs if rising else door.scope.outputs)
    title = drawing.node(Kind.BLOCK, lines, box.tooltip, box.dashed, Role.HEADER)
    other = drawing.node(Kind.INPUT, (flowing,), box.tooltip, box.dashed)
    return (other, title) if rising else (title, other)
