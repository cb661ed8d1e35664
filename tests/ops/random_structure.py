"""Random linear, shape, reduction, attention and merge steps, legal and not.

PyTorch decides: a step is legal if PyTorch runs it, each sample by itself, and something is left.
Where the language is stricter on purpose, the reference says so with `require`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from random import Random
from typing import Any

import torch
from differential import Case
from torch import Tensor, nn

from archdsl.ir.shape import DType

Sizes = tuple[int, ...]
Tensors = tuple[Tensor, ...]


@dataclass
class Trial:
    """A step to try. `make` gives the function or layer with which PyTorch does it."""

    shapes: tuple[Sizes, ...]
    arguments: dict[str, Any]
    make: Callable[[], Callable[..., Any]]
    dtype: DType = DType.FLOAT

    def of(self, word: str) -> Case:
        """The trial as a case of that op."""
        return Case(word, self.arguments, self.shapes, self.make, self.dtype)


def require(fact: bool) -> None:
    """What the language asks for beyond PyTorch."""
    if not fact:
        raise ValueError


def spare_batch(x: Tensor, *dims: int) -> None:
    """Not even what changes nothing may be asked of dimension 0."""
    require(all(dim not in (0, -x.dim()) for dim in dims))


# --- random arguments ------------------------------------------------------------------------


def sizes(rng: Random, *ranks: int, least: int = 1, most: int = 6) -> Sizes:
    return tuple(rng.randint(least, most) for _ in range(rng.choice(ranks)))


def some(rng: Random, **options: list[Any]) -> dict[str, Any]:
    """Some of the options, each with one of its values."""
    return {k: rng.choice(values) for k, values in options.items() if rng.random() < 0.6}


def a_dim(rng: Random, rank: int) -> int:
    """Mostly a dimension of the sample, sometimes the batch or none at all."""
    if rank and rng.random() < 0.8:
        return rng.choice([rng.randint(1, rank), -rng.randint(1, rank)])
    return rng.randint(-rank - 3, rank + 3)


def dims(rng: Random, rank: int, most: int = 2) -> Sizes:
    return tuple(a_dim(rng, rank) for _ in range(rng.randint(1, most)))


def factors(rng: Random, number: int) -> Sizes:
    """Sizes with that product, most of the time; sometimes with one left open or wrong."""
    first = rng.choice([d for d in range(1, number + 1) if number % d == 0])
    sizes_drawn = [first, number // first, *rng.choice([[], [1]])]
    rng.shuffle(sizes_drawn)
    if rng.random() < 0.5:
        sizes_drawn[rng.randrange(len(sizes_drawn))] = rng.choice([-1, -1, 0, 2])
    return tuple(sizes_drawn)


# --- one generator per op --------------------------------------------------------------------


def linear(rng: Random) -> Trial:
    shape, features = sizes(rng, 1, 2, 3, 4), rng.randint(0, 5)
    given = some(rng, bias=[True, False])

    def make() -> nn.Linear:
        require(features > 0)
        return nn.Linear(shape[-1], features, **given)

    return Trial((shape,), {"features": features, **given}, make)


def bilinear(rng: Random) -> Trial:
    lead = sizes(rng, 0, 1, 2)
    other = lead if rng.random() < 0.7 else sizes(rng, 0, 1, 2)
    left, right, features = sizes(rng, 3)
    given = some(rng, bias=[True, False])
    return Trial(
        ((*lead, left), (*other, right)),
        {"features": features, **given},
        lambda: nn.Bilinear(left, right, features, **given),
    )


def embedding(rng: Random) -> Trial:
    count, features = rng.randint(1, 4), rng.randint(1, 4)
    given = some(rng, padding_idx=[-5, -4, -2, 0, 1, 3, 4])
    arguments = {"count": count, "features": features, **given}
    return Trial(
        (sizes(rng, 0, 1, 2),),
        arguments,
        lambda: nn.Embedding(count, features, **given),
        DType.INT,
    )


class SelfAttention(nn.MultiheadAttention):
    """Of tokens with themselves; only the result, not the weights that it was a mean by."""

    def forward(self, query: Tensor, *_: Any, **__: Any) -> Any:
        return super().forward(query, query, query)[0]


def attention(rng: Random) -> Trial:
    shape = (rng.randint(1, 5), rng.choice([4, 6, 8]))
    heads, given = rng.randint(1, 5), some(rng, bias=[True, False])
    return Trial(
        (shape,),
        {"heads": heads, **given},
        lambda: SelfAttention(shape[1], heads, batch_first=True, **given),
    )


def scaled_dot_product(rng: Random) -> Trial:
    lead, length, source, inner, outer = sizes(rng, 0, 1, 2), *sizes(rng, 4)
    shapes = [[*lead, length, inner], [*lead, source, inner], [*lead, source, outer]]
    if rng.random() < 0.4:
        spoilt = rng.choice(shapes)
        spoilt[rng.randrange(len(spoilt))] += 1
    given = some(rng, is_causal=[True, False], scale=[0.5, 2.0])

    def reference(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        require(q.shape[:-2] == k.shape[:-2] == v.shape[:-2])
        require(k.shape[-2] == v.shape[-2] and q.shape[-1] == k.shape[-1])
        factor = given.get("scale", q.shape[-1] ** -0.5)
        products = q @ k.mT * factor
        if given.get("is_causal"):
            products = products + torch.full(products.shape[-2:], -torch.inf).triu(1)
        return products.softmax(-1) @ v

    return Trial(tuple(map(tuple, shapes)), given, lambda: reference)


def flatten(rng: Random) -> Trial:
    shape = sizes(rng, 0, 1, 2, 3, 4)
    given = some(rng, start_dim=[a_dim(rng, len(shape))], end_dim=[a_dim(rng, len(shape))])

    def reference(x: Tensor) -> Tensor:
        spare_batch(x, given.get("start_dim", 1), given.get("end_dim", -1))
        return nn.Flatten(**given)(x)

    return Trial((shape,), given, lambda: reference)


def unflatten(rng: Random) -> Trial:
    shape = sizes(rng, 1, 2, 3, most=12)
    dim = a_dim(rng, len(shape))
    place = dim - 1 if dim > 0 else dim
    number = shape[place] if -len(shape) <= place < len(shape) else 4
    parts = factors(rng, number)

    def reference(x: Tensor) -> Tensor:
        spare_batch(x, dim)
        return nn.Unflatten(dim, parts)(x)

    return Trial((shape,), {"dim": dim, "sizes": parts}, lambda: reference)


def reshape(rng: Random) -> Trial:
    shape = sizes(rng, 0, 1, 2, 3)
    parts = factors(rng, prod(shape))
    return Trial((shape,), {"shape": parts}, lambda: lambda x: x.reshape(x.shape[0], *parts))


def permute(rng: Random) -> Trial:
    shape = sizes(rng, 1, 2, 3, 4)
    order = list(range(1, len(shape) + 1))
    rng.shuffle(order)
    order = [d - rng.choice([0, len(shape) + 1]) for d in [0] * rng.randint(0, 1) + order]
    if rng.random() < 0.3:
        order[rng.randrange(len(order))] = a_dim(rng, len(shape))
    whole = order if order[0] == 0 else [0, *order]
    return Trial((shape,), {"dims": tuple(order)}, lambda: lambda x: x.permute(whole))


def transpose(rng: Random) -> Trial:
    shape = sizes(rng, 1, 2, 3, 4)
    first, second = a_dim(rng, len(shape)), a_dim(rng, len(shape))

    def reference(x: Tensor) -> Tensor:
        spare_batch(x, first, second)
        return x.transpose(first, second)

    return Trial((shape,), {"dim0": first, "dim1": second}, lambda: reference)


def squeeze(rng: Random) -> Trial:
    shape = sizes(rng, 1, 2, 3, 4, most=2)
    which = rng.choice([dims(rng, len(shape)), a_dim(rng, len(shape))])

    def reference(x: Tensor) -> Tensor:
        one_each = x.squeeze(which)
        count = len(which) if isinstance(which, tuple) else 1
        require(one_each.dim() == x.dim() - count)
        return one_each

    return Trial((shape,), {"dim": which}, lambda: reference)


def unsqueeze(rng: Random) -> Trial:
    shape = sizes(rng, 0, 1, 2, 3)
    dim = a_dim(rng, len(shape) + 1)
    return Trial((shape,), {"dim": dim}, lambda: lambda x: x.unsqueeze(dim))


def expand(rng: Random) -> Trial:
    shape = sizes(rng, 1, 2, 3, most=3)
    wanted = [rng.choice([-1, s, s, rng.randint(0, 3)]) for s in shape]
    if rng.random() < 0.2:
        wanted.insert(0, rng.randint(1, 3))
    return Trial((shape,), {"shape": tuple(wanted)}, lambda: lambda x: x.expand(-1, *wanted))


def roll(rng: Random) -> Trial:
    shape = sizes(rng, 1, 2, 3)
    count = rng.randint(1, 2)
    shifts = rng.choice([rng.randint(-9, 9), tuple(rng.randint(-9, 9) for _ in range(count))])
    which = rng.choice(
        [a_dim(rng, len(shape)), tuple(a_dim(rng, len(shape)) for _ in range(count))]
    )

    def reference(x: Tensor) -> Tensor:
        spare_batch(x, *(which if isinstance(which, tuple) else (which,)))
        return torch.roll(x, shifts, which)

    return Trial((shape,), {"shifts": shifts, "dims": which}, lambda: reference)


def channel_shuffle(rng: Random) -> Trial:
    groups = rng.randint(1, 4)
    shape = sizes(rng, 1, 2, 3, 4, most=8)
    return Trial((shape,), {"groups": groups}, lambda: nn.ChannelShuffle(groups))


def split(rng: Random) -> Trial:
    shape = sizes(rng, 1, 2, 3)
    dim = a_dim(rng, len(shape))
    parts = rng.choice([rng.randint(1, 7), sizes(rng, 1, 2, 3, most=3)])
    given = some(rng, dim=[dim])

    def reference(x: Tensor) -> Tensors:
        spare_batch(x, given.get("dim", 1))
        return torch.split(x, parts, given.get("dim", 1))

    return Trial((shape,), {"sizes": parts, **given}, lambda: reference)


def chunk(rng: Random) -> Trial:
    shape = sizes(rng, 1, 2, 3, most=9)
    dim, count = a_dim(rng, len(shape)), rng.randint(1, 5)

    def reference(x: Tensor) -> Tensors:
        spare_batch(x, dim)
        parts = torch.chunk(x, count, dim)
        require(len(parts) == count)
        return parts

    return Trial((shape,), {"chunks": count, "dim": dim}, lambda: reference)


def unbind(rng: Random) -> Trial:
    shape = sizes(rng, 1, 2, 3)
    dim = a_dim(rng, len(shape))
    return Trial((shape,), {"dim": dim}, lambda: lambda x: torch.unbind(x, dim))


def slice_along(rng: Random) -> Trial:
    shape = sizes(rng, 1, 2, 3)
    ends = [None, *range(-8, 9)]
    dim = a_dim(rng, len(shape))
    given = some(rng, start=ends[1:], stop=ends, step=[1, 2, 3])
    part = slice(given.get("start"), given.get("stop"), given.get("step"))

    def reference(x: Tensor) -> Tensor:
        spare_batch(x, dim)
        return x.movedim(dim, 0)[part].movedim(0, dim)

    return Trial((shape,), {**given, "dim": dim}, lambda: reference)


def select(rng: Random) -> Trial:
    shape = sizes(rng, 1, 2, 3)
    dim, index = a_dim(rng, len(shape)), rng.randint(-7, 7)
    given = {"index": index, "dim": dim}
    return Trial((shape,), given, lambda: lambda x: torch.select(x, dim, index))


def crop(rng: Random) -> Trial:
    shape = sizes(rng, 1, 2, 3, 4)
    size = rng.choice([rng.randint(1, 6), sizes(rng, 1, 2, 3)])

    def reference(x: Tensor) -> Tensor:
        rank = x.dim() - 2
        wanted = (size,) * rank if isinstance(size, int) else size
        wanted = wanted * rank if len(wanted) == 1 else wanted
        require(rank > 0 and len(wanted) == rank)
        for d, new in enumerate(wanted, 2):
            x = x.narrow(d, (x.shape[d] - new) // 2, new)
        return x

    return Trial((shape,), {"size": size}, lambda: reference)


def pad(rng: Random) -> Trial:
    shape = sizes(rng, 1, 2, 3, 4, 5)
    mode = rng.choice(["constant", "reflect", "replicate", "circular"])
    count = rng.choice([2 * (len(shape) - 1)] * 4 + [1, 2, 3, 4])
    margins = tuple(rng.randint(-2, 5) for _ in range(count))
    padding = rng.choice([rng.randint(-2, 4), margins])
    given = some(rng, value=[0.0, 2.5, -1])

    def reference(x: Tensor) -> Tensor:
        rank = x.dim() - 2
        require(0 < rank < 4)
        sides = (padding,) * (2 * rank) if isinstance(padding, int) else padding
        require(len(sides) == 2 * rank)
        for before, after, size in zip(sides[::2], sides[1::2], x.shape[:1:-1], strict=True):
            left = size + min(before, 0) + min(after, 0)
            require(left > 0)
            # past what is left, PyTorch's circle reads memory that nobody wrote
            require(mode != "circular" or max(before, after) <= left)
        require(mode == "constant" or not given.get("value"))
        value = given.get("value") if mode == "constant" else None
        return nn.functional.pad(x, sides, mode, value)

    return Trial((shape,), {"padding": padding, "mode": mode, **given}, lambda: reference)


def upsample(rng: Random) -> Trial:
    shape = sizes(rng, 1, 2, 3, 4, 5)
    rank = len(shape) - 1
    likely = {1: "linear", 2: "bilinear", 3: "trilinear"}.get(rank, "nearest")
    others = ["nearest", "nearest-exact", "bicubic", "linear", "bilinear", "trilinear"]
    scales = [2, 3, 1.5, 0.5, 0.3, (2, 1), (1.7, 3), (1, 2, 2)]
    given = some(rng, mode=[likely, likely, *others], align_corners=[None, None, True, False])
    if rng.random() < 0.7:
        given["scale_factor"] = rng.choice(scales)
    if rng.random() < 0.4:
        given["size"] = rng.choice([3, 7, (4, 5), (2, 3, 4)])

    def reference(x: Tensor) -> Tensor:
        size, scale = given.get("size"), given.get("scale_factor")
        require(not isinstance(size, tuple) or len(size) == rank)
        require(not isinstance(scale, tuple) or len(scale) == rank)
        return nn.Upsample(**given)(x)

    return Trial((shape,), given, lambda: reference)


def like(rng: Random, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of an image that another one is to be like: seldom of another rank."""
    rank = rng.choice([len(shape)] * 8 + [2, 3, 4]) - 1
    return (rng.randint(1, 3), *sizes(rng, rank))


