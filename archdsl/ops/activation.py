"""The common part of activations; they have the names, arguments and defaults of `torch.nn`."""

from typing import ClassVar

from msgspec.structs import replace

from archdsl.ir.code import Call, Emission, module
from archdsl.ir.footprint import INPUTS, Footprint, Home
from archdsl.ir.shape import Types
from archdsl.ops.argument import argument
from archdsl.ops.base import Example, Op, OpFamily, example
from archdsl.ops.spatial import changed, layer, leading

FLOAT_MOST = 3.4028234663852886e38  # in 32 bits
IMAGE = (example((64, 14, 14)),)
PLAIN_AND_INPLACE = (example((64, 14, 14)), example((120,), inplace=True))


class ElementByElement(Op):
    """The input's shape, one operation an element."""

    fixed_footprint = INPUTS

    def infer(self, inputs: Types) -> Types:
        return inputs

    def elementwise(self, inputs: Types, outputs: Types) -> int:
        return outputs[0].numel


class Activation(ElementByElement):
    """Element by element, as a layer of its own."""

    family = OpFamily.ACTIVATION
    examples: ClassVar[tuple[Example, ...]] = IMAGE

    def emit(self, inputs: Types) -> Emission:
        others = (name for name in self.arguments if name not in self.positional)
        return module(Call(layer(self.torch), leading(self), changed(self, *others)))


class InplaceActivation(Activation):
    """One that PyTorch can write over its input."""

    examples: ClassVar[tuple[Example, ...]] = PLAIN_AND_INPLACE

    from_result: ClassVar[bool] = True  # the derivative can be had from the result

    inplace: bool = argument("overwrite the input", default=False)

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """In place PyTorch reads the result, or a copy of what was overwritten."""
        if not self.inplace:
            return self.fixed_footprint
        if self.from_result:
            return Footprint(Home.INPUT, outputs=True)
        return Footprint(Home.INPUT, elements=outputs[0].numel if training else 0)

    def overwriting(self) -> Op | None:
        return replace(self, inplace=True) if self._can_overwrite() else None

    def apart(self) -> Op:
        return replace(self, inplace=False) if self.inplace else self

    def _can_overwrite(self) -> bool:
        """True where the backward pass can do without the input. PyTorch's cannot where the result
        hides the input's sign."""
        return True
