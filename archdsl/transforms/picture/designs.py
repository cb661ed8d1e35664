"""The scopes that are built alike: a number for each structure, and the allowed differences of
copies that are drawn as one."""

from collections.abc import Hashable, Iterator
from enum import Enum

from msgspec import Struct, field

from archdsl.base.quantities import is_number
from archdsl.ir.graph import Scope, Step
from archdsl.ops.base import Op, OpFamily


class Grain(Enum):
    """The fineness of a comparison of two scopes."""

    EXACT = "exact"  # the same ops with the same arguments, wired alike
    BUT_RATES = "but rates"  # whatever the probabilities of what drops at random
    KIND = "kind"  # the same words wired alike, whatever the arguments


class Designs(Struct):
    """The structures of the scopes of one program, each worked out once."""

    _designs: dict[tuple[int, Grain], int] = field(default_factory=dict)
    _numbers: dict[Hashable, int] = field(default_factory=dict)
    _rates: dict[int, tuple[float, ...]] = field(default_factory=dict)

    def design(self, scope: Scope, grain: Grain) -> int:
        """A number that scopes of one structure share; which steps share weights is part of it."""
        key = (id(scope), grain)
        if key not in self._designs:
            names: dict[str, int] = {}
            steps = tuple(
                (
                    self.what(step, grain),
                    step.inputs,
                    step.training_only,
                    names.setdefault(step.name, at),
                )
                for at, step in enumerate(scope.steps)
            )
            structure = (scope.block, grain, steps, scope.results)
            self._designs[key] = self._numbers.setdefault(structure, len(self._numbers))
        return self._designs[key]

    def what(self, step: Step, grain: Grain) -> Hashable:
        """The work of a step, as finely as asked for."""
        if isinstance(step.target, Scope):
            return self.design(step.target, grain)
        op = step.target
        assert isinstance(op, Op)
        if grain is Grain.KIND:
            return op.family if op.family is OpFamily.ACTIVATION else op.word
        rated = grain is Grain.BUT_RATES and rate_of(op) is not None
        return (op.word, *_but_rate(op)) if rated else op

    def rates(self, scope: Scope) -> tuple[float, ...]:
        """The probabilities of all that drops at random in a scope, in running order."""
        if id(scope) not in self._rates:
            self._rates[id(scope)] = tuple(self._rates_in(scope))
        return self._rates[id(scope)]

    def _rates_in(self, scope: Scope) -> Iterator[float]:
        for step in scope.steps:
            if isinstance(step.target, Scope):
                yield from self.rates(step.target)
            elif isinstance(step.target, Op) and (rate := rate_of(step.target)) is not None:
                yield rate

    def copies(self, first: Scope, other: Scope) -> bool:
        """True where two uses of a block can be drawn as one: equal, or different only in rates
        that are arguments of the block, so that its caption tells them."""
        if first is other or self.design(first, Grain.EXACT) == self.design(other, Grain.EXACT):
            return True
        if self.design(first, Grain.BUT_RATES) != self.design(other, Grain.BUT_RATES):
            return False
        pairs = zip(self.rates(first), self.rates(other), strict=True)
        said, others = set(numbers(first.arguments)), set(numbers(other.arguments))
        return all(a == b or (a in said and b in others) for a, b in pairs)

    def is_rate(self, scope: Scope, value: object) -> bool:
        """True where an argument of a scope is only a rate at which it drops something."""
        rates_here = tuple(numbers(value))
        if not rates_here or not any(isinstance(number, float) for number in rates_here):
            return False
        rates = self.rates(scope)
        return all(number == 0 or number in rates for number in rates_here)


def rate_of(target: Op) -> float | None:
    """The rate at which an op drops; None for one that drops nothing."""
    if target.family is not OpFamily.REGULARISATION or "p" not in target.arguments:
        return None
    return float(getattr(target, "p"))  # noqa: B009  the ops of the family share no class


def _but_rate(op: Op) -> Iterator[Hashable]:
    return (getattr(op, name) for name in op.arguments if name != "p")


def numbers(value: object) -> Iterator[float]:
    """The numbers in a value, truth values left out."""
    if isinstance(value, tuple):
        for item in value:
            yield from numbers(item)
    elif is_number(value):
        yield value
