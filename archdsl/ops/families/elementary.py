"""Functions of numbers that are no layers of `torch.nn`: `exp` and `clamp`."""

from archdsl.ir.code import Call, Emission, In, expression
from archdsl.ir.footprint import OUTPUTS, Footprint
from archdsl.ir.shape import Types
from archdsl.ops import mistakes
from archdsl.ops.activation import ElementByElement
from archdsl.ops.argument import argument
from archdsl.ops.base import OpFamily, example
from archdsl.ops.spatial import Number, changed


class Elementary(ElementByElement):
    """Element by element, as arithmetic rather than as a layer's activation."""

    family = OpFamily.TENSOR


class Exp(Elementary):
    """The exponential function."""

    word = "exp"
    torch = "torch.exp"
    fixed_footprint = OUTPUTS
    examples = (example((64, 14, 14)), example((12,)))

    def emit(self, inputs: Types) -> Emission:
        return expression(Call("torch.exp", (In(0),)))


class Clamp(Elementary):
    """x, held within one bound or two."""

    word = "clamp"
    torch = "torch.clamp"
    positional = ("min", "max")
    examples = (
        example((64, 14, 14), min=0.0, max=1.0),
        example((12, 1, 1), max=4.6),
    )

    min: Number | None = argument("lower bound", default=None)
    max: Number | None = argument("upper bound", default=None)

    def infer(self, inputs: Types) -> Types:
        if self.min is None and self.max is None:
            raise mistakes.no_bound(self.word)
        if self.min is not None and self.max is not None and self.min > self.max:
            raise mistakes.no_room_between("min", self.min, "max", self.max)
        return inputs

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """Two marks for every element say in the backward pass whether it lies within."""
        return Footprint(inputs=True, back=outputs[0].numel // 2)

    def emit(self, inputs: Types) -> Emission:
        return expression(Call("torch.clamp", (In(0),), changed(self, "min", "max")))
