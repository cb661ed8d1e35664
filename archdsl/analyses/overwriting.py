"""The activations that may write over their input, because nothing needs the old value.

That needs the fresh result of a step of the same body, no view, nothing that reads its memory
later, and nothing before whose backward pass reads it (a sigmoid's reads its own result, a block
may be computed again from what it read). What comes in stays as it is: it is the caller's. All of
it must hold in training and in evaluation, and for every use of a step of the source, so that one
class serves all of them. An `inplace=true` of the spec is held to the same: where it cannot be
shown to be safe, the step has a result of its own.
"""

import sys
from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct, field

from archdsl.ir.footprint import Home
from archdsl.ir.graph import Primitive, Program, Ref, Scope, Step
from archdsl.ir.liveness import running_order
from archdsl.ir.shape import Types
from archdsl.ir.trail import place

Over = Mapping[Scope, Mapping[int, Primitive]]  # steps that could be in place: what they become
NEVER = -1  # no step reads it
AT_THE_END = sys.maxsize  # it is a result


class Modes(Struct, frozen=True):
    """The modes in which the network will run; `gradients`: True if a backward pass may follow."""

    training: tuple[bool, ...]
    gradients: bool


TRAINED = Modes((True, False), gradients=True)
INFERENCE = Modes((False,), gradients=False)


class Lies(Struct, frozen=True):
    """The memory of a value: that of the value `owner` (None: of a weight), as a `view`."""

    owner: Ref | None
    view: bool = False


class SeenScope(Struct, frozen=True):
    """A scope in one mode, seen from outside: the memory of its results, and the values inside
    whose memory the backward pass reads."""

    results: tuple[Lies, ...]
    kept: frozenset[Ref]


class OpPrint(Struct, frozen=True):
    """The part of an op's footprint that tells whose memory is written and read."""

    home: Home
    inputs: bool
    outputs: bool


class WiredStep(Struct, frozen=True):
    """A step in its place: what it reads, how many results it has, and whether it is a head."""

    inputs: tuple[Ref, ...]
    results: int
    training_only: bool


class Wiring(Struct, frozen=True):
    """The ways of values through a scope, and the order in which its steps run."""

    inputs: int
    steps: tuple[WiredStep, ...]
    results: tuple[Ref, ...]
    order: tuple[int, ...]


StepPrint = tuple[OpPrint | SeenScope, OpPrint | None]  # of a step, and if it writes over its input


def overwriting(program: Program, modes: Modes = TRAINED) -> Over:
    """The steps that may write over their input, for every scope that has some."""
    return _overwriting((program,), modes, ())


def overwriting_alike(programs: tuple[Program, ...], siblings: Collection[Scope]) -> Over:
    """The same for several networks with the same source, and for their siblings: the same steps
    of the source in all of them."""
    return _overwriting(programs, TRAINED, siblings)


def _overwriting(programs: tuple[Program, ...], modes: Modes, siblings: Collection[Scope]) -> Over:
    search = _Search(programs, modes)
    for scope in (*(program.root for program in programs), *siblings):
        search.visit(scope)
    return search.agreed()


