"""Pools with windows; their rank comes from the flow."""

from math import prod
from typing import ClassVar

from archdsl.ir.code import Call, Code, Emission, module
from archdsl.ir.counts import Counts
from archdsl.ir.footprint import INPUTS, Footprint
from archdsl.ir.reach import Looks, Window
from archdsl.ir.shape import TensorType, Types
from archdsl.ops import mistakes
from archdsl.ops.argument import argument
from archdsl.ops.base import Op, OpFamily, example
from archdsl.ops.spatial import (
    SPATIAL_NAMES,
    AboveZero,
    Keywords,
    Margins,
    Positive,
    Sizes,
    Slide,
    changed,
    collapse,
    image,
    layer,
    options,
    slide,
    spatial,
)


class WindowPool(Op):
    """The common part of pools with a sliding window."""

    family = OpFamily.POOLING
    positional: ClassVar[tuple[str, ...]] = ("kernel_size",)

    kernel_size: Sizes = argument("window size")
    stride: Sizes | None = argument("step of the window; none: the kernel size", default=None)
    ceil_mode: bool = argument("keep a last window that reaches past the end", default=False)

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        rank = image(self.word, x)
        windows = self._windows(x)
        for name, window in zip(SPATIAL_NAMES[rank], windows, strict=True):
            _check_margin(window, name)
        return (TensorType((x.shape[0], *slide(windows))),)

    def elementwise(self, inputs: Types, outputs: Types) -> int:
        return outputs[0].numel * prod(w.kernel for w in self._windows(inputs[0]))

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        windows = self._windows(inputs[0])
        window = Window(
            tuple(w.kernel for w in windows),
            tuple(w.stride for w in windows),
            tuple(w.before for w in windows),
            tuple(w.dilation for w in windows),
        )
        return ((window,),)

    def emit(self, inputs: Types) -> Emission:
        rank = inputs[0].rank - 1
        kernel = collapse(spatial(self.kernel_size, rank, "kernel_size"))
        stride = kernel
        if self.stride is not None:
            stride = collapse(spatial(self.stride, rank, "stride"))
        padding, dilation = self._surround()
        keywords = options(
            stride=(stride, kernel),
            padding=(collapse(spatial(padding, rank, "padding")), 0),
            dilation=(collapse(spatial(dilation, rank, "dilation")), 1),
            ceil_mode=(self.ceil_mode, False),
        )
        call = Call(layer(self.torch, rank), (*self._leading(), kernel), (*keywords, *self._more()))
        return module(call)

    def _windows(self, x: TensorType) -> tuple[Slide, ...]:
        rank = x.rank - 1
        kernel = spatial(self.kernel_size, rank, "kernel_size")
        stride = kernel if self.stride is None else spatial(self.stride, rank, "stride")
        around, apart = self._surround()
        padding = spatial(around, rank, "padding")
        dilation = spatial(apart, rank, "dilation")
        numbers = zip(x.shape[1:], kernel, stride, padding, dilation, strict=True)
        return tuple(Slide(n, k, s, (p, p), d, self.ceil_mode) for n, k, s, p, d in numbers)

    def _surround(self) -> tuple[Margins, Sizes]:
        """Padding and dilation, where the pool has them."""
        return 0, 1

    def _leading(self) -> tuple[Code, ...]:
        """The arguments before the kernel size in the call."""
        return ()

    def _more(self) -> Keywords:
        """Keywords that no other pool has."""
        return ()


class MaxPool(WindowPool):
    """The largest element of every window."""

    word = "max_pool"
    torch = "torch.nn.MaxPool2d"
    examples = (
        example((64, 112, 112), kernel_size=3, stride=2, padding=1),
        example((16, 28, 28), kernel_size=2),
        example((64, 112, 112), kernel_size=3, stride=2, ceil_mode=True),
        example((8, 31), kernel_size=3, stride=1, dilation=2),
        example((8, 4, 14, 14), kernel_size=(1, 2, 2), stride=(1, 2, 2)),
    )

    padding: Margins = argument("margin on both sides, never the largest", default=0)
    dilation: Sizes = argument("distance between the window's elements", default=1)

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        return with_indices(outputs[0])

    def _surround(self) -> tuple[Margins, Sizes]:
        return self.padding, self.dilation


