"""The scopes that write over their inputs: activations in place, and the scopes that hold them."""

from msgspec import Struct

from archdsl.ir.footprint import Home
from archdsl.ir.graph import Ref, Scope, Step

Refs = frozenset[Ref]


class Overwritten(Struct, frozen=True):
    """`over`: the values of a scope whose memory a step writes over; `lies`: for each value those
    that made the memory in which it may lie."""

    over: Refs
    lies: dict[Ref, Refs]


class Writing:
    """The values that every scope writes over."""

    def __init__(self) -> None:
        self._written_in: dict[int, tuple[Scope, Overwritten]] = {}

    def clashes(self, scope: Scope, steps: list[Step]) -> bool:
        """True where the scope writes over something that these steps read."""
        written = self._of(scope)
        read: Refs = frozenset()
        return bool(written.over & read.union(*(written.lies[r] for s in steps for r in s.inputs)))

    def writers(self, scope: Scope) -> frozenset[str]:
        """The steps of a scope, as lines call them, that write over an input of theirs."""
        return frozenset(repr(step.name) for step in scope.steps if self._written(step))

    def views(self, scope: Scope) -> frozenset[str]:
        """The steps of a scope whose results may lie in the memory of what they are given."""
        return frozenset(
            repr(step.name)
            for step in scope.steps
            if any(self._homes(scope, step, k) for k in range(len(step.outputs)))
        )

    def _written(self, step: Step) -> frozenset[int]:
        """The inputs that a step writes over."""
        op = step.target
        if isinstance(op, Scope):
            return frozenset(ref.output for ref in self._of(op).over if ref.step < 0)
        return frozenset((0,)) if op.overwriting() == op else frozenset()

    def _of(self, scope: Scope) -> Overwritten:
        if id(scope) not in self._written_in:
            self._written_in[id(scope)] = scope, self._worked_out(scope)
        return self._written_in[id(scope)][1]

    def _worked_out(self, scope: Scope) -> Overwritten:
        lies: dict[Ref, Refs] = {r: frozenset((r,)) for r in _inputs(scope)}
        over: Refs = frozenset()
        for index, step in enumerate(scope.steps):
            for place in self._written(step):
                over |= lies[step.inputs[place]]
            for output in range(len(step.outputs)):
                homes = self._homes(scope, step, output)
                own: Refs = frozenset(() if homes else (Ref(index, output),))
                lies[Ref(index, output)] = own.union(*(lies[step.inputs[h]] for h in homes))
        return Overwritten(over, lies)

    def _homes(self, scope: Scope, step: Step, output: int) -> frozenset[int]:
        """The inputs of a step in whose memory a result may lie."""
        op = step.target
        if isinstance(op, Scope):
            lies = self._of(op).lies[op.results[output]]
            return frozenset(ref.output for ref in lies if ref.step < 0)
        types = scope.types_of(step.inputs)
        marks = [op.footprint(types, step.outputs, training) for training in (False, True)]
        own = all(mark.home is not Home.INPUT for mark in marks)
        return frozenset() if own or not step.inputs else frozenset((0,))


def _inputs(scope: Scope) -> list[Ref]:
    return [Ref(-1, k) for k in range(len(scope.inputs))]