class _Search:
    """Every different scope once, insides first."""

    def __init__(self, programs: tuple[Program, ...], modes: Modes) -> None:
        self._of = {program.root: program for program in programs}
        self.modes = modes
        self.over: dict[Scope, dict[int, Primitive]] = {}
        self._seen: dict[Scope, tuple[SeenScope, ...]] = {}
        self._known: dict[object, tuple[frozenset[int], tuple[SeenScope, ...]]] = {}

    def visit(self, scope: Scope) -> tuple[SeenScope, ...]:
        """The view of the scope in each mode; scopes that are wired alike are looked at once."""
        if scope not in self._seen:
            wiring, prints = self._wiring(scope), self._prints(scope)
            if (wiring, prints) not in self._known:
                self._known[wiring, prints] = self._look_at(wiring, prints)
            over, self._seen[scope] = self._known[wiring, prints]
            written = ((index, _written_over(scope.steps[index])) for index in sorted(over))
            self.over[scope] = {index: op for index, op in written if op is not None}
        return self._seen[scope]

    def _wiring(self, scope: Scope) -> Wiring:
        program = self._of.get(scope)
        order = running_order(program, scope) if program else range(len(scope.steps))
        steps = (WiredStep(s.inputs, len(s.outputs), s.training_only) for s in scope.steps)
        return Wiring(len(scope.inputs), tuple(steps), scope.results, tuple(order))

    def _prints(self, scope: Scope) -> tuple[tuple[StepPrint, ...], ...]:
        """For each mode what the steps do with memory, which is mostly the same in both."""
        rows: list[list[StepPrint]] = []
        for step in scope.steps:
            if isinstance(step.target, Scope):
                rows.append([(seen, None) for seen in self.visit(step.target)])
            else:
                types = scope.types_of(step.inputs)
                rows.append([_prints_of(step, types, mode) for mode in self.modes.training])
        return tuple(zip(*rows, strict=True)) if rows else ((),) * len(self.modes.training)

    def _look_at(
        self, wiring: Wiring, prints: tuple[tuple[StepPrint, ...], ...]
    ) -> tuple[frozenset[int], tuple[SeenScope, ...]]:
        """The steps that may write over their input, and the view in each mode."""
        bodies = {steps: _Body(wiring, steps) for steps in prints}
        over: set[int] = set()
        for index in wiring.order:
            able = all(steps[index][1] is not None for steps in prints)
            if able and all(body.spares(index) for body in bodies.values()):
                over.add(index)
            if self.modes.gradients:
                for body in bodies.values():
                    body.keep(index, index in over)
        return frozenset(over), tuple(bodies[steps].seen() for steps in prints)

    def agreed(self) -> Over:
        """Without the steps of the source, and the shared layers, that may not be everywhere: where
        a parameter gives an activation that cannot, none of its others does."""
        refused = {
            key
            for scope, over in self.over.items()
            for index, step in enumerate(scope.steps)
            if index not in over and (_written_over(step) is not None or _is_activation(step))
            for key in _keys(scope, index)
        }
        agreed = {
            scope: {k: op for k, op in over.items() if not refused & set(_keys(scope, k))}
            for scope, over in self.over.items()
        }
        decided = {scope: {**_apart(scope), **over} for scope, over in agreed.items()}
        return {scope: over for scope, over in decided.items() if over}


def _prints_of(step: Step, inputs: Types, training: bool) -> StepPrint:
    """The prints of a step that runs an op."""
    assert not isinstance(step.target, Scope)
    over = step.target.overwriting()
    written = None if over is None else _op_print(over, step, inputs, training)
    return _op_print(step.target.apart(), step, inputs, training), written


def _op_print(op: Primitive, step: Step, inputs: Types, training: bool) -> OpPrint:
    footprint = op.footprint(inputs, step.outputs, training)
    return OpPrint(footprint.home, footprint.inputs, footprint.outputs)


