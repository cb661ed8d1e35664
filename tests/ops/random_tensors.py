"""Random merges element by element, learned and fixed tensors, lookups and small functions.

The references restate what the pages of these ops say, in PyTorch; `require` is what the language
asks for beyond it.
"""

from collections.abc import Callable
from functools import reduce
from itertools import product
from random import Random
from typing import Any

import torch
from random_structure import Sizes, Trial, a_dim, require, sizes, some, spare_batch
from torch import Tensor, nn

from archdsl.ir.shape import DType

# --- merges ----------------------------------------------------------------------------------


def fits(small: Sizes, whole: Sizes) -> bool:
    """Equal shapes, or one of the three broadcasts that the language has."""
    if small == whole:
        return True
    if len(small) == len(whole) - 1 == 1:  # a vector over tokens
        return small[0] == whole[1]
    if len(small) != len(whole) or len(whole) < 2:
        return False
    per_channel = small == (whole[0], *(1,) * (len(whole) - 1))
    per_place = small == (1, *whole[1:])
    return per_channel or per_place


def a_branch(rng: Random, whole: Sizes) -> Sizes:
    """Mostly the whole shape, often one that broadcasts, sometimes any."""
    others = [(*whole[:1], *(1,) * (len(whole) - 1)), (1, *whole[1:]), whole[1:]]
    spoilt = tuple(s if rng.random() < 0.7 else rng.choice((1, s + 1)) for s in whole)
    return rng.choice([whole, whole, whole, *others, spoilt])


def elementwise(
    function: Callable[[Tensor, Tensor], Tensor],
    counts: Sizes = (2, 2, 2, 3, 4),
    mean: bool = False,
) -> Callable[[Random], Trial]:
    """The merge that folds that function over its branches, each sample by itself."""

    def generate(rng: Random) -> Trial:
        whole = sizes(rng, 1, 2, 2, 3, 3, 4, most=4)
        branches = tuple(a_branch(rng, whole) for _ in range(rng.choice(counts)))

        def reference(*tensors: Tensor) -> Tensor:
            shapes = [tuple(t.shape[1:]) for t in tensors]
            require(any(all(fits(small, whole) for small in shapes) for whole in shapes))
            rank = max(t.dim() for t in tensors)
            aligned = [t if t.dim() == rank else t.unsqueeze(1) for t in tensors]
            merged = reduce(function, aligned)
            return merged / len(tensors) if mean else merged

        return Trial(branches, {}, lambda: reference)

    return generate


def index_select(rng: Random) -> Trial:
    """Every index is 0, since both inputs of a case have one type: the first is whole too."""
    shape, count = sizes(rng, 1, 2, 3), sizes(rng, 1, 1, 1, 2, 0)
    given = some(rng, dim=[a_dim(rng, len(shape))])
    dim = given.get("dim", 1)

    def reference(x: Tensor, index: Tensor) -> Tensor:
        spare_batch(x, dim)
        require(index.dim() == 2)
        place = dim - (dim > 0)
        return torch.stack([s.index_select(place, i) for s, i in zip(x, index, strict=True)])

    return Trial((shape, count), given, lambda: reference, DType.INT)


# --- tensors of their own --------------------------------------------------------------------


def parameter(rng: Random) -> Trial:
    shape = rng.choice([sizes(rng, 1, 2, 3, least=0, most=4), rng.randint(0, 4)])
    given = some(
        rng,
        init=["zeros", "ones", "normal", "trunc_normal", 0.5, "spread"],
        std=[0.02, 1, -1.0],
        batch_dim=[True, False],
    )
    wanted = shape if isinstance(shape, tuple) else (shape,)

    def make() -> Callable[[Tensor], Tensor]:
        init, std = given.get("init", "zeros"), given.get("std")
        require(init != "spread" and all(wanted) and wanted != ())
        require(std is None or (std >= 0 and init in ("normal", "trunc_normal")))
        return lambda x: torch.zeros(wanted).expand(x.shape[0], *wanted)

    return Trial((sizes(rng, 0, 1, 2, 3),), {"shape": shape, **given}, make)


