"""Learned tensors that belong to no layer: `parameter` and `scale`."""

from typing import Literal

from archdsl.ir.code import Attr, Call, Code, Emission, In, Infix, Self, expression
from archdsl.ir.footprint import NOTHING, Footprint, Home
from archdsl.ir.graph import Weight
from archdsl.ir.reach import Looks
from archdsl.ir.shape import DType, Shape, TensorType, Types
from archdsl.ops import mistakes
from archdsl.ops.argument import argument
from archdsl.ops.base import Op, OpFamily, example
from archdsl.ops.dims import BATCH_SIZE, Dim, resolve
from archdsl.ops.spatial import Fraction, Number, Sizes, options

InitName = Literal["zeros", "ones", "normal", "trunc_normal"]


class Parameter(Op):
    """A learned tensor, the same for every sample: a class token, a position embedding."""

    word = "parameter"
    family = OpFamily.TENSOR
    variadic = "shape"
    inputs = (0, 1)  # the flow, for the size of the batch only
    dtype = None
    torch = "torch.nn.parameter.Parameter"
    fixed_footprint = Footprint(Home.WEIGHT)
    examples = (
        example((196, 768), shape=(1, 768)),
        example((196, 768), shape=(197, 768), init="normal", std=0.02, batch_dim=True),
        example((3, 8, 8), shape=64, init="ones"),
        example((128,), dtype=DType.INT, shape=(2, 3, 4), init="trunc_normal"),
        example((49, 96), shape=(12, 1, 1), init=2.3),
    )

    shape: Sizes = argument("its sizes, without the batch")
    init: InitName | Number = argument("how it begins; a number for all elements", default="zeros")
    std: Fraction | None = argument("standard deviation; 1 by default", default=None)
    batch_dim: bool = argument("store it with a leading 1, as many ViTs do", default=False)

    def infer(self, inputs: Types) -> Types:
        if not inputs:
            raise mistakes.no_flow(self.word)
        if not self._sizes:
            raise mistakes.empty_argument("shape", "gives", "size")
        if self.std is not None and not self._is_random:
            raise mistakes.no_spread(self.init)
        return (TensorType(self._sizes),)

    def weights(self, inputs: Types) -> tuple[Weight, ...]:
        return (Weight("", self._stored),)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        return (None,) * len(inputs)

    def emit(self, inputs: Types) -> Emission:
        kept = (-1,) * len(self._sizes)
        forward = Call(Attr(Self(), "expand"), (BATCH_SIZE, *kept))
        return Emission(Call("nn.Parameter", (self._beginning(),)), forward)

    @property
    def _is_random(self) -> bool:
        return self.init in ("normal", "trunc_normal")

    @property
    def _sizes(self) -> Shape:
        return self.shape if isinstance(self.shape, tuple) else (self.shape,)

    @property
    def _stored(self) -> Shape:
        return (1, *self._sizes) if self.batch_dim else self._sizes

    def _beginning(self) -> Code:
        if not isinstance(self.init, str):
            return Call("torch.full", (self._stored, self.init))
        if not self._is_random:
            return Call(f"torch.{self.init}", self._stored)
        empty = Call("torch.empty", self._stored)
        return Call(f"nn.init.{self.init}_", (empty,), options(std=(self.std, None)))


class Scale(Op):
    """The flow times a learned factor per channel (layer scale), or times one fixed number.

    Without `dim`, images have a factor per channel, tokens and vectors one per feature.
    """

    word = "scale"
    family = OpFamily.TENSOR
    positional = ("init",)
    torch = "torch.mul"
    examples = (
        example((96, 7, 9), init=1e-6),
        example((197, 768), init=0.1),
        example((10,)),
        example((64, 100), init=0, dim="channels"),
        example((7, 9, 96), init=1e-6, dim=-1),
        example((320, 35, 35), init=0.17, learned=False),
    )

    init: Number = argument("what every factor begins as, or the fixed number", default=1.0)
    dim: Dim | None = argument("the dimension whose elements each have a factor", default=None)
    learned: bool = argument("learn a factor per channel; false: the number stays", default=True)

    def infer(self, inputs: Types) -> Types:
        if not self.learned and self.dim is not None:
            raise mistakes.fixed_number_with_dimension()
        if self.learned:
            self._dim(inputs[0])
        return inputs

    def weights(self, inputs: Types) -> tuple[Weight, ...]:
        if not self.learned:
            return ()
        (x,) = inputs
        dim = self._dim(x)
        return (Weight("", (x.shape[dim - 1],) + (1,) * (x.rank - dim)),)

    def elementwise(self, inputs: Types, outputs: Types) -> int:
        return outputs[0].numel

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """The factors have a gradient for every element, before these are added up."""
        return Footprint(inputs=True, back=outputs[0].numel) if self.learned else NOTHING

    def emit(self, inputs: Types) -> Emission:
        if not self.learned:
            return expression(Infix("*", (In(0), self.init)))
        (weight,) = self.weights(inputs)
        factors = Call("nn.Parameter", (self._beginning(weight.shape),))
        return Emission(factors, Infix("*", (In(0), Self())))

    def _dim(self, x: TensorType) -> int:
        usual = 1 if x.rank > 2 else -1
        return resolve(usual if self.dim is None else self.dim, x.rank)

    def _beginning(self, shape: Shape) -> Code:
        constant = {0.0: "torch.zeros", 1.0: "torch.ones"}.get(self.init)
        return Call(constant, shape) if constant else Call("torch.full", (shape, self.init))