class _Body(Struct):
    """A scope in one mode, gone through in running order: `prints` are those of its steps;
    `kept` is whose memory the backward pass reads so far."""

    wiring: Wiring
    prints: tuple[StepPrint, ...]
    moments: dict[int, int] = field(default_factory=dict)
    lies: dict[Ref, Lies] = field(default_factory=dict)
    kept: set[Ref] = field(default_factory=set)
    last_read: dict[Ref, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        steps = self.wiring.steps
        self.moments = {index: at for at, index in enumerate(self.wiring.order)}
        self.lies = {Ref(-1, k): Lies(Ref(-1, k)) for k in range(self.wiring.inputs)}
        for index in range(len(steps)):
            results = self._results(index)
            self.lies.update((Ref(index, k), lies) for k, lies in enumerate(results))
        for index, step in enumerate(steps):
            self._read(step.inputs, self.moments[index])
            if step.training_only:
                self._read(tuple(Ref(index, k) for k in range(step.results)), AT_THE_END)
        self._read(self.wiring.results, AT_THE_END)

    def _read(self, refs: tuple[Ref, ...], at: int) -> None:
        for owner in self._owners(refs):
            self.last_read[owner] = max(at, self.last_read.get(owner, NEVER))

    def _owners(self, refs: tuple[Ref, ...]) -> list[Ref]:
        owners = [self.lies[ref].owner for ref in refs]
        return [owner for owner in owners if owner is not None]

    def _results(self, index: int) -> Iterator[Lies]:
        """The memory of a step's results, when nothing is written over."""
        step, (apart, _) = self.wiring.steps[index], self.prints[index]
        if isinstance(apart, SeenScope):
            yield from self._results_of_scope(index, apart)
            return
        for k in range(step.results):
            match apart.home:
                case Home.OWN:
                    yield Lies(Ref(index, k))
                case Home.INPUT:
                    yield Lies(self.lies[step.inputs[0]].owner, view=True)
                case Home.WEIGHT:
                    yield Lies(None)

    def _results_of_scope(self, index: int, seen: SeenScope) -> Iterator[Lies]:
        owners = [lies.owner for lies in seen.results]
        for lies in seen.results:
            if lies.owner is None:
                yield lies
            elif lies.owner.step < 0:
                yield self._outside(index, lies)
            else:
                yield Lies(Ref(index, owners.index(lies.owner)), lies.view)

    def _outside(self, index: int, lies: Lies) -> Lies:
        """The memory in an input of the scope that a step runs."""
        assert lies.owner is not None
        given = self.lies[self.wiring.steps[index].inputs[lies.owner.output]]
        return Lies(given.owner, given.view or lies.view)

    def spares(self, index: int) -> bool:
        """True where a step is the last that needs its input's memory, or writes nothing at all."""
        if self.lies[Ref(index)].owner != Ref(index):
            return True
        (value,) = self.wiring.steps[index].inputs
        lies = self.lies[value]
        return (
            value.step >= 0
            and lies == Lies(value)
            and value not in self.kept
            and self.last_read[value] == self.moments[index]
        )

    def keep(self, index: int, is_over: bool) -> None:
        """Marks what the backward pass of a step will read."""
        step, (apart, over) = self.wiring.steps[index], self.prints[index]
        if isinstance(apart, SeenScope):
            self._keep_of_scope(index, apart)
            return
        reads = over if is_over and over else apart
        if reads.inputs:
            self.kept.update(self._owners(step.inputs))
        if reads.outputs:
            results = [Ref(index, k) for k in range(step.results)]
            self.kept.update(results if is_over else self._owners(tuple(results)))

    def _keep_of_scope(self, index: int, seen: SeenScope) -> None:
        """All that a block reads counts, since it may be computed again from that."""
        results = (Ref(index, k) for k, lies in enumerate(seen.results) if lies.owner in seen.kept)
        self.kept.update(self._owners((*self.wiring.steps[index].inputs, *results)))

    def seen(self) -> SeenScope:
        return SeenScope(tuple(self.lies[ref] for ref in self.wiring.results), frozenset(self.kept))


def _written_over(step: Step) -> Primitive | None:
    """The op of a step that writes over its input; None if it cannot."""
    return None if isinstance(step.target, Scope) else step.target.overwriting()


def _is_activation(step: Step) -> bool:
    """True for an op in whose place a parameter may give another one."""
    return not isinstance(step.target, Scope) and bool(step.target.twin)


def _apart(scope: Scope) -> dict[int, Primitive]:
    """The steps that the spec wants in place, with results of their own."""
    primitives = {
        index: step.target.apart()
        for index, step in enumerate(scope.steps)
        if not isinstance(step.target, Scope)
    }
    return {index: op for index, op in primitives.items() if op != scope.steps[index].target}


def _keys(scope: Scope, index: int) -> tuple[object, ...]:
    """The key of steps that are written alike: the uses of a layer, or of a step of the source."""
    step = scope.steps[index]
    return (scope, step.name), place(step) or step
