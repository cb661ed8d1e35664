"""The cost of a program: learned weights, multiply-adds, element-wise operations, activations.

Weights count once, at the first use of their layer; work counts at every use, for one sample at
inference. Equal scopes are counted once, so the time grows with the different blocks.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from operator import add, attrgetter
from weakref import WeakKeyDictionary

from msgspec import Struct
from msgspec.structs import replace

from archdsl.ir.counts import Convention
from archdsl.ir.footprint import Home
from archdsl.ir.graph import Primitive, Program, Scope, Step, Weight, WeightKind
from archdsl.ir.liveness import training_only_steps
from archdsl.ir.shape import Types

LEARNED = (WeightKind.WEIGHT, WeightKind.BIAS, WeightKind.NORM)


class Cost(Struct, frozen=True, gc=False):
    """One step's or scope's cost; `aux_params` are those of `params` that only training uses.

    `counted` are the MACs by the convention that was asked for. `moved` and `read` are the elements
    of data (of one sample) and of weights that every use has to fetch or write.
    """

    params: int = 0
    biases: int = 0  # those of `params` that are added, outside of normalisations
    norms: int = 0  # those of `params` that are a normalisation's
    aux_params: int = 0
    macs: int = 0
    counted: int = 0
    elementwise: int = 0
    activation: int = 0  # elements of all results
    moved: int = 0
    read: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(*map(add, _numbers(self), _numbers(other)))


_numbers: Callable[[Cost], tuple[int, ...]] = attrgetter(*Cost.__struct_fields__)


def total(costs: Sequence[Cost]) -> Cost:
    """The sum of costs."""
    return Cost(*map(sum, zip(*map(_numbers, costs), strict=True)))


class Use(Struct, frozen=True):
    """The use of a step in its place; it holds for the insides of a block too."""

    shared: bool = False  # its weights were counted at an earlier use
    training_only: bool = False  # inference does not run it
    aux: bool = False  # no use of its weights runs at inference

    def within(self, outer: "Use") -> "Use":
        if outer is FRESH:
            return self
        return Use(
            self.shared or outer.shared,
            self.training_only or outer.training_only,
            self.aux or outer.aux,
        )

    def seen(self, cost: Cost) -> Cost:
        """The cost of a fresh, running step as this use counts it."""
        if self is FRESH:
            return cost
        if self.training_only:
            cost = Cost(cost.params, cost.biases, cost.norms, cost.aux_params)
        if self.aux:
            cost = replace(cost, aux_params=cost.params)
        return replace(cost, params=0, biases=0, norms=0, aux_params=0) if self.shared else cost


FRESH = Use()


class StepCost(Struct, frozen=True):
    """One step of the program with its path and what it adds to the total."""

    path: str
    scope: Scope
    step: Step
    use: Use
    cost: Cost


class Costs:
    """The costs of a scope and of all below it; each different scope is counted once, whatever
    networks it is a part of."""

    def __init__(self, root: Scope, convention: Convention = "torchvision") -> None:
        self.root = root
        self.convention = convention
        self._known = _known(convention)
        self._known_steps = _known_steps(convention)
        self._uses: dict[int, tuple[Use, ...]] = {}

    @property
    def total(self) -> Cost:
        return self.of_scope(self.root)

    def of_scope(self, scope: Scope) -> Cost:
        known = self._known.get(scope)
        if known is None:
            pairs = zip(self.of_steps(scope), self.uses(scope), strict=True)
            known = self._known[scope] = total([use.seen(cost) for cost, use in pairs])
        return known

    def of_steps(self, scope: Scope) -> tuple[Cost, ...]:
        """The cost of each of a scope's steps, worked out once."""
        of_each = self._known_steps.get(scope)
        if of_each is None:
            of_each = tuple([self.of_step(scope, step) for step in scope.steps])
            self._known_steps[scope] = of_each
        return of_each

    def of_step(self, scope: Scope, step: Step) -> Cost:
        """The cost of one of the scope's steps as if its weights were fresh and it ran."""
        if isinstance(step.target, Scope):
            return self.of_scope(step.target)
        return self._of_op(step.target, scope.types_of(step.inputs), step.outputs)

    def _of_op(self, op: Primitive, inputs: Types, outputs: Types) -> Cost:
        weights = op.weights(inputs)
        learned = {kind: _elements(weights, kind) for kind in LEARNED}
        macs = op.macs(inputs, outputs)
        results = sum(output.numel for output in outputs)
        fresh = op.footprint(inputs, outputs, training=False).home is Home.OWN
        return Cost(
            params=sum(learned.values()),
            biases=learned[WeightKind.BIAS],
            norms=learned[WeightKind.NORM],
            macs=macs,
            counted=macs
            if self.convention == "torchvision"
            else op.counts(inputs, outputs).by(self.convention),
            elementwise=op.elementwise(inputs, outputs),
            activation=results,
            moved=results + sum(x.numel for x in inputs) if fresh else 0,
            read=sum(weight.numel for weight in weights),
        )

    def uses(self, scope: Scope) -> tuple[Use, ...]:
        if id(scope) not in self._uses:
            self._uses[id(scope)] = _uses(scope)
        return self._uses[id(scope)]

    def walk(self) -> Iterator[StepCost]:
        """Every step in running order, blocks before their insides."""
        yield from self._walk(self.root, "", FRESH)

    def _walk(self, scope: Scope, prefix: str, outer: Use) -> Iterator[StepCost]:
        entries = zip(scope.steps, self.uses(scope), self.of_steps(scope), strict=True)
        for step, own, cost in entries:
            use = own.within(outer)
            path = f"{prefix}{step.name}"
            yield StepCost(path, scope, step, use, use.seen(cost))
            if isinstance(step.target, Scope):
                yield from self._walk(step.target, f"{path}.", use)


def costs(program: Program, convention: Convention = "torchvision") -> Costs:
    """The costs of a program, counted when first asked for."""
    return Costs(program.root, convention)


@cache
def _known(convention: Convention) -> WeakKeyDictionary[Scope, Cost]:
    """The costs of the scopes in use."""
    return WeakKeyDictionary()


@cache
def _known_steps(convention: Convention) -> WeakKeyDictionary[Scope, tuple[Cost, ...]]:
    """The costs of the steps of the scopes that are in use."""
    return WeakKeyDictionary()


def _uses(scope: Scope) -> tuple[Use, ...]:
    training_only = training_only_steps(scope)
    if not training_only and len({step.name for step in scope.steps}) == len(scope.steps):
        return (FRESH,) * len(scope.steps)
    running = {step.name for index, step in enumerate(scope.steps) if index not in training_only}
    seen: set[str] = set()
    uses = []
    for index, step in enumerate(scope.steps):
        uses.append(Use(step.name in seen, index in training_only, step.name not in running))
        seen.add(step.name)
    return tuple(uses)


def _elements(weights: tuple[Weight, ...], kind: WeightKind) -> int:
    return sum(weight.numel for weight in weights if weight.kind is kind)
