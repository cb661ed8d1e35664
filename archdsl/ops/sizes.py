"""Arguments that give one number for all spatial dimensions or one for each, and the window sum."""

from typing import Annotated, Any

from pydantic import Field

from archdsl.ir.shape import Shape, TensorType, format_shape
from archdsl.ops.base import Misfit

Positive = Annotated[int, Field(ge=1)]
Natural = Annotated[int, Field(ge=0)]
Probability = Annotated[float, Field(ge=0.0, le=1.0)]
Sizes = Positive | tuple[Positive, ...]
Margins = Natural | tuple[Natural, ...]

SPATIAL_NAMES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def spatial(value: "int | Shape", rank: int, argument: str) -> Shape:
    """One number per spatial dimension; refuses a tuple of another length."""
    if isinstance(value, int):
        return (value,) * rank
    if len(value) != rank:
        raise Misfit(
            "E0304",
            f"`{argument}` has {len(value)} numbers, but the input has {rank} spatial "
            f"dimension{'s' if rank > 1 else ''}",
            argument=argument,
            hint=f"give one number, or {rank}",
        )
    return value


def collapse(values: Shape) -> "int | Shape":
    """`(3, 3)` as people write it: `3`."""
    return values[0] if len(set(values)) == 1 else values


def options(**pairs: tuple[Any, Any]) -> tuple[tuple[str, Any], ...]:
    """Keywords of a PyTorch call from `name=(value, default)`: those that are not the default."""
    return tuple((name, value) for name, (value, default) in pairs.items() if value != default)


def image(word: str, input: TensorType, ranks: tuple[int, ...] = (1, 2, 3)) -> int:
    """The number of spatial dimensions of a `C×spatial` input, or a misfit."""
    rank = input.rank - 1
    if rank not in ranks:
        wanted = " or ".join({1: "CxL", 2: "CxHxW", 3: "CxDxHxW"}[r] for r in ranks)
        raise Misfit(
            "E0302",
            f"`{word}` needs a {wanted} input, but the flow is {format_shape(input.shape)}",
        )
    return rank


def window_length(
    size: int, kernel: int, stride: int, padding: tuple[int, int], dilation: int
) -> int:
    """How many places a window takes along a dimension, as in torch.nn.Conv2d; may be <= 0."""
    return (size + sum(padding) - dilation * (kernel - 1) - 1) // stride + 1


def window_sum(size: int, kernel: int, stride: int, padding: tuple[int, int], dilation: int) -> str:
    """The same as a sum to show: `(224 + 2·3 − 7) // 2 + 1 = 112`."""
    before, after = padding
    margin = f"2·{before}" if before == after else f"{before} + {after}"
    extent = f"{kernel}" if dilation == 1 else f"({dilation}·({kernel} − 1) + 1)"
    result = window_length(size, kernel, stride, padding, dilation)
    return f"({size} + {margin} − {extent}) // {stride} + 1 = {result}"
