"""The deployed program against the trained one, by algebra: do both compute the same at inference?

Both are worked out from their inputs to their results over *forms*, numbered so that equal forms
have equal numbers. A layer that is linear is a sum of parts, each a filter of a trained layer over
something, multiplied by norms; a norm multiplies a sum and adds to it; a sum of sums is a sum.
The deployed program's layers are written in terms of trained ones, by the rules for weights.
Whatever else there is counts as itself, over the forms that it reads. Values are compared, memory
is not: what activations write over is no concern here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import assert_never

from msgspec import Struct

from archdsl.ir.code import Call, In, Infix
from archdsl.ir.graph import Program, Ref, Scope, Step
from archdsl.ir.liveness import training_only_steps
from archdsl.ir.reach import window as window_of
from archdsl.ir.shape import Types
from archdsl.ops.base import ChannelMap, LinearMap, Op
from archdsl.proof.signatures import arguments
from archdsl.proof.unproven import Unproven
from archdsl.transforms.deploy import Deployment
from archdsl.transforms.deploy.origin import (
    FoldedWeight,
    JoinedWeight,
    KeptWeight,
    Origin,
    PassingWeight,
    Path,
    SummedWeight,
    under,
)

Norms = tuple[tuple[Path, float], ...]  # in the order in which they are applied
Parts = Counter[tuple[object, ...]]
MOST = 32  # parts that a sum is taken apart into: one of more counts as itself


class FilterSum(Struct, frozen=True):
    """A sum of `filters` (what over what, by which norms) and of `shifts` of channels."""

    filters: frozenset[tuple[tuple[object, ...], int]]
    shifts: frozenset[tuple[tuple[object, ...], int]]


class ChannelRow(Struct, frozen=True):
    """Forms whose channels stand in a row."""

    parts: tuple[int, ...]
    channels: tuple[int, ...]


class OpFacts(Struct, frozen=True):
    """The facts of an op in one place of its scope, for all uses of the scope."""

    op: Op
    types: Types
    weights: bool
    linear: LinearMap | None
    norm: ChannelMap | None
    adds: bool
    code: int  # the form of how it is written, in place or not


# The trained layers with weights: the op of each, for every kind of tensors that flow into it.
Layers = dict[Path, dict[Types, Op]]


def check_deployed(deployed: Deployment) -> None:
    """Nothing where both compute the same, or `Difference`."""
    forms = Forms()
    trained = Worked(forms, deployed.trained, {}, {})
    wanted = trained.results()
    origins = {
        (*block, *rule.path): under(block, rule.origin)
        for group in deployed.weights
        for block in group.blocks
        for rule in group.rules
    }
    results = Worked(forms, deployed.program, origins, trained.layers).results()
    for number, (mine, other) in enumerate(zip(results, wanted, strict=True)):
        if mine != other:
            raise Unproven(f"result {number} of the deploy form is not that of the training form")


class Forms:
    """Forms by number: equal ones have the same."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._forms: list[object] = []

    def number(self, form: object) -> int:
        if isinstance(form, FilterSum) and not form.shifts and len(form.filters) == 1:
            ((filter, count),) = form.filters
            only = filter[-1]
            if count == 1 and filter[:2] == ("itself", ()) and isinstance(only, int):
                return only
        if form not in self._numbers:
            self._numbers[form] = len(self._forms)
            self._forms.append(form)
        return self._numbers[form]

    def form(self, number: int) -> object:
        return self._forms[number]

    def sum_of(self, number: int) -> FilterSum:
        """A form as a sum."""
        form = self._forms[number]
        if isinstance(form, FilterSum) and len(form.filters) + len(form.shifts) <= MOST:
            return form
        return _sum(Counter([("itself", (), number)]), Counter())


def _sum(filters: Parts, shifts: Parts) -> FilterSum:
    return FilterSum(frozenset(filters.items()), frozenset(shifts.items()))


