"""Dimensions as arguments: PyTorch's numbers, the batch being 0, or names by the flow's rank."""

from typing import Literal

from archdsl.ir.code import Attr, Code, In, Index
from archdsl.ops import mistakes

DimName = Literal["channels", "tokens", "features", "length", "depth", "height", "width"]
Dim = int | DimName
Dims = Dim | tuple[Dim, ...]

NAMES: dict[int, dict[str, int]] = {
    1: {"features": 1, "channels": 1},
    2: {"channels": 1, "length": 2, "tokens": 1, "features": 2},
    3: {"channels": 1, "height": 2, "width": 3},
    4: {"channels": 1, "depth": 2, "height": 3, "width": 4},
}

BATCH_SIZE: Code = Index(Attr(In(0), "shape"), (0,))


def resolve(dim: Dim, rank: int, argument: str = "dim") -> int:
    """PyTorch's number, 1 to `rank`, of a dimension of a sample; refuses the batch."""
    if isinstance(dim, str):
        return _named(dim, rank, argument)
    number = dim + rank + 1 if dim < 0 else dim
    if 0 < number <= rank:
        return number
    if number:
        raise mistakes.unknown_dimension(dim, rank, argument, _choices(rank))
    raise mistakes.batch_dimension(dim, argument, _choices(rank))


def resolve_all(dims: Dims, rank: int, argument: str = "dim") -> tuple[int, ...]:
    """The numbers of one or more different dimensions, in the order given."""
    given = dims if isinstance(dims, tuple) else (dims,)
    numbers = tuple(resolve(dim, rank, argument) for dim in given)
    if not numbers:
        raise mistakes.no_dimension(argument, _choices(rank))
    for place, number in enumerate(numbers):
        if number in numbers[:place]:
            raise mistakes.dimension_twice(given[place], argument)
    return numbers


def _named(name: str, rank: int, argument: str) -> int:
    names = NAMES.get(rank, {})
    if name not in names:
        raise mistakes.unknown_dimension(name, rank, argument, _choices(rank))
    return names[name]


def _choices(rank: int) -> str:
    """The text that may be written instead."""
    if rank == 0:
        return ""
    numbers = "1" if rank == 1 else f"1 to {rank}"
    names = ", ".join(f"`{name}`" for name in NAMES.get(rank, {}))
    return f"give {numbers}, or a name: {names}" if names else f"give {numbers}"
