"""The blocks whose insides tell most about a network, and so are worth showing.

The input is the network's root; the result is a worth for each design of a block, its
share of the network's cost times how much there is to see in it, and the instance to show.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator

from msgspec import Struct, field

from archdsl.analyses.figures.costs import Costs, Use
from archdsl.ir.graph import Ref, Scope, Step
from archdsl.ops.base import Op, OpFamily
from archdsl.transforms.picture.designs import Grain
from archdsl.transforms.picture.elements import INSET_BOXES, Box, Cycle, Element, Folding, sources

STREAMS = 6.0  # that run side by side and exchange what they see
BRANCHES, SKIP, CHAIN = 4.0, 2.0, 0.5  # branches or attention; a skip; one after another
TOLD = 0.1  # copies of one kind of block, as the closed box says
MAIN = 0.75  # the share of a block used once that is the network itself, and no detail of it
LARGE = 0.4  # … and of a path, into which a network is only cut
AGAIN = 0.25  # of another form of a block that is shown already
CLOSED_BOXES = 20  # in an inside that holds all blocks closed
RARE = 2  # times as often as a fuller form, which then is no typical one


class Instance(Struct):
    """A block in the network: the place of the first one with its design, and their number."""

    path: str
    scope: Scope
    use: Use
    count: int = 0


class Ideas(Struct):
    """The blocks of one program by their design."""

    folding: Folding
    costs: Costs
    instances: dict[int, Instance] = field(default_factory=dict)
    _worth: dict[int, float] = field(default_factory=dict)
    _below: dict[int, frozenset[int]] = field(default_factory=dict)
    _form: dict[int, float] = field(default_factory=dict)
    _inside: dict[int, frozenset[int]] = field(default_factory=dict)
    _ops: dict[int, tuple[Counter[str], Counter[str]]] = field(default_factory=dict)
    _looks: dict[int, int] = field(default_factory=dict)
    _numbers: dict[Hashable, int] = field(default_factory=dict)

    @classmethod
    def of(cls, folding: Folding, costs: Costs) -> "Ideas":
        ideas = cls(folding, costs)
        counts = ideas._counts()
        forms = ideas._forms(counts)
        for scope, count in counts:
            design = ideas.design(scope)
            ideas.instances[design].count += count
            worth = count * ideas._share(scope) * (forms.get(scope.block) or ideas.form(scope))
            ideas._worth[design] = ideas._worth.get(design, 0.0) + worth
        ideas._add_plainer()
        return ideas

    def design(self, scope: Scope) -> int:
        return self.folding.designs.design(scope, Grain.KIND)

    def value(self, shown: Iterable[int]) -> float:
        """The worth of designs together: each kind of block counts once, and other forms that look
        different a little more."""
        kinds: dict[object, dict[int, float]] = {}
        for design in shown:
            scope = self.instances[design].scope
            looks, look = kinds.setdefault(scope.block or design, {}), self._look(scope)
            looks[look] = max(looks.get(look, 0.0), self._worth.get(design, 0.0))
        worths = [list(looks.values()) for looks in kinds.values()]
        return sum(max(of_kind) + AGAIN * (sum(of_kind) - max(of_kind)) for of_kind in worths)

    def is_detail(self, instance: Instance) -> bool:
        """True where a block may be shown beside the network, not as a part of it."""
        scope = instance.scope
        if self.is_main(scope):
            return instance.count > 1
        return not self._is_piece(scope)

    def is_main(self, scope: Scope) -> bool:
        """True where a block is nearly the whole network, or a path a large part of it."""
        return self._share(scope) >= (LARGE if self._is_piece(scope) else MAIN)

    def _is_piece(self, scope: Scope) -> bool:
        """True where a scope is a path that only cuts something into pieces."""
        return not scope.block and self.form(scope) <= CHAIN

    def opened(self, scope: Scope, levels: float) -> Iterator[int]:
        """The designs whose insides are seen if `levels` levels of a scope are opened."""
        yield self.design(scope)
        for part in self.folding.parts(scope):
            core = self.folding.core(scope, part)
            left = levels - len(core.names)
            if left >= 0 or self.folding.is_open(core.scope, bare=True):
                yield from self.opened(core.scope, left)

    def around(self, path: str) -> Iterator[Instance]:
        """A typical instance of each named block around a place, the outer first."""
        scope, typical = self.costs.root, self._dearest()
        for name in path.split(".")[:-1]:
            inner = next(step.target for step in scope.steps if step.name == name)
            assert isinstance(inner, Scope)
            scope = inner
            if scope.block:
                yield self.instances[typical[scope.block]]

    def named(self, shown: Iterable[int]) -> frozenset[str]:
        """The blocks that are seen, open or as a box, where the insides of designs are shown."""
        scopes = [self.instances[design].scope for design in shown]
        return frozenset(name for scope in scopes for name in (scope.block, *_boxes(scope)))

    def below(self, scope: Scope) -> frozenset[int]:
        """The designs of a block and of all in it."""
        if id(scope) not in self._below:
            inner = (s.target for s in scope.steps if isinstance(s.target, Scope))
            inside = frozenset[int]().union(*map(self.below, inner))
            self._below[id(scope)] = inside | {self.design(scope)}
        return self._below[id(scope)]

    def _look(self, scope: Scope) -> int:
        """A number for the look of a block whose inside is shown."""
        if id(scope) not in self._looks:
            seen = tuple((_word(step), step.inputs) for _, step in self._steps(scope))
            self._looks[id(scope)] = self._numbers.setdefault(seen, len(self._numbers))
        return self._looks[id(scope)]

    def _steps(self, scope: Scope) -> Iterator[tuple[Scope, Step]]:
        """The steps, with their scopes, that are seen where a block's inside is shown."""
        return self._opened_steps(scope, self.levels(scope) or 0)

    def _opened_steps(self, scope: Scope, levels: float) -> Iterator[tuple[Scope, Step]]:
        for element in self.folding.elements(scope):
            for step in (scope.steps[at] for at in _firsts(element)):
                inner = step.target
                if isinstance(inner, Scope) and not self._is_closed(inner, levels - 1):
                    yield from self._opened_steps(inner, levels - 1)
                else:
                    yield scope, step

    def _is_closed(self, scope: Scope, levels: float) -> bool:
        named = bool(scope.block and scope.steps)
        return named and levels < 0 and not self.folding.is_run(scope)

    def _add_plainer(self) -> None:
        """Adds the worth of a block's dearest form to a form that is fuller: with the same layers
        and more steps without weights it tells what both do. A rare form gets nothing."""
        dearest = self._dearest()
        for full, instance in self.instances.items():
            plain = dearest.get(instance.scope.block, full)
            typical = self.instances[plain]
            rare = plain == full or instance.count * RARE < typical.count
            if not rare and self._is_fuller(instance.scope, typical.scope):
                self._worth[full] += self._worth[plain]

    def _dearest(self) -> dict[str, int]:
        """The design of each named block that tells most."""
        dearest: dict[str, int] = {}
        for design, instance in self.instances.items():
            block = instance.scope.block
            if block and self._worth[design] > self._worth.get(dearest.get(block, -1), -1.0):
                dearest[block] = design
        return dearest

    def _is_fuller(self, scope: Scope, other: Scope) -> bool:
        """True where a block has the layers of another, and more steps without weights."""
        (layers, rest), (same, fewer) = self._words(scope), self._words(other)
        return layers == same and rest > fewer

    def _words(self, scope: Scope) -> tuple[Counter[str], Counter[str]]:
        """The counts of ops and closed blocks in a block: with weights, and without."""
        if id(scope) not in self._ops:
            counts: tuple[Counter[str], Counter[str]] = Counter(), Counter()
            for home, step in self._steps(scope):
                counts[not self._has_weights(home, step)][_word(step)] += 1
            self._ops[id(scope)] = counts
        return self._ops[id(scope)]

    def _has_weights(self, scope: Scope, step: Step) -> bool:
        if isinstance(step.target, Scope):
            return self.costs.of_scope(step.target).params > 0
        return bool(step.target.weights(scope.types_of(step.inputs)))

    def _forms(self, counts: list[tuple[Scope, int]]) -> dict[str, float]:
        """The amount to see in each named block, by its form that costs most."""
        dearest: dict[str, tuple[float, Scope]] = {}
        for scope, count in counts:
            cost = count * self._share(scope)
            if scope.block and cost >= dearest.get(scope.block, (0.0, scope))[0]:
                dearest[scope.block] = cost, scope
        return {block: self.form(scope) for block, (_, scope) in dearest.items()}

    def form(self, scope: Scope) -> float:
        """The amount to see in a block itself."""
        if id(scope) not in self._form:
            self._form[id(scope)] = self._formed(scope)
        return self._form[id(scope)]

    def _formed(self, scope: Scope) -> float:
        if self.folding.chain(scope):
            return TOLD
        if _exchanges(scope):
            return STREAMS
        return max(map(_seen, scope.steps), default=CHAIN)

    def levels(self, scope: Scope) -> float | None:
        """The number of levels of a block to open where its inside is shown; None if it has too
        many boxes for that, or only one."""
        levels = self.folding.opening(scope, INSET_BOXES)
        if levels is None and 1 < self.folding.size(scope, 0, bare=True) <= CLOSED_BOXES:
            return 0
        return levels

    def inside(self, instance: Instance) -> frozenset[int]:
        """The designs that are seen where a block is shown beside the network; none if it cannot
        be, or is no more than copies of one kind of block."""
        scope = instance.scope
        if id(scope) not in self._inside:
            levels = self.levels(scope)
            fits = levels is not None and not self.folding.chain(scope) and self.is_detail(instance)
            opened = self.opened(scope, levels or 0) if fits else ()
            self._inside[id(scope)] = frozenset(opened)
        return self._inside[id(scope)]

    def _share(self, scope: Scope) -> float:
        """The share of the network's params and MACs."""
        cost, whole = self.costs.of_scope(scope), self.costs.total
        shares = [cost.params / max(whole.params, 1), cost.macs / max(whole.macs, 1)]
        return min(1.0, sum(shares) / len(shares))

    def _counts(self) -> list[tuple[Scope, int]]:
        """Every different block and how often it is used; the first of each design is noted."""
        order: list[Scope] = []
        self._note(self.costs.root, "", Use(), set(), order)
        counts = {self.costs.root: 1}
        for scope in reversed(order):  # outer blocks first
            for step in scope.steps:
                if isinstance(step.target, Scope):
                    counts[step.target] = counts.get(step.target, 0) + counts[scope]
        return [(scope, counts[scope]) for scope in order if scope is not self.costs.root]

    def _note(self, scope: Scope, path: str, use: Use, seen: set[int], order: list[Scope]) -> None:
        """Blocks in the order in which they are first used, and, in `order`, inner ones first."""
        seen.add(id(scope))
        for step, inner in zip(scope.steps, self.costs.uses(scope), strict=True):
            target = step.target
            if isinstance(target, Scope) and id(target) not in seen:
                where, around = f"{path}{step.name}", inner.within(use)
                self.instances.setdefault(self.design(target), Instance(where, target, around))
                self._note(target, f"{where}.", around, seen, order)
        order.append(scope)