class Worked:
    """A program worked out over forms; `layers` are the trained ones by path, found or given."""

    def __init__(
        self,
        forms: Forms,
        program: Program,
        origins: Mapping[Path, Origin],
        layers: Layers,
    ) -> None:
        self.forms = forms
        self.program = program
        self.origins = origins
        self.layers = layers
        self.collects = not layers
        self._told: dict[Step, OpFacts] = {}
        self._idle: dict[Scope, frozenset[int]] = {}

    def results(self) -> tuple[int, ...]:
        """The forms of what the program returns in evaluation."""
        root = self.program.root
        inputs = tuple(self.forms.number(("input", k)) for k in range(len(root.inputs)))
        return self._scope(root, (), inputs)

    def _scope(self, scope: Scope, path: Path, inputs: tuple[int, ...]) -> tuple[int, ...]:
        values: list[tuple[int, ...]] = []

        def of(refs: tuple[Ref, ...]) -> tuple[int, ...]:
            return tuple((inputs if r.step < 0 else values[r.step])[r.output] for r in refs)

        if scope not in self._idle:
            self._idle[scope] = training_only_steps(scope)
        idle = self._idle[scope]
        for index, step in enumerate(scope.steps):
            if index in idle:
                values.append(())
            elif isinstance(step.target, Scope):
                values.append(self._scope(step.target, (*path, step.name), of(step.inputs)))
            else:
                values.append(self._op(scope, step, (*path, step.name), of(step.inputs)))
        return of(scope.results)

    def _tell(self, scope: Scope, step: Step) -> OpFacts:
        """The facts of a step's op."""
        if step not in self._told:
            op, types = step.target, scope.types_of(step.inputs)
            assert isinstance(op, Op)
            emission = _not_in_place(op).emit(types)
            self._told[step] = OpFacts(
                op,
                types,
                bool(op.weights(types)),
                op.linear_map(types),
                op.channel_map(),
                _adds(op, types),
                self.forms.number(("code", emission.build, emission.forward)),
            )
        return self._told[step]

    def _op(self, scope: Scope, step: Step, path: Path, given: tuple[int, ...]) -> tuple[int, ...]:
        told = self._tell(scope, step)
        op, types = told.op, told.types
        if op.passes_at_inference:
            return given[:1]
        if self.collects and told.weights:
            self.layers.setdefault(path, {})[types] = op
        if told.linear is not None:
            origin = self.origins.get(path, KeptWeight(path))
            if self._channels(origin) != _count(op, types):
                raise Unproven(f"`{'.'.join(path)}` has not the filters of its layers")
            return (self._linear(op, told.linear, origin, given[0], types, path),)
        if told.norm is not None:
            return (self._normed(given[0], (self._trained(path), told.norm.eps)),)
        if told.adds:
            filters, shifts = _added(self._parts(value) for value in given)
            return (self.forms.number(_sum(filters, shifts)),)
        return self._other(told, step, path, given)

    def _other(
        self, told: OpFacts, step: Step, path: Path, given: tuple[int, ...]
    ) -> tuple[int, ...]:
        """An op that counts as itself; of channels in a row each part for itself where it can."""
        row = self.forms.form(given[0]) if len(given) == 1 else None
        if isinstance(row, ChannelRow):
            if _not_in_place(told.op).overwriting() is not None and not told.weights:
                others = [self._other(told, step, path, (part,))[0] for part in row.parts]
                return (self.forms.number(ChannelRow(tuple(others), row.channels)),)
            if _splits(told.op, step, told.types, row.channels):
                return row.parts
        own = self._trained(path) if told.weights else ()
        number = self.forms.number(("op", told.code, own, given))
        if len(step.outputs) == 1:
            return (number,)
        return tuple(self.forms.number(("part", number, k)) for k in range(len(step.outputs)))

    def _trained(self, path: Path) -> Path:
        """The trained path of a layer's weights, which are kept as they are."""
        origin = self.origins.get(path, KeptWeight(path))
        if not isinstance(origin, KeptWeight):
            raise Unproven(f"the weights of `{'.'.join(path)}` are worked out, and cannot be")
        return origin.path

    # --- layers that are linear ----------------------------------------------------------------

    def _linear(
        self,
        op: Op,
        linear: LinearMap,
        origin: Origin,
        value: int,
        types: Types,
        path: Path,
    ) -> int:
        if isinstance(origin, JoinedWeight):
            return self._row(op, linear, origin, value, types, path)
        filters, shifts = self._filters(op, origin, value, types, path)
        return self.forms.number(_sum(filters, shifts))

    def _row(
        self,
        op: Op,
        linear: LinearMap,
        origin: JoinedWeight,
        value: int,
        types: Types,
        path: Path,
    ) -> int:
        """The layers of one input in a row: each filter sees all of it."""
        parts = [self._linear(op, linear, part, value, types, path) for part in origin.parts]
        channels = tuple(self._channels(part) for part in origin.parts)
        if any(part.startswith("groups=") for part in _frame(op, types)):
            raise Unproven(f"the groups of `{'.'.join(path)}` see a part of its input each")
        return self.forms.number(ChannelRow(tuple(parts), channels))

    def _channels(self, origin: Origin) -> int:
        """The number of filters of a layer with this origin."""
        match origin:
            case KeptWeight() | FoldedWeight():
                path = origin.path if isinstance(origin, KeptWeight) else origin.layer
                if path not in self.layers:
                    raise Unproven(f"there is no trained layer `{'.'.join(path)}`")
                types, op = next(iter(self.layers[path].items()))  # at each size as many
                return _count(op, types)
            case JoinedWeight():
                return sum(map(self._channels, origin.parts))
            case SummedWeight():
                return self._channels(
                    next(p for p in origin.parts if not isinstance(p, PassingWeight))
                )
            case PassingWeight():
                raise Unproven("a layer that returns its input stands alone")
        assert_never(origin)

    def _filters(
        self, op: Op, origin: Origin, value: int, types: Types, path: Path
    ) -> tuple[Parts, Parts]:
        """The sum that a layer with weights of this origin makes over a value."""
        match origin:
            case KeptWeight() | FoldedWeight():
                filters, shifts = self._own(op, origin, value, types)
                if isinstance(origin, KeptWeight):
                    return filters, shifts
                self._check_norm(origin.norm, origin.eps)
                return _multiplied(filters, shifts, (origin.norm, origin.eps))
            case PassingWeight():
                if not _hands_on(op, origin, types):
                    raise Unproven(f"`{'.'.join(path)}` does not pass its input on")
                filters, shifts = self._parts(value)
                if origin.norm is None:
                    return filters, shifts
                self._check_norm(origin.norm, origin.eps)
                return _multiplied(filters, shifts, (origin.norm, origin.eps))
            case SummedWeight():
                parts = origin.parts
                if self._channels(origin) != types[0].shape[0] and any(map(_passes, parts)):
                    raise Unproven(f"`{'.'.join(path)}` has not a filter for each channel")
                return _added(self._filters(op, part, value, types, path) for part in parts)
            case JoinedWeight():
                raise Unproven(f"`{'.'.join(path)}` adds up what stands in a row")
        assert_never(origin)

    def _own(
        self, op: Op, origin: KeptWeight | FoldedWeight, value: int, types: Types
    ) -> tuple[Parts, Parts]:
        """The filters of a trained layer, which must be able to stand in the deployed one."""
        path = origin.path if isinstance(origin, KeptWeight) else origin.layer
        trained = self.layers.get(path, {}).get(types)
        if trained is None or not _stands_for(op, trained, types):
            raise Unproven(f"something else stands in the place of `{'.'.join(path)}`")
        kind = _frame(trained, types)
        names = {weight.name for weight in trained.weights(types)}
        shifts: Parts = Counter([(path, ())] if "bias" in names else [])
        return Counter([(path, (), kind, value)]), shifts

    def _check_norm(self, path: Path, eps: float) -> None:
        fixed = [op.channel_map() for op in self.layers.get(path, {}).values()]
        if not fixed or any(norm is None or norm.eps != eps for norm in fixed):
            raise Unproven(f"`{'.'.join(path)}` is no norm with eps={eps}")

    def _normed(self, value: int, norm: tuple[Path, float]) -> int:
        """A norm of a sum: of each of its parts, and what the norm adds."""
        return self.forms.number(_sum(*_multiplied(*self._parts(value), norm)))

    def _parts(self, value: int) -> tuple[Parts, Parts]:
        """A form as what adds up to it."""
        total = self.forms.sum_of(value)
        return Counter(dict(total.filters)), Counter(dict(total.shifts))


