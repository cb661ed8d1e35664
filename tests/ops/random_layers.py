"""Random convolutions, pools, normalisations, activations and dropouts, legal and not."""

from random import Random
from typing import Any

import torch
from differential import Case, Generator
from torch import nn

from archdsl.ir.shape import Shape
from archdsl.ops.registry import ops


def image(rng: Random, largest: int = 7) -> Shape:
    rank = rng.choice((1, 2, 2, 3))
    return (rng.choice((1, 2, 3, 4, 6)), *(rng.randint(1, largest) for _ in range(rank)))


def any_shape(rng: Random) -> Shape:
    return rng.choice((image(rng), image(rng)[:1], ()))


def sizes(rng: Random, rank: int, low: int, high: int) -> int | Shape:
    if rng.random() < 0.5:
        return rng.randint(low, high)
    return tuple(rng.randint(low, high) for _ in range(rank))


def some(rng: Random, **arguments: Any) -> dict[str, Any]:
    """A random choice of the arguments; the others stay at their defaults."""
    return {name: value for name, value in arguments.items() if rng.random() < 0.6}


def ranked(name: str, shape: Shape) -> Any:
    """`nn.NAME2d` for the rank of a shape."""
    return getattr(nn, f"{name}{len(shape) - 1}d")


def conv(rng: Random) -> Case:
    shape = image(rng)
    rank = len(shape) - 1
    required = {"channels": rng.choice((1, 2, 4, 6)), "kernel_size": sizes(rng, rank, 1, 4)}
    margins = sizes(rng, rank, 0, 3)
    others = some(
        rng,
        stride=sizes(rng, rank, 1, 3),
        padding=rng.choice((margins, margins, "same", "valid")),
        dilation=sizes(rng, rank, 1, 3),
        groups=rng.choice((1, 1, 2, 3)),
        bias=rng.random() < 0.5,
        padding_mode=rng.choice(("zeros", "reflect", "replicate", "circular")),
    )
    return Case(
        "conv",
        required | others,
        (shape,),
        lambda: ranked("Conv", shape)(shape[0], *required.values(), **others),
    )


def conv_transpose(rng: Random) -> Case:
    shape = image(rng, 4)
    rank = len(shape) - 1
    required = {"channels": rng.choice((1, 2, 4, 6)), "kernel_size": sizes(rng, rank, 1, 4)}
    others = some(
        rng,
        stride=sizes(rng, rank, 1, 3),
        padding=sizes(rng, rank, 0, 3),
        output_padding=sizes(rng, rank, 0, 2),
        dilation=sizes(rng, rank, 1, 3),
        groups=rng.choice((1, 1, 2, 3)),
        bias=rng.random() < 0.5,
        padding_mode=rng.choice(("zeros",) * 5 + ("reflect",)),
    )
    return Case(
        "conv_transpose",
        required | others,
        (shape,),
        lambda: ranked("ConvTranspose", shape)(shape[0], *required.values(), **others),
    )


def max_pool(rng: Random) -> Case:
    shape = image(rng)
    rank = len(shape) - 1
    arguments = {"kernel_size": sizes(rng, rank, 1, 4)} | some(
        rng,
        stride=sizes(rng, rank, 1, 4),
        padding=sizes(rng, rank, 0, 2),
        dilation=sizes(rng, rank, 1, 3),
        ceil_mode=rng.random() < 0.5,
    )
    return Case("max_pool", arguments, (shape,), lambda: ranked("MaxPool", shape)(**arguments))


def avg_pool(rng: Random) -> Case:
    shape = image(rng)
    rank = len(shape) - 1
    arguments = {"kernel_size": sizes(rng, rank, 1, 4)} | some(
        rng,
        stride=sizes(rng, rank, 1, 4),
        padding=sizes(rng, rank, 0, 2),
        ceil_mode=rng.random() < 0.5,
        count_include_pad=rng.random() < 0.5,
    )
    if rng.random() < 0.2:
        arguments["divisor_override"] = rng.randint(1, 5)
    return Case("avg_pool", arguments, (shape,), lambda: ranked("AvgPool", shape)(**arguments))


