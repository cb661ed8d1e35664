"""The origins of the deploy form's weights: expressions over those of the training form.

A path is relative to the trained scope that a scope was made of; `..` leads to the one around.
"""

from collections.abc import Callable
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

Path = tuple[str, ...]
UP = ".."


class KeptWeight(Struct, frozen=True):
    """The weights of a trained layer, or all those below a trained block, as they are."""

    path: Path


class FoldedWeight(Struct, frozen=True):
    """A trained layer's with the norm behind it worked in; `groups` as in `LinearMap`."""

    layer: Path
    norm: Path
    eps: float
    groups: int | None


class PassingWeight(Struct, frozen=True):
    """The filters of a convolution that returns its input, multiplied and shifted by a norm if
    there is one (which knows the number of channels)."""

    channels: int | None
    groups: int
    dimensions: int
    norm: Path | None
    eps: float


class JoinedWeight(Struct, frozen=True):
    """The filters of several layers in a row."""

    parts: "tuple[Origin, ...]"


class SummedWeight(Struct, frozen=True):
    """The filters of several convolutions added up, the smaller ones in the middle."""

    parts: "tuple[Origin, ...]"


Origin = KeptWeight | FoldedWeight | PassingWeight | JoinedWeight | SummedWeight


def under(prefix: Path, origin: Origin) -> Origin:
    """The same, seen from the scope that `prefix` leads down from."""
    return moved(origin, lambda path: joined(prefix, path))


def moved(origin: Origin, move: Callable[[Path], Path]) -> Origin:
    """The same with other paths."""
    match origin:
        case KeptWeight():
            return KeptWeight(move(origin.path))
        case FoldedWeight():
            return replace(origin, layer=move(origin.layer), norm=move(origin.norm))
        case PassingWeight():
            return replace(origin, norm=origin.norm and move(origin.norm))
        case JoinedWeight() | SummedWeight():
            return replace(origin, parts=tuple(moved(part, move) for part in origin.parts))
    assert_never(origin)


def paths(origin: Origin) -> tuple[Path, ...]:
    """The trained layers that it reads."""
    match origin:
        case KeptWeight():
            return (origin.path,)
        case FoldedWeight():
            return (origin.layer, origin.norm)
        case PassingWeight():
            return () if origin.norm is None else (origin.norm,)
        case JoinedWeight() | SummedWeight():
            return tuple(path for part in origin.parts for path in paths(part))
    assert_never(origin)


def joined(prefix: Path, path: Path) -> Path:
    """One path after the other, `..` taking off a name where there is one."""
    names = list(prefix)
    for name in path:
        if name == UP and names and names[-1] != UP:
            names.pop()
        else:
            names.append(name)
    return tuple(names)