def upsample_like(rng: Random) -> Trial:
    shape = sizes(rng, 1, 2, 3, 4, 5)
    other = like(rng, shape)
    likely = {1: "linear", 2: "bilinear", 3: "trilinear"}.get(len(shape) - 1, "nearest")
    others = ["nearest", "nearest-exact", "bicubic", "linear", "bilinear", "trilinear"]
    given = some(rng, mode=[likely, likely, *others], align_corners=[None, None, True, False])

    def reference(x: Tensor, y: Tensor) -> Tensor:
        require(x.dim() == y.dim())
        return nn.Upsample(size=tuple(y.shape[2:]), **given)(x)

    return Trial((shape, other), given, lambda: reference)


def crop_like(rng: Random) -> Trial:
    shape = sizes(rng, 1, 2, 3, 4)
    other = like(rng, shape)

    def reference(x: Tensor, y: Tensor) -> Tensor:
        require(x.dim() == y.dim() > 2)
        for d, new in enumerate(y.shape[2:], 2):
            x = x.narrow(d, (x.shape[d] - new) // 2, new)
        return x

    return Trial((shape, other), {}, lambda: reference)


def pixel_shuffle(rng: Random) -> Trial:
    shape, factor = (rng.randint(1, 18), *sizes(rng, 0, 1, 2, 2, 2, 3, most=3)), rng.randint(1, 3)

    def reference(x: Tensor) -> Tensor:
        require(x.dim() == 4)
        return nn.PixelShuffle(factor)(x)

    return Trial((shape,), {"upscale_factor": factor}, lambda: reference)


def pixel_unshuffle(rng: Random) -> Trial:
    shape, factor = sizes(rng, 2, 3, 3, 3, 4), rng.randint(1, 3)

    def reference(x: Tensor) -> Tensor:
        require(x.dim() == 4)
        return nn.PixelUnshuffle(factor)(x)

    return Trial((shape,), {"downscale_factor": factor}, lambda: reference)


def reduction(method: str) -> Callable[[Random], Trial]:
    def generate(rng: Random) -> Trial:
        shape = sizes(rng, 1, 2, 3, 4)
        which = rng.choice([a_dim(rng, len(shape)), dims(rng, len(shape), 3)])
        given = some(rng, keepdim=[True, False])
        keep = given.get("keepdim", False)
        return Trial(
            (shape,), {"dim": which, **given}, lambda: lambda x: getattr(x, method)(which, keep)
        )

    return generate


def concat(rng: Random) -> Trial:
    shape = sizes(rng, 1, 2, 3)
    dim = a_dim(rng, len(shape))
    branches = [list(shape) for _ in range(rng.randint(2, 4))]
    for branch in branches:
        place = dim - 1 if dim > 0 else dim
        if -len(shape) <= place < len(shape) and rng.random() < 0.7:
            branch[place] = rng.randint(1, 6)
        if rng.random() < 0.1:
            branch[rng.randrange(len(branch))] += 1
        if rng.random() < 0.05:
            branch.pop(rng.randrange(len(branch)))
    given = {"dim": dim}
    return Trial(tuple(map(tuple, branches)), given, lambda: lambda *xs: torch.cat(xs, dim))


def stack(rng: Random) -> Trial:
    shape = sizes(rng, 0, 1, 2)
    dim = a_dim(rng, len(shape) + 1)
    branches = [shape if rng.random() < 0.9 else sizes(rng, 1, 2) for _ in range(3)]
    return Trial(tuple(branches), {"dim": dim}, lambda: lambda *xs: torch.stack(xs, dim))


def matmul(rng: Random) -> Trial:
    lead, rows, inner, columns = sizes(rng, 0, 1, 2), *sizes(rng, 3)
    shapes = [[*lead, rows, inner], [*lead, inner, columns]]
    if rng.random() < 0.5:
        spoilt = rng.choice(shapes)
        spoilt[rng.randrange(len(spoilt))] += 1
    if rng.random() < 0.2:
        rng.choice(shapes).pop(0)

    def reference(x: Tensor, y: Tensor) -> Tensor:
        require(x.dim() > 2 and y.dim() > 2 and x.shape[:-2] == y.shape[:-2])
        return x @ y

    return Trial(tuple(map(tuple, shapes)), {}, lambda: reference)


GENERATORS: dict[str, Callable[[Random], Trial]] = {
    "linear": linear,
    "bilinear": bilinear,
    "embedding": embedding,
    "attention": attention,
    "scaled_dot_product": scaled_dot_product,
    "flatten": flatten,
    "unflatten": unflatten,
    "reshape": reshape,
    "permute": permute,
    "transpose": transpose,
    "squeeze": squeeze,
    "unsqueeze": unsqueeze,
    "expand": expand,
    "roll": roll,
    "channel_shuffle": channel_shuffle,
    "split": split,
    "chunk": chunk,
    "unbind": unbind,
    "slice": slice_along,
    "select": select,
    "crop": crop,
    "pad": pad,
    "upsample": upsample,
    "upsample_like": upsample_like,
    "crop_like": crop_like,
    "pixel_shuffle": pixel_shuffle,
    "pixel_unshuffle": pixel_unshuffle,
    "mean": reduction("mean"),
    "max": reduction("amax"),
    "sum": reduction("sum"),
    "concat": concat,
    "stack": stack,
    "matmul": matmul,
}
