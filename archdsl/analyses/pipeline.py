"""Pipeline stages: where to cut a network so that its parts have equal work and send little.

The work is the audit's multiply-adds of one sample at inference. A cut stands where a module
begins, at any depth, since that is where `torch.distributed.pipelining` splits; never between two
uses of the same weights. Heads that only training runs belong to the last stage.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from pydantic import BaseModel, ConfigDict, Field

from archdsl.analyses.costs import Costs, Use, costs
from archdsl.analyses.partition import cheapest_cuts, least_largest
from archdsl.ir.code import Call, Self
from archdsl.ir.graph import Program, Ref, Scope, Step
from archdsl.ir.shape import Shape, TensorType

Value = tuple[int, int]  # which result of which leaf; leaf -1: an input of the network


class TooFewPlaces(Exception):
    """The network cannot be cut into so many stages; the message says why."""


class Stage(BaseModel):
    """What one device runs: consecutive steps."""

    model_config = ConfigDict(frozen=True)

    first: str = Field(description="path of the first module")
    last: str = Field(description="path of the last step, which may be no module")
    macs: int = Field(description="multiply-adds of one sample at inference")
    params: int = Field(description="learned weights, those of training heads included")
    sends: tuple[Shape, ...] = Field(
        description="tensors of one sample that later stages read, those passed on included"
    )


class PipelinePlan(BaseModel):
    """A network's stages. `imbalance` is by how much the largest exceeds the mean: 0.03 is 3 %."""

    model_config = ConfigDict(frozen=True)

    network: str
    stages: tuple[Stage, ...]
    imbalance: float = Field(description="MACs of the largest stage over the mean, less 1")
    least_imbalance: float = Field(description="the same of the most even cut there is")

    @property
    def split_points(self) -> tuple[str, ...]:
        """The modules that begin a stage, the first stage's left out."""
        return tuple(stage.first for stage in self.stages[1:])


def pipeline(program: Program, stages: int, *, slack: float = 0.05) -> PipelinePlan:
    """The cut that sends least, its largest stage at most `slack` above the smallest possible.

    Raises `TooFewPlaces` where fewer than `stages - 1` modules can begin a stage.
    """
    flow = _Flow(program)
    places = flow.places()
    if len(places) < stages - 1:
        raise TooFewPlaces(
            f"`{program.name}` can be cut at {len(places)} places, "
            f"too few for {stages} stages: there may be {len(places) + 1}"
        )
    positions = [0, *places, len(flow.leaves)]
    work = [flow.macs(*piece) for piece in pairwise(positions)]
    least = least_largest(work, stages)
    crossing = flow.crossing()
    prices = [crossing[position] for position in positions]
    cuts = cheapest_cuts(work, prices, stages, int(least * (1 + slack)))
    bounds = [0, *(positions[cut] for cut in cuts), len(flow.leaves)]
    found = tuple(flow.stage(*piece, places) for piece in pairwise(bounds))
    mean = sum(work) / stages or 1
    return PipelinePlan(
        network=program.name,
        stages=found,
        imbalance=max(stage.macs for stage in found) / mean - 1 if sum(work) else 0.0,
        least_imbalance=least / mean - 1 if sum(work) else 0.0,
    )


# --- the network as one row of steps ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A use of an op, blocks dissolved; `begins` are the modules that begin with it, outer first."""

    path: str
    begins: tuple[str, ...]
    inputs: tuple[Value, ...]
    outputs: tuple[TensorType, ...]
    macs: int
    params: int
    weighted: bool


