"""One move of a look, done to a view: the views behind it."""

from collections.abc import Callable
from functools import lru_cache
from typing import assert_never

from msgspec.structs import replace

from archdsl.analyses.reach import input_positions as along
from archdsl.analyses.reach.regrouping import regrouped
from archdsl.analyses.reach.views import (
    Digit,
    Row,
    View,
    blurred,
    one_digit,
    settled,
    spread_out,
    upon,
    with_digit,
)
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

MOST_PHASES = 1024  # of a transposed window, which are looked at one by one


def moved(view: View, move: Move, before: Shape, after: Shape, axis: int) -> tuple[View, ...]:
    """`before` and `after` are the tensor's shapes around the move, `axis` is the axis' size."""
    others, spread = _moved(view.rows, move, before, after)
    views = tuple(upon(view, other) for other in others)
    return tuple(settled(view, axis) for view in views) if spread else views


@lru_cache(4096)
def _moved(
    rows: tuple[Row, ...], move: Move, before: Shape, after: Shape
) -> tuple[tuple[View, ...], bool]:
    """The views behind a view with a base of 0, and whether what its elements see was put
    together; networks have the same rows in block after block."""
    view = View(0, 0, rows)
    match move:
        case Window():
            view_behind = _through(view, move, after)
            return (view_behind,), not view_behind.exact
        case Regrouped():
            return regrouped(rows, before, after), any(rows)
        case Reordered(dims=dims):
            return (View(0, 0, tuple(rows[d - 1] for d in dims)),), False
        case _ if not rows[move.dim - 1]:
            return (view,), False
        case Mixed() | Repeated() | Everywhere() | Chosen():
            return (_along(view, move),), True
        case _:
            view_behind = _along(view, move)
            return (view_behind,), not view_behind.exact


def shape_behind(move: Move, shape: Shape, last: Shape) -> Shape:
    """The shape behind a move; `last` is the result's, which a window leads to."""
    match move:
        case Window():
            return last
        case Regrouped(shape=new):
            return new
        case Reordered(dims=dims):
            return tuple(shape[d - 1] for d in dims)
        case Everywhere() | Rolled():
            return shape
        case LineOfTaps() | Mixed() | Before() | Chosen() | Laid() | Repeated():
            return (*shape[: move.dim - 1], move.size, *shape[move.dim :])
        case _:
            assert_never(move)


def _along(
    view: View,
    move: LineOfTaps | Mixed | Everywhere | Before | Chosen | Rolled | Laid | Repeated,
) -> View:
    """A move along one dimension that says something of the axis."""
    dim = move.dim
    match move:
        case LineOfTaps():
            return _looked(view, dim, move.taps, move.advance, move.size)
        case Mixed(groups=1) | Repeated():
            return spread_out(view, dim)
        case Everywhere():
            return replace(spread_out(view, dim), windows=False)
        case Mixed():
            return _grouped(view, move)
        case Chosen():
            return blurred(view, dim)
        case Before():
            seen = _by_places(view, dim, lambda d: _before(d, move.size))
            return replace(seen, windows=False)
        case Rolled():
            rolled = _by_places(view, dim, lambda d: _rolled(d, move.shift))
            return replace(rolled, around=True)
        case Laid():
            return _by_places(view, dim, lambda d: _laid(d, move))
        case _:
            assert_never(move)


def _by_places(view: View, dim: int, change: Callable[[Digit], Digit | None]) -> View:
    """With a dimension as one digit, changed; where that is too much, beyond following."""
    digit = one_digit(view.rows[dim - 1])
    changed = None if digit is None else change(digit)
    if changed is None:
        return blurred(view, dim)
    return with_digit(view, dim, changed)


def _before(digit: Digit, size: int) -> Digit | None:
    if digit.size > along.LONGEST or size > along.LONGEST:
        return None
    places = digit.places or along.Steady(advance=0)
    return Digit(size, along.before(places, digit.size, size))


def _rolled(digit: Digit, shift: int) -> Digit | None:
    return replace(digit, places=along.rolled(digit.places, shift)) if digit.places else digit


def _laid(digit: Digit, move: Laid) -> Digit | None:
    places = along.laid(digit.places, digit.size, move.start, move.size)
    return None if places is None else Digit(move.size, places)


def _grouped(view: View, move: Mixed) -> View:
    digit = one_digit(view.rows[move.dim - 1])
    if digit is None or move.groups > along.LONGEST:
        return blurred(view, move.dim)
    places = digit.places or along.Steady(advance=0)
    groups = along.grouped(places, digit.size, move.groups, move.size)
    return with_digit(view, move.dim, Digit(move.size, groups))


def _through(view: View, window: Window, after: Shape) -> View:
    for k, kernel in enumerate(window.kernel):
        if not view.rows[k + 1]:
            continue
        stride, padding, dilation = window.stride[k], window.padding[k], window.dilation[k]
        size = after[k + 1]
        if not window.transposed:
            taps: tuple[range, ...] = (range(-padding, kernel * dilation - padding, dilation),)
            view = _looked(view, k + 2, taps, stride, size)
        elif stride <= MOST_PHASES:
            taps = along.spread_taps(kernel, stride, padding, dilation)
            view = _looked(view, k + 2, taps, 1, size)
        else:
            view = blurred(view, k + 2)
    return view


def _looked(view: View, dim: int, taps: tuple[range, ...], advance: int, size: int) -> View:
    """Through taps along a dimension."""
    row = view.rows[dim - 1]
    digit = row[0] if len(row) == 1 else one_digit(row)
    if digit is None or digit.places is None:
        return blurred(view, dim)
    places = along.looked(digit.places, digit.size, taps, advance, size)
    if places is None:
        return blurred(view, dim)
    return with_digit(view, dim, Digit(size, places))
