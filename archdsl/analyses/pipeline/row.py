"""A program as one row of ops in running order, blocks dissolved, and the tensors between them."""

from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

from msgspec import Struct

from archdsl.analyses.figures.costs import Costs, Use, costs
from archdsl.analyses.overwriting import overwriting
from archdsl.ir.code import Call, Self
from archdsl.ir.graph import Program, Ref, Scope, Step
from archdsl.ir.liveness import running_order
from archdsl.ir.shape import TensorType, Types

Value = tuple[int, int]  # which result of which leaf; leaf -1: an input of the network


class Leaf(Struct, frozen=True):
    """A use of an op; `begins` are the modules that begin with it, outer first."""

    path: str
    begins: tuple[str, ...]
    inputs: tuple[Value, ...]
    outputs: Types
    macs: int
    params: int
    weighted: bool
    overwrites: bool  # its input: it must run where that was made


class LeafRow:
    """All leaves of a program in running order, and which tensors flow between them."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.root = program.root
        self.leaves: list[Leaf] = []
        self._costs: Costs = costs(program)
        self._over = overwriting(program)
        inputs = tuple((-1, k) for k in range(len(self.root.inputs)))
        self._results = self._flatten(self.root, "", inputs, Use(), ())
        self._last_reads = self._find_last_reads()

    # --- flattening

    def _flatten(
        self,
        scope: Scope,
        prefix: str,
        inputs: tuple[Value, ...],
        outer: Use,
        opening: tuple[str, ...],
    ) -> tuple[Value, ...]:
        """Appends the scope's leaves; what its results are."""
        results: dict[int, tuple[Value, ...]] = {}

        def read(ref: Ref) -> Value:
            return inputs[ref.output] if ref.step < 0 else results[ref.step][ref.output]

        uses = self._costs.uses(scope)
        for index in running_order(self.program, scope):
            step, use = scope.steps[index], uses[index].within(outer)
            path = f"{prefix}{step.name}"
            begins = (*opening, path) if _is_module(scope, step) else opening
            given = tuple(map(read, step.inputs))
            if isinstance(step.target, Scope):
                before = len(self.leaves)
                results[index] = self._flatten(step.target, f"{path}.", given, use, begins)
                opening = opening if len(self.leaves) == before else ()
            else:
                op = self._over.get(scope, {}).get(index)
                over = op is not None and op == op.overwriting()
                results[index] = self._append(scope, step, path, begins, given, use, over)
                opening = ()
        return tuple(map(read, scope.results))

    def _append(
        self,
        scope: Scope,
        step: Step,
        path: str,
        begins: tuple[str, ...],
        inputs: tuple[Value, ...],
        use: Use,
        over: bool,
    ) -> tuple[Value, ...]:
        own = self._costs.of_step(scope, step)
        seen = use.seen(own)
        self.leaves.append(
            Leaf(path, begins, inputs, step.outputs, seen.macs, seen.params, own.read > 0, over)
        )
        return tuple((len(self.leaves) - 1, k) for k in range(len(step.outputs)))

    # --- tensors

    def _find_last_reads(self) -> dict[Value, int]:
        """The last reader of each tensor; the network's results are read at the end."""
        last = {value: k for k, leaf in enumerate(self.leaves) for value in leaf.inputs}
        return last | {value: len(self.leaves) for value in self._results}

    def _type(self, value: Value) -> TensorType:
        leaf, output = value
        return self.root.inputs[output] if leaf < 0 else self.leaves[leaf].outputs[output]

    def sent(self, position: int) -> Types:
        """The tensors that a cut before a leaf has to send on."""
        reads = self._last_reads.items()
        return tuple(self._type(v) for v in sorted(v for v, at in reads if v[0] < position <= at))

    def crossing(self) -> list[int]:
        """The elements of one sample that a cut before each leaf, or at the end, has to send on."""
        change = [0] * (len(self.leaves) + 2)
        for value, last in self._last_reads.items():
            change[value[0] + 1] += self._type(value).numel
            change[last + 1] -= self._type(value).numel
        return list(accumulate(change))[:-1]

    # --- places

    def places(self) -> dict[int, str]:
        """The module that begins at each leaf before which the network may be cut."""
        closed = self._closed()
        times = Counter(path for leaf in self.leaves for path in leaf.begins)
        modules = {}
        for index, leaf in enumerate(self.leaves):
            once = [path for path in leaf.begins if times[path] == 1]
            if index and once and not closed[index] and not leaf.overwrites:
                modules[index] = once[0]
        return modules

    def _closed(self) -> list[bool]:
        """For each place, True where a cut would part two uses of the same weights."""
        change = [0] * (len(self.leaves) + 2)
        for first, last in self._shared_weights():
            change[first + 1] += 1
            change[last + 1] -= 1
        return [count > 0 for count in accumulate(change)]

    def _shared_weights(self) -> Iterator[tuple[int, int]]:
        """First and last use of every layer with weights."""
        uses: dict[str, list[int]] = {}
        for index, leaf in enumerate(self.leaves):
            if leaf.weighted:
                uses.setdefault(leaf.path, []).append(index)
        yield from ((at[0], at[-1]) for at in uses.values())


def _is_module(scope: Scope, step: Step) -> bool:
    """True where the step is the call of a module, so that a cut can have its name."""
    if isinstance(step.target, Scope):
        return True
    forward = step.target.emit(scope.types_of(step.inputs)).forward
    return isinstance(forward, Call) and isinstance(forward.func, Self)