class _Flow:
    """All leaves of a program in running order, and which tensors flow between them."""

    def __init__(self, program: Program) -> None:
        self.root = program.root
        self.leaves: list[_Leaf] = []
        self._costs: Costs = costs(program)
        inputs = tuple((-1, k) for k in range(len(self.root.inputs)))
        self._results = self._flatten(self.root, "", inputs, Use(), ())
        self._last_reads = self._find_last_reads()
        self._settle_sources()

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
        for index in sorted(range(len(scope.steps)), key=lambda k: scope.steps[k].training_only):
            step, use = scope.steps[index], uses[index].within(outer)
            path = f"{prefix}{step.name}"
            begins = (*opening, path) if _is_module(scope, step) else opening
            given = tuple(map(read, step.inputs))
            if isinstance(step.target, Scope):
                before = len(self.leaves)
                results[index] = self._flatten(step.target, f"{path}.", given, use, begins)
                opening = opening if len(self.leaves) == before else ()
            else:
                results[index] = self._append(scope, step, path, begins, given, use)
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
    ) -> tuple[Value, ...]:
        own = self._costs.of_step(scope, step)
        seen = use.seen(own)
        self.leaves.append(
            _Leaf(path, begins, inputs, step.outputs, seen.macs, seen.params, own.read > 0)
        )
        return tuple((len(self.leaves) - 1, k) for k in range(len(step.outputs)))

    def _settle_sources(self) -> None:
        """A learned tensor is read where it is first used: its weights count there."""
        firsts = {value: k for k, value in reversed(list(self._reads()))}
        for index, leaf in enumerate(self.leaves):
            if not leaf.inputs and (index, 0) in firsts:
                reader = firsts[index, 0]
                there = self.leaves[reader]
                self.leaves[reader] = replace(there, params=there.params + leaf.params)
                self.leaves[index] = replace(leaf, params=0, begins=())

    # --- tensors

    def _reads(self) -> Iterator[tuple[int, Value]]:
        for index, leaf in enumerate(self.leaves):
            yield from ((index, value) for value in leaf.inputs)

    def _find_last_reads(self) -> dict[Value, int]:
        """Where each tensor is needed last; the network's results are needed at the end."""
        last = {value: index for index, value in self._reads()}
        return last | {value: len(self.leaves) for value in self._results}

    def _is_source(self, value: Value) -> bool:
        """Whether it is a tensor of the module's own, which every stage that reads it could have."""
        return value[0] >= 0 and not self.leaves[value[0]].inputs

    def _type(self, value: Value) -> TensorType:
        leaf, output = value
        return self.root.inputs[output] if leaf < 0 else self.leaves[leaf].outputs[output]

    def crossing(self) -> list[int]:
        """The elements of one sample that a cut before each leaf has to send on."""
        change = [0] * (len(self.leaves) + 2)
        for value, last in self._last_reads.items():
            if not self._is_source(value):
                change[value[0] + 1] += self._type(value).numel
                change[last + 1] -= self._type(value).numel
        return list(accumulate(change))

    # --- places

    def places(self) -> dict[int, str]:
        """The module that begins at each leaf before which the network may be cut."""
        closed = self._closed()
        times = self._times_begun()
        found = {}
        for index, leaf in enumerate(self.leaves):
            once = [path for path in leaf.begins if times[path] == 1]
            if index and once and not closed[index]:
                found[index] = once[0]
        return found

    def _times_begun(self) -> dict[str, int]:
        times: dict[str, int] = {}
        for leaf in self.leaves:
            for path in leaf.begins:
                times[path] = times.get(path, 0) + 1
        return times

    def _closed(self) -> list[bool]:
        """Where a cut would part two uses of the same weights."""
        change = [0] * (len(self.leaves) + 2)
        for first, last in self._shared_weights():
            change[first + 1] += 1
            change[last + 1] -= 1
        return [count > 0 for count in accumulate(change)]

    def _shared_weights(self) -> Iterator[tuple[int, int]]:
        """First and last use of every layer with weights."""
        uses: dict[str, list[int]] = {}
        readers: dict[Value, list[int]] = {}
        for index, value in self._reads():
            readers.setdefault(value, []).append(index)
        for index, leaf in enumerate(self.leaves):
            if leaf.weighted:
                at = [index] if leaf.inputs else readers.get((index, 0), [])
                uses.setdefault(leaf.path, []).extend(at)
        yield from ((min(at), max(at)) for at in uses.values() if at)

    # --- stages

    def macs(self, start: int, stop: int) -> int:
        return sum(leaf.macs for leaf in self.leaves[start:stop])

    def stage(self, start: int, stop: int, places: dict[int, str]) -> Stage:
        """The leaves from one cut to the next."""
        leaves = self.leaves[start:stop]
        reads = self._last_reads.items()
        sent = sorted(value for value, last in reads if value[0] < stop <= last)
        final = stop == len(self.leaves)
        return Stage(
            first=places.get(start) or leaves[0].path,
            last=leaves[-1].path,
            macs=self.macs(start, stop),
            params=sum(leaf.params for leaf in leaves),
            sends=()
            if final
            else tuple(self._type(value).shape for value in sent if not self._is_source(value)),
        )


def _is_module(scope: Scope, step: Step) -> bool:
    """Whether the step is the call of a module, so that a cut can be named by it."""
    if isinstance(step.target, Scope):
        return True
    forward = step.target.emit(scope.types_of(step.inputs)).forward
    return isinstance(forward, Call) and isinstance(forward.func, Self)
