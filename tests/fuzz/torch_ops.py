"""The ops of random programs as a PyTorch user would write them, with the language's defaults.

Each function is given the tensors that flow in, batch first, and the arguments as they stand in
the spec. It gives the layer or parameter that the op owns, None where it owns none, and what is
done with it. It refuses what the language refuses beyond PyTorch.
"""

from collections.abc import Callable
from functools import reduce
from math import prod
from typing import Any

import torch
from random_structure import SelfAttention
from random_tensors import fits
from torch import Tensor, nn

Owned = nn.Module | nn.Parameter | None
Made = tuple[Owned, Callable[..., Any]]
Inputs = tuple[Tensor, ...]


class Refused(Exception):
    """A mistake in a program, as the language or PyTorch sees it."""


def require(fact: bool, why: str) -> None:
    if not fact:
        raise Refused(why)


def layer(module: nn.Module) -> Made:
    return module, module


def ranked(name: str, x: Tensor, least: int = 1) -> Any:
    """`nn.NAME2d` for what flows in."""
    rank = x.dim() - 2
    require(least <= rank <= 3, f"{name} in {rank} dimensions")
    return getattr(nn, f"{name}{rank}d")


def per_dimension(number: Any, x: Tensor, least: int = 1) -> None:
    """One number or one for each dimension, none too small: the meta device takes others too."""
    numbers = (number,) * (x.dim() - 2) if isinstance(number, int) else number
    if isinstance(numbers, tuple):
        require(len(numbers) == x.dim() - 2, "not one number for each dimension")
        require(min(numbers, default=least) >= least, "a size that is too small")


# --- layers ----------------------------------------------------------------------------------


def conv(xs: Inputs, channels: int, kernel_size: Any, **others: Any) -> Made:
    known = {"stride", "padding", "dilation", "groups", "bias"}
    require(others.keys() <= known, "an argument that conv does not have")
    require(channels > 0, "no channels")
    per_dimension(kernel_size, xs[0])
    per_dimension(others.get("stride", 1), xs[0])
    per_dimension(others.get("padding", 0), xs[0], least=0)
    return layer(ranked("Conv", xs[0])(xs[0].shape[1], channels, kernel_size, **others))


def conv_transpose(xs: Inputs, channels: int, kernel_size: Any, *, stride: Any = 1) -> Made:
    module = ranked("ConvTranspose", xs[0])
    per_dimension(kernel_size, xs[0])
    per_dimension(stride, xs[0])
    return layer(module(xs[0].shape[1], channels, kernel_size, stride))


def pool(name: str) -> Callable[..., Made]:
    def make(xs: Inputs, kernel_size: Any, *, stride: Any = None, padding: Any = 0) -> Made:
        per_dimension(kernel_size, xs[0])
        per_dimension(stride, xs[0])
        per_dimension(padding, xs[0], least=0)
        return layer(ranked(name, xs[0])(kernel_size, stride, padding))

    return make


def adaptive(xs: Inputs, output_size: Any) -> Made:
    module = ranked("AdaptiveAvgPool", xs[0])
    per_dimension(output_size, xs[0])
    return layer(module(output_size))


def global_avg_pool(xs: Inputs) -> Made:
    return layer(ranked("AdaptiveAvgPool", xs[0])(1))


def bn(xs: Inputs, *, affine: bool = True) -> Made:
    require(xs[0].dim() > 1, "a number has no channels")
    module = nn.BatchNorm1d if xs[0].dim() == 2 else ranked("BatchNorm", xs[0])
    return layer(module(xs[0].shape[1], affine=affine))


def group_norm(xs: Inputs, groups: int) -> Made:
    require(xs[0].dim() > 1, "a number has no channels")
    return layer(nn.GroupNorm(groups, xs[0].shape[1]))


class ChannelNorm(nn.LayerNorm):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


def layer_norm(xs: Inputs) -> Made:
    (x,) = xs
    require(x.dim() > 1, "a number has no features")
    require(x.dim() <= 5, "what has more than three spatial dimensions is no image")
    if x.dim() <= 3:
        return layer(nn.LayerNorm(x.shape[-1]))
    return layer(ChannelNorm(x.shape[1]))


def linear(xs: Inputs, features: int, *, bias: bool = True) -> Made:
    require(xs[0].dim() > 1, "a number has no features")
    require(features > 0, "no features")
    return layer(nn.Linear(xs[0].shape[-1], features, bias=bias))


def embedding(xs: Inputs, count: int, features: int) -> Made:
    require(not xs[0].is_floating_point(), "an index is a whole number")
    require(count > 0 and features > 0, "no vectors")
    return layer(nn.Embedding(count, features))


def attention(xs: Inputs, heads: int) -> Made:
    require(xs[0].dim() == 3, "attention is between tokens")
    return layer(SelfAttention(xs[0].shape[-1], heads, batch_first=True))


def parameter(xs: Inputs, *shape: int) -> Made:
    require(shape != () and min(shape) > 0, "a tensor without elements")
    samples, owned = xs[0].shape[0], nn.Parameter(torch.zeros(shape))
    return owned, lambda *_: owned.expand(samples, *shape)


def scale(xs: Inputs, init: float = 1.0) -> Made:
    (x,) = xs
    require(x.dim() > 1, "a number has no channels")
    shape = (x.shape[1], *(1 for _ in x.shape[2:])) if x.dim() > 3 else (x.shape[-1],)
    factors = nn.Parameter(torch.full(shape, float(init)))
    return factors, lambda x: x * factors