def _added(parts: Iterable[tuple[Parts, Parts]]) -> tuple[Parts, Parts]:
    filters: Parts = Counter()
    shifts: Parts = Counter()
    for more, others in parts:
        filters.update(more)
        shifts.update(others)
    return filters, shifts


def _multiplied(filters: Parts, shifts: Parts, norm: tuple[Path, float]) -> tuple[Parts, Parts]:
    """Every part times a norm's factors, and its shift besides."""
    more: Parts = Counter()
    others: Parts = Counter()
    for part, count in filters.items():
        first, norms, *rest = part
        more[(first, (*_norms(norms), norm), *rest)] += count
    for part, count in shifts.items():
        first, norms = part
        others[(first, (*_norms(norms), norm))] += count
    others[("shift", (norm,))] += 1
    return more, others


def _norms(norms: object) -> tuple[object, ...]:
    assert isinstance(norms, tuple)
    return norms


def _adds(op: Op, types: Types) -> bool:
    """True where an op is the sum of tensors of one shape."""
    places = tuple(In(k) for k in range(len(types)))
    return len(set(types)) == 1 and op.emit(types).forward == Infix("+", places)


def _not_in_place(op: Op) -> Op:
    """The same activation, whether it writes over its input or not."""
    over = op.overwriting()
    return op if over is None else over


