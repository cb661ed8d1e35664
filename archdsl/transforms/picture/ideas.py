"""What is worth showing of a network: which blocks' insides tell most about it.

What comes in is the network's root; what goes out is a worth for each design of a block, its
share of the network's cost times how much there is to see in it, and the instance to show.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from archdsl.analyses.costs import Costs, Use
from archdsl.ir.graph import Ref, Scope, Step
from archdsl.ops.base import Family, Op
from archdsl.transforms.picture.designs import Grain
from archdsl.transforms.picture.elements import Folding, sources

STREAMS = 6.0  # that run side by side and exchange what they see
BRANCHES, SKIP, CHAIN = 4.0, 2.0, 0.5  # branches or attention; a skip; one after another
TOLD = 0.1  # copies of one kind of block, as the closed box says
MAIN = 0.75  # the share of a block used once that is the network itself, and no detail of it
LARGE = 0.4  # … and of a path, into which a network is only cut
AGAIN = 0.25  # of another form of a block that is shown already


class Instance(Struct):
    """A block in the network: where the first of those of its design stands, and how many."""

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

    @classmethod
    def of(cls, folding: Folding, costs: Costs) -> "Ideas":
        found = cls(folding, costs)
        counts = found._counts()
        forms = found._forms(counts)
        for scope, count in counts:
            design = found.design(scope)
            found.instances[design].count += count
            worth = count * found._share(scope) * (forms.get(scope.block) or found.form(scope))
            found._worth[design] = found._worth.get(design, 0.0) + worth
        return found

    def design(self, scope: Scope) -> int:
        return self.folding.designs.design(scope, Grain.KIND)

    def value(self, shown: Iterable[int]) -> float:
        """What designs tell together: each kind of block once, its other forms a little more."""
        kinds: dict[object, list[float]] = {}
        for design in shown:
            worth = self._worth.get(design, 0.0)
            kinds.setdefault(self.instances[design].scope.block or design, []).append(worth)
        return sum(max(found) + AGAIN * (sum(found) - max(found)) for found in kinds.values())

    def is_detail(self, instance: Instance) -> bool:
        """Whether a block may be shown beside the network, not as a part of it."""
        scope = instance.scope
        if self.is_main(scope):
            return instance.count > 1
        return not self._is_piece(scope)

    def is_main(self, scope: Scope) -> bool:
        """Whether a block is nearly the whole network, or a path a large part of it."""
        return self._share(scope) >= (LARGE if self._is_piece(scope) else MAIN)

    def _is_piece(self, scope: Scope) -> bool:
        """Whether a scope is a path into which something is only cut."""
        return not scope.block and self.form(scope) <= CHAIN

    def opened(self, scope: Scope, levels: float) -> Iterator[int]:
        """The designs whose insides are seen where a scope is opened so many levels."""
        yield self.design(scope)
        for part in self.folding.parts(scope):
            core = self.folding.core(scope, part)
            left = levels - len(core.names)
            if left >= 0 or self.folding.is_open(core.scope, bare=True):
                yield from self.opened(core.scope, left)

    def below(self, scope: Scope) -> frozenset[int]:
        """The designs of a block and of all in it."""
        if id(scope) not in self._below:
            inner = (s.target for s in scope.steps if isinstance(s.target, Scope))
            found = frozenset[int]().union(*map(self.below, inner))
            self._below[id(scope)] = found | {self.design(scope)}
        return self._below[id(scope)]

    def _forms(self, counts: list[tuple[Scope, int]]) -> dict[str, float]:
        """How much there is to see in each named block, by the form of it that costs most."""
        dearest: dict[str, tuple[float, Scope]] = {}
        for scope, count in counts:
            cost = count * self._share(scope)
            if scope.block and cost >= dearest.get(scope.block, (0.0, scope))[0]:
                dearest[scope.block] = cost, scope
        return {block: self.form(scope) for block, (_, scope) in dearest.items()}

    def form(self, scope: Scope) -> float:
        """How much there is to see in a block itself."""
        if id(scope) not in self._form:
            self._form[id(scope)] = self._formed(scope)
        return self._form[id(scope)]

    def _formed(self, scope: Scope) -> float:
        if self.folding.chain(scope):
            return TOLD
        if _exchanges(scope):
            return STREAMS
        return max(map(_seen, scope.steps), default=CHAIN)

    def inside(self, instance: Instance, most: int) -> frozenset[int]:
        """The designs that are seen where a block is shown in so many boxes; none if it cannot be,
        or is no more than copies of one kind of block."""
        scope = instance.scope
        if id(scope) not in self._inside:
            levels = self.folding.opening(scope, most)
            fits = levels is not None and not self.folding.chain(scope) and self.is_detail(instance)
            found = self.opened(scope, levels or 0) if fits else ()
            self._inside[id(scope)] = frozenset(found)
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


def _exchanges(scope: Scope) -> bool:
    """Whether several streams enter and leave a scope, and some see what others carry."""
    seen = {Ref(-1, k): frozenset({k}) for k in range(len(scope.inputs))}
    for at, step in enumerate(scope.steps):
        found = frozenset[int]().union(*(seen[ref] for ref in step.inputs))
        seen |= {Ref(at, k): found for k in range(len(step.outputs))}
    return len(scope.results) > 1 and any(len(seen[ref]) > 1 for ref in scope.results)


def _seen(step: Step) -> float:
    if not isinstance(step.target, Op):
        return BRANCHES if len(step.outputs) > 1 else CHAIN
    if step.target.family is Family.ATTENTION:
        return BRANCHES
    feeding = set(sources(step))
    if step.target.family is not Family.MERGE or len(feeding) < 2:
        return CHAIN
    return SKIP if any(ref.step < 0 for ref in feeding) or _adjoin(feeding) else BRANCHES


def _adjoin(feeding: set[Ref]) -> bool:
    """Whether what is merged is too near to be a branch: two results of one step."""
    return len({ref.step for ref in feeding}) == 1
