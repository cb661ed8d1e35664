"""A program unrolled as it is emitted: every use of an op in running order, numbered tensors."""

from msgspec import Struct

from archdsl.analyses.overwriting import Over, overwriting
from archdsl.ir.footprint import Footprint
from archdsl.ir.graph import Primitive, Program, Ref, Scope, WeightKind
from archdsl.ir.liveness import running_order, training_only_steps
from archdsl.ir.shape import TensorType, Types

Numbers = tuple[int, ...]


class OpUse(Struct, frozen=True):
    """One use of an op; its tensors are numbers into the tape's."""

    inputs: Numbers
    outputs: Numbers
    flowing: Numbers  # the inputs of which more counts than the size of the batch
    footprint: Footprint
    learned: int  # elements of its learned weights
    layer: int  # the first use that has these weights


class BlockCall(Struct, frozen=True):
    """A use of a block: whoever calls it holds its inputs until its last use of an op."""

    inputs: Numbers
    last: int


class Tape(Struct, frozen=True):
    """`tensors` begin with the network's inputs; `results` are those that it returns."""

    uses: tuple[OpUse, ...]
    calls: tuple[BlockCall, ...]
    tensors: Types
    inputs: int
    results: Numbers


def unroll(program: Program, *, training: bool) -> Tape:
    """The uses that an inference runs, or a training forward pass, which also runs the heads."""
    return _Unrolling(program, training).tape()


class _Unrolling:
    """A tape as far as it is written."""

    def __init__(self, program: Program, training: bool) -> None:
        self.program = program
        self.training = training
        self.over: Over = overwriting(program)
        self.uses: list[OpUse] = []
        self.calls: list[BlockCall] = []
        self.tensors: list[TensorType] = []
        self.layers: dict[str, int] = {}  # the first use of each path

    def tape(self) -> Tape:
        root = self.program.root
        known = self._run(root, self._new(root.inputs), "")
        heads = (Ref(head.step) for head in self.program.heads) if self.training else ()
        results = tuple(known[ref] for ref in (*root.results, *heads))
        uses, calls = tuple(self.uses), tuple(self.calls)
        return Tape(uses, calls, tuple(self.tensors), len(root.inputs), results)

    def _run(self, scope: Scope, inputs: Numbers, prefix: str) -> dict[Ref, int]:
        """Writes down the scope's steps; the number of each of its tensors."""
        known = {Ref(-1, k): number for k, number in enumerate(inputs)}
        training_only: frozenset[int] = frozenset() if self.training else training_only_steps(scope)
        for index in running_order(self.program, scope):
            if index in training_only:
                continue
            step = scope.steps[index]
            arriving = tuple(known[ref] for ref in step.inputs)
            path = f"{prefix}{step.name}"
            if isinstance(step.target, Scope):
                inner = self._run(step.target, arriving, f"{path}.")
                self.calls.append(BlockCall(arriving, len(self.uses) - 1))
                results = tuple(inner[ref] for ref in step.target.results)
            else:
                op = self.over.get(scope, {}).get(index, step.target)
                results = self._use(op, arriving, step.outputs, path)
            known.update((Ref(index, k), number) for k, number in enumerate(results))
        return known

    def _use(self, op: Primitive, inputs: Numbers, outputs: Types, path: str) -> Numbers:
        types = tuple(self.tensors[number] for number in inputs)
        numbers = self._new(outputs)
        weights = (w for w in op.weights(types) if w.kind is not WeightKind.BUFFER)
        footprint = op.footprint(types, outputs, self.training)
        learned = sum(weight.numel for weight in weights)
        looks = zip(inputs, op.reach(types), strict=True)
        flowing = tuple(number for number, look in looks if look is not None)
        layer = self.layers.setdefault(path, len(self.uses))
        self.uses.append(OpUse(inputs, numbers, flowing, footprint, learned, layer))
        return numbers

    def _new(self, types: Types) -> Numbers:
        first = len(self.tensors)
        self.tensors.extend(types)
        return tuple(range(first, len(self.tensors)))