def _splits(op: Op, step: Step, types: Types, channels: tuple[int, ...]) -> bool:
    """True where an op splits channels, with these numbers for its results."""
    code = op.emit(types).forward
    along = isinstance(code, Call) and code.func in ("torch.split", "torch.chunk")
    rest = types[0].shape[1:]
    shapes = tuple(type.shape for type in step.outputs)
    by_channels = isinstance(code, Call) and code.kwargs == (("dim", 1),)
    return along and by_channels and shapes == tuple((count, *rest) for count in channels)


# --- which layers can stand for which -----------------------------------------------------------

FREE = ("out_channels", "out_features", "bias")  # what a layer of several may have of its own
PLACED = ("kernel_size", "padding", "dilation", "padding_mode")  # what `_centred` asks in full


@lru_cache(1024)
def _frame(op: Op, types: Types) -> tuple[str, ...]:
    """A layer's arguments but how many filters it has, and whether they have a bias."""
    build = op.emit(types).build
    assert isinstance(build, Call) and isinstance(build.func, str)
    given = arguments(build.func, build.args, dict(build.kwargs))
    return (build.func, *(f"{n}={text}" for n, text in sorted(given.items()) if n not in FREE))


def _stands_for(op: Op, trained: Op, types: Types) -> bool:
    """True where a trained layer's filters, with zeros around them, do the same in this layer."""
    mine, other = _frame(op, types), _frame(trained, types)
    if mine == other:
        return True
    placed = tuple(f"{name}=" for name in PLACED)
    alike = [[part for part in each if not part.startswith(placed)] for each in (mine, other)]
    return alike[0] == alike[1] and _centred(op, types) and _centred(trained, types)


def _centred(op: Op, types: Types) -> bool:
    """True where the middle of every window is at the result's place, with zeros around."""
    build, window = op.emit(types).build, window_of(op.reach(types))
    if window is None or window.transposed or not isinstance(build, Call):
        return False
    given = dict(build.kwargs)
    odd = all(kernel % 2 for kernel in window.kernel)
    halves = tuple(kernel // 2 for kernel in window.kernel)
    ends = op.infer(types)[0].shape[1:]
    starts = zip(types[0].shape[1:], window.stride, strict=True)
    whole = ends == tuple((size - 1) // stride + 1 for size, stride in starts)
    apart = zip(window.kernel, window.dilation, strict=True)
    solid = all(dilation == 1 for kernel, dilation in apart if kernel > 1)
    zeros = "padding_mode" not in given or not any(window.padding)
    return odd and solid and whole and window.padding == halves and zeros


def _hands_on(op: Op, origin: PassingWeight, types: Types) -> bool:
    """True where a layer with a one in the middle of each filter gives its input."""
    build, window = op.emit(types).build, window_of(op.reach(types))
    if not _centred(op, types) or not isinstance(build, Call) or window is None:
        return False
    channels = types[0].shape[0]
    sizes = origin.groups == dict(build.kwargs).get("groups", 1)
    sizes = sizes and origin.dimensions == types[0].rank - 1
    sizes = sizes and origin.channels in (None, channels)
    same_places = op.infer(types)[0].shape[1:] == types[0].shape[1:]
    return sizes and set(window.stride) == {1} and same_places


def _passes(origin: Origin) -> bool:
    return isinstance(origin, PassingWeight)


def _count(op: Op, types: Types) -> int:
    """The number of filters of a layer: the channels of its result."""
    return op.infer(types)[0].shape[0]
