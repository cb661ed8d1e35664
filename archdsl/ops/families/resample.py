"""Images of another size: `pad`, `upsample`, `pixel_shuffle` and `pixel_unshuffle`."""

from collections.abc import Iterator
from fractions import Fraction
from math import floor
from typing import Annotated, Literal

from archdsl.ir.code import Call, Code, Emission, In, expression, module
from archdsl.ir.counts import Counts
from archdsl.ir.footprint import NOTHING, Footprint
from archdsl.ir.reach import Looks, Regrouped, Reordered, Window
from archdsl.ir.shape import Shape, TensorType, Types
from archdsl.ops import mistakes
from archdsl.ops.argument import Bounds, argument
from archdsl.ops.base import Op, OpFamily, example
from archdsl.ops.interpolation import resized
from archdsl.ops.spatial import (
    SPATIAL_NAMES,
    Number,
    Positive,
    Sizes,
    check_count,
    collapse,
    image,
    options,
    spatial,
)

PadMode = Literal["constant", "reflect", "replicate", "circular"]
UpsampleMode = Literal["nearest", "linear", "bilinear", "bicubic", "trilinear", "nearest-exact"]
Scale = Annotated[float, Bounds(gt=0.0, le=1e9)]
EXACT = 53  # floats hold every whole number of this many bits


class Pad(Op):
    """Margins around an image: one number, or (left, right, top, bottom, front, back).

    A negative margin crops. `pad((2, 0))` before a 1-D convolution makes it causal.
    """

    word = "pad"
    family = OpFamily.SHAPE
    positional = ("padding", "mode", "value")
    torch = "torch.nn.functional.pad"
    examples = (
        example((3, 32, 32), padding=2),
        example((8, 100), padding=(6, 0)),
        example((3, 32, 30), padding=(1, 2, 3, 4), mode="reflect"),
        example((3, 9, 9), padding=(0, -1, 0, -1)),
        example((2, 5, 6, 7), padding=1, mode="replicate"),
        example((2, 6, 7), padding=(3, 0, 1, 1), mode="circular"),
        example((2, 6, 7), padding=1, value=-1.5),
    )

    padding: int | tuple[int, ...] = argument("all margins, or two per dimension, last first")
    mode: PadMode = argument("what stands in the margin", default="constant")
    value: Number = argument("the constant", default=0.0)

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        rank = image(self.word, x)
        if self.mode != "constant" and self.value != 0:
            raise mistakes.no_use_for_a_value(self.mode)
        margins = self._margins(rank)
        for name, size, sides in zip(SPATIAL_NAMES[rank], x.shape[1:], margins, strict=True):
            self._check(name, size, sides)
        sizes = (size + sum(sides) for size, sides in zip(x.shape[1:], margins, strict=True))
        return (TensorType((x.shape[0], *sizes)),)

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        return Footprint(inputs=self.mode in ("reflect", "replicate"))

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        margins = self._margins(inputs[0].rank - 1)
        ones = (1,) * len(margins)
        return ((Window(ones, ones, tuple(before for before, _ in margins), ones),),)

    def emit(self, inputs: Types) -> Emission:
        rank = inputs[0].rank - 1
        padding = collapse(self._torch_order(rank))
        if self.mode != "constant":
            kind = {"reflect": "Reflection", "replicate": "Replication", "circular": "Circular"}
            return module(Call(f"nn.{kind[self.mode]}Pad{rank}d", (padding,)))
        if self.value == 0:
            return module(Call(f"nn.ZeroPad{rank}d", (padding,)))
        return module(Call(f"nn.ConstantPad{rank}d", (padding, self.value)))

    def _torch_order(self, rank: int) -> Shape:
        """Before and after, from the last dimension to the first."""
        if isinstance(self.padding, int):
            return (self.padding,) * (2 * rank)
        if len(self.padding) != 2 * rank:
            sides = ("left", "right", "top", "bottom", "front", "back")[: 2 * rank]
            raise mistakes.not_two_a_dimension("padding", len(self.padding), sides)
        return self.padding

    def _margins(self, rank: int) -> tuple[tuple[int, int], ...]:
        """Before and after, per spatial dimension from the first to the last."""
        given = self._torch_order(rank)
        return tuple((given[2 * d], given[2 * d + 1]) for d in reversed(range(rank)))

    def _check(self, name: str, size: int, sides: tuple[int, int]) -> None:
        left = size + sum(min(side, 0) for side in sides)
        if left < 1:
            raise mistakes.nothing_left_by_margins(name, size, sides)
        limits = {"reflect": size - 1, "circular": left}
        limit = limits.get(self.mode, max(sides))
        if max(sides) > limit:
            mode, margin = f"mode={self.mode}", max(sides)
            raise mistakes.margin_cannot_be_filled(mode, limit, name, size, margin)


