"""Receptive fields: which part of the inputs each tensor's elements see, by dimension.

Every op says how its results look at its inputs (`archdsl.ir.reach`); `archdsl.analyses.reach`
follows that back to each spatial axis of each input by itself.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TypeVar

from msgspec import Struct

from archdsl.analyses.reach.joining import Part, beside
from archdsl.analyses.reach.moves import shape_behind
from archdsl.analyses.reach.sights import (
    Extent,
    Route,
    Sight,
    followed,
    largest,
    of_input,
    seen,
    with_whole,
)
from archdsl.analyses.reach.standing import Jump, Stand, StandDigit, jumps, stood
from archdsl.ir.graph import Program, Ref, Scope, Step
from archdsl.ir.reach import Laid, Look
from archdsl.ir.shape import DType, Shape, TensorType, Types

N = TypeVar("N", int, Fraction)


class InputAxis(Struct, frozen=True):
    """A dimension of an input that has places; of a vector its only one, which has none."""

    input: int
    size: int
    spatial: bool


class Seen(Struct, frozen=True):
    """The places that a tensor's elements see along one dimension of the input.

    `jump` is how far apart neighbours look (the effective stride), `centre` the middle of what the
    first element sees and `start` its first place, negative inside the padding. `field` is the
    receptive field, `map` that of the last tensor that had places.
    """

    jump: Fraction
    centre: Fraction
    start: int
    field: Extent
    map: Extent

    @property
    def size(self) -> int:
        """The receptive field's."""
        return self.field.size


class ReceptiveField(Struct, frozen=True, eq=False, dict=True):
    """The places that a tensor's elements see; `sights` has an entry for each input axis.

    `stand` tells where they stand, `jumps` how far apart neighbours of the last map do, by axis.
    """

    axes: tuple[InputAxis, ...]
    sights: tuple[Sight | None, ...]
    stand: Stand
    jumps: tuple[Jump, ...]

    @cached_property
    def places(self) -> tuple[Seen, ...]:
        """By dimension, of the inputs that have most of them and that are seen at all."""
        rows = self._by_input
        rank = max(map(len, rows), default=0)
        dimensions = zip(*(row for row in rows if len(row) == rank), strict=True)
        return tuple(map(_most, dimensions)) if rank else ()

    @property
    def sizes(self) -> Shape:
        """The field's size along each spatial dimension."""
        return tuple(seen.size for seen in self.places)

    @property
    def exact(self) -> bool:
        """True where elements see just that, not merely no more than that."""
        return all(seen.field.exact for seen in self.places)

    @property
    def whole(self) -> bool:
        """True where every element sees all of each input that it sees at all."""
        pairs = [(a, s) for a, s in zip(self.axes, self.sights, strict=True) if s is not None]
        spatial = [sight for axis, sight in pairs if axis.spatial]
        told = spatial or [sight for _, sight in pairs]
        return bool(told) and all(sight.whole for sight in told)

    @property
    def _by_input(self) -> list[list[tuple[Sight, Jump]]]:
        """The spatial sights of each input that is seen, with their jumps."""
        rows: dict[int, list[tuple[Sight, Jump]]] = {}
        for axis, sight, jump in zip(self.axes, self.sights, self.jumps, strict=True):
            if axis.spatial and sight is not None:
                rows.setdefault(axis.input, []).append((sight, jump))
        return list(rows.values())


class ReceptiveFields(Struct, frozen=True):
    """`steps` has the fields of each step's results, in the order of `graph.walk`.

    A tensor that no input reaches (a learned parameter) has None.
    """

    input: Shape  # the input's spatial sizes
    steps: tuple[tuple[ReceptiveField | None, ...], ...]
    outputs: tuple[ReceptiveField | None, ...]

    @property
    def stride(self) -> tuple[Fraction, ...]:
        """The network's own: the largest distance between neighbours of an output's last map."""
        widest: tuple[Fraction, ...] = ()
        for places in self._of_outputs:
            widest = _largest(widest, tuple(seen.jump for seen in places))
        return widest

    @property
    def network(self) -> Shape:
        """The network's own: that of its last feature map, as the literature gives it.

        A final pooling or classifier sees everything and says nothing; a gate or an attention
        inside does count.
        """
        widest: Shape = ()
        for places in self._of_outputs:
            widest = _largest(widest, tuple(seen.map.size for seen in places))
        return widest

    @property
    def exact(self) -> bool:
        """True where the network's own field is exact."""
        return all(seen.map.exact for places in self._of_outputs for seen in places)

    @property
    def _of_outputs(self) -> list[tuple[Seen, ...]]:
        return [field.places for field in self.outputs if field is not None]


