"""A network opened to a depth, with its arrows and the insides of some closed blocks."""

from msgspec import Struct
from msgspec.structs import replace

from archdsl.analyses.figures.costs import Costs, costs
from archdsl.base.diagnostics import Diagnostic
from archdsl.ir.graph import Program, Scope
from archdsl.transforms.picture.block_calls import BlockCalls
from archdsl.transforms.picture.block_titles import Titles
from archdsl.transforms.picture.caption import DOT, short
from archdsl.transforms.picture.designs import Designs
from archdsl.transforms.picture.details import FactsBook
from archdsl.transforms.picture.drawing_parts import Direction, Edge, Frame, Item
from archdsl.transforms.picture.edge_kinds import breadth, ranks, rising, told, with_wires
from archdsl.transforms.picture.elements import Folding
from archdsl.transforms.picture.heat import Heat, Measure
from archdsl.transforms.picture.ideas import Ideas, Instance
from archdsl.transforms.picture.scope_drawing import Drawing
from archdsl.transforms.picture.scope_places import ScopePlace
from archdsl.transforms.picture.wording import Wording

LEAST = 0.01  # what an inside must tell to be shown


class Known(Struct, frozen=True):
    """The values that every trial drawing of one program shares."""

    program: Program
    direction: Direction
    costs: Costs
    folding: Folding
    titles: Titles
    wording: Wording
    ideas: Ideas
    measure: Measure | None
    alike: bool
    mistakes: tuple[Diagnostic, ...]
    book: FactsBook | None = None

    def drawing(self) -> Drawing:
        return Drawing(
            self.costs,
            self.folding,
            self.titles,
            self.wording,
            self.measure,
            self.book,
            self.alike,
            self.mistakes,
        )

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
    all_costs = costs(program)
    measure = Measure(heat, all_costs.total) if heat else None
    designs = Designs()
    folding = Folding(designs)
    titles = Titles(folding, BlockCalls.of(program, designs))
    ideas = Ideas.of(folding, all_costs)
    return Known(
        program, direction, all_costs, folding, titles, Wording(), ideas, measure, alike, mistakes
    )


class Sketch(Struct, frozen=True):
    """Items and arrows, the insets last; `drawing` can draw more beside them.

    `shown` are the designs whose insides are seen. `hidden` are those of blocks that stay closed
    when `levels` levels are opened, and of all in them. `is_closed`: one closed block is nearly
    the whole network.
    """

    drawing: Drawing
    levels: float
    shown: frozenset[int]
    hidden: frozenset[int]
    is_closed: bool
    network: tuple[Item, ...]
    edges: tuple[Edge, ...]
    insets: tuple[Frame, ...] = ()
    rising: frozenset[str] = frozenset()

    @classmethod
    def of(cls, known: Known, levels: float) -> "Sketch":
        drawing = known.drawing()
        network = _network(known.program, drawing, levels)
        wired = with_wires(network, drawing.edges)
        risen = rising(network, wired)
        network, edges = told(network, wired, risen)
        ideas = known.ideas
        shut = {id(block.scope) for block in drawing.closed}
        seen = frozenset(ideas.design(s) for s in drawing.opened if not _has_gap(known, s, shut))
        hidden = frozenset[int]().union(*(ideas.below(block.scope) for block in drawing.closed))
        is_closed = any(ideas.is_main(block.scope) and block.count == 1 for block in drawing.closed)
        return cls(drawing, levels, seen, hidden, is_closed, network, edges, rising=risen)

    @property
    def items(self) -> tuple[Item, ...]:
        return (*self.network, *self.insets)

    @property
    def height(self) -> int:
        """The most boxes one below the other."""
        return ranks(self.network, self.edges)

    def value(self, known: Known) -> float:
        return known.ideas.value(self.shown)

    def untold(self, known: Known) -> list[tuple[float, Instance]]:
        """The hidden blocks whose insides tell more, and how much, most first."""
        before = self.value(known)
        ideas = known.ideas
        gains = (
            (ideas.value(self.shown | inside) - before, instance)
            for design, instance in ideas.instances.items()
            if design in self.hidden and (inside := ideas.inside(instance))
        )
        return sorted((gain for gain in gains if gain[0] > LEAST), key=lambda gain: -gain[0])

    def outermost(self, known: Known, instance: Instance) -> Instance:
        """A block itself if a box stands for its kind, or the outermost hidden one around it."""
        ideas = known.ideas
        seen = ideas.named(self.shown)
        if instance.scope.block in seen:
            return instance
        around = (
            candidate
            for candidate in ideas.around(instance.path)
            if candidate.scope.block not in seen
            and ideas.design(candidate.scope) in self.hidden
            and ideas.inside(candidate)
        )
        return next(around, instance)

    def with_inside(self, known: Known, instance: Instance) -> "Sketch":
        """With the inside of a closed block."""
        levels = known.ideas.levels(instance.scope)
        assert levels is not None
        before = len(self.drawing.edges)
        inset = _inset(self.drawing, instance, levels, narrow=False)
        if breadth(inset.items, list(self.drawing.edges)[before:]) > 1:
            before = len(self.drawing.edges)
            inset = _inset(self.drawing, instance, levels, narrow=True)
        inside = with_wires(inset.items, list(self.drawing.edges)[before:])
        items, arrows = told(inset.items, inside)
        inset = replace(inset, items=items)
        return replace(
            self,
            edges=(*self.edges, *arrows),
            insets=(*self.insets, inset),
            shown=self.shown | known.ideas.inside(instance),
        )


def _has_gap(known: Known, scope: Scope, shut: set[int]) -> bool:
    """True where a path that is a part of an opened block stays closed."""
    folding = known.folding
    cores = (folding.core(scope, part).scope for part in folding.parts(scope))
    return any(id(s) in shut and not s.block and not folding.chain(s) for s in cores)


def _network(program: Program, drawing: Drawing, levels: float) -> tuple[Item, ...]:
    """The network from its inputs to its outputs."""
    root = program.root
    ports = drawing.ports(root, "input")
    place = ScopePlace(tuple(port.id for port in ports), levels)
    items, leaving = drawing.scope(root, place)
    names = program.output_names or ("",) * len(leaving)
    ends = drawing.ends(names, root.outputs, leaving, "output")
    return (*ports, *items, *ends, *drawing.mistake())


def _inset(drawing: Drawing, instance: Instance, levels: float, narrow: bool) -> Frame:
    scope, path, more = instance.scope, instance.path, instance.count - 1
    name = f"inside {scope.block or path}"
    came = (str(scope.inputs[0]),) if len(scope.inputs) == 1 else ()
    where = (f"as {path}",) if scope.block else ()
    like = ", ".join((*where, *((f"{more} more like it",) if more else ())))
    title: tuple[str, ...] = (DOT.join((name, *came)), *((like,) if like else ()))
    place = ScopePlace((), levels, f"{path}.", use=instance.use, narrow=narrow, bare=True)
    if drawing.book is not None:
        place = replace(place, row=drawing.book.first_row(drawing.costs.root, path))
    cost = instance.use.seen(drawing.costs.of_scope(scope))
    if drawing.measure is not None:
        title += (DOT.join(drawing.measure.figures(cost)),)
    frame, _ = drawing.frame(scope, title, place, path, cost)
    return replace(frame, inset=True)