TAPS = {"nearest": 1, "nearest-exact": 1, "linear": 2, "bilinear": 2, "trilinear": 2, "bicubic": 4}
FVCORE_COUNTS = {"nearest": 1, "bilinear": 4}
THOP_COUNTS = {"nearest": 1, "linear": 5, "bilinear": 11, "bicubic": 259}
MODE_RANKS = {"linear": (1,), "bilinear": (2,), "bicubic": (2,), "trilinear": (3,)}


class Upsample(Op):
    """The image resized to `size` or by `scale_factor`, by repeating or interpolating."""

    word = "upsample"
    family = OpFamily.SHAPE
    positional = ("scale_factor",)
    torch = "torch.nn.Upsample"
    like = "upsample_like"
    fixed_footprint = NOTHING
    examples = (
        example((64, 28, 28), scale_factor=2),
        example((64, 28, 28), scale_factor=2, mode="bilinear", align_corners=True),
        example((21, 7, 9), size=(224, 221), mode="bicubic", align_corners=False),
        example((8, 100), scale_factor=1.5, mode="linear"),
        example((4, 6, 7, 8), scale_factor=(1, 2, 2), mode="trilinear"),
        example((3, 9, 9), size=5, mode="nearest-exact"),
    )

    scale_factor: Scale | tuple[Scale, ...] | None = argument("new size / old size", default=None)
    size: Sizes | None = argument("the new spatial size", default=None)
    mode: UpsampleMode = argument("how the elements between are made", default="nearest")
    align_corners: bool | None = argument(
        "keep the corners' centres in place, not their edges", default=None
    )

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        if self.mode in MODE_RANKS:
            image(f"upsample(mode={self.mode})", x, MODE_RANKS[self.mode])
        else:
            image(self.word, x)
        self._check_arguments()
        sizes = self._sizes(x.shape[1:])
        for name, old, new in zip(SPATIAL_NAMES[len(sizes)], x.shape[1:], sizes, strict=True):
            if new < 1:
                raise mistakes.nothing_left_by_scale(name, old)
        return (TensorType((x.shape[0], *sizes)),)

    def elementwise(self, inputs: Types, outputs: Types) -> int:
        rank = inputs[0].rank - 1
        return 0 if TAPS[self.mode] == 1 else outputs[0].numel * TAPS[self.mode] ** rank

    def counts(self, inputs: Types, outputs: Types) -> Counts:
        """So many for every result element, in the modes that the tools know."""
        seen = FVCORE_COUNTS.get(self.mode, 0) if inputs[0].rank == 3 else 0
        size = outputs[0].numel
        return Counts(fvcore=size * seen, thop=size * THOP_COUNTS.get(self.mode, 0))

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        old = inputs[0].shape[1:]
        scales = (None,) * len(old) if self.size is not None else self._scales(len(old))
        numbers = enumerate(zip(old, self._sizes(old), scales, strict=True), 2)
        corners = bool(self.align_corners)
        return (tuple(resized(dim, *n, self.mode, corners) for dim, n in numbers),)

    def emit(self, inputs: Types) -> Emission:
        return module(Call("nn.Upsample", (), tuple(self._keywords(inputs[0].rank - 1))))

    def emit_measured(self, inputs: Types) -> Emission:
        _, *how = self._keywords(inputs[0].rank - 1)
        size = ("size", self.size)
        return expression(Call("nn.functional.interpolate", (In(0),), (size, *how)))

    def _keywords(self, rank: int) -> Iterator[tuple[str, Code]]:
        if self.size is not None:
            yield "size", collapse(spatial(self.size, rank, "size"))
        else:
            scales = tuple(int(s) if s.is_integer() else s for s in self._scales(rank))
            yield "scale_factor", collapse(scales)
        yield from options(mode=(self.mode, "nearest"), align_corners=(self.align_corners, None))

    def _check_arguments(self) -> None:
        if self.size is None and self.scale_factor is None:
            raise mistakes.no_new_size(self.word)
        if self.size is not None and self.scale_factor is not None:
            raise mistakes.two_new_sizes(self.word)
        if self.align_corners is not None and TAPS[self.mode] == 1:
            raise mistakes.no_corners(self.mode)

    def _scales(self, rank: int) -> tuple[float, ...]:
        assert self.scale_factor is not None
        if isinstance(self.scale_factor, tuple):
            check_count(len(self.scale_factor), rank, "scale_factor")
            return self.scale_factor
        return (self.scale_factor,) * rank

    def _sizes(self, old: Shape) -> Shape:
        if self.size is not None:
            return spatial(self.size, len(old), "size")
        scales = self._scales(len(old))
        return tuple(_scaled(size, scale) for size, scale in zip(old, scales, strict=True))


