"""A sight: all that a tensor's elements see along one axis of an input.

What several branches brought is kept as several views until one view tells the same: every step
treats them alike, so what they see together stays exact.
"""

from collections.abc import Sequence
from functools import cached_property

from msgspec import Struct

from archdsl.analyses.reach.input_positions import Ends, Steady, hull
from archdsl.analyses.reach.joining import together
from archdsl.analyses.reach.measuring import widest_view
from archdsl.analyses.reach.moves import moved
from archdsl.analyses.reach.views import View, whole_input
from archdsl.ir.reach import Laid, Move
from archdsl.ir.shape import Shape

Route = Sequence[tuple[Move, Shape, Shape]]  # moves with the shapes around each


class Extent(Struct, frozen=True):
    """A receptive field's size along an axis."""

    size: int
    exact: bool


class Sight(Struct, frozen=True, eq=False, dict=True):
    """The places that are seen of an axis with `size` places.

    `whole`: every element sees all of it; `views` tell then what windows alone would see. `last`
    is the field of the last tensor that had places, where these are gone.
    """

    size: int
    views: tuple[View, ...]
    whole: bool = False
    last: Extent | None = None

    @cached_property
    def extent(self) -> Extent:
        """The most that one element sees."""
        return Extent(self.size, True) if self.whole else self._of_views

    @cached_property
    def map_extent(self) -> Extent:
        """That of the last tensor with places, at least what windows alone would see."""
        if self.last is not None:
            return self.last
        return largest(
            [self.extent, self._of_views] if self.whole and self.views else [self.extent]
        )

    def at(self, index: Shape) -> Ends:
        """The first and the last place that the element at this index of the tensor sees."""
        return (0, self.size - 1) if self.whole else hull([view.at(index) for view in self.views])

    @property
    def ends(self) -> Ends:
        """The first and the last place that the first element sees."""
        if self.whole:
            return 0, self.size - 1
        first = [view for view in self.views if view.at_first] or self.views[:1]
        return hull([view.first for view in first])

    @cached_property
    def _of_views(self) -> Extent:
        width, exact = widest_view(self.views)
        return Extent(width if all(map(_goes_on, self.views)) else min(width, self.size), exact)


def largest(extents: Sequence[Extent]) -> Extent:
    """The largest of several, and whether it is exact."""
    size = max(extent.size for extent in extents)
    return Extent(size, all(extent.exact for extent in extents if extent.size == size))


def of_input(size: int, dim: int, rank: int) -> Sight:
    """An input's own sight along its dimension `dim`."""
    return Sight(size, (whole_input(size, dim, rank),))


def followed(sight: Sight, route: Route, mapped: bool) -> Sight | None:
    """Along moves; `mapped`: whether there are places along the axis, or any, behind them."""
    views, whole = sight.views, sight.whole
    if whole and any(isinstance(move, Laid) for move, _, _ in route):
        views, whole = with_whole(sight, route[0][1]), False
    for move, before, after in route:
        views = tuple(v for view in views for v in moved(view, move, before, after, sight.size))
    return seen(sight.size, views, whole, (sight,), mapped)


def with_whole(sight: Sight, shape: Shape) -> tuple[View, ...]:
    """The views, with one that sees all where every element does."""
    if not sight.whole:
        return sight.views
    return (View(0, sight.size - 1, ((),) * len(shape)),)


def seen(
    size: int, views: tuple[View, ...], whole: bool, sources: Sequence[Sight], mapped: bool
) -> Sight | None:
    """The sight that views make, which come from these; None if they see nothing."""
    views, all_seen = together(views, size)
    whole = whole or all_seen
    if whole:
        views = tuple(view for view in views if view.windows)
    if not views and not whole:
        return None
    last = None if mapped else largest([source.map_extent for source in sources])
    return Sight(size, views, whole, last)


def _goes_on(view: View) -> bool:
    """True where windows over a map tell the field: then it passes the edges, as is usual."""
    tables = (digit.places for digit in view.digits)
    return view.windows and any(isinstance(places, Steady) and places.advance for places in tables)