def sizes(field: ReceptiveField | None) -> Shape:
    """The field's size along each spatial dimension; nothing of what no input reaches."""
    return () if field is None else field.sizes


def receptive_fields(program: Program) -> ReceptiveFields:
    """The receptive fields of every tensor of the program."""
    root = program.root
    follower = _Follower(root.inputs)
    outputs = follower.follow(root, follower.inputs)
    spatial = max(map(_spatial, root.inputs), key=len, default=())
    return ReceptiveFields(spatial, tuple(follower.fields), outputs)


class _Follower:
    """Follows looks through scopes; those of a step are asked for once, wherever it is run."""

    def __init__(self, inputs: Types) -> None:
        own = [(k, d, x) for k, x in enumerate(inputs) for d in _dimensions(x)]
        self.axes = tuple(InputAxis(k, x.shape[d - 1], bool(_spatial(x))) for k, d, x in own)
        self.inputs = tuple(
            ReceptiveField(
                self.axes,
                tuple(of_input(x.shape[d - 1], d, x.rank) if i == k else None for i, d, x in own),
                self._stand(k, inputs[k]),
                (1,) * len(own),
            )
            for k in range(len(inputs))
        )
        self.fields: list[tuple[ReceptiveField | None, ...]] = []
        self._routes: dict[Step, list[list[Route | None]]] = {}

    def _stand(self, input: int, x: TensorType) -> Stand:
        """An input's own: each of its places stands for itself."""
        mine = iter([k for k, axis in enumerate(self.axes) if axis.input == input])
        dims = _dimensions(x)
        return tuple(
            (StandDigit(size, ((next(mine), 1),)),) if d in dims else ()
            for d, size in enumerate(x.shape, 1)
        )

    def follow(
        self, scope: Scope, inputs: tuple[ReceptiveField | None, ...]
    ) -> tuple[ReceptiveField | None, ...]:
        """The fields of the scope's results; those of its steps are appended to `found`."""
        known: list[tuple[ReceptiveField | None, ...]] = []

        def of(refs: tuple[Ref, ...]) -> tuple[ReceptiveField | None, ...]:
            return tuple([(inputs if r.step < 0 else known[r.step])[r.output] for r in refs])

        for step in scope.steps:
            arriving = of(step.inputs)
            row = len(self.fields)
            self.fields.append(())
            if isinstance(step.target, Scope):
                self.fields[row] = self.follow(step.target, arriving)
            else:
                self.fields[row] = self._after(scope, step, arriving)
            known.append(self.fields[row])
        return of(scope.results)

    def _after(
        self, scope: Scope, step: Step, arriving: tuple[ReceptiveField | None, ...]
    ) -> tuple[ReceptiveField | None, ...]:
        if step not in self._routes:
            self._routes[step] = list(_routes(scope, step))
        results = zip(self._routes[step], step.outputs, strict=True)
        return tuple(self._result(routes, arriving, output) for routes, output in results)

    def _result(
        self,
        routes: list[Route | None],
        arriving: tuple[ReceptiveField | None, ...],
        output: TensorType,
    ) -> ReceptiveField | None:
        """The places that one result sees through its inputs."""
        pairs = [
            (field, route)
            for field, route in zip(arriving, routes, strict=True)
            if field is not None and route is not None
        ]
        if len(pairs) == 1 and not pairs[0][1]:
            return pairs[0][0]
        if not pairs:
            return None
        stand = _stand(pairs)
        known = jumps(stand) if output.rank > 1 else {}
        placed = any(size > 1 for size in output.shape[1:])
        axes = range(len(self.axes))
        sights = tuple(
            _merged([(f.sights[k], route) for f, route in pairs], placed or k in known)
            for k in axes
        )
        last = (known.get(k) or max(f.jumps[k] for f, _ in pairs) for k in axes)
        return ReceptiveField(self.axes, sights, stand, tuple(last))


