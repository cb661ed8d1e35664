"""The views of several branches, joined: as few views as tell the same."""

from collections.abc import Sequence
from functools import lru_cache
from operator import ne

from msgspec.structs import replace

from archdsl.analyses.reach import input_positions as along
from archdsl.analyses.reach.input_positions import FAR, NOTHING, Ends, Runs
from archdsl.analyses.reach.views import (
    Digit,
    Row,
    View,
    moves,
    one_digit,
    row_ends,
    row_size,
    settled,
    with_digit,
    with_row,
)
from archdsl.ir.reach import Laid

MOST = 16  # views that are followed
Part = tuple[View, Laid, int]  # a branch's view, where it lies, and its size there


def together(views: tuple[View, ...], axis: int) -> tuple[tuple[View, ...], bool]:
    """The views that see something, joined where one tells what two told; and True if one of them
    sees everything, which is then left out."""
    views = tuple(filter(_sees_something, views))
    kept = tuple(view for view in views if not _sees_all(view, axis))
    joint: list[View] = []
    for view in kept:
        for k, other in enumerate(joint):
            joined = _joined(other, view)
            if joined is not None:
                joint[k] = joined
                break
        else:
            joint.append(view)
    few = tuple(joint) if len(joint) <= MOST else (_hull(joint, axis),)
    return few, len(kept) < len(views)


def _sees_all(view: View, axis: int) -> bool:
    """True where every element is known to see all places."""
    return view.exact and view.low <= 0 and view.high >= axis - 1 and not moves(view.rows)


def _sees_something(view: View) -> bool:
    """True where some element sees something."""
    return view.low <= FAR and _see_something(view.rows)


@lru_cache(4096)
def _see_something(rows: tuple[Row, ...]) -> bool:
    tables = (digit.places for row in rows for digit in row if digit.places is not None)
    return all(min(places.low) < FAR for places in tables)


def _hull(views: Sequence[View], axis: int) -> View:
    """Views too many to follow: each element is said to see what any sees through any."""
    ends = []
    for view in views:
        rows = [row_ends(row) for row in view.rows]
        ends.append((view.low + sum(r[0] for r in rows), view.high + sum(r[1] for r in rows)))
    low, high = along.hull(ends)
    around = any(view.around for view in views)
    return settled(View(low, high, ((),) * len(views[0].rows), False, False, around), axis)


def _joined(a: View, b: View) -> View | None:
    """One view for two that differ in one dimension at most; None if there is none."""
    differ = map(ne, a.rows, b.rows)
    k = next((k for k, differs in enumerate(differ) if differs), None)
    kind = a.exact and b.exact, a.windows and b.windows, a.around or b.around
    if k is None:
        return View(min(a.low, b.low), max(a.high, b.high), a.rows, *kind)
    if any(differ):
        return None
    size = row_size(a.rows[k] or b.rows[k])
    mine, others = _whole_row(a, k, size), _whole_row(b, k, size)
    if mine is None or others is None:
        return None
    places = along.united(mine.places, others.places, size)
    if places is None:
        return None
    return with_digit(View(0, 0, a.rows, *kind), k + 1, Digit(size, places))


def _whole_row(view: View, k: int, size: int) -> Digit | None:
    """A dimension as one digit, with the view's base in it."""
    digit = one_digit(view.rows[k] or (Digit(size),))
    if digit is None:
        return None
    places = digit.places or along.Steady(advance=0)
    return replace(digit, places=along.shifted(places, view.low, view.high))


# --- beside each other -------------------------------------------------------------------------


def beside(parts: Sequence[Part], axis: int) -> list[View]:
    """Views of parts, each with its place and size in the dimension that they make up."""
    groups: dict[tuple[Row, ...], list[Part]] = {}
    alone: list[Part] = []
    for part in parts:
        view, move, _ = part
        dim = move.dim
        others = (*view.rows[: dim - 1], *view.rows[dim:])
        group = groups.setdefault(others, [])
        if group and group[-1][1].start >= move.start:
            alone.append(part)  # a second view of the same part
        else:
            group.append(part)
    return [_row_of([part]) for part in alone] + [_row_of(group) for group in groups.values()]


def _row_of(group: Sequence[Part]) -> View:
    """Parts that differ along their dimension alone, as one view."""
    first, move, _ = group[0]
    lengths: list[int] = []
    ends: list[Ends] = []
    exact, reached = True, 0
    for view, part, size in group:
        lengths.append(part.start - reached)
        ends.append(NOTHING)
        inner, known = _inner_runs(view, part.dim, size)
        lengths += inner.lengths
        ends += zip(inner.low, inner.high, strict=True)
        exact, reached = exact and view.exact and known, part.start + size
    lengths.append(move.size - reached)
    ends.append(NOTHING)
    places = along.packed(lengths, ends)
    windows = all(view.windows for view, _, _ in group)
    around = any(view.around for view, _, _ in group)
    base = View(0, 0, first.rows, exact, windows, around)
    if len(places.lengths) == 1:
        return with_row(base, move.dim, (), places.low[0], places.high[0])
    return with_digit(base, move.dim, Digit(move.size, along.evened(places)))


def _inner_runs(view: View, dim: int, size: int) -> tuple[Runs, bool]:
    """The places that a part's elements see, the base included; True where that is exact."""
    row = view.rows[dim - 1]
    digit = one_digit(row) if row else Digit(size)
    if digit is None or (isinstance(digit.places, along.Steady) and size > along.LONGEST):
        low, high = row_ends(row)
        return Runs((size,), (view.low + low,), (view.high + high,)), False
    inner = along.as_runs(digit.places, size)
    shifted = along.shifted(inner, view.low, view.high)
    assert isinstance(shifted, Runs)
    return shifted, True
