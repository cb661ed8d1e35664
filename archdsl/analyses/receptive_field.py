"""Receptive fields: which part of the input each tensor's elements see, by dimension.

Windows compose exactly (see `places`); a merge sees what its branches see together; an op that
looks everywhere makes the field the whole input.
"""

from fractions import Fraction
from functools import reduce
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from archdsl.analyses import places
from archdsl.analyses.places import Places
from archdsl.ir.graph import Program, Reach, Ref, Scope, Step, Window
from archdsl.ir.shape import DType, Shape, TensorType

N = TypeVar("N", int, Fraction)


class ReceptiveField(Struct, frozen=True):
    """What a tensor's elements see.

    `places` holds what the windows so far make of it, by spatial dimension. `whole`: every
    element sees the whole input all the same. `mixed`: some tensor that still had places did
    (a gate, an attention), not only a final pooling or a classifier.
    """

    places: tuple[Places, ...]
    whole: bool = False
    mixed: bool = False


class ReceptiveFields(Struct, frozen=True):
    """`steps` has the fields of each step's results, in the order of `graph.walk`.

    A tensor that no input reaches (a learned parameter) has None.
    """

    input: Shape  # the input's spatial sizes
    steps: tuple[tuple[ReceptiveField | None, ...], ...]
    outputs: tuple[ReceptiveField | None, ...]

    def sizes(self, field: ReceptiveField | None) -> Shape:
        """The field's size along each spatial dimension; the input's where it sees all."""
        if field is None:
            return ()
        return self.input if field.whole else tuple(p.size for p in field.places)

    @property
    def stride(self) -> tuple[Fraction, ...]:
        """The network's own: the largest distance between neighbours of an output's last map."""
        found: tuple[Fraction, ...] = ()
        for field in self.outputs:
            found = _largest(found, tuple(p.jump for p in field.places) if field else ())
        return found

    @property
    def network(self) -> Shape:
        """The network's own: that of its last feature map, as the literature gives it.

        A final pooling or classifier sees everything and says nothing; a gate or an attention
        inside does count.
        """
        found: Shape = ()
        for field in self.outputs:
            sizes = tuple(p.size for p in field.places) if field else ()
            if field is not None and field.mixed:
                sizes = _largest(sizes, self.input)
            found = _largest(found, sizes)
        return found


def receptive_fields(program: Program) -> ReceptiveFields:
    """The receptive fields of every tensor of the program."""
    root = program.root
    steps: list[tuple[ReceptiveField | None, ...]] = []
    inputs = tuple(ReceptiveField(tuple(Places() for _ in _spatial(t))) for t in root.inputs)
    outputs = _follow(root, inputs, steps)
    largest = max(map(_spatial, root.inputs), key=len, default=())
    return ReceptiveFields(largest, tuple(steps), outputs)


def _follow(
    scope: Scope,
    inputs: tuple[ReceptiveField | None, ...],
    found: list[tuple[ReceptiveField | None, ...]],
) -> tuple[ReceptiveField | None, ...]:
    """The fields of the scope's results; those of its steps are appended to `found`."""
    known: dict[Ref, ReceptiveField | None] = {Ref(-1, k): field for k, field in enumerate(inputs)}
    for index, step in enumerate(scope.steps):
        arriving = tuple(known[ref] for ref in step.inputs)
        row = len(found)
        found.append(())
        if isinstance(step.target, Scope):
            found[row] = _follow(step.target, arriving, found)
        else:
            found[row] = _after(scope, step, arriving)
        known.update((Ref(index, k), field) for k, field in enumerate(found[row]))
    return tuple(known[ref] for ref in scope.results)


def _after(
    scope: Scope, step: Step, arriving: tuple[ReceptiveField | None, ...]
) -> tuple[ReceptiveField | None, ...]:
    assert not isinstance(step.target, Scope)
    reached = [field for field in arriving if field is not None]
    if not reached:
        return (None,) * len(step.outputs)
    seen = _step(step.target.reach(scope.types_of(step.inputs)), reduce(_merged, reached))
    if seen is None:
        return (None,) * len(step.outputs)
    return tuple(
        replace(seen, mixed=seen.mixed or (seen.whole and _has_places(output)))
        for output in step.outputs
    )


def _step(reach: Window | Reach, field: ReceptiveField) -> ReceptiveField | None:
    match reach:
        case Reach.POINT:
            return field
        case Reach.GLOBAL:
            return replace(field, whole=True)
        case Reach.NOTHING:
            return None
        case Window():
            return _through(reach, field)


def _through(window: Window, field: ReceptiveField) -> ReceptiveField:
    if len(window.kernel) != len(field.places):
        return replace(field, whole=True)  # the tensor was rearranged: no saying which part
    move = places.spread if window.transposed else places.windowed
    numbers = zip(window.kernel, window.stride, window.padding, window.dilation, strict=True)
    moved = tuple(move(p, *n) for p, n in zip(field.places, numbers, strict=True))
    return _placed(field, moved)


def _merged(a: ReceptiveField, b: ReceptiveField) -> ReceptiveField:
    """What two branches see together; one without places of its own only adds its reach."""
    together = ReceptiveField(a.places or b.places, a.whole or b.whole, a.mixed or b.mixed)
    if len(a.places) != len(b.places):
        return together
    unions = (places.union(p, q) for p, q in zip(a.places, b.places, strict=True))
    return _placed(together, tuple(unions))


def _placed(field: ReceptiveField, found: tuple[Places | None, ...]) -> ReceptiveField:
    """The field with its new places; where one is beyond following, it is taken as the whole."""
    known = tuple(p for p in found if p is not None)
    if len(known) < len(found):
        return replace(field, whole=True)
    return replace(field, places=known)


def _has_places(output: TensorType) -> bool:
    return any(size > 1 for size in _spatial(output))


def _spatial(type: TensorType) -> Shape:
    """The sizes that have places: all but the channels; a row of symbols has no channels."""
    return type.shape if type.dtype is DType.INT and type.rank == 1 else type.shape[1:]


def _largest(a: tuple[N, ...], b: tuple[N, ...]) -> tuple[N, ...]:
    if len(a) != len(b):
        return max(a, b, key=len)
    return tuple(map(max, a, b))