def _scaled(size: int, scale: float) -> int:
    """The product rounded down: in floats, as PyTorch does, as long as these suffice."""
    return floor(size * (scale if size.bit_length() <= EXACT else Fraction(scale)))


class PixelShuffle(Op):
    """Channels into places: `C·r²xHxW` becomes `Cx(H·r)x(W·r)` (sub-pixel convolution)."""

    word = "pixel_shuffle"
    family = OpFamily.SHAPE
    positional = ("upscale_factor",)
    torch = "torch.nn.PixelShuffle"
    fixed_footprint = NOTHING
    examples = (
        example((27, 24, 20), upscale_factor=3),
        example((64, 7, 7), upscale_factor=2),
    )

    upscale_factor: Positive = argument("how much larger height and width become")

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        image(self.word, x, (2,))
        channels, height, width = x.shape
        r = self.upscale_factor
        if channels % r**2:
            raise mistakes.square_does_not_divide(r, channels, "upscale_factor")
        return (TensorType((channels // r**2, height * r, width * r)),)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        channels, height, width = self.infer(inputs)[0].shape
        r = self.upscale_factor
        parted = Regrouped((channels, r, r, height // r, width // r))
        return ((parted, Reordered((1, 4, 2, 5, 3)), Regrouped((channels, height, width))),)

    def emit(self, inputs: Types) -> Emission:
        return module(Call("nn.PixelShuffle", (self.upscale_factor,)))


class PixelUnshuffle(Op):
    """Places into channels: `Cx(H·r)x(W·r)` becomes `C·r²xHxW` (space to depth)."""

    word = "pixel_unshuffle"
    family = OpFamily.SHAPE
    positional = ("downscale_factor",)
    torch = "torch.nn.PixelUnshuffle"
    fixed_footprint = NOTHING
    examples = (
        example((3, 24, 18), downscale_factor=3),
        example((16, 14, 14), downscale_factor=2),
    )

    downscale_factor: Positive = argument("how much smaller height and width become")

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        image(self.word, x, (2,))
        channels, height, width = x.shape
        r = self.downscale_factor
        for name, size in (("height", height), ("width", width)):
            if size % r:
                raise mistakes.side_not_divided(r, name, size, "downscale_factor")
        return (TensorType((channels * r**2, height // r, width // r)),)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        channels, height, width = inputs[0].shape
        r = self.downscale_factor
        parted = Regrouped((channels, height // r, r, width // r, r))
        whole = Regrouped((channels * r**2, height // r, width // r))
        return ((parted, Reordered((1, 3, 5, 2, 4)), whole),)

    def emit(self, inputs: Types) -> Emission:
        return module(Call("nn.PixelUnshuffle", (self.downscale_factor,)))
