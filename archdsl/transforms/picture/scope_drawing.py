"""A scope's elements as boxes, frames and arrows, down to a depth.

A block is a frame around its insides while levels are left to open, and a closed box after that.
"""

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from archdsl.analyses.figures.costs import Cost, Costs, Use, total
from archdsl.base.diagnostics import Diagnostic
from archdsl.ir.graph import Ref, Scope, Step
from archdsl.ir.shape import Types
from archdsl.ops.base import Op
from archdsl.transforms.picture.block_titles import Titles
from archdsl.transforms.picture.boxes import is_idle
from archdsl.transforms.picture.caption import figures, sized, wrapped
from archdsl.transforms.picture.details import FactsBook, mistake_facts
from archdsl.transforms.picture.drawing_parts import (
    Details,
    Edge,
    Frame,
    Item,
    Kind,
    Node,
    Role,
    Wire,
    nodes,
)
from archdsl.transforms.picture.edge_kinds import LONGEST
from archdsl.transforms.picture.elements import (
    INSET_BOXES,
    Box,
    Cycle,
    Element,
    Folding,
    Part,
    last_step,
    sources,
)
from archdsl.transforms.picture.heat import Measure
from archdsl.transforms.picture.result_names import input_names, result_names
from archdsl.transforms.picture.scope_places import Closed, Door, ScopePlace, ShutBlock
from archdsl.transforms.picture.wording import Wording, changed

AGAIN = ("same weights again",)