def scale(rng: Random) -> Trial:
    shape = sizes(rng, 0, 1, 2, 3)
    given = some(rng, init=[0, 1.0, 1e-6, -2], learned=[True, True, False])
    if rng.random() < 0.4:
        given["dim"] = a_dim(rng, len(shape))

    def reference(x: Tensor) -> Tensor:
        require(given.get("learned", True) or "dim" not in given)
        if not given.get("learned", True):
            return x * given.get("init", 1.0)
        dim = given.get("dim", 1 if x.dim() > 3 else -1)
        spare_batch(x, dim)
        factors = torch.full((x.shape[dim],), float(given.get("init", 1.0)))
        return (x.movedim(dim, -1) * factors).movedim(-1, dim)

    return Trial((shape,), given, lambda: reference)


def relative_positions(rng: Random) -> Trial:
    size = sizes(rng, 0, 1, 1, 2, 2, least=rng.choice((0, 1, 1, 1)), most=3)
    given = some(rng, flat=[True, False])

    def reference(x: Tensor) -> Tensor:
        require(size != () and all(size))
        places = list(product(*map(range, size)))
        numbers = torch.zeros(len(places), len(places), dtype=torch.long)
        numbers = numbers.flatten() if given.get("flat") else numbers
        return numbers.expand(x.shape[0], *numbers.shape)

    return Trial((sizes(rng, 0, 1, 2),), {"size": size, **given}, lambda: reference)


def grid(rng: Random) -> Trial:
    least = rng.choice((0, 1, 1, 1))
    axes: Any = tuple(
        tuple(rng.choice((-1, 0.5, 2)) for _ in range(rng.randint(least, 3)))
        for _ in range(rng.randint(1, 3))
    )
    axes = rng.choice((axes, axes, axes[0]))
    given = some(rng, saved=[True, False], batch_dim=[True, False])

    def reference(x: Tensor) -> Tensor:
        several = axes if axes and isinstance(axes[0], tuple) else (axes,)
        require(all(several))
        lines = [torch.tensor([float(number) for number in axis]) for axis in several]
        coordinates = torch.stack(torch.meshgrid(*lines, indexing="ij"), -1)
        return coordinates.expand(x.shape[0], *coordinates.shape)

    return Trial((sizes(rng, 0, 1, 2),), {"axes": axes, **given}, lambda: reference)


# --- one tensor ------------------------------------------------------------------------------


def identity(rng: Random) -> Trial:
    return Trial((sizes(rng, 0, 1, 2, 3),), {}, nn.Identity)


def exp(rng: Random) -> Trial:
    return Trial((sizes(rng, 0, 1, 2, 3),), {}, lambda: torch.exp)


def clamp(rng: Random) -> Trial:
    given = some(rng, min=[-1.0, 0, 2, None], max=[-2, 0.5, 2, None])

    def reference(x: Tensor) -> Tensor:
        low, high = given.get("min"), given.get("max")
        require(low is None or high is None or low <= high)
        return torch.clamp(x, low, high)

    return Trial((sizes(rng, 0, 1, 2, 3),), given, lambda: reference)


def drop_path(rng: Random) -> Trial:
    p = rng.choice((0.0, 0.3, 1, 1.5, -0.1))
    given = some(rng, mode=["row", "batch", "column"])

    def reference(x: Tensor) -> Tensor:
        require(given.get("mode", "row") in ("row", "batch"))
        rows = x.shape[0] if given.get("mode", "row") == "row" else 1
        kept = torch.full((rows, *(1,) * (x.dim() - 1)), 1.0 - p).bernoulli()
        return x * kept / max(1.0 - p, 1e-9)

    return Trial((sizes(rng, 0, 1, 2, 3),), {"p": p, **given}, lambda: reference)


GENERATORS: dict[str, Callable[[Random], Trial]] = {
    "add": elementwise(torch.add),
    "multiply": elementwise(torch.mul),
    "subtract": elementwise(torch.sub, counts=(2,)),
    "maximum": elementwise(torch.maximum),
    "average": elementwise(torch.add, mean=True),
    "index_select": index_select,
    "parameter": parameter,
    "scale": scale,
    "relative_positions": relative_positions,
    "grid": grid,
    "identity": identity,
    "exp": exp,
    "clamp": clamp,
    "drop_path": drop_path,
}