def _stand(pairs: Sequence[tuple[ReceptiveField, Route]]) -> Stand:
    """The places of a result's elements, those of the first branch that has places."""
    stands = []
    for field, route in pairs:
        stand = field.stand
        for move, before, after in route:
            stand = stood(stand, move, before, after)
        if any(stand):
            return stand
        stands.append(stand)
    return stands[0]


def _merged(pairs: Sequence[tuple[Sight | None, Route]], mapped: bool) -> Sight | None:
    """The places of one axis that several branches see together."""
    seeing = [(sight, route) for sight, route in pairs if sight is not None]
    if not seeing:
        return None
    if len(seeing) > 1 and all(_is_laid(route) for _, route in seeing):
        return _beside(seeing, mapped)
    ends = [followed(sight, route, mapped) if route else sight for sight, route in seeing]
    sights = [end for end in ends if end is not None]
    if len(sights) < 2 or all(end is sights[0] for end in sights):
        return sights[0] if sights else None
    views = tuple(view for end in sights for view in end.views)
    return seen(sights[0].size, views, any(end.whole for end in sights), sights, mapped)


def _is_laid(route: Route) -> bool:
    return len(route) == 1 and isinstance(route[0][0], Laid)


def _beside(pairs: Sequence[tuple[Sight, Route]], mapped: bool) -> Sight | None:
    """Branches one after the other along a dimension."""
    parts: list[Part] = []
    whole = all(sight.whole for sight, _ in pairs) and _fills(pairs)
    for sight, ((move, before, _),) in pairs:
        assert isinstance(move, Laid)
        views = sight.views if whole else with_whole(sight, before)
        parts += [(view, move, before[move.dim - 1]) for view in views]
    sights = [sight for sight, _ in pairs]
    size = sights[0].size
    return seen(size, tuple(beside(parts, size)), whole, sights, mapped)


def _fills(pairs: Sequence[tuple[Sight, Route]]) -> bool:
    """True where the branches that see something make up the whole dimension."""
    laid = [(move, before) for _, ((move, before, _),) in pairs if isinstance(move, Laid)]
    return sum(before[move.dim - 1] for move, before in laid) == laid[0][0].size


def _routes(scope: Scope, step: Step) -> Iterator[list[Route | None]]:
    """For each result, how it looks at each input, with the shapes on the way."""
    assert not isinstance(step.target, Scope)
    inputs = scope.types_of(step.inputs)
    for k, output in enumerate(step.outputs):
        looks = step.target.reach(inputs, k)
        pairs = zip(looks, inputs, strict=True)
        yield [None if look is None else _route(look, x, output) for look, x in pairs]


def _route(look: Look, x: TensorType, output: TensorType) -> Route:
    legs, shape = [], x.shape
    for move in look:
        behind = shape_behind(move, shape, output.shape)
        legs.append((move, shape, behind))
        shape = behind
    return legs


def _most(pairs: tuple[tuple[Sight, Jump], ...]) -> Seen:
    """Of inputs that are seen at once, along one dimension: the input of which most is seen."""
    sights = [sight for sight, _ in pairs]
    sight, jump = max(pairs, key=lambda pair: pair[0].extent.size)
    first, last = sight.ends
    return Seen(
        Fraction(jump),
        Fraction(first + last, 2),
        first,
        largest([s.extent for s in sights]),
        largest([s.map_extent for s in sights]),
    )


def _dimensions(type: TensorType) -> range:
    """The dimensions of an input that have an axis, counted from 1."""
    return range(type.rank - len(_spatial(type)) + 1, type.rank + 1) or range(1, type.rank + 1)


def _spatial(type: TensorType) -> Shape:
    """The sizes that have places: all but the channels; a row of symbols has no channels."""
    return type.shape if type.dtype is DType.INT and type.rank == 1 else type.shape[1:]


def _largest(a: tuple[N, ...], b: tuple[N, ...]) -> tuple[N, ...]:
    if len(a) != len(b):
        return max(a, b, key=len)
    return tuple(map(max, a, b))