class Drawing(Struct):
    """Collects arrows and hands out ids while scopes are drawn in order.

    `alike`: uses of one layer's weights look the same, so that the first is closed too.
    `mistakes` are told where the first of them ends the flow.
    """

    costs: Costs
    folding: Folding
    titles: Titles
    wording: Wording
    measure: Measure | None = None
    book: FactsBook | None = None
    alike: bool = False
    mistakes: tuple[Diagnostic, ...] = ()
    edges: dict[Edge, None] = field(default_factory=dict)
    closed: list[Closed] = field(default_factory=list)
    opened: list[Scope] = field(default_factory=list)
    doors: list[Door] = field(default_factory=list)
    _ids: int = 0

    def scope(self, scope: Scope, place: ScopePlace) -> tuple[tuple[Item, ...], tuple[str, ...]]:
        """The items of a scope and the ids of the boxes that its results leave."""
        leaving = {Ref(-1, k): tail for k, tail in enumerate(place.tails)}
        items = self._all(scope, self.folding.elements(scope), place, leaving)
        if not scope.results:
            items += self.mistake(self._loose(items) or place.tails)
        return items, tuple(leaving[ref] for ref in scope.results)

    def node(
        self,
        kind: Kind,
        lines: tuple[str, ...],
        tooltip: str,
        dashed: bool = False,
        role: Role = Role.BOX,
        cost: Cost | None = None,
        facts: Details | None = None,
        figures: tuple[str, ...] = (),
        shape: str = "",
        several: bool = False,
    ) -> Node:
        shade = self.measure.shade(cost or Cost()) if self.measure is not None else None
        id_ = self.id("n")
        said = (lines, tooltip, dashed, role, shade, facts, figures, shape, several)
        return Node(id_, kind, *said)

    def mistake(self, tails: tuple[str, ...] = ()) -> tuple[Node, ...]:
        """A box that says what is wrong, after what flowed there; none if it was drawn before."""
        told, self.mistakes = self.mistakes, ()
        if not told:
            return ()
        first, more = told[0], len(told) - 1
        words = f"mistake: {first.code} {first.message}".split()
        lines = wrapped(words, " ") + ((f"and {more} more",) if more else ())
        facts = mistake_facts(first) if self.book else None
        node = self.node(Kind.MISTAKE, lines, first.message, dashed=True, facts=facts)
        self.connect(tails, node.id)
        return (replace(node, shade=None),)

    def _loose(self, items: tuple[Item, ...]) -> tuple[str, ...]:
        """The boxes that feed nothing, those of training aside."""
        feeding = {edge.tail for edge in self.edges}
        drawn = (node for node in nodes(items) if not node.dashed)
        return tuple(node.id for node in drawn if node.id not in feeding)

    def ports(self, scope: Scope, word: str) -> tuple[Node, ...]:
        """A box for each input of a scope, with the name that the user gave it."""
        return tuple(
            self.port(f"{word} {name}:" if name else word, word, str(type_))
            for name, type_ in zip(input_names(scope), scope.inputs, strict=True)
        )

    def ends(
        self,
        names: tuple[str, ...],
        types: Types,
        tails: tuple[str, ...],
        word: str,
    ) -> tuple[Node, ...]:
        """A box for each result, with its name."""
        boxes = []
        for name, type_, tail in zip(names, types, tails, strict=True):
            boxes.append(self.port(f"{word} {name}:" if name else word, word, str(type_)))
            self.connect((tail,), boxes[-1].id)
        return tuple(boxes)

    def port(self, words: str, tooltip: str, shape: str) -> Node:
        """The box where the flow begins or ends; it tells the shape itself."""
        return self.node(Kind.INPUT, (f"{words} {shape}",), tooltip)

    def frame(
        self,
        scope: Scope,
        title: tuple[str, ...],
        place: ScopePlace,
        tooltip: str,
        cost: Cost | None = None,
        facts: Details | None = None,
    ) -> tuple[Frame, tuple[str, ...]]:
        """A frame around a scope; one flow enters it through its title, several by boxes of their
        own where they are used."""
        id_ = self.id("f")
        entries: tuple[Node, ...] = ()
        if len(scope.inputs) == 1:
            header = self.node(Kind.BLOCK, title, tooltip, place.dashed, Role.HEADER, cost)
            entries = (header,)
            self.connect(place.tails, entries[0].id, place.dashed)
            title = ()
        elif not place.tails:
            entries = self.ports(scope, "in")
        ids = tuple(entry.id for entry in entries)
        inside = replace(place, tails=ids, names=()) if entries else place
        items, outs = self.scope(scope, inside)
        if not place.tails and len(outs) > 1:
            items += self.ends(result_names(scope), scope.outputs, outs, "out")
        if not place.tails:
            used = {*outs, *(edge.tail for edge in self.edges)}
            entries = tuple(e for e in entries if e.role is Role.HEADER or e.id in used)
        whole = (*entries, *items)
        return Frame(id_, title, whole, tooltip, place.dashed, facts=facts), outs

    def connect(
        self,
        tails: tuple[str, ...],
        head: str,
        dashed: bool = False,
        results: Mapping[str, str] | None = None,
    ) -> None:
        """`results` names what leaves a tail for this head, of several that leave it."""
        wire, named = Wire.TRAINING if dashed else Wire.FLOW, results or {}
        for tail in tails:
            self.edges[Edge(tail, head, wire, named.get(tail, ""))] = None

    def id(self, letter: str) -> str:
        """A fresh id; the same drawing gives the same ids."""
        self._ids += 1
        return f"{letter}{self._ids}"

    def _all(
        self,
        scope: Scope,
        elements: tuple[Element, ...],
        place: ScopePlace,
        leaving: dict[Ref, str],
    ) -> tuple[Item, ...]:
        """Draws elements in turn, noting in `leaving` which box each result leaves."""
        items: list[Item] = []
        for element in elements:
            match element:
                case Box() if is_idle(scope, element):
                    self._leave(scope, element.steps[-1], _tails(scope, element, leaving), leaving)
                case Box():
                    items.append(self._box(scope, element, place, leaving))
                case Part():
                    items += self._part(scope, element, place, leaving)
                case Cycle():
                    items.append(self._group(scope, element, place, leaving))
        return tuple(items)

    def _box(self, scope: Scope, box: Box, place: ScopePlace, leaving: dict[Ref, str]) -> Node:
        words = self.wording.box(scope, box, place.bare, place.width)
        dashed = place.dashed or scope.steps[box.steps[0]].training_only
        cost = self._cost(scope, box.steps, place)
        tooltip = _path_tooltip(place.path, [scope.steps[i].name for i in box.steps])
        node = self.node(
            words.kind,
            words.lines,
            tooltip,
            dashed,
            words.role,
            cost,
            self._facts(scope, box, place),
            self._figures(cost, words.role is Role.MERGE),
            words.shape,
            words.several,
        )
        named = self._named(scope, sources(scope.steps[box.steps[0]]), place, leaving)
        self.connect(_tails(scope, box, leaving), node.id, dashed, named)
        self._leave(scope, box.steps[-1], (node.id,), leaving)
        return node

    def _figures(self, cost: Cost, merge: bool = False) -> tuple[str, ...]:
        """The cost in a box: params and MACs, or its share where shares are shown. A merge has
        only the share."""
        if self.measure is None:
            return () if merge else figures(cost)
        return self.measure.figures(cost)[1:] if merge else self.measure.figures(cost)

    def _part(
        self, scope: Scope, part: Part, place: ScopePlace, leaving: dict[Ref, str]
    ) -> tuple[Item, ...]:
        """A block as a frame while levels are left, else as a single box."""
        first = part.steps[0]
        tails = tuple(leaving[ref] for ref in scope.steps[first].inputs)
        core = self.folding.core(scope, part)
        around = self.costs.uses(scope)[first].within(place.use)
        use = Closed(place.path + ".".join(core.names), core.scope, core.count, around)
        if use.scope.steps:
            inside = self._inside(scope, part, place, tails, use)
            items, outs = self._block(scope, part, place, use, inside, leaving)
        else:
            items, outs = (), tuple(tails[ref.output] for ref in use.scope.results)
        self._leave(scope, part.steps[-1], outs, leaving)
        return items

    def _block(
        self,
        scope: Scope,
        part: Part,
        place: ScopePlace,
        use: Closed,
        inside: ScopePlace,
        leaving: Mapping[Ref, str],
    ) -> tuple[tuple[Item, ...], tuple[str, ...]]:
        """The items of a block with steps, and the ids of the boxes that its results leave."""
        step = scope.steps[part.steps[0]]
        again = self.costs.uses(scope)[part.steps[0]].shared
        if self.alike and (again or self._has_twin(scope, step, use.scope)):
            inside, free = replace(inside, levels=-1.0), False
        else:
            free = (place.bare or self.alike) and self.folding.is_open(use.scope, place.bare)
        cost = self._cost(scope, part.steps, place)
        told = AGAIN if again else ()
        shut = ShutBlock(
            (*self.titles.closed(scope, part, place.bare, place.width), *told),
            _scope_tooltip(use.path, use.scope),
            cost,
            self._facts(scope, part, place),
            self._figures(cost),
            changed(scope, step.inputs, scope.steps[part.steps[-1]]),
        )
        if not (free or inside.levels >= 0 or not use.scope.results):
            named = self._named(scope, step.inputs, place, leaving)
            return self._closed(use, inside, shut, named)
        self.opened.append(use.scope)
        if place.bare and use.count == 1 and not use.scope.block:
            return self.scope(use.scope, inside)
        words = self.titles.opened(scope, part, place.bare, place.width)
        return self._opened(use, inside, shut, (*words, *told))

    def _opened(
        self, use: Closed, inside: ScopePlace, shut: ShutBlock, words: tuple[str, ...]
    ) -> tuple[tuple[Item, ...], tuple[str, ...]]:
        """A block as a frame."""
        one = len(use.scope.inputs) == 1  # or several pass beside the title
        title = (*words, *(sized("", shut.figures) if one else shut.figures))
        item, outs = self.frame(use.scope, title, inside, shut.tooltip, shut.cost, shut.facts)
        lines = (*shut.lines, *sized(shut.shape, shut.figures))
        return (replace(item, shut=lines),), outs

    def _closed(
        self, use: Closed, inside: ScopePlace, shut: ShutBlock, named: Mapping[str, str]
    ) -> tuple[tuple[Item, ...], tuple[str, ...]]:
        """A block as a single box."""
        item = self.node(
            Kind.BLOCK,
            shut.lines,
            shut.tooltip,
            inside.dashed,
            cost=shut.cost,
            facts=shut.facts,
            figures=shut.figures,
            shape=shut.shape,
        )
        self.connect(inside.tails, item.id, inside.dashed, named)
        self.doors.append(Door(item, use.scope, inside))
        self.closed += [] if use.use.shared else [use]
        return (item,), (item.id,)

    def _has_twin(self, scope: Scope, step: Step, inside: Scope) -> bool:
        """True where another step here uses the same weights, so that both are drawn alike."""
        uses = sum(other.name == step.name for other in scope.steps)
        return uses > 1 and self.folding.opening(inside, INSET_BOXES) is not None

    def _inside(
        self, scope: Scope, part: Part, place: ScopePlace, tails: tuple[str, ...], use: Closed
    ) -> ScopePlace:
        """The place of what the first copy of a part holds."""
        first = part.steps[0]
        step = scope.steps[first]
        depth = len(self.folding.core(scope, part).names)
        return replace(
            place,
            tails=tails,
            names=tuple(self._name(scope, ref, place) for ref in step.inputs),
            levels=place.levels - depth,
            path=f"{use.path}.",
            dashed=place.dashed or step.training_only,
            row=place.row + (self.book.offset(scope, first) + depth if self.book else 0),
            use=use.use,
        )

    def _group(
        self, scope: Scope, group: Cycle, place: ScopePlace, leaving: dict[Ref, str]
    ) -> Frame:
        """Elements that repeat in turn: a frame around the first turn."""
        frame = self.id("f")
        items = self._all(scope, group.elements, place, leaving)
        drawn = leaving[Ref(last_step(group.elements[-1]))]
        self._leave(scope, group.last, (drawn,), leaving)
        title = self.titles.turns(scope, group)
        return Frame(frame, title, items, f"{group.count} times", place.dashed)

    def _named(
        self, scope: Scope, refs: tuple[Ref, ...], place: ScopePlace, leaving: Mapping[Ref, str]
    ) -> dict[str, str]:
        """The text for results of a box with several results: their names, or their number."""
        listed: dict[str, list[str]] = {}
        for ref in dict.fromkeys(refs):
            if ref.step < 0 or len(scope.steps[ref.step].outputs) > 1:
                listed.setdefault(leaving[ref], []).append(self._name(scope, ref, place))
        return {tail: _listed(names) for tail, names in listed.items()}

    def _name(self, scope: Scope, ref: Ref, place: ScopePlace) -> str:
        """The name of one of several results of an op, or of an input that was one."""
        if ref.step < 0:
            return place.names[ref.output] if place.names else ""
        step = scope.steps[ref.step]
        names = self.wording.results.of(scope, step) if isinstance(step.target, Op) else ()
        return names[ref.output] if names else ""

    def _leave(
        self, scope: Scope, step: int, ids: tuple[str, ...], leaving: dict[Ref, str]
    ) -> None:
        """Notes the boxes that a step's results leave: one for all, or one for each."""
        for k in range(len(scope.steps[step].outputs)):
            leaving[Ref(step, k)] = ids[k] if len(ids) > 1 else ids[0]

    def _facts(self, scope: Scope, element: Box | Part, place: ScopePlace) -> Details | None:
        """The facts that a reader can ask for, in formats that allow it."""
        if self.book is None:
            return None
        cost = self._cost(scope, element.steps, place)
        counted = place.use.seen(self._told_cost(scope, element.steps))
        if isinstance(element, Box):
            facts = self.book.of_box(scope, element, place.row, place.path, cost)
        else:
            core = self.folding.core(scope, element)
            facts = self.book.of_part(scope, element, core, place.row, place.path, cost)
        return replace(facts, counted=counted)

    def _cost(self, scope: Scope, steps: tuple[int, ...], place: ScopePlace) -> Cost:
        """The cost of steps in their place, without weights that were told before; for a share,
        as the network's total counts them."""
        use = Use(shared=place.use.shared) if self.measure is None else place.use
        return use.seen(self._told_cost(scope, steps))

    def _told_cost(self, scope: Scope, steps: tuple[int, ...]) -> Cost:
        """The cost of steps in their scope."""
        uses, known = self.costs.uses(scope), self.costs.of_steps(scope)
        return total([uses[i].seen(known[i]) for i in steps])


def _tails(scope: Scope, box: Box, leaving: dict[Ref, str]) -> tuple[str, ...]:
    """The boxes that feed a box."""
    return tuple(leaving[ref] for ref in sources(scope.steps[box.steps[0]]))


def _listed(names: list[str]) -> str:
    """`q, k`, or `4 results` where a list would be too long or some have no name."""
    listed = ", ".join(names)
    if all(names) and len(listed) <= LONGEST:
        return listed
    return f"{len(names)} results" if len(names) > 1 else ""


def _path_tooltip(prefix: str, names: list[str]) -> str:
    return ", ".join(f"{prefix}{name}" for name in dict.fromkeys(names))


def _scope_tooltip(path: str, scope: Scope) -> str:
    heading = f"{path} ({scope.block})" if scope.block else path
    return f"{heading}\n{scope.doc}" if scope.doc else heading
