"""The looks of a result's elements at a step's inputs, which every op says once, as moves.

A *look* leads from one input to the result, move by move; without a move each element looks at the
one at its own place. Dimensions count from 1, the batch being 0. Nothing here knows of images:
`archdsl.analyses.reach` follows looks back to the places of the network's inputs.
"""

from fractions import Fraction
from typing import TypeAlias

from msgspec import Struct

from archdsl.ir.shape import Shape


class Window(Struct, frozen=True, gc=False):
    """A window over every dimension but the first, the channels (conv, pool, pad)."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]  # before the first element
    dilation: tuple[int, ...]
    transposed: bool = False


class LineOfTaps(Struct, frozen=True):
    """Along one dimension, `size` long behind it: element `i` looks at the places `taps[i]`.

    The taps repeat: those of `len(taps)` elements on lie `advance` further.
    """

    dim: int
    size: int
    taps: tuple[range, ...]
    advance: int

    @property
    def ratio(self) -> Fraction:
        """The distance between the looks of neighbours."""
        return Fraction(self.advance, len(self.taps))


class Mixed(Struct, frozen=True, gc=False):
    """A dimension becomes one of `size` new elements, each made of all (of its group)."""

    dim: int
    size: int
    groups: int = 1


class Everywhere(Struct, frozen=True, gc=False):
    """Every element keeps its place along a dimension and looks at all of it."""

    dim: int


class Before(Struct, frozen=True, gc=False):
    """Element `i` of `size` along a dimension looks at the first `i + 1`."""

    dim: int
    size: int


class Chosen(Struct, frozen=True, gc=False):
    """Each of `size` elements along a dimension looks at one that the data choose."""

    dim: int
    size: int


class Rolled(Struct, frozen=True, gc=False):
    """Shifted along a dimension; what leaves at one end comes back at the other."""

    dim: int
    shift: int


class Reordered(Struct, frozen=True, gc=False):
    """The old dimensions in their new order."""

    dims: tuple[int, ...]


class Regrouped(Struct, frozen=True, gc=False):
    """The same elements in a new shape."""

    shape: Shape


class Laid(Struct, frozen=True, gc=False):
    """A part, from `start` on, of a dimension of `size`."""

    dim: int
    start: int
    size: int


class Repeated(Struct, frozen=True, gc=False):
    """A dimension of 1 as one of `size` equal elements."""

    dim: int
    size: int


Move: TypeAlias = (
    Window
    | LineOfTaps
    | Mixed
    | Everywhere
    | Before
    | Chosen
    | Rolled
    | Reordered
    | Regrouped
    | Laid
    | Repeated
)
MOST_TAPS = 1 << 14  # that one element after another has of its own
Look = tuple[Move, ...]
POINT: Look = ()
Looks = tuple[Look | None, ...]  # by input; None: of it only the number of samples counts


def window(looks: Looks) -> Window | None:
    """The window through which a result looks at its first input, if it is one."""
    first = looks[0] if looks else None
    return next((move for move in first or () if isinstance(move, Window)), None)


def everywhere(dims: "range | tuple[int, ...]") -> Look:
    """All of these dimensions, each element in its place."""
    return tuple(Everywhere(dim) for dim in dims)


def part(dim: int, start: int, size: int, step: int = 1) -> LineOfTaps:
    """Every `step`-th of a dimension's elements from `start` on."""
    return LineOfTaps(dim, size, (range(start, start + 1),), step)


def broadcast(shape: Shape, whole: Shape) -> Look:
    """A tensor of this shape repeated along dimensions of 1, a vector along tokens too."""
    missing = len(whole) - len(shape)
    full = (1,) * missing + shape
    moves: list[Move] = [Regrouped(full)] if missing else []
    pairs = enumerate(zip(full, whole, strict=True), 1)
    return (*moves, *(Repeated(dim, new) for dim, (old, new) in pairs if old != new))
