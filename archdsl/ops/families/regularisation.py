"""Ops that drop at random in training only: dropout and stochastic depth."""

from typing import ClassVar, Literal

from msgspec.structs import replace

from archdsl.ir.code import Call, Emission, module
from archdsl.ir.footprint import VIEW, Footprint, Home
from archdsl.ir.shape import TensorType, Types
from archdsl.ops.argument import argument
from archdsl.ops.base import Op, OpFamily, example
from archdsl.ops.spatial import Probability, changed, image, layer


class Drop(Op):
    """The common part of dropouts: a probability, and the input's shape."""

    family = OpFamily.REGULARISATION
    positional = ("p",)
    passes_at_inference = True
    heeds_inplace: ClassVar[bool] = True

    p: Probability = argument("probability to drop an element", default=0.5)
    inplace: bool = argument("overwrite the input", default=False)

    def infer(self, inputs: Types) -> Types:
        return inputs

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """Nothing where nothing is dropped; else a result and what was drawn for it: a zero where
        all is dropped."""
        if not training or self.p == 0:
            return VIEW
        drawn = self._drawn(inputs[0]) if self.p < 1 else Footprint(statistics=1)
        return replace(drawn, home=Home.INPUT if self.inplace and self.heeds_inplace else Home.OWN)

    def overwriting(self) -> Op | None:
        """Only where the spec asks for it."""
        return self if self.inplace and self.heeds_inplace else None

    def apart(self) -> Op:
        return replace(self, inplace=False) if self.inplace and self.heeds_inplace else self

    def _drawn(self, x: TensorType) -> Footprint:
        """A number for every element."""
        return Footprint(elements=x.numel)

    def emit(self, inputs: Types) -> Emission:
        name = layer(self.torch, inputs[0].rank - 1)
        return module(Call(name, (self.p,), changed(self, "inplace")))


class Dropout(Drop):
    """Sets random elements to zero while training (Srivastava et al., 2014)."""

    word = "dropout"
    torch = "torch.nn.Dropout"
    examples = (
        example((4096,), p=0.5),
        example((64, 7, 7), p=0.1, inplace=True),
        example((197, 768)),
    )

    def _drawn(self, x: TensorType) -> Footprint:
        """A mask of one byte an element, as on a GPU; on a CPU PyTorch keeps numbers."""
        return Footprint(marks=x.numel)


class SpatialDropout(Drop):
    """Sets whole channels to zero while training (Tompson et al., 2015)."""

    word = "spatial_dropout"
    torch = "torch.nn.Dropout2d"
    examples = (
        example((64, 7, 7), p=0.2),
        example((32, 100)),
        example((16, 4, 7, 7), p=0.3),
    )

    p: Probability = argument("probability to drop a channel", default=0.5)

    def infer(self, inputs: Types) -> Types:
        image(self.word, inputs[0])
        return inputs

    def _drawn(self, x: TensorType) -> Footprint:
        """A number for every channel."""
        return Footprint(elements=x.shape[0])


class AlphaDropout(Drop):
    """Dropout that keeps mean and variance, for `selu` networks (Klambauer et al., 2017)."""

    word = "alpha_dropout"
    torch = "torch.nn.AlphaDropout"
    heeds_inplace = False  # PyTorch's layer takes it, and makes a new tensor
    examples = (example((128,), p=0.05), example((8, 5, 5)))


class DropPath(Op):
    """Stochastic depth: zeroes whole samples while training (Huang et al., 2016)."""

    word = "drop_path"
    family = OpFamily.REGULARISATION
    positional = ("p",)
    torch = "torchvision.ops.StochasticDepth"
    passes_at_inference = True
    examples = (
        example((64, 7, 7), p=0.1),
        example((197, 768), p=0.2, mode="batch"),
        example((16,), p=0.0),
    )

    p: Probability = argument("probability to drop the branch")
    mode: Literal["row", "batch"] = argument("per sample, or the whole batch", default="row")

    def infer(self, inputs: Types) -> Types:
        return inputs

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """A number for every sample, or one for all of them."""
        if not training or self.p == 0:
            return VIEW
        return Footprint(elements=1) if self.mode == "row" else Footprint(statistics=1)

    def emit(self, inputs: Types) -> Emission:
        return module(Call("DropPath", (self.p,), changed(self, "mode")), ("DropPath",))