def plain(module: type[nn.Module]) -> Callable[..., Made]:
    def make(xs: Inputs) -> Made:
        return layer(module())

    return make


def dropout(xs: Inputs, p: float = 0.5) -> Made:
    return layer(nn.Dropout(p))


def softmax(xs: Inputs, *, dim: int | None = None) -> Made:
    require(dim is not None or xs[0].dim() == 2, "one of several dimensions")
    dim = -1 if dim is None else dim
    spare_batch(xs[0], dim)
    return layer(nn.Softmax(dim))


def upsample(xs: Inputs, scale_factor: int, *, mode: str = "nearest") -> Made:
    require(xs[0].dim() > 2, "no places to scale")
    return layer(nn.Upsample(scale_factor=scale_factor, mode=mode))


# --- functions -------------------------------------------------------------------------------


def spare_batch(x: Tensor, *dims: int) -> None:
    for dim in dims:
        place = dim + x.dim() if dim < 0 else dim
        require(0 < place < x.dim(), f"no dimension {dim} of a sample")


def flatten(xs: Inputs, start_dim: int = 1) -> Made:
    spare_batch(xs[0], start_dim) if xs[0].dim() > 1 else None
    return layer(nn.Flatten(start_dim))


def reshape(xs: Inputs, *shape: int) -> Made:
    require(prod(shape) == prod(xs[0].shape[1:]), "other elements")
    return None, lambda x: x.reshape(x.shape[0], *shape)


def transpose(xs: Inputs, first: int, second: int) -> Made:
    spare_batch(xs[0], first, second)
    return None, lambda x: x.transpose(first, second)


def unsqueeze(xs: Inputs, dim: int) -> Made:
    require(0 < dim <= xs[0].dim(), "the batch stays the first")
    return None, lambda x: x.unsqueeze(dim)


def mean(xs: Inputs, *dims: int) -> Made:
    spare_batch(xs[0], *dims)
    return None, lambda x: x.mean(dims)


def chunk(xs: Inputs, chunks: int, *, dim: int = 1) -> Made:
    spare_batch(xs[0], dim)
    require(len(xs[0].chunk(chunks, dim)) == chunks, "fewer parts")
    return None, lambda x: x.chunk(chunks, dim)


def split(xs: Inputs, sizes: Any, *, dim: int = 1) -> Made:
    spare_batch(xs[0], dim)
    return None, lambda x: x.split(sizes, dim)


# --- merges ----------------------------------------------------------------------------------


def elementwise(function: Callable[[Tensor, Tensor], Tensor], mean: bool = False) -> Any:
    def make(xs: Inputs) -> Made:
        shapes = [tuple(x.shape[1:]) for x in xs]
        together = any(all(fits(small, whole) for small in shapes) for whole in shapes)
        require(together, f"branches of {shapes}")
        rank = max(x.dim() for x in xs)

        def merge(*xs: Tensor) -> Tensor:
            aligned = [x if x.dim() == rank else x.unsqueeze(1) for x in xs]
            return reduce(function, aligned) / (len(xs) if mean else 1)

        return None, merge

    return make


def subtract(xs: Inputs) -> Made:
    require(len(xs) == 2, "subtract takes two")
    made: Made = elementwise(torch.sub)(xs)
    return made


def concat(xs: Inputs, *, dim: int = 1) -> Made:
    spare_batch(xs[0], dim)
    require(len({x.dim() for x in xs}) == 1, "branches of several ranks")
    return None, lambda *xs: torch.cat(xs, dim)


def stack(xs: Inputs, *, dim: int = 1) -> Made:
    place = dim + xs[0].dim() + 1 if dim < 0 else dim
    require(0 < place <= xs[0].dim(), "the batch stays the first")
    return None, lambda *xs: torch.stack(xs, dim)


def matmul(xs: Inputs) -> Made:
    left, right = xs
    require(left.dim() > 2 and left.shape[:-2] == right.shape[:-2], "no matrices of one batch")
    return None, torch.matmul


MERGES: dict[str, Callable[..., Made]] = {
    "add": elementwise(torch.add),
    "multiply": elementwise(torch.mul),
    "maximum": elementwise(torch.maximum),
    "average": elementwise(torch.add, mean=True),
    "subtract": subtract,
    "concat": concat,
    "stack": stack,
    "matmul": matmul,
}
FLAGS = {"bias", "affine"}  # arguments that are true or false; no other is
ANY_ELEMENTS = {"embedding", "parameter", "identity", "flatten", "transpose", "reshape", "chunk"}
OPS: dict[str, Callable[..., Made]] = {
    "conv": conv,
    "conv_transpose": conv_transpose,
    "max_pool": pool("MaxPool"),
    "avg_pool": pool("AvgPool"),
    "adaptive_avg_pool": adaptive,
    "global_avg_pool": global_avg_pool,
    "bn": bn,
    "group_norm": group_norm,
    "layer_norm": layer_norm,
    "linear": linear,
    "embedding": embedding,
    "attention": attention,
    "parameter": parameter,
    "scale": scale,
    "dropout": dropout,
    "softmax": softmax,
    "upsample": upsample,
    "flatten": flatten,
    "reshape": reshape,
    "transpose": transpose,
    "unsqueeze": unsqueeze,
    "mean": mean,
    "chunk": chunk,
    "split": split,
    "relu": plain(nn.ReLU),
    "gelu": plain(nn.GELU),
    "silu": plain(nn.SiLU),
    "sigmoid": plain(nn.Sigmoid),
    "tanh": plain(nn.Tanh),
    "identity": plain(nn.Identity),
    **MERGES,
}
