"""What a program costs: learned weights, multiply-adds, element-wise operations, activations.

Weights count once, at the first use of their layer; work counts at every use, for one sample at
inference. Equal scopes are counted once, so the time grows with the different blocks.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from archdsl.ir.graph import Primitive, Program, Scope, Step, WeightKind
from archdsl.ir.liveness import training_only_steps


@dataclass(frozen=True, slots=True)
class Cost:
    """One step's or scope's cost; `aux_params` are those of `params` that only training uses."""

    params: int = 0
    aux_params: int = 0
    macs: int = 0
    elementwise: int = 0
    activation: int = 0  # elements of all results

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.params + other.params,
            self.aux_params + other.aux_params,
            self.macs + other.macs,
            self.elementwise + other.elementwise,
            self.activation + other.activation,
        )


@dataclass(frozen=True, slots=True)
class Use:
    """How a step is used where it stands; what holds for a block holds for its insides."""

    shared: bool = False  # its weights were counted at an earlier use
    idle: bool = False  # inference does not run it
    aux: bool = False  # no use of its weights runs at inference

    def within(self, outer: "Use") -> "Use":
        return Use(self.shared or outer.shared, self.idle or outer.idle, self.aux or outer.aux)

    def seen(self, cost: Cost) -> Cost:
        """The cost of a fresh, running step as this use counts it."""
        if self.idle:
            cost = Cost(cost.params, cost.aux_params)
        if self.aux:
            cost = replace(cost, aux_params=cost.params)
        return replace(cost, params=0, aux_params=0) if self.shared else cost


@dataclass(frozen=True, slots=True)
class StepCost:
    """One step of the program with its path and what it adds to the total."""

    path: str
    scope: Scope
    step: Step
    use: Use
    cost: Cost


class Costs:
    """The costs of a scope and of all below it; each different scope is counted once."""

    def __init__(self, root: Scope) -> None:
        self.root = root
        self._by_scope: dict[int, Cost] = {}
        self._uses: dict[int, tuple[Use, ...]] = {}

    @property
    def total(self) -> Cost:
        return self.of_scope(self.root)

    def of_scope(self, scope: Scope) -> Cost:
        if id(scope) not in self._by_scope:
            pairs = zip(scope.steps, self.uses(scope), strict=True)
            counted = (use.seen(self.of_step(scope, step)) for step, use in pairs)
            self._by_scope[id(scope)] = sum(counted, Cost())
        return self._by_scope[id(scope)]

    def of_step(self, scope: Scope, step: Step) -> Cost:
        """The cost of one of the scope's steps as if its weights were fresh and it ran."""
        if isinstance(step.target, Scope):
            return self.of_scope(step.target)
        return _op_cost(step.target, step, scope)

    def uses(self, scope: Scope) -> tuple[Use, ...]:
        if id(scope) not in self._uses:
            self._uses[id(scope)] = _uses(scope)
        return self._uses[id(scope)]

    def walk(self) -> Iterator[StepCost]:
        """Every step in running order, blocks before their insides."""
        yield from self._walk(self.root, "", Use())

    def _walk(self, scope: Scope, prefix: str, outer: Use) -> Iterator[StepCost]:
        for step, own in zip(scope.steps, self.uses(scope), strict=True):
            use = own.within(outer)
            path = f"{prefix}{step.name}"
            yield StepCost(path, scope, step, use, use.seen(self.of_step(scope, step)))
            if isinstance(step.target, Scope):
                yield from self._walk(step.target, f"{path}.", use)


def costs(program: Program) -> Costs:
    """The costs of a program, counted when first asked for."""
    return Costs(program.root)


def _uses(scope: Scope) -> tuple[Use, ...]:
    idle = training_only_steps(scope)
    running = {step.name for index, step in enumerate(scope.steps) if index not in idle}
    seen: set[str] = set()
    found = []
    for index, step in enumerate(scope.steps):
        found.append(Use(step.name in seen, index in idle, step.name not in running))
        seen.add(step.name)
    return tuple(found)


def _op_cost(op: Primitive, step: Step, scope: Scope) -> Cost:
    inputs = scope.types_of(step.inputs)
    learned = (w for w in op.weights(inputs) if w.kind is not WeightKind.BUFFER)
    return Cost(
        params=sum(weight.numel for weight in learned),
        macs=op.macs(inputs, step.outputs),
        elementwise=op.elementwise(inputs, step.outputs),
        activation=sum(output.numel for output in step.outputs),
    )