class AvgPool(WindowPool):
    """The mean of every window."""

    word = "avg_pool"
    torch = "torch.nn.AvgPool2d"
    fixed_footprint = INPUTS
    examples = (
        example((6, 28, 28), kernel_size=2),
        example((16, 35, 35), kernel_size=3, stride=1, padding=1, count_include_pad=False),
        example((4, 9, 9), kernel_size=2, ceil_mode=True, divisor_override=3),
        example((8, 30), kernel_size=4, stride=2, padding=2),
        example((8, 4, 14, 14), kernel_size=2),
    )

    padding: Margins = argument("margin of zeros on both sides", default=0)
    count_include_pad: bool = argument("count the margin's zeros in the mean", default=True)
    divisor_override: Positive | None = argument(
        "divide by this, not the window's size (2-D and 3-D)", default=None
    )

    def infer(self, inputs: Types) -> Types:
        outputs = super().infer(inputs)
        if inputs[0].rank == 2 and self.divisor_override is not None:
            raise mistakes.not_for_rows("divisor_override", inputs[0])
        _check_volume(self._windows(inputs[0]))
        return outputs

    def counts(self, inputs: Types, outputs: Types) -> Counts:
        return Counts(thop=outputs[0].numel)

    def _surround(self) -> tuple[Margins, Sizes]:
        return self.padding, 1

    def _more(self) -> Keywords:
        return changed(self, "count_include_pad", "divisor_override")


class LpPool(WindowPool):
    """The p-norm of every window: the p-th root of the sum of the elements' p-th powers."""

    word = "lp_pool"
    positional = ("norm_type", "kernel_size")
    torch = "torch.nn.LPPool2d"
    examples = (
        example((6, 28, 28), norm_type=2, kernel_size=2),
        example((8, 31), norm_type=1.5, kernel_size=3, stride=2, ceil_mode=True),
        example((4, 8, 14, 14), norm_type=2, kernel_size=(1, 2, 2)),
    )

    norm_type: AboveZero = argument("the power p")

    def infer(self, inputs: Types) -> Types:
        outputs = super().infer(inputs)
        _check_volume(self._windows(inputs[0]))
        return outputs

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """The powers, and four steps on the way from their means to the root."""
        powers, roots = inputs[0].numel, outputs[0].numel
        return Footprint(inputs=True, elements=powers + 4 * roots, room=max(powers, 3 * roots))

    def _leading(self) -> tuple[Code, ...]:
        return (self.norm_type,)


def with_indices(output: TensorType) -> Footprint:
    """The input, and for every result the place that it comes from, in 8 bytes."""
    return Footprint(inputs=True, marks=8 * output.numel)


def counted_means(x: TensorType, result: TensorType) -> Counts:
    """fvcore knows only images and counts what goes in; thop counts windows of a mean size."""
    window = prod(
        before / after for before, after in zip(x.shape[1:], result.shape[1:], strict=True)
    )
    return Counts(fvcore=x.numel if x.rank == 3 else 0, thop=int((window + 1) * result.numel))


def _check_margin(window: Slide, name: str) -> None:
    if window.before > window.kernel // 2:
        raise mistakes.margin_over_half(window.before, name, window.kernel)


def _check_volume(windows: tuple[Slide, ...]) -> None:
    """PyTorch's 3-D average wants the window inside the input, margins not counted."""
    if len(windows) < 3:
        return
    for name, window in zip(SPATIAL_NAMES[3], windows, strict=True):
        if window.kernel > window.size:
            raise mistakes.average_does_not_fit(window.kernel, name, window.size)
