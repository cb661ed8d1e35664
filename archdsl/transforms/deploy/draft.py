"""One scope while a transform works on it: nodes that point to each other, frozen at the end.

Who reads what, and how often a name stands, is kept up to date by the methods that change it: a
scope may have ten thousand steps.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import NamedTuple, TypeGuard

from msgspec import Struct, field
from msgspec.structs import replace

from archdsl.base.names import refusal, suggestion
from archdsl.ir.graph import Ref, Scope, ScopeKind, Step
from archdsl.ir.shape import TensorType, Types
from archdsl.ops.base import Op
from archdsl.transforms.deploy.form import Origins, Saving, origins_of
from archdsl.transforms.deploy.origin import KeptWeight, Origin, under


class DraftNode(Struct, eq=False):
    """A step; `inputs` replace its refs. `place` orders the construction."""

    step: Step
    inputs: "list[DraftValue]"
    origin: Origin
    place: tuple[int, ...]

    @property
    def name(self) -> str:
        return self.step.name

    @property
    def op(self) -> Op | None:
        return self.step.target if isinstance(self.step.target, Op) else None

    @property
    def scope(self) -> Scope | None:
        return self.step.target if isinstance(self.step.target, Scope) else None

    @property
    def value(self) -> "DraftValue":
        """Its first result."""
        return DraftValue(self)

    def become(self, target: "Op | Scope", origin: Origin | None = None) -> None:
        if target is not self.step.target:
            self.step = replace(self.step, target=target)
        self.origin = self.origin if origin is None else origin


class DraftValue(NamedTuple):  # compared and looked up millions of times
    """A result of a node, or with None an input of the scope."""

    node: DraftNode | None
    output: int = 0


class Note(Struct, frozen=True):
    """The record of a transform in a scope: the step, in words, and the savings there."""

    name: str
    what: str
    saving: Saving


class Draft(Struct):
    """A scope opened for changes; `origins` of the scopes below it can be looked up."""

    scope: Scope
    known: MutableMapping[Scope, Origins]
    nodes: list[DraftNode] = field(default_factory=list)
    results: list[DraftValue] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    size: int = 0  # of the trained scope, in steps
    _reads: defaultdict[DraftValue, list[DraftNode]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _names: Counter[str] = field(default_factory=Counter)
    _order: dict[DraftNode, int] = field(default_factory=dict)  # empty: to be worked out

    def __post_init__(self) -> None:
        origins = origins_of(self.scope, self.known)
        self.size = origins.size
        order = {name: index for index, name in enumerate(self.scope.modules)}
        for step in self.scope.steps:
            inputs = [self._value(ref) for ref in step.inputs]
            place = (order.get(step.name, len(order)),)
            self._add(DraftNode(step, inputs, origins.by_name[step.name], place))
        self.results = [self._value(ref) for ref in self.scope.results]

    def _value(self, ref: Ref) -> DraftValue:
        return DraftValue(None if ref.step < 0 else self.nodes[ref.step], ref.output)

    # --- questions ---------------------------------------------------------------------------

    def type_of(self, value: DraftValue) -> TensorType:
        if value.node is None:
            return self.scope.inputs[value.output]
        return value.node.step.outputs[value.output]

    def types(self, node: DraftNode) -> Types:
        return tuple(self.type_of(value) for value in node.inputs)

    def readers(self, value: DraftValue) -> list[DraftNode]:
        """The nodes that read a value, in running order, once for each read."""
        nodes = self._reads.get(value, [])
        return nodes if len(nodes) < 2 else sorted(nodes, key=self.order.__getitem__)

    def sole_reader(self, value: DraftValue) -> DraftNode | None:
        """The one node that reads a value, if that is all that becomes of it."""
        readers = self.readers(value)
        return readers[0] if len(readers) == 1 and value not in self.results else None

    def alone(self, node: DraftNode) -> bool:
        """True where the node's layer is used nowhere else in the scope."""
        return self._names[node.name] == 1

    def holds(self, node: DraftNode | None) -> TypeGuard[DraftNode]:
        """True where a node is still there."""
        return node in self.order

    @property
    def order(self) -> dict[DraftNode, int]:
        """The nodes with numbers that rise in running order."""
        if not self._order:
            self._order = {node: index for index, node in enumerate(self.nodes)}
        return self._order

    def values(self) -> Iterator[DraftValue]:
        """Everything that can be read, the scope's inputs first."""
        yield from (DraftValue(None, k) for k in range(len(self.scope.inputs)))
        for node in self.nodes:
            yield from (DraftValue(node, k) for k in range(len(node.step.outputs)))

    def free(self, wish: str) -> str:
        """A legal name that no node has."""
        wish = wish if refusal(wish) is None else suggestion(wish)
        name, number = wish, 2
        while self._names[name]:
            name, number = f"{wish}_{number}", number + 1
        return name

    # --- changes -----------------------------------------------------------------------------

    def redirect(self, changes: Mapping[DraftValue, DraftValue]) -> None:
        """The readers of the old values read the new ones."""
        moved: dict[DraftNode, None] = {}
        for old, new in changes.items():
            readers = self._reads.pop(old, [])
            self._reads[new] += readers
            moved |= dict.fromkeys(readers)
        for node in moved:
            node.inputs = [changes.get(value, value) for value in node.inputs]
        self.results = [changes.get(value, value) for value in self.results]

    def rewire(self, node: DraftNode, inputs: list[DraftValue]) -> None:
        """The node reads these values instead."""
        self._forget(node)
        node.inputs = inputs
        self._count(node)

    def rename(self, node: DraftNode, name: str) -> None:
        self._names[node.name] -= 1
        node.step = replace(node.step, name=name)
        self._names[name] += 1

    def bypass(self, node: DraftNode) -> None:
        """Takes out a node with one result; its readers read its first input."""
        self.redirect({node.value: node.inputs[0]})
        self.remove(node)

    def remove(self, node: DraftNode) -> None:
        self._forget(node)
        self._order.pop(node, None)
        self.nodes.remove(node)

    def insert(
        self, before: DraftNode, step: Step, inputs: list[DraftValue], origin: Origin
    ) -> DraftNode:
        """A new node, constructed where `before` is."""
        node = DraftNode(step, inputs, origin, before.place)
        self._add(node, self.nodes.index(before))
        return node

    def _add(self, node: DraftNode, at: int | None = None) -> None:
        """A node at a place, or at the end."""
        self.nodes.insert(len(self.nodes) if at is None else at, node)
        self._order = {}
        self._count(node)

    def _count(self, node: DraftNode) -> None:
        self._names[node.name] += 1
        for value in node.inputs:
            self._reads[value].append(node)

    def _forget(self, node: DraftNode) -> None:
        self._names[node.name] -= 1
        for value in node.inputs:
            self._reads[value].remove(node)

    def inline(self, node: DraftNode) -> list[DraftNode]:
        """A block's own steps in its place, named after it and them."""
        assert node.scope is not None and isinstance(node.origin, KeptWeight)
        inner = Draft(node.scope, self.known)
        outer = {DraftValue(None, k): value for k, value in enumerate(node.inputs)}
        for child in inner.nodes:
            trail = (*node.step.trail, *child.step.trail)
            name = self.free(f"{node.name}_{child.name}")
            child.step = replace(child.step, name=name, trail=trail)
            child.origin = under(node.origin.path, child.origin)
            child.place = (*node.place, *child.place)
            child.inputs = [outer.get(value, value) for value in child.inputs]
        at = self.nodes.index(node)
        self.remove(node)
        for index, child in enumerate(inner.nodes):
            self._add(child, at + index)
        self.redirect(
            {
                DraftValue(node, k): outer.get(result, result)
                for k, result in enumerate(inner.results)
            }
        )
        return inner.nodes

    def kept(self) -> Callable[[], None]:
        """A function that undoes every change from here on."""
        nodes = [(node, node.step, node.inputs, node.origin) for node in self.nodes]
        results, notes = self.results, list(self.notes)

        def undo() -> None:
            self.nodes, self.results, self.notes = [], results, notes
            self._reads.clear()
            self._names.clear()
            for node, step, inputs, origin in nodes:
                node.step, node.inputs, node.origin = step, inputs, origin
                self._add(node)

        return undo

    def note(self, node: DraftNode, what: str, saving: Saving) -> None:
        self.notes.append(Note(node.name, what, saving))

    # --- the end -----------------------------------------------------------------------------

    def done(self) -> tuple[Scope, Origins]:
        """The scope, the very same if nothing changed, and the origins of its steps."""
        self._renumber()
        self._order = {}
        steps = tuple(self._frozen(node) for node in self.nodes)
        results = tuple(self._ref(value) for value in self.results)
        origins = Origins(self.size, {node.name: node.origin for node in self.nodes})
        if steps == self.scope.steps and results == self.scope.results:
            return self.scope, origins
        places: dict[str, tuple[int, ...]] = {}
        for node in self.nodes:
            places.setdefault(node.name, node.place)
        modules = tuple(sorted(places, key=lambda name: places[name]))
        return replace(self.scope, steps=steps, results=results, modules=modules), origins

    def _renumber(self) -> None:
        """Numbers without gaps for the steps of a sequence."""
        numbers = tuple(str(index) for index in range(len(self.scope.modules)))
        if self.scope.kind is not ScopeKind.SEQUENTIAL or self.scope.modules != numbers:
            return
        names = dict.fromkeys(node.name for node in self.nodes if node.name.isdigit())
        numbered = {name: str(index) for index, name in enumerate(names)}
        for node in self.nodes:
            if numbered.get(node.name, node.name) != node.name:
                self.rename(node, numbered[node.name])

    def _frozen(self, node: DraftNode) -> Step:
        inputs = tuple(self._ref(value) for value in node.inputs)
        return node.step if inputs == node.step.inputs else replace(node.step, inputs=inputs)

    def _ref(self, value: DraftValue) -> Ref:
        step = -1 if value.node is None else self.order[value.node]
        return Ref(step, value.output)


def spare(draft: Draft, before: list[DraftNode], after: list[DraftNode]) -> Saving:
    """The cost that the nodes `after` save, compared with those `before`."""
    costs: Counter[str] = Counter()
    for sign, nodes in ((1, before), (-1, after)):
        for node in nodes:
            op, inputs, outputs = node.op, draft.types(node), node.step.outputs
            assert op is not None
            costs["macs"] += sign * op.macs(inputs, outputs)
            costs["elementwise"] += sign * op.elementwise(inputs, outputs)
            costs["writes"] += sign * sum(type.numel for type in outputs)
    return Saving(**costs)
