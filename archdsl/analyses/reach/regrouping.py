"""A view in another shape: digits are dealt out anew, cut and joined where sizes ask for it."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from archdsl.analyses.reach.views import (
    Digit,
    Row,
    View,
    all_digits,
    joined_digits,
    parted_digit,
    row_ends,
    tidied,
)
from archdsl.ir.shape import Shape

MOST = 16  # rows that a digit is cut into, which all are followed


class _Deal(Struct, frozen=True):
    """Rows dealt so far, digits left, and whether all that is still exact."""

    view: View  # the base alone
    rows: tuple[Row, ...]
    row: Row  # the one that is being filled
    left: tuple[Digit, ...]


def regrouped(rows: tuple[Row, ...], before: Shape, after: Shape) -> tuple[View, ...]:
    """The views that together see in the new shape what one with these rows saw in the old."""
    if not any(rows):
        return (View(0, 0, ((),) * len(after)),)
    base, digits = all_digits(View(0, 0, rows), before)
    deals = [_Deal(base, (), (), tuple(digits))]
    for size in after:
        deals = [dealt for deal in deals for dealt in _filled(deal, size)]
    return tuple(replace(deal.view, rows=tuple(map(tidied, deal.rows))) for deal in deals)


def _filled(deal: _Deal, wanted: int) -> Iterator[_Deal]:
    """With one more row, of this size."""
    if wanted == 1:
        yield _Deal(deal.view, (*deal.rows, deal.row), (), deal.left)
        return
    digit, *rest = deal.left
    if wanted % digit.size == 0:
        taken = _Deal(deal.view, deal.rows, (*deal.row, digit), tuple(rest))
        yield from _filled(taken, wanted // digit.size)
    elif digit.size % wanted:
        yield from _filled(_joined(deal, digit, *rest), wanted)
    else:
        for cut in _cut(deal, wanted):
            yield from _filled(cut, wanted)


def _joined(deal: _Deal, a: Digit, b: Digit, *rest: Digit) -> _Deal:
    """With the next two digits as one, since a cut goes through both."""
    joined = joined_digits(a, b)
    view = deal.view
    if joined is None:
        view = _widened(view, (a, b))
        joined = Digit(a.size * b.size)
    return _Deal(view, deal.rows, deal.row, (joined, *rest))


def _cut(deal: _Deal, wanted: int) -> Iterator[_Deal]:
    """With the next digit in two, the first of the size that is wanted."""
    digit, *rest = deal.left
    rows = parted_digit(digit, wanted, MOST)
    view = deal.view
    if rows is None:
        view = _widened(view, (digit,))
        rows = parted_digit(replace(digit, places=None), wanted, MOST)
    assert rows is not None
    for row in rows:
        yield _Deal(view, deal.rows, deal.row, (*row, *rest))


def _widened(view: View, row: Row) -> View:
    """The base with all that a row sees: no more than that is known."""
    low, high = row_ends(row)
    return View(view.low + low, view.high + high, view.rows, exact=False)
