"""A network opened to a depth, with its arrows and the insides of some closed blocks."""

from msgspec import Struct
from msgspec.structs import replace

from archdsl.analyses.costs import Costs, costs
from archdsl.base.diagnostics import Diagnostic
from archdsl.ir.graph import Program
from archdsl.transforms.picture.caption import DOT, short
from archdsl.transforms.picture.drawing import ALL, INSET_BOXES, Closed, Drawing, Place
from archdsl.transforms.picture.elements import Folding
from archdsl.transforms.picture.facts import FactsBook
from archdsl.transforms.picture.heat import Heat, Measure
from archdsl.transforms.picture.values import Direction, Edge, Frame, Item
from archdsl.transforms.picture.wires import breadth, ranks, rising, told, with_wires


class Known(Struct, frozen=True):
    """What every trial drawing of one program shares."""

    program: Program
    direction: Direction
    costs: Costs
    folding: Folding
    measure: Measure | None
    alike: bool
    mistakes: tuple[Diagnostic, ...]
    book: FactsBook | None = None

    def drawing(self) -> Drawing:
        return Drawing(self.costs, self.folding, self.measure, self.book, self.alike, self.mistakes)

    @property
    def title(self) -> tuple[str, ...]:
        root, cost = self.program.root, self.costs.total
        facts = [f"input {', '.join(str(t) for t in root.inputs)}", f"{cost.params:,} params"]
        if cost.aux_params:
            facts[-1] += f" ({cost.aux_params:,} in training only)"
        facts.append(f"{short(cost.macs)} MACs")
        if self.mistakes:
            facts[-1] += ", as far as it is known"
        return self.program.name, DOT.join(facts)


def known_of(
    program: Program,
    direction: Direction,
    heat: Heat | None,
    mistakes: tuple[Diagnostic, ...],
    alike: bool,
) -> Known:
    found = costs(program)
    measure = Measure(heat, found.total) if heat else None
    return Known(program, direction, found, Folding(), measure, alike, mistakes)


class Sketch(Struct, frozen=True):
    """Items and arrows, the insets last; `drawing` can draw more beside them. `closed` are the
    blocks that the network, opened so many `levels`, holds closed."""

    drawing: Drawing
    levels: float
    closed: tuple[Closed, ...]
    network: tuple[Item, ...]
    edges: tuple[Edge, ...]
    insets: tuple[Frame, ...] = ()
    rising: frozenset[str] = frozenset()

    @classmethod
    def of(cls, known: Known, levels: float, shown: float = ALL) -> "Sketch":
        drawing = known.drawing()
        network = _network(known.program, drawing, levels, shown)
        wired = with_wires(network, drawing.edges)
        risen = rising(network, wired)
        network, edges = told(network, wired, risen)
        return cls(drawing, levels, tuple(drawing.closed), network, edges, rising=risen)

    @property
    def items(self) -> tuple[Item, ...]:
        return (*self.network, *self.insets)

    @property
    def height(self) -> int:
        """The most boxes one below the other."""
        return ranks(self.network, self.edges)

    def designs(self, folding: Folding) -> list[tuple[Closed, int]]:
        """The first closed block of each design that can be opened, and how many more there are,
        most first."""
        firsts: dict[int, Closed] = {}
        counts: dict[int, int] = {}
        for block in self.closed:
            design = folding.design(block.scope, exact=False)
            firsts.setdefault(design, block)
            counts[design] = counts.get(design, 0) + block.count
        found = [
            (block, counts[design] - 1)
            for design, block in firsts.items()
            if folding.opening(block.scope, INSET_BOXES) is not None
        ]
        return sorted(found, key=lambda pair: -pair[1])

    def with_inside(self, known: Known, closed: Closed, more: int) -> "Sketch":
        """With the inside of a closed block, of which there are so many more."""
        levels = known.folding.opening(closed.scope, INSET_BOXES)
        assert levels is not None
        before = len(self.drawing.edges)
        inset = _inset(self.drawing, closed, more, levels, narrow=False)
        if breadth(inset.items, list(self.drawing.edges)[before:]) > 1:
            before = len(self.drawing.edges)
            inset = _inset(self.drawing, closed, more, levels, narrow=True)
        inside = with_wires(inset.items, list(self.drawing.edges)[before:])
        items, arrows = told(inset.items, inside)
        inset = replace(inset, items=items)
        return replace(self, edges=(*self.edges, *arrows), insets=(*self.insets, inset))


def _network(program: Program, drawing: Drawing, levels: float, shown: float) -> tuple[Item, ...]:
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


def _inset(drawing: Drawing, closed: Closed, more: int, levels: float, narrow: bool) -> Frame:
    scope = closed.scope
    name = f"inside {scope.block or closed.path}"
    came = (str(scope.inputs[0]),) if len(scope.inputs) == 1 else ()
    like = f", {more} more like it" if more else ""
    title: tuple[str, ...] = (DOT.join((name, *came)), f"as {closed.path}{like}")
    place = Place((), levels, f"{closed.path}.", use=closed.use, narrow=narrow, bare=True)
    cost = closed.use.seen(drawing.costs.of_scope(scope))
    if drawing.measure is not None:
        title += (DOT.join(drawing.measure.figures(cost)),)
    frame, _ = drawing.frame(scope, title, place, closed.path, cost)
    return replace(frame, inset=True)
