"""Arguments that give one number for all spatial dimensions or one for each, and the window sum."""

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from msgspec import Struct

from archdsl.ir.shape import Shape, TensorType
from archdsl.ops import mistakes
from archdsl.ops.argument import Bounds
from archdsl.ops.base import Op

N = TypeVar("N", int, float)
MOST = 2**62  # PyTorch counts in 64 bits
Positive = Annotated[int, Bounds(ge=1, le=MOST)]
Natural = Annotated[int, Bounds(ge=0, le=MOST)]
Whole = Annotated[int, Bounds(ge=-MOST, le=MOST)]
Number = Annotated[float, Bounds(finite=True)]
Fraction = Annotated[float, Bounds(ge=0.0, finite=True)]  # not negative
AboveZero = Annotated[float, Bounds(gt=0.0, finite=True)]
Probability = Annotated[float, Bounds(ge=0.0, le=1.0)]
Sizes = Positive | tuple[Positive, ...]
Margins = Natural | tuple[Natural, ...]
Keywords = tuple[tuple[str, Any], ...]
Pairs = tuple[tuple[int, int], ...]  # before and after, per spatial dimension

LAYOUTS = {0: "F", 1: "CxL", 2: "CxHxW", 3: "CxDxHxW"}
SPATIAL_NAMES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def spatial(value: "int | Shape", rank: int, argument: str) -> Shape:
    """One number per spatial dimension; refuses a tuple of another length."""
    if isinstance(value, int):
        return (value,) * rank
    check_count(len(value), rank, argument)
    return value


def check_count(count: int, rank: int, argument: str) -> None:
    """Refuse a tuple that does not give one number per spatial dimension."""
    if count != rank:
        raise mistakes.not_one_a_dimension(argument, count, rank)


def collapse(values: tuple[N, ...]) -> "N | tuple[N, ...]":
    """`(3, 3)` as people write it: `3`."""
    different = set(values)
    return different.pop() if len(different) == 1 else values


def options(**pairs: tuple[Any, Any]) -> Keywords:
    """Keywords of a PyTorch call from `name=(value, default)`: those that are not the default."""
    return tuple((name, value) for name, (value, default) in pairs.items() if value != default)


def changed(op: Op, *names: str) -> Keywords:
    """Keywords of a PyTorch call with the op's own names: those not at their default."""
    said = op.arguments
    return options(**{name: (getattr(op, name), said[name].default) for name in names})


def leading(op: Op) -> tuple[Any, ...]:
    """The op's positional arguments, as far as the last that is not at its default."""
    names = op.positional
    while names and not changed(op, names[-1]):
        names = names[:-1]
    return tuple(getattr(op, name) for name in names)


def layer(page: str, rank: int | None = None) -> str:
    """The class to call, from its PyTorch page: `torch.nn.Conv2d`, 3 gives `nn.Conv3d`."""
    name = page.removeprefix("torch.")
    return name if rank is None else name.replace("2d", f"{rank}d")


def image(word: str, input: TensorType, ranks: tuple[int, ...] = (1, 2, 3)) -> int:
    """The number of spatial dimensions of a `C×spatial` input, or a misfit."""
    rank = input.rank - 1
    if rank not in ranks:
        *most, last = (LAYOUTS[r] for r in ranks)
        wanted = f"{', '.join(most)} or {last}" if most else last
        vector = rank == 0 and 2 in ranks
        wanted = f"{'an' if wanted[0] == 'F' else 'a'} {wanted} input"
        hint = f"`reshape({input.numel}, 1, 1)` makes an image of it" if vector else ""
        raise mistakes.flow_unfit(word, wanted, input.shape, hint)
    return rank


class Slide(Struct, frozen=True):
    """A window sliding along one dimension: the one formula of convolutions and pools.

    `ceil` also counts a last window that hangs over the end, if it starts inside the input or
    the margin before it.
    """

    size: int
    kernel: int
    stride: int = 1
    margins: tuple[int, int] = (0, 0)
    dilation: int = 1
    ceil: bool = False

    @property
    def before(self) -> int:
        """The margin before the input."""
        return self.margins[0]

    @property
    def extent(self) -> int:
        """From the window's first element to its last."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def length(self) -> int:
        """The number of places of the window, as PyTorch counts; below 1 where it does not fit."""
        room = self.size + sum(self.margins) - self.extent
        if not self.ceil:
            return room // self.stride + 1
        return -(-room // self.stride) + 1 - self._starts_too_late

    @property
    def arithmetic(self) -> str:
        """The length as a sum to show: `(224 + 2·3 − 7) // 2 + 1 = 112`."""
        extent = f"{self.kernel}"
        if self.dilation != 1:
            extent = f"({self.dilation}·({self.kernel} − 1) + 1)"
        room = f"{self.size}{self._margin_text} − {extent}"
        if not self.ceil:
            return f"({room}) // {self.stride} + 1 = {self.length}"
        late = " − 1" if self._starts_too_late else ""
        return f"⌈({room}) / {self.stride}⌉ + 1{late} = {self.length}"

    @property
    def _starts_too_late(self) -> bool:
        room = self.size + sum(self.margins) - self.extent
        return -(-room // self.stride) * self.stride >= self.size + self.before

    @property
    def _margin_text(self) -> str:
        before, after = self.margins
        if before == after:
            return f" + 2·{before}" if before else ""
        return f" + {before} + {after}"


def slide(windows: Sequence[Slide]) -> Shape:
    """The result's spatial sizes; refuses a window that does not fit into its padded input."""
    for name, window in zip(SPATIAL_NAMES[len(windows)], windows, strict=True):
        if window.length < 1:
            padded, arithmetic = any(window.margins), window.arithmetic
            raise mistakes.window_does_not_fit(
                window.extent, name, window.size, padded=padded, arithmetic=arithmetic
            )
    return tuple(window.length for window in windows)
