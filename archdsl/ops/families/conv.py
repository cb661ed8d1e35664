"""Convolutions in one, two and three dimensions: `conv` and `conv_transpose`."""

from math import prod
from typing import Literal

from msgspec.structs import replace

from archdsl.ir.code import Call, Emission, module
from archdsl.ir.counts import Counts
from archdsl.ir.footprint import INPUTS, Footprint
from archdsl.ir.graph import Weight, WeightKind
from archdsl.ir.reach import Looks, Mixed, Window
from archdsl.ir.shape import Shape, TensorType, Types
from archdsl.ops import mistakes
from archdsl.ops.argument import argument
from archdsl.ops.base import LinearMap, Op, OpFamily, example
from archdsl.ops.spatial import (
    SPATIAL_NAMES,
    Margins,
    Pairs,
    Positive,
    Sizes,
    Slide,
    collapse,
    image,
    layer,
    options,
    slide,
    spatial,
)

PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]


class Conv(Op):
    """Convolution over the spatial dimensions of a `CxL`, `CxHxW` or `CxDxHxW` input."""

    word = "conv"
    family = OpFamily.CONVOLUTION
    positional = ("channels", "kernel_size")
    torch = "torch.nn.Conv2d"
    examples = (
        example((3, 32, 32), channels=64, kernel_size=3, padding=1),
        example((3, 224, 224), channels=64, kernel_size=7, stride=2, padding=3, bias=False),
        example((8, 100), channels=16, kernel_size=5, dilation=2),
        example((4, 8, 16, 16), channels=8, kernel_size=(1, 3, 3), padding=(0, 1, 1)),
        example((32, 14, 14), channels=32, kernel_size=3, padding="same", groups=32),
        example((4, 9, 9), channels=6, kernel_size=4, padding=1, padding_mode="reflect"),
    )

    channels: Positive = argument("output channels")
    kernel_size: Sizes = argument("window size")
    stride: Sizes = argument("step of the window", default=1)
    padding: Margins | Literal["same", "valid"] = argument(
        "margin on both sides; `same` keeps the size at stride 1, `valid` has none", default=0
    )
    dilation: Sizes = argument("distance between the window's elements", default=1)
    groups: Positive = argument("channel groups that do not see each other", default=1)
    bias: bool = argument("add a learned number per output channel", default=True)
    padding_mode: PaddingMode = argument("what stands in the margin", default="zeros")

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        rank = image(self.word, x)
        _check_groups(self.groups, x.shape[0], self.channels)
        kernel, stride, dilation = self._per_dimension(rank)
        margins = self._margins(rank)
        for size, margin, name in zip(x.shape[1:], margins, SPATIAL_NAMES[rank], strict=True):
            _check_margin(self.padding_mode, size, max(margin), name)
        numbers = zip(x.shape[1:], kernel, stride, margins, dilation, strict=True)
        return (TensorType((self.channels, *slide([Slide(*n) for n in numbers]))),)

    def weights(self, inputs: Types) -> tuple[Weight, ...]:
        (x,) = inputs
        kernel = spatial(self.kernel_size, x.rank - 1, "kernel_size")
        weight = Weight("weight", (self.channels, x.shape[0] // self.groups, *kernel))
        return (weight, *_bias(self.bias, self.channels))

    def macs(self, inputs: Types, outputs: Types) -> int:
        return prod(self.weights(inputs)[0].shape) * prod(outputs[0].shape[1:])

    def counts(self, inputs: Types, outputs: Types) -> Counts:
        """torchinfo counts the bias too; fvcore passes over a padding that is a word."""
        macs = self.macs(inputs, outputs)
        unseen = isinstance(self.padding, str) and self.padding_mode == "zeros"
        learned = _learned_at_every_place(self.weights(inputs), outputs[0])
        return Counts(fvcore=0 if unseen else macs, thop=macs, torchinfo=learned)

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """Its input; with a margin that is no zeros, also the input in its margin."""
        if self.padding_mode == "zeros":
            return INPUTS
        (x,) = inputs
        around = zip(x.shape[1:], self._margins(x.rank - 1), strict=True)
        padded = x.shape[0] * prod(size + sum(margins) for size, margins in around)
        return Footprint(inputs=self.padding_mode != "circular", elements=padded, room=padded)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        rank = inputs[0].rank - 1
        kernel, stride, dilation = self._per_dimension(rank)
        window = Window(kernel, stride, tuple(b for b, _ in self._margins(rank)), dilation)
        return ((Mixed(1, self.channels, self.groups), window),)

    def emit(self, inputs: Types) -> Emission:
        (x,) = inputs
        rank = x.rank - 1
        kernel, stride, dilation = self._per_dimension(rank)
        padding = self.padding
        if not isinstance(padding, str):
            padding = collapse(spatial(padding, rank, "padding"))
        keywords = options(
            stride=(collapse(stride), 1),
            padding=(padding, 0),
            dilation=(collapse(dilation), 1),
            groups=(self.groups, 1),
            bias=(self.bias, True),
            padding_mode=(self.padding_mode, "zeros"),
        )
        return module(
            Call(layer(self.torch, rank), (x.shape[0], self.channels, collapse(kernel)), keywords)
        )

    def linear_map(self, inputs: Types) -> LinearMap:
        return LinearMap(replace(self, bias=True))

    def beside(self, others: tuple[Op, ...]) -> "Conv | None":
        """For convolutions that differ in their channels and biases alone."""
        same = {"channels": self.channels, "bias": self.bias}
        if self.groups != 1 or any(replace(op, **same) != self for op in others):
            return None
        channels = sum(op.channels for op in (self, *others) if isinstance(op, Conv))
        return replace(self, channels=channels, bias=True)

    def plus(self, other: Op, inputs: Types) -> "Conv | None":
        """For windows around the same middles, the smaller one inside the larger."""
        if not isinstance(other, Conv):
            return None
        rank = inputs[0].rank - 1
        mine, others = self._centred(rank), other._centred(rank)
        if mine is None or others is None or self._frame(rank) != other._frame(rank):
            return None
        kernel = tuple(max(sizes) for sizes in zip(mine, others, strict=True))
        return replace(
            self,
            kernel_size=collapse(kernel),
            padding=collapse(tuple(k // 2 for k in kernel)),
            dilation=1,
            bias=True,
            padding_mode="zeros",
        )

    def passing(self, inputs: Types) -> "Conv":
        return replace(self, channels=inputs[0].shape[0], kernel_size=1, stride=1, padding=0)

    def _frame(self, rank: int) -> tuple[int, int, Shape]:
        """The key that convolutions must share to be added up."""
        return self.channels, self.groups, spatial(self.stride, rank, "stride")

    def _centred(self, rank: int) -> Shape | None:
        """The window, if it is odd, without holes, and reaches into zeros by half of itself."""
        kernel, _, dilation = self._per_dimension(rank)
        halves = tuple((k // 2, k // 2) for k in kernel)
        odd = all(k % 2 == 1 for k in kernel)
        zeros = self.padding_mode == "zeros" or max(kernel) == 1
        solid = all(1 in (k, d) for k, d in zip(kernel, dilation, strict=True))
        return kernel if odd and zeros and solid and self._margins(rank) == halves else None

    def _per_dimension(self, rank: int) -> tuple[Shape, Shape, Shape]:
        return (
            spatial(self.kernel_size, rank, "kernel_size"),
            spatial(self.stride, rank, "stride"),
            spatial(self.dilation, rank, "dilation"),
        )

    def _margins(self, rank: int) -> Pairs:
        """The margin before and after, per spatial dimension."""
        kernel, stride, dilation = self._per_dimension(rank)
        if self.padding == "same":
            totals = tuple(d * (k - 1) for k, d in zip(kernel, dilation, strict=True))
            if any(s != 1 for s in stride):
                raise mistakes.same_with_stride(totals)
            return tuple((t // 2, t - t // 2) for t in totals)
        if isinstance(self.padding, str):
            return ((0, 0),) * rank
        return tuple((p, p) for p in spatial(self.padding, rank, "padding"))


class ConvTranspose(Op):
    """Transposed convolution: every input element adds a weighted window to a larger result."""

    word = "conv_transpose"
    family = OpFamily.CONVOLUTION
    positional = ("channels", "kernel_size")
    torch = "torch.nn.ConvTranspose2d"
    fixed_footprint = INPUTS
    examples = (
        example((512, 28, 28), channels=256, kernel_size=2, stride=2),
        example((100, 1, 1), channels=64, kernel_size=4, bias=False),
        example((16, 10), channels=8, kernel_size=3, stride=2, padding=1, output_padding=1),
        example((8, 4, 6, 6), channels=4, kernel_size=(1, 4, 4), stride=(1, 2, 2), groups=2),
        example((6, 5, 5), channels=3, kernel_size=3, dilation=2, output_padding=1),
    )

    channels: Positive = argument("output channels")
    kernel_size: Sizes = argument("window size")
    stride: Sizes = argument("step of the window in the result", default=1)
    padding: Margins = argument("rows taken off the result on both sides", default=0)
    output_padding: Margins = argument("rows added to the result at its end", default=0)
    groups: Positive = argument("channel groups that do not see each other", default=1)
    bias: bool = argument("add a learned number per output channel", default=True)
    dilation: Sizes = argument("distance between the window's elements", default=1)
    padding_mode: Literal["zeros"] = argument("only zeros, as in PyTorch", default="zeros")

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        rank = image(self.word, x)
        _check_groups(self.groups, x.shape[0], self.channels)
        names = SPATIAL_NAMES[rank]
        numbers = zip(names, x.shape[1:], *self._per_dimension(rank), strict=True)
        return (TensorType((self.channels, *(_unslide(*n) for n in numbers))),)

    def weights(self, inputs: Types) -> tuple[Weight, ...]:
        (x,) = inputs
        kernel = spatial(self.kernel_size, x.rank - 1, "kernel_size")
        weight = Weight("weight", (x.shape[0], self.channels // self.groups, *kernel))
        return (weight, *_bias(self.bias, self.channels))

    def macs(self, inputs: Types, outputs: Types) -> int:
        return prod(self.weights(inputs)[0].shape) * prod(inputs[0].shape[1:])

    def counts(self, inputs: Types, outputs: Types) -> Counts:
        """thop and torchinfo take it for a convolution: a whole window for every result."""
        weights = self.weights(inputs)
        window = prod(weights[0].shape[2:]) * inputs[0].shape[0] // self.groups
        learned = _learned_at_every_place(weights, outputs[0])
        return Counts(self.macs(inputs, outputs), outputs[0].numel * window, learned)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        kernel, stride, padding, _, dilation = self._per_dimension(inputs[0].rank - 1)
        window = Window(kernel, stride, padding, dilation, transposed=True)
        return ((Mixed(1, self.channels, self.groups), window),)

    def emit(self, inputs: Types) -> Emission:
        (x,) = inputs
        kernel, stride, padding, extra, dilation = self._per_dimension(x.rank - 1)
        keywords = options(
            stride=(collapse(stride), 1),
            padding=(collapse(padding), 0),
            output_padding=(collapse(extra), 0),
            groups=(self.groups, 1),
            bias=(self.bias, True),
            dilation=(collapse(dilation), 1),
        )
        arguments = (x.shape[0], self.channels, collapse(kernel))
        return module(Call(layer(self.torch, x.rank - 1), arguments, keywords))

    def linear_map(self, inputs: Types) -> LinearMap:
        return LinearMap(replace(self, bias=True), self.groups)

    def _per_dimension(self, rank: int) -> tuple[Shape, Shape, Shape, Shape, Shape]:
        return (
            spatial(self.kernel_size, rank, "kernel_size"),
            spatial(self.stride, rank, "stride"),
            spatial(self.padding, rank, "padding"),
            spatial(self.output_padding, rank, "output_padding"),
            spatial(self.dilation, rank, "dilation"),
        )


def _unslide(
    name: str, size: int, kernel: int, stride: int, padding: int, extra: int, dilation: int
) -> int:
    """The size that a window of these numbers would have shrunk to `size`; refuses none left."""
    if extra >= max(stride, dilation):
        raise mistakes.output_padding_too_large(extra, name, stride, dilation)
    extent = dilation * (kernel - 1) + 1
    result = (size - 1) * stride - 2 * padding + extent + extra
    if result < 1:
        terms = f"({size} − 1)·{stride} − 2·{padding} + {extent}"
        terms += f" + {extra}" if extra else ""
        raise mistakes.nothing_left_by_padding(name, f"{terms} = {result}")
    return result


def _bias(wanted: bool, channels: int) -> tuple[Weight, ...]:
    return (Weight("bias", (channels,), WeightKind.BIAS),) if wanted else ()


def _learned_at_every_place(weights: tuple[Weight, ...], output: TensorType) -> int:
    return sum(w.numel for w in weights) * prod(output.shape[1:])


def _check_groups(groups: int, before: int, after: int) -> None:
    for channels, which in ((before, "input"), (after, "output")):
        if channels % groups:
            whole = f"the {channels} {which} channels"
            hint = "choose a number of groups that divides both"
            raise mistakes.does_not_divide(groups, "groups", channels, whole, "groups", hint)


def _check_margin(mode: PaddingMode, size: int, margin: int, name: str) -> None:
    """PyTorch's limits: a reflection needs a margin below the size, a circle one up to it."""
    limits = {"reflect": size - 1, "circular": size}
    if margin > limits.get(mode, margin):
        hint = "use less padding or `padding_mode=replicate`"
        raise mistakes.margin_cannot_be_filled(
            f"padding_mode={mode}", limits[mode], name, size, margin, hint
        )