def lp_pool(rng: Random) -> Case:
    shape = image(rng)
    rank = len(shape) - 1
    arguments = {"norm_type": rng.choice((1, 2, 3.0)), "kernel_size": sizes(rng, rank, 1, 4)}
    arguments |= some(rng, ceil_mode=rng.random() < 0.5)
    if rank > 1:  # the 1-D layer takes its stride as a plain number alone
        arguments |= some(rng, stride=sizes(rng, rank, 1, 4))
    plain = {k: v[0] if rank == 1 and isinstance(v, tuple) else v for k, v in arguments.items()}
    return Case("lp_pool", arguments, (shape,), lambda: ranked("LPPool", shape)(**plain))


def adaptive(word: str, name: str) -> Generator:
    def generate(rng: Random) -> Case:
        shape = image(rng)
        rank = len(shape) - 1
        size: Any = sizes(rng, rank, 1, 8)
        if rank > 1 and rng.random() < 0.3:
            size = (None, *(rng.choice((None, 2)) for _ in range(rank - 1)))
        oracle = ranked(name, shape)
        return Case(word, {"output_size": size}, (shape,), lambda: oracle(size))

    return generate


def global_pool(word: str, name: str) -> Generator:
    def generate(rng: Random) -> Case:
        shape = image(rng)
        return Case(word, {}, (shape,), lambda: ranked(name, shape)(1))

    return generate


def bn(rng: Random) -> Case:
    shape = rng.choice((image(rng), image(rng)[:1]))
    arguments = some(
        rng,
        eps=1e-3,
        momentum=rng.choice((None, 0.01)),
        affine=rng.random() < 0.5,
        track_running_stats=rng.random() < 0.5,
    )
    layer = getattr(nn, f"BatchNorm{max(len(shape) - 1, 1)}d")
    return Case("bn", arguments, (shape,), lambda: layer(shape[0], **arguments))


def instance_norm(rng: Random) -> Case:
    shape = image(rng, 3)
    arguments = some(
        rng,
        eps=1e-3,
        momentum=0.3,
        affine=rng.random() < 0.5,
        track_running_stats=rng.random() < 0.5,
    )
    return Case(
        "instance_norm",
        arguments,
        (shape,),
        lambda: ranked("InstanceNorm", shape)(shape[0], **arguments),
    )


class ChannelsLast(nn.Module):
    """A norm of the last dimension applied to the channels of an image."""

    def __init__(self, norm: nn.Module) -> None:
        super().__init__()
        self.weight, self.bias, self.norm = norm.weight, getattr(norm, "bias", None), norm

    def forward(self, x: Any) -> Any:
        order = (0, *range(2, x.ndim), 1)
        back = (0, x.ndim - 1, *range(1, x.ndim - 1))
        return self.norm(x.permute(order)).permute(back)

    def state_dict(self) -> Any:
        return self.norm.state_dict()


def place_norm(word: str, name: str, **extra: Any) -> Generator:
    def generate(rng: Random) -> Case:
        shape = rng.choice((image(rng), image(rng)[:1]))
        layer = some(rng, eps=1e-3, elementwise_affine=rng.random() < 0.5)
        layer |= some(rng, **extra)
        over = rng.choice((None, "last", "channels", "all"))
        chosen = over or ("last" if len(shape) <= 2 else "channels")
        shapes = {"last": shape[-1:], "channels": shape[:1], "all": shape}

        def oracle() -> nn.Module:
            norm = getattr(nn, name)(shapes[chosen], **layer)
            return ChannelsLast(norm) if chosen == "channels" else norm

        arguments = layer | ({} if over is None else {"over": over})
        return Case(word, arguments, (shape,), oracle)

    return generate


def group_norm(rng: Random) -> Case:
    shape = rng.choice((image(rng), image(rng)[:1]))
    groups, others = rng.randint(1, 4), some(rng, eps=1e-3, affine=rng.random() < 0.5)
    return Case(
        "group_norm",
        {"groups": groups} | others,
        (shape,),
        lambda: nn.GroupNorm(groups, shape[0], **others),
    )


class Normalized(nn.Module):
    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.arguments = arguments

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.normalize(x, **self.arguments)


def normalize(rng: Random) -> Case:
    shape = any_shape(rng)
    arguments = some(rng, dim=rng.choice((1, 2, 3, 4, 5, -1, -2, -3)), eps=1e-3)
    if arguments.get("dim", 1) + len(shape) + 1 == 0:  # the batch
        arguments["dim"] = len(shape) + 1
    return Case("normalize", arguments, (shape,), lambda: Normalized(**arguments))


