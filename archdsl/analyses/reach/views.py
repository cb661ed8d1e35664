"""A view: how what an element sees along one input axis depends on where the element stands.

The ends of what is seen are sums: a base, and for each dimension of the tensor what its place adds.
A dimension may be a row of *digits*, as `reshape` makes them: of 196 tokens the row and the column.
Sums stay sums under all that ops do with one dimension, which is what makes the figures exact.
"""

from collections.abc import Iterator
from functools import lru_cache
from math import prod

from msgspec import Struct
from msgspec.structs import replace

from archdsl.analyses.reach import input_positions as along
from archdsl.analyses.reach.input_positions import FAR, Ends, Places
from archdsl.ir.shape import Shape


class Digit(Struct, frozen=True):
    """A part of a dimension, and what its places add; none: they all see alike."""

    size: int
    places: Places | None = None


Row = tuple[Digit, ...]  # the highest first; none: the dimension says nothing of the axis


class View(Struct, frozen=True):
    """The places that elements see; not `exact`: they see no more than that.

    `windows`: no step on the way looked everywhere along a row of places (attention, a norm).
    `around`: a step shifted places round the edges, so those past one edge lie at the other.
    """

    low: int
    high: int
    rows: tuple[Row, ...]
    exact: bool = True
    windows: bool = True
    around: bool = False

    @property
    def digits(self) -> Iterator[Digit]:
        for row in self.rows:
            yield from row

    def at(self, index: Shape) -> Ends:
        """The range that the element at this index sees; it is empty if the end comes first."""
        ranges = [(self.low, self.high)]
        for row, place in zip(self.rows, index, strict=True):
            for digit in reversed(row):
                place, here = divmod(place, digit.size)
                if digit.places is not None:
                    ranges.append(digit.places.at(here))
        if any(low > FAR for low, _ in ranges):
            return along.NOTHING
        return sum(low for low, _ in ranges), sum(high for _, high in ranges)

    @property
    def at_first(self) -> bool:
        """True where the very first element sees something."""
        return all(d.places is None or d.places.low[0] < FAR for d in self.digits)

    @property
    def first(self) -> Ends:
        """The range of the first element that sees anything."""
        low, high = self.low, self.high
        for digit in self.digits:
            if digit.places is not None:
                ends = zip(digit.places.low, digit.places.high, strict=True)
                first = next(e for e in ends if e[0] < FAR)
                low, high = low + first[0], high + first[1]
        return low, high


@lru_cache(4096)
def moves(rows: tuple[Row, ...]) -> bool:
    """True where the places seen depend on the element's own place."""
    return any(digit.places is not None for row in rows for digit in row)


def whole_input(size: int, dim: int, rank: int) -> View:
    """An input's own view of the axis that is its dimension `dim`."""
    row = (Digit(size, along.Steady()),)
    return View(0, 0, tuple(row if d == dim else () for d in range(1, rank + 1)))


def with_row(view: View, dim: int, row: Row, low: int = 0, high: int = 0) -> View:
    """With another row for a dimension, and so much added to the ends."""
    rows = (*view.rows[: dim - 1], row, *view.rows[dim:])
    ends = view.low + low, view.high + high
    return View(*ends, rows, view.exact, view.windows, view.around)


def with_digit(view: View, dim: int, digit: Digit) -> View:
    """With one digit for a dimension; what all of its places add belongs to the base."""
    if digit.places is None:
        return with_row(view, dim, (digit,))
    places, low, high = along.centred(digit.places)
    return with_row(view, dim, (replace(digit, places=places),), low, high)


def row_ends(row: Row) -> Ends:
    """The sum of what the elements of a dimension add."""
    low = high = 0
    for digit in row:
        if digit.places is not None:
            first, last = along.extremes(digit.places, digit.size)
            low, high = low + first, high + last
    return low, high


def spread_out(view: View, dim: int) -> View:
    """A view in which each element of a dimension sees all that they see together."""
    low, high = row_ends(view.rows[dim - 1])
    return with_row(view, dim, (), low, high)


def upon(view: View, other: View) -> View:
    """The other view, which starts from a base of 0, from the base of this one."""
    return View(
        view.low + other.low,
        view.high + other.high,
        other.rows,
        view.exact and other.exact,
        view.windows and other.windows,
        view.around or other.around,
    )


def settled(view: View, axis: int) -> View:
    """The view, cut to the input's edges if it is the same from everywhere."""
    if view.low > FAR or moves(view.rows):
        return view
    if view.around:
        return replace(view, low=0, high=axis - 1) if view.high - view.low >= axis - 1 else view
    return replace(view, low=max(view.low, 0), high=min(view.high, axis - 1))


def blurred(view: View, dim: int) -> View:
    """A dimension beyond following: each of its elements is said to see what all see."""
    return replace(spread_out(view, dim), exact=False)


# --- one digit for a row, and back -------------------------------------------------------------


def one_digit(row: Row) -> Digit | None:
    """A row as one digit; None where that is too long."""
    digit = row[0]
    for lower in row[1:]:
        joined = joined_digits(digit, lower)
        if joined is None:
            return None
        digit = joined
    return digit


def joined_digits(a: Digit, b: Digit) -> Digit | None:
    """Two digits as one."""
    if a.places is None and b.places is None:
        return Digit(a.size * b.size)
    places = along.fused(a.places, b.places, (a.size, b.size))
    return None if places is None else Digit(a.size * b.size, places)


def tidied(row: Row) -> Row:
    """A row in as few digits as tell the same."""
    digits: list[Digit] = []
    for digit in row:
        joined = _seamless(digits[-1], digit) if digits else None
        if joined is None:
            digits.append(digit)
        else:
            digits[-1] = joined
    return () if all(d.places is None for d in digits) else tuple(digits)


def _seamless(a: Digit, b: Digit) -> Digit | None:
    """Two digits as one, if that takes no longer a table: places go on where a round ended."""
    if a.places is None and b.places is None:
        return Digit(a.size * b.size)
    steady = isinstance(a.places, along.Steady) and isinstance(b.places, along.Steady)
    joined = joined_digits(a, b) if steady else None
    if joined is None or len(joined.places.low) > len(b.places.low):  # type: ignore[union-attr]
        return None
    return joined


def parted_digit(digit: Digit, higher: int, most: int) -> list[Row] | None:
    """A digit as two, `higher` the size of the first: one row, or several that hold together."""
    lower = digit.size // higher
    if digit.places is None:
        return [(Digit(higher), Digit(lower))]
    pairs = along.parted(digit.places, (higher, lower), most)
    if pairs is None:
        return None
    return [(Digit(higher, a), Digit(lower, b)) for a, b in pairs]


def filled(row: Row, size: int) -> Row:
    """A row with its size, where it says nothing too."""
    return row or (Digit(size),)


def row_size(row: Row) -> int:
    return prod(digit.size for digit in row)


def all_digits(view: View, shape: Shape) -> tuple[View, list[Digit]]:
    """The digits of all dimensions in a row; those of one place are worked into the base."""
    low, high, digits = view.low, view.high, []
    for row, size in zip(view.rows, shape, strict=True):
        for digit in filled(row, size):
            if digit.size > 1:
                digits.append(digit)
            elif digit.places is not None:
                first, last = digit.places.at(0)
                low, high = low + first, high + last
    return View(low, high, (), view.exact), digits