def _firsts(element: Element) -> tuple[int, ...]:
    """The steps of which an element's first copy is drawn."""
    match element:
        case Box():
            return element.first
        case Cycle(elements):
            return tuple(part.steps[0] for part in elements)
        case _:
            return element.steps[:1]


def _word(step: Step) -> str:
    return step.target.block if isinstance(step.target, Scope) else step.target.word


def _boxes(scope: Scope) -> Iterator[str]:
    """The blocks that stand in a scope, whatever paths lead to them."""
    for step in scope.steps:
        if isinstance(step.target, Scope):
            yield from (step.target.block,) if step.target.block else _boxes(step.target)


def _exchanges(scope: Scope) -> bool:
    """True where several streams enter and leave a scope, and some read from others."""
    seen = {Ref(-1, k): frozenset({k}) for k in range(len(scope.inputs))}
    for at, step in enumerate(scope.steps):
        streams = frozenset[int]().union(*(seen[ref] for ref in step.inputs))
        seen |= {Ref(at, k): streams for k in range(len(step.outputs))}
    return len(scope.results) > 1 and any(len(seen[ref]) > 1 for ref in scope.results)


def _seen(step: Step) -> float:
    if not isinstance(step.target, Op):
        return BRANCHES if len(step.outputs) > 1 else CHAIN
    if step.target.family is OpFamily.ATTENTION:
        return BRANCHES
    feeding = set(sources(step))
    if step.target.family is not OpFamily.MERGE or len(feeding) < 2:
        return CHAIN
    return SKIP if any(ref.step < 0 for ref in feeding) or _adjoin(feeding) else BRANCHES


def _adjoin(feeding: set[Ref]) -> bool:
    """True where a merge takes results of one step only, which are too near to be branches."""
    return len({ref.step for ref in feeding}) == 1
