"""Convolutions in one, two and three dimensions: `conv` and `conv_transpose`."""

from math import prod
from typing import ClassVar, Literal

from pydantic import Field

from archdsl.ir.code import Call, Emission, module
from archdsl.ir.graph import Weight, WeightKind, Window
from archdsl.ir.shape import Shape, TensorType
from archdsl.ops.base import Example, Family, Misfit, Op, example
from archdsl.ops.sizes import (
    SPATIAL_NAMES,
    Margins,
    Positive,
    Sizes,
    collapse,
    image,
    options,
    spatial,
    window_length,
    window_sum,
)

PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]


class Conv(Op):
    """Convolution over the spatial dimensions of a `CxL`, `CxHxW` or `CxDxHxW` input."""

    word: ClassVar[str] = "conv"
    family: ClassVar[Family] = Family.CONVOLUTION
    positional: ClassVar[tuple[str, ...]] = ("channels", "kernel_size")
    torch: ClassVar[str] = "torch.nn.Conv2d"
    examples: ClassVar[tuple[Example, ...]] = (
        example((3, 32, 32), channels=64, kernel_size=3, padding=1),
        example((3, 224, 224), channels=64, kernel_size=7, stride=2, padding=3, bias=False),
        example((8, 100), channels=16, kernel_size=5, dilation=2),
        example((4, 8, 16, 16), channels=8, kernel_size=(1, 3, 3), padding=(0, 1, 1)),
        example((32, 14, 14), channels=32, kernel_size=3, padding="same", groups=32),
        example((4, 9, 9), channels=6, kernel_size=4, padding=1, padding_mode="reflect"),
    )

    channels: Positive = Field(description="output channels")
    kernel_size: Sizes = Field(description="window size")
    stride: Sizes = Field(1, description="step of the window")
    padding: Margins | Literal["same", "valid"] = Field(0, description="margin on both sides")
    dilation: Sizes = Field(1, description="distance between the window's elements")
    groups: Positive = Field(1, description="channel groups that do not see each other")
    bias: bool = Field(True, description="add a learned number per output channel")
    padding_mode: PaddingMode = Field("zeros", description="what stands in the margin")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        (x,) = inputs
        rank = image(self.word, x)
        _check_groups(self.groups, x.shape[0], self.channels)
        kernel, stride, dilation = self._per_dimension(rank)
        sides = self._sides(rank)
        sizes = []
        for d, name in enumerate(SPATIAL_NAMES[rank]):
            size = x.shape[1 + d]
            if self.padding_mode in ("reflect", "circular"):
                _check_margin(self.padding_mode, size, max(sides[d]), name)
            numbers = size, kernel[d], stride[d], sides[d], dilation[d]
            if size + sum(sides[d]) < dilation[d] * (kernel[d] - 1) + 1:
                raise Misfit(
                    "E0303",
                    f"the kernel is larger than its padded input: {name} {size}",
                    argument="kernel_size",
                    arithmetic=window_sum(*numbers),
                    hint="use a smaller kernel, more padding or less stride before it",
                )
            sizes.append(window_length(*numbers))
        return (TensorType((self.channels, *sizes)),)

    def weights(self, inputs: tuple[TensorType, ...]) -> tuple[Weight, ...]:
        (x,) = inputs
        kernel = spatial(self.kernel_size, x.rank - 1, "kernel_size")
        weight = Weight("weight", (self.channels, x.shape[0] // self.groups, *kernel))
        bias = Weight("bias", (self.channels,), WeightKind.BIAS)
        return (weight, bias) if self.bias else (weight,)

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int:
        return prod(self.weights(inputs)[0].shape) * prod(outputs[0].shape[1:])

    def reach(self, inputs: tuple[TensorType, ...]) -> Window:
        rank = inputs[0].rank - 1
        kernel, stride, dilation = self._per_dimension(rank)
        return Window(kernel, stride, tuple(b for b, _ in self._sides(rank)), dilation)

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        (x,) = inputs
        rank = x.rank - 1
        kernel, stride, dilation = self._per_dimension(rank)
        padding = self.padding
        if not isinstance(padding, str):
            padding = collapse(spatial(padding, rank, "padding"))
        return module(
            Call(
                f"nn.Conv{rank}d",
                (x.shape[0], self.channels, collapse(kernel)),
                options(
                    stride=(collapse(stride), 1),
                    padding=(padding, 0),
                    dilation=(collapse(dilation), 1),
                    groups=(self.groups, 1),
                    bias=(self.bias, True),
                    padding_mode=(self.padding_mode, "zeros"),
                ),
            )
        )

    def _per_dimension(self, rank: int) -> tuple[Shape, Shape, Shape]:
        return (
            spatial(self.kernel_size, rank, "kernel_size"),
            spatial(self.stride, rank, "stride"),
            spatial(self.dilation, rank, "dilation"),
        )

    def _sides(self, rank: int) -> tuple[tuple[int, int], ...]:
        """The margin before and after, per spatial dimension."""
        kernel, stride, dilation = self._per_dimension(rank)
        if self.padding == "same":
            if any(s != 1 for s in stride):
                raise Misfit(
                    "E0305",
                    "`padding=same` keeps the size, which a stride cannot",
                    argument="padding",
                    hint="give the padding as a number",
                )
            totals = tuple(d * (k - 1) for k, d in zip(kernel, dilation, strict=True))
            return tuple((t // 2, t - t // 2) for t in totals)
        if isinstance(self.padding, str):
            return ((0, 0),) * rank
        return tuple((p, p) for p in spatial(self.padding, rank, "padding"))


def _check_groups(groups: int, before: int, after: int) -> None:
    for channels, which in ((before, "input"), (after, "output")):
        if channels % groups:
            raise Misfit(
                "E0306",
                f"{groups} groups do not divide the {channels} {which} channels",
                argument="groups",
                arithmetic=f"{channels} % {groups} = {channels % groups}",
            )


def _check_margin(mode: str, size: int, margin: int, dimension: str) -> None:
    """PyTorch's limits: a reflection needs a margin below the size, a circle one up to it."""
    limit = size - 1 if mode == "reflect" else size
    if margin > limit:
        raise Misfit(
            "E0307",
            f"`padding_mode={mode}` can fill a margin of at most {limit} on {dimension} {size}, "
            f"not {margin}",
            argument="padding",
        )
