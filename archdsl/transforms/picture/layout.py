"""The whole page: how deep to draw so that it stays readable, and which blocks to show inside."""

from dataclasses import dataclass, replace
from typing import Literal

from archdsl.analyses.costs import Costs, costs
from archdsl.analyses.receptive_field import receptive_fields
from archdsl.base.diagnostics import Diagnostic
from archdsl.ir.graph import Program, Scope
from archdsl.transforms.picture.caption import DOT, short
from archdsl.transforms.picture.drawing import ALL, INSET_BOXES, Closed, Drawing, Place
from archdsl.transforms.picture.elements import Folding
from archdsl.transforms.picture.facts import FactsBook
from archdsl.transforms.picture.heat import Heat, Measure
from archdsl.transforms.picture.legend import boxes_of, legend
from archdsl.transforms.picture.values import Direction, Edge, Frame, Item, Picture, nodes
from archdsl.transforms.picture.wires import breadth, ranks, told, with_wires

Depth = int | Literal["auto"] | None
FULL_PAGE = 28  # boxes one below the other that fit a page
SPARSE = 8  # fewer than this say too little …
CROWDED = 40  # … and then so many are borne
BOXES = 80  # on a page
MOST_BOXES = 2000  # that Graphviz lays out within a minute
INSETS = 3  # block details beside the drawing
PAGE_WIDTH = 7  # boxes side by side, the insets' columns included
OVERHANG = 1.1  # how much longer than the network a column of insets may be


def picture(
    program: Program,
    depth: Depth = "auto",
    direction: Direction = "TB",
    heat: Heat | None = None,
    mistakes: tuple[Diagnostic, ...] = (),
) -> Picture:
    """The drawing of a network: `depth` levels of blocks opened, all (None), or as many as fit.

    No more are opened than Graphviz can lay out; the title says so then. With `heat`, colours
    show shares of that figure in the place of kinds of op. `mistakes` are those for which the
    program is no more than what is known of it.
    """
    known = _known(program, heat, depth, mistakes)
    levels = _fitting(program, known) if depth == "auto" else _bearable(program, known, depth)
    drawing = known.drawing()
    network = _network(program, drawing, levels)
    edges = with_wires(network, drawing.edges)
    insets: tuple[Frame, ...] = ()
    if depth == "auto":
        insets, edges = _insets(known, drawing, network, edges)
    items, edges = told((*network, *insets), edges)
    key = legend(drawing, boxes_of(items), known.measure)
    asked = ALL if depth is None else depth
    cut = (f"opened {levels} levels deep",) if depth != "auto" and levels != asked else ()
    return Picture(
        program.name,
        (*_title(program, known), *cut),
        program.doc or program.name,
        (*items, key),
        edges,
        direction,
    )


def explorable(
    program: Program,
    depth: Depth = "auto",
    direction: Direction = "TB",
    heat: Heat | None = None,
    mistakes: tuple[Diagnostic, ...] = (),
) -> Picture:
    """The whole drawing for a reader who can fold it and ask: `depth` levels are open at first.

    Boxes and frames have facts; there are no insets, since every block can be opened.
    """
    plain = _known(program, heat, depth, mistakes)
    known = replace(plain, book=FactsBook(receptive_fields(program)))
    levels = _bearable(program, known, None)
    match depth:
        case None:
            shown = ALL
        case "auto":
            shown = _fitting(program, plain)
        case _:
            shown = depth
    drawing = known.drawing()
    network = _network(program, drawing, levels, shown)
    items, edges = told(network, with_wires(network, drawing.edges))
    key = legend(drawing, list(nodes(items)), known.measure)
    cut = (f"opened {levels} levels deep",) if levels < ALL else ()
    title = (*_title(program, known), *cut)
    tooltip = program.doc or program.name
    return Picture(program.name, title, tooltip, (*items, key), edges, direction)


@dataclass(frozen=True, slots=True)
class _Known:
    """What every trial drawing of one program shares."""

    costs: Costs
    folding: Folding
    measure: Measure | None
    alike: bool
    mistakes: tuple[Diagnostic, ...]
    book: FactsBook | None = None

    def drawing(self) -> Drawing:
        return Drawing(self.costs, self.folding, self.measure, self.book, self.alike, self.mistakes)


def _known(
    program: Program, heat: Heat | None, depth: Depth, mistakes: tuple[Diagnostic, ...]
) -> _Known:
    found = costs(program)
    measure = Measure(heat, found.total) if heat else None
    return _Known(found, Folding(), measure, depth == "auto", mistakes)


def _fitting(program: Program, known: _Known) -> int:
    """The most levels that a page has room for."""
    height = _height(program, known, 0)
    deepest = known.folding.levels(program.root)
    for level in range(1, deepest + 1):
        if known.folding.size(program.root, level) > BOXES:
            return level - 1
        deeper = _height(program, known, level)
        if deeper > (CROWDED if height < SPARSE else FULL_PAGE):
            return level - 1
        height = deeper
    return deepest


