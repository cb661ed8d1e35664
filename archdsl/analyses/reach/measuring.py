"""The places that one element sees through several views: the largest over all elements."""

from collections.abc import Sequence

from archdsl.analyses.reach import input_positions as along
from archdsl.analyses.reach.views import Digit, Row, View, one_digit, row_ends, row_size


def widest_view(views: Sequence[View]) -> tuple[int, bool]:
    """The most places from the first that an element sees to the last, and whether it is exact.

    An element's last place belongs to one view, its first to another (or the same): the sums of
    both differ by a sum over dimensions, and its largest is found dimension by dimension.
    """
    exact = all(view.exact for view in views)
    largest = 0
    for a in views:
        for b in views:
            width, known = _own(a) if a is b else _between(a, b)
            largest = max(largest, width)
            exact = exact and known
    return largest, exact


def _own(view: View) -> tuple[int, bool]:
    widths = (max(map(int.__sub__, d.places.high, d.places.low)) for d in view.digits if d.places)
    return view.high - view.low + 1 + sum(widths), True


def _between(a: View, b: View) -> tuple[int, bool]:
    """From where `b` begins to where `a` ends, for elements that see something through both."""
    total, exact = a.high - b.low + 1, True
    for mine, others in zip(a.rows, b.rows, strict=True):
        if mine or others:
            width, known = _along(mine, others)
            total, exact = total + width, exact and known
    return total, exact


def _along(a: Row, b: Row) -> tuple[int, bool]:
    pairs = _digit_by_digit(a, b)
    if pairs is None:
        return row_ends(a)[1] - row_ends(b)[0], False
    widest = [along.widest(x.places, y.places, x.size) for x, y in pairs]
    widths = [width for width in widest if width is not None]
    if len(widths) < len(widest):
        return row_ends(a)[1] - row_ends(b)[0], False
    return sum(widths), True


def _digit_by_digit(a: Row, b: Row) -> list[tuple[Digit, Digit]] | None:
    """The same digits of both rows; None where they have none in common that are short enough."""
    size = row_size(a or b)
    a, b = a or (Digit(size),), b or (Digit(size),)
    if [d.size for d in a] != [d.size for d in b]:
        x, y = one_digit(a), one_digit(b)
        if x is None or y is None:
            return None
        a, b = (x,), (y,)
    return list(zip(a, b, strict=True))