def lrn(rng: Random) -> Case:
    shape = rng.choice((image(rng), image(rng)[:1]))
    arguments = {"size": rng.randint(1, 6)} | some(rng, alpha=0.1, beta=0.5, k=2)
    return Case("lrn", arguments, (shape,), lambda: nn.LocalResponseNorm(**arguments))


def activation(word: str, **choices: tuple[Any, ...]) -> Generator:
    def generate(rng: Random) -> Case:
        kind = ops()[word]
        drawn = {name: rng.choice(values) for name, values in choices.items()}
        if "inplace" in kind.arguments:
            drawn |= some(rng, inplace=True)
        shape = any_shape(rng)
        layer = getattr(nn, kind.torch.rpartition(".")[2])
        return Case(word, drawn, (shape,), lambda: layer(**drawn))

    return generate


class Absolute(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.abs(x)


def absolute(rng: Random) -> Case:
    return Case("abs", {}, (any_shape(rng),), Absolute)


def over_dim(word: str) -> Generator:
    def generate(rng: Random) -> Case:
        shape, dim = image(rng), rng.choice((1, 2, 3, 4, 5, -1, -2, -3))
        layer = getattr(nn, ops()[word].torch.rpartition(".")[2])
        if dim + len(shape) + 1 == 0:
            dim = -1
        return Case(word, {"dim": dim}, (shape,), lambda: layer(dim=dim))

    return generate


def dropout(word: str, name: str, *, spatial: bool = False) -> Generator:
    def generate(rng: Random) -> Case:
        shape = image(rng) if spatial else any_shape(rng)
        arguments = some(rng, p=rng.choice((0.0, 0.3, 1.0, 1.5, -0.5)), inplace=True)
        layer = ranked(name, shape) if spatial else getattr(nn, name)
        return Case(word, arguments, (shape,), lambda: layer(**arguments))

    return generate


NUMBERS = (-1.5, 0.5, 1, 2.0)
GENERATORS: dict[str, Generator] = {
    "conv": conv,
    "conv_transpose": conv_transpose,
    "max_pool": max_pool,
    "avg_pool": avg_pool,
    "lp_pool": lp_pool,
    "adaptive_avg_pool": adaptive("adaptive_avg_pool", "AdaptiveAvgPool"),
    "adaptive_max_pool": adaptive("adaptive_max_pool", "AdaptiveMaxPool"),
    "global_avg_pool": global_pool("global_avg_pool", "AdaptiveAvgPool"),
    "global_max_pool": global_pool("global_max_pool", "AdaptiveMaxPool"),
    "bn": bn,
    "instance_norm": instance_norm,
    "layer_norm": place_norm("layer_norm", "LayerNorm", bias=False),
    "rms_norm": place_norm("rms_norm", "RMSNorm"),
    "group_norm": group_norm,
    "lrn": lrn,
    "normalize": normalize,
    "leaky_relu": activation("leaky_relu", negative_slope=NUMBERS),
    "prelu": activation("prelu", num_parameters=(1, 2, 3, 4), init=(0.25, 0)),
    "rrelu": activation("rrelu", lower=(0, 0.1, 0.5), upper=(0.1, 0.3, 0.5)),
    "elu": activation("elu", alpha=NUMBERS),
    "celu": activation("celu", alpha=(0, 0.5, 2)),
    "gelu": activation("gelu", approximate=("none", "tanh", "fast")),
    "abs": absolute,
    "softplus": activation("softplus", beta=(0.5, 2), threshold=NUMBERS),
    "hardtanh": activation("hardtanh", min_val=(-2, 0, 1), max_val=(0, 1, 6)),
    "softshrink": activation("softshrink", lambd=NUMBERS),
    "hardshrink": activation("hardshrink", lambd=NUMBERS),
    "threshold": activation("threshold", threshold=NUMBERS, value=NUMBERS),
    "softmax": over_dim("softmax"),
    "log_softmax": over_dim("log_softmax"),
    "glu": over_dim("glu"),
    "dropout": dropout("dropout", "Dropout"),
    "spatial_dropout": dropout("spatial_dropout", "Dropout", spatial=True),
    "alpha_dropout": dropout("alpha_dropout", "AlphaDropout"),
}
PLAIN = (
    "relu relu6 selu silu mish sigmoid log_sigmoid tanh softsign hardswish hardsigmoid tanhshrink"
)
GENERATORS |= {word: activation(word) for word in PLAIN.split()}