def _bearable(program: Program, known: _Known, depth: int | None) -> float:
    """The levels asked for, less where their boxes would be too many."""
    wanted = ALL if depth is None else depth
    if known.folding.size(program.root, wanted) <= MOST_BOXES:
        return wanted
    levels = known.folding.levels(program.root)
    while known.folding.size(program.root, levels) > MOST_BOXES and levels > 0:
        levels -= 1
    return levels


def _height(program: Program, known: _Known, levels: int) -> int:
    drawing = known.drawing()
    return ranks(_network(program, drawing, levels), drawing.edges)


def _network(
    program: Program, drawing: Drawing, levels: float, shown: float = ALL
) -> tuple[Item, ...]:
    """The network from its inputs to its outputs."""
    root = program.root
    ports = drawing.ports(root, "input")
    place = Place(tuple(port.id for port in ports), levels, shown=shown)
    items, leaving = drawing.scope(root, place)
    ends = []
    names = program.output_names or ("",) * len(leaving)
    for name, type_, tail in zip(names, root.outputs, leaving, strict=True):
        words = f"output {name}:" if name else "output"
        ends.append(drawing.port(words, "output", str(type_)))
        drawing.connect((tail,), ends[-1].id)
    return (*ports, *items, *ends, *drawing.mistake())


def _title(program: Program, known: _Known) -> tuple[str, ...]:
    root, cost = program.root, known.costs.total
    facts = [f"input {', '.join(str(t) for t in root.inputs)}", f"{cost.params:,} params"]
    if cost.aux_params:
        facts[-1] += f" ({cost.aux_params:,} in training only)"
    facts.append(f"{short(cost.macs)} MACs")
    if known.mistakes:
        facts[-1] += ", as far as it is known"
    return program.name, DOT.join(facts)


# --- insets ----------------------------------------------------------------------------------


def _insets(
    known: _Known, drawing: Drawing, network: tuple[Item, ...], edges: tuple[Edge, ...]
) -> tuple[tuple[Frame, ...], tuple[Edge, ...]]:
    """The insides of the blocks that the network holds closed, most frequent first: one below the
    other while there is room, then in a new column while the page is not too wide."""
    room = ranks(network, edges) * OVERHANG
    width, height = breadth(network, edges), 0
    insets: list[Frame] = []
    for closed, more in _designs(drawing.closed, known.folding)[:INSETS]:
        levels = known.folding.opening(closed.scope, INSET_BOXES)
        if levels is None:
            continue
        before = len(drawing.edges)
        narrow = _side_by_side(known, closed.scope, levels)
        inset = _inset(drawing, closed, more, levels, narrow)
        inside = with_wires(inset.items, list(drawing.edges)[before:])
        tall, wide = ranks(inset.items, inside), breadth(inset.items, inside)
        if insets and height + tall <= room:
            height += tall
        elif not insets or width + wide <= PAGE_WIDTH:
            width, height = width + wide, tall
        else:
            continue
        insets.append(inset)
        edges += inside
    return tuple(insets), edges


def _designs(closed: list[Closed], folding: Folding) -> list[tuple[Closed, int]]:
    """The first closed block of each design, and how many more there are, most first."""
    firsts: dict[int, Closed] = {}
    counts: dict[int, int] = {}
    for block in closed:
        design = folding.design(block.scope, exact=False)
        firsts.setdefault(design, block)
        counts[design] = counts.get(design, 0) + block.count
    found = [(block, counts[design] - 1) for design, block in firsts.items()]
    return sorted(found, key=lambda pair: -pair[1])


def _side_by_side(known: _Known, scope: Scope, levels: float) -> bool:
    """Whether boxes of a block's inside stand side by side."""
    drawing = known.drawing()
    items, _ = drawing.scope(scope, Place(("",) * len(scope.inputs), levels))
    return breadth(items, drawing.edges) > 1


def _inset(drawing: Drawing, closed: Closed, more: int, levels: float, narrow: bool) -> Frame:
    scope = closed.scope
    like = f", {more} more like it" if more else ""
    title: tuple[str, ...] = (f"inside {scope.block or closed.path}", f"as {closed.path}{like}")
    if len(scope.inputs) == 1:
        title += (str(scope.inputs[0]),)
    place = Place((), levels, f"{closed.path}.", use=closed.use, narrow=narrow)
    cost = closed.use.seen(drawing.costs.of_scope(scope))
    if drawing.measure is not None:
        title += (DOT.join(drawing.measure.figures(cost)),)
    frame, _ = drawing.frame(scope, title, place, closed.path, cost)
    return replace(frame, inset=True)
