"""Images of the size of another one, whatever that is: `upsample_like` and `crop_like`."""

from archdsl.ir.code import Attr, Call, Emission, In, Index, Self, Slice, expression
from archdsl.ir.counts import Counts
from archdsl.ir.footprint import NOTHING, PART
from archdsl.ir.reach import Looks
from archdsl.ir.shape import Types
from archdsl.ops import mistakes
from archdsl.ops.argument import argument
from archdsl.ops.base import Op, OpFamily, example
from archdsl.ops.families.parts import Crop
from archdsl.ops.families.resample import MODE_RANKS, Upsample, UpsampleMode
from archdsl.ops.spatial import SPATIAL_NAMES, image, options


class UpsampleLike(Op):
    """The first image resized to the height and width of the second, by repeating or interpolating.

    `upsample_like(identity, input)` is short for `upsample(size=(input.height, input.width))`: the
    module takes the size of each image. It can also follow any other tensor.
    """

    word = "upsample_like"
    family = OpFamily.SHAPE
    inputs = (2, 2)
    measures = 1
    torch = "torch.nn.functional.interpolate"
    fixed_footprint = NOTHING
    examples = (
        example((64, 28, 28), (3, 224, 221)),
        example((64, 7, 9), (16, 28, 28), mode="bilinear", align_corners=False),
        example((8, 50), (4, 100), mode="linear"),
        example((4, 6, 7, 8), (2, 12, 14, 16), mode="nearest-exact"),
    )

    mode: UpsampleMode = argument("how the elements between are made", default="nearest")
    align_corners: bool | None = argument(
        "keep the corners' centres in place, not their edges", default=None
    )

    def infer(self, inputs: Types) -> Types:
        x, like = inputs
        _same_rank(self.word, inputs)
        if self.mode in MODE_RANKS:
            image(f"{self.word}(mode={self.mode})", x, MODE_RANKS[self.mode])
        return self._to(like.shape[1:]).infer((x,))

    def elementwise(self, inputs: Types, outputs: Types) -> int:
        return self._to(outputs[0].shape[1:]).elementwise(inputs[:1], outputs)

    def counts(self, inputs: Types, outputs: Types) -> Counts:
        """As a layer's, for who counts functions too."""
        seen = self._to(outputs[0].shape[1:]).counts(inputs[:1], outputs)
        return Counts(fvcore=seen.fvcore)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        return *self._to(inputs[1].shape[1:]).reach(inputs[:1], result), None

    def emit(self, inputs: Types) -> Emission:
        size = ("size", Index(Attr(In(1), "shape"), (Slice(2),)))
        how = options(mode=(self.mode, "nearest"), align_corners=(self.align_corners, None))
        return expression(Call("nn.functional.interpolate", (In(0),), (size, *how)))

    def _to(self, size: tuple[int, ...]) -> Upsample:
        """The same to a size that is known."""
        return Upsample(size=size, mode=self.mode, align_corners=self.align_corners)


class CropLike(Op):
    """The middle part of the first image, as large as the second.

    An odd difference leaves the extra row or column at the end.
    """

    word = "crop_like"
    family = OpFamily.SHAPE
    inputs = (2, 2)
    measures = 1
    dtype = None
    torch = "torch.narrow"
    fixed_footprint = PART
    examples = (
        example((64, 136, 136), (64, 104, 104)),
        example((64, 9, 12), (3, 4, 12)),
        example((8, 100), (8, 81)),
    )

    def infer(self, inputs: Types) -> Types:
        x, like = inputs
        rank = _same_rank(self.word, inputs)
        sizes = zip(SPATIAL_NAMES[rank], x.shape[1:], like.shape[1:], strict=True)
        for name, old, new in sizes:
            if new > old:
                raise mistakes.larger_to_crop_like(new, name, old)
        return (x.shaped((x.shape[0], *like.shape[1:])),)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        x, like = inputs
        return *Crop(size=like.shape[1:]).reach((x,), result), None

    def emit(self, inputs: Types) -> Emission:
        rank = inputs[0].rank - 1
        build = Call("CropLike", () if rank == 2 else (rank,))
        return Emission(build, Call(Self(), (In(0), In(1))), ("CropLike",))


def _same_rank(word: str, inputs: Types) -> int:
    """The number of spatial dimensions, which both have."""
    rank = image(word, inputs[0])
    if inputs[1].rank != rank + 1:
        wanted = f"a second image with {rank + 1} dimensions, as the first one"
        raise mistakes.branch_unfit(word, wanted, inputs[1].shape)
    return rank
