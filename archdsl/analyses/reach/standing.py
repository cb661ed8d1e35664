"""The places of a tensor's elements: the distances of its neighbours in the input.

That is another thing than what they see: behind an attention all see the same, and stand where
they stood. A dimension is a row of digits, as in a view; each knows the axes along which it moves.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

from archdsl.ir.reach import (
    Before,
    Chosen,
    Everywhere,
    Laid,
    LineOfTaps,
    Mixed,
    Move,
    Regrouped,
    Reordered,
    Repeated,
    Rolled,
    Window,
)
from archdsl.ir.shape import Shape

Jump = int | Fraction


class StandDigit(Struct, frozen=True):
    """A digit of `size` places, which are `jumps` apart, along each axis."""

    size: int
    jumps: tuple[tuple[int, Jump], ...] = ()  # by axis


Row = tuple[StandDigit, ...]  # the highest first; none: it moves along no axis
Stand = tuple[Row, ...]  # by dimension


@lru_cache(1024)
def jumps(stand: Stand) -> Mapping[int, Jump]:
    """The distance of neighbours along each axis: by the coarsest digit that moves along it."""
    farthest: dict[int, Jump] = {}
    for row in stand:
        for step in row:
            for axis, jump in step.jumps:
                farthest[axis] = max(jump, farthest.get(axis, 0))
    return farthest


@lru_cache(4096)
def stood(stand: Stand, move: Move, before: Shape, after: Shape) -> Stand:
    """The stand behind a move; the shapes are those around it."""
    match move:
        case Window():
            return (stand[0], *_through(stand, move, after))
        case Regrouped():
            return _regrouped(stand, before, after)
        case Reordered(dims=dims):
            return tuple(stand[d - 1] for d in dims)
        case Everywhere() | Rolled():
            return stand
        case LineOfTaps() | Before() | Laid():
            ratio = move.ratio if isinstance(move, LineOfTaps) else 1
            row = _scaled(stand[move.dim - 1], move.size, ratio)
        case Mixed() | Chosen() | Repeated():
            row = ()
    return (*stand[: move.dim - 1], row, *stand[move.dim :])


def _through(stand: Stand, window: Window, after: Shape) -> Iterator[Row]:
    for row, stride, size in zip(stand[1:], window.stride, after[1:], strict=True):
        yield _scaled(row, size, Fraction(1, stride) if window.transposed else stride)


def _scaled(row: Row, size: int, ratio: Jump) -> Row:
    """A dimension of another size, in which neighbours are `ratio` times as far apart."""
    if not row:
        return row
    step = row[0] if len(row) == 1 else _joined(row)
    if ratio == 1:
        return (StandDigit(size, step.jumps),)
    return (StandDigit(size, tuple((axis, _times(jump, ratio)) for axis, jump in step.jumps)),)


def _times(jump: Jump, ratio: Jump) -> Jump:
    """The product, a whole number where it is one."""
    product = jump * ratio
    return product if isinstance(product, int) or product.denominator != 1 else int(product)


def _joined(row: Row) -> StandDigit:
    """A row as one digit: along each axis the lowest digit that moves along it tells how far."""
    step = row[0]
    for lower in row[1:]:
        joined = _seamless(step, lower)
        if joined is None:
            farthest = dict(lower.jumps)
            farthest |= {axis: max(jump, farthest.get(axis, 0)) for axis, jump in step.jumps}
            joined = StandDigit(step.size * lower.size, tuple(farthest.items()))
        step = joined
    return step


def _seamless(a: StandDigit, b: StandDigit) -> StandDigit | None:
    """Two digits that are one: places that go on, or that were made of the places' own channels."""
    size = a.size * b.size
    if not b.jumps:
        return StandDigit(
            size, tuple((axis, _times(jump, Fraction(1, b.size))) for axis, jump in a.jumps)
        )
    if a.jumps == tuple((axis, jump * b.size) for axis, jump in b.jumps):
        return StandDigit(size, b.jumps)
    return None


def _regrouped(stand: Stand, before: Shape, after: Shape) -> Stand:
    """Digits dealt out anew: cut where sizes ask for it, joined where a cut goes through two."""
    left = [
        step
        for row, size in zip(stand, before, strict=True)
        for step in row or (StandDigit(size),)
        if step.size > 1
    ]
    return tuple(_tidied(list(_filled(left, size))) for size in after)


def _filled(left: list[StandDigit], wanted: int) -> Iterator[StandDigit]:
    """The next digits that make up a dimension of this size; they are taken off those left."""
    while wanted > 1:
        step = left.pop(0)
        if wanted % step.size == 0:
            wanted //= step.size
            yield step
        elif step.size % wanted == 0:
            lower = step.size // wanted
            alone = len(step.jumps) == 1
            higher = tuple((axis, jump * lower if alone else jump) for axis, jump in step.jumps)
            left.insert(0, StandDigit(lower, step.jumps))
            left.insert(0, StandDigit(wanted, higher))
        else:
            left[:1] = [_joined((step, left[0]))]


def _tidied(row: Sequence[StandDigit]) -> Row:
    """In as few digits as tell the same."""
    steps: list[StandDigit] = []
    for step in row:
        joined = _seamless(steps[-1], step) if steps else None
        if joined is None:
            steps.append(step)
        else:
            steps[-1] = joined
    return tuple(steps) if any(step.jumps for step in steps) else ()
