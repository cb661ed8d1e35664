"""The most memory that a pass through a program holds at once, weights not counted.

An inference holds a tensor from the step that makes it to the last step that reads it. It holds a
block's inputs until the block ends, since the caller of a module does; and a pool's indices, which
nobody reads, while the pool runs. A training step also holds what the backward pass reads, and the
gradients: those of a tensor until the backward pass is through the step that made it, those of the
weights to the end. A tensor that leads to no result is let go with the last that was made of it.
Workspace inside of an operator of PyTorch is not counted.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, compress

from msgspec import Struct, field

from archdsl.analyses.figures.tape import OpUse, Tape, unroll
from archdsl.ir.footprint import Home
from archdsl.ir.graph import Program, state_dict
from archdsl.ir.shape import TensorType

HALF = 0.5  # between one moment and the next


class Memory(Struct, frozen=True):
    """Peaks in bytes, the inputs included. `saved` is what waits for the backward pass."""

    inference: int
    training: int
    saved: int


def weights_memory(program: Program, element: int = 4) -> int:
    """The bytes of the `state_dict`."""
    weights = (weight for _, weight in state_dict(program.root))
    return sum(weight.numel * weight.dtype.width(element) for weight in weights)


def memory(program: Program, *, batch: int = 1, element: int = 4) -> Memory:
    """The peaks for `batch` samples, whose elements have `element` bytes."""
    inference = _Inference(unroll(program, training=False), batch, element)
    training = _Training(unroll(program, training=True), batch, element)
    return Memory(inference.peak, training.peak, training.saved)


class _Block(Struct):
    """Memory that is held from one moment to another, both included."""

    size: int
    since: float
    until: float

    def hold(self, moment: float) -> None:
        self.until = max(self.until, moment)


class _Timeline(Struct):
    """Blocks of memory over time."""

    blocks: list[_Block] = field(default_factory=list)

    def take(self, size: int, since: float, until: float | None = None) -> _Block:
        self.blocks.append(_Block(size, since, since if until is None else until))
        return self.blocks[-1]

    def peak(self) -> int:
        changes: Counter[float] = Counter()
        for block in self.blocks:
            changes[block.since] += block.size
            changes[block.until + HALF] -= block.size
        return max(accumulate(change for _, change in sorted(changes.items())))

    def left(self, moment: int) -> int:
        """The memory that is still held then."""
        return sum(block.size for block in self.blocks if block.until >= moment)


class _Pass:
    """The forward pass: moment `k` runs the k-th use; the caller holds inputs and results."""

    def __init__(self, tape: Tape, batch: int, element: int, end: int) -> None:
        self.tape, self.batch, self.element, self.end = tape, batch, element, end
        self.time = _Timeline()
        self.homes: list[_Block] = [
            self.time.take(self.size(x), 0, end) for x in tape.tensors[: tape.inputs]
        ]
        for moment, use in enumerate(tape.uses):
            for number in use.inputs:
                self.homes[number].hold(moment)
            self.homes.extend(self._home(use, number, moment) for number in use.outputs)
        for call in tape.calls:
            for number in call.inputs:
                self.homes[number].hold(call.last)
        for number in tape.results:
            self.homes[number].hold(end)

    def _home(self, use: OpUse, number: int, moment: int) -> _Block:
        match use.footprint.home:
            case Home.OWN:
                return self.time.take(self.size(self.tape.tensors[number]), moment)
            case Home.INPUT:
                first, *_ = use.inputs
                return self.homes[first]
            case Home.WEIGHT:
                return self.time.take(0, moment)

    def work(self, use: OpUse, moment: int) -> None:
        """Takes the room that a use needs while it runs, with nothing kept for a backward pass."""
        room = use.footprint.room * self.element + use.footprint.marks
        self.time.take(self.batch * room, moment)

    def size(self, type: TensorType) -> int:
        return type.numel * self.batch * type.dtype.width(self.element)


class _Inference(_Pass):
    def __init__(self, tape: Tape, batch: int, element: int) -> None:
        super().__init__(tape, batch, element, end=len(tape.uses))
        for moment, use in enumerate(tape.uses):
            self.work(use, moment)
        self.peak = self.time.peak()


class _Training(_Pass):
    """Forward, then back: the k-th of n uses is gone back through at moment 2n − 1 − k."""

    def __init__(self, tape: Tape, batch: int, element: int) -> None:
        self.turn = len(tape.uses)
        super().__init__(tape, batch, element, end=2 * self.turn)
        self.learning = self._learning()
        self.needed = self._needed()
        ends = self._ends()
        for moment, use in enumerate(tape.uses):
            if any(self.learning[number] for number in use.outputs):
                back = 2 * self.turn - 1 - moment
                until = back if self._returns(use) else max(ends[n] for n in use.outputs)
                self._save(use, moment, until)
            else:
                self.work(use, moment)
        self.saved = self.time.left(self.turn)
        self.gradients: dict[int, _Block] = {}
        self.weights: dict[int, _Block] = {}  # the gradients of each layer's, all in one block
        self._go_back()
        for block in self.weights.values():
            block.hold(self.end)
        self.peak = self.time.peak()

    def _learning(self) -> list[bool]:
        """For each tensor, True where it has a gradient: learned weights had a part in it."""
        learning = [False] * len(self.tape.tensors)
        for use in self.tape.uses:
            for number in use.outputs:
                learning[number] = use.learned > 0 or any(learning[k] for k in use.flowing)
        return learning

    def _needed(self) -> list[bool]:
        """For each tensor, True where it has a part in a result."""
        needed = [False] * len(self.tape.tensors)
        for number in self.tape.results:
            needed[number] = True
        for use in reversed(self.tape.uses):
            if any(needed[number] for number in use.outputs):
                for number in use.flowing:
                    needed[number] = True
        return needed

    def _ends(self) -> list[float]:
        """Until when each tensor, or one that was made of it, is held in the forward pass."""
        ends = [home.until for home in self.homes]
        for use in reversed(self.tape.uses):
            last = max(ends[number] for number in use.outputs)
            for number in use.flowing:
                ends[number] = max(ends[number], last)
        return ends

    def _returns(self, use: OpUse) -> bool:
        """True where the backward pass goes through a use."""
        return any(self.learning[k] and self.needed[k] for k in use.outputs)

    def _save(self, use: OpUse, moment: int, until: float) -> None:
        kept = use.footprint
        inputs, elements = self._read(use) if kept.inputs else ((), kept.elements)
        for number in (*inputs, *(use.outputs if kept.outputs else ())):
            self.homes[number].hold(until)
        more = self.batch * (elements * self.element + kept.marks)
        self.time.take(more + kept.statistics * self.element, moment, until)

    def _read(self, use: OpUse) -> tuple[Sequence[int], int]:
        """The inputs that the backward pass reads, and what else it does: a product's factor is
        read for the gradients of what it was multiplied with, in turn."""
        kept, learning = use.footprint, [self.learning[number] for number in use.inputs]
        if not kept.crosswise:
            return use.inputs, kept.elements
        first, second, *others = learning
        asked = [second, first, *(any(learning[:k]) for k in range(2, len(learning)))]
        between = kept.elements // max(len(others), 1) * sum(others)
        return tuple(compress(use.inputs, asked)), between

    def _go_back(self) -> None:
        for number in self.tape.results:
            if self.learning[number]:
                self._arrive(number, self._gradient(number, self.turn), self.turn)
        for forward, use in reversed(list(enumerate(self.tape.uses))):
            if not self._returns(use):
                continue
            moment = 2 * self.turn - 1 - forward
            coming = [self._come(number, moment) for number in use.outputs]
            self.time.take(self.batch * use.footprint.back * self.element, moment)
            self._learn(use, moment)
            for number in use.flowing:
                if self.learning[number]:
                    self._arrive(number, self._passed(use, number, coming, moment), moment)

    def _come(self, number: int, moment: int) -> _Block:
        """The gradient of a result; zeros for one of several that nobody used."""
        block = self.gradients.pop(number, None) or self._gradient(number, moment)
        block.hold(moment)
        return block

    def _passed(self, use: OpUse, number: int, coming: list[_Block], moment: int) -> _Block:
        """The gradient of one of a use's inputs: new, or part of that of the result."""
        size = self.size(self.tape.tensors[number])
        match coming:
            case [whole] if use.footprint.passes and whole.size >= size:
                return whole
            case _:
                return self._gradient(number, moment)

    def _gradient(self, number: int, moment: float) -> _Block:
        return self.time.take(self.size(self.tape.tensors[number]), moment)

    def _arrive(self, number: int, block: _Block, moment: int) -> None:
        """A gradient reaches a tensor."""
        before = self.gradients.get(number)
        size = self.size(self.tape.tensors[number])
        self.gradients[number] = self._sum(before, block, size, moment) if before else block

    def _learn(self, use: OpUse, moment: int) -> None:
        """A gradient reaches the weights of a layer."""
        size = use.learned * self.element
        block, before = self.time.take(size, moment), self.weights.get(use.layer)
        self.weights[use.layer] = self._sum(before, block, size, moment) if before else block

    def _sum(self, before: _Block, block: _Block, size: int, moment: int) -> _Block:
        """A second gradient and the first make a sum, a tensor of its own, when the op has let go
        of what it had saved."""
        afterwards = moment + HALF
        before.hold(afterwards)
        block.hold(afterwards)
        return self.time.take(size, afterwards)
