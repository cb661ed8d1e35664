"""Activations of straight pieces, and what the shrinking ones leave."""

from typing import Annotated

from archdsl.ir.code import Call, Emission, In, expression
from archdsl.ir.footprint import Footprint
from archdsl.ir.shape import Types
from archdsl.ops import mistakes
from archdsl.ops.activation import (
    FLOAT_MOST,
    PLAIN_AND_INPLACE,
    Activation,
    InplaceActivation,
)
from archdsl.ops.argument import Bounds, argument
from archdsl.ops.base import example
from archdsl.ops.spatial import Fraction, Number


class Hardswish(InplaceActivation):
    """x·relu6(x + 3) / 6 (Howard et al., 2019)."""

    word = "hardswish"
    twin = "relu"
    torch = "torch.nn.Hardswish"
    from_result = False


class Hardsigmoid(InplaceActivation):
    """relu6(x + 3) / 6."""

    word = "hardsigmoid"
    twin = "relu"
    torch = "torch.nn.Hardsigmoid"
    from_result = False


class Hardtanh(InplaceActivation):
    """x, held between two bounds."""

    word = "hardtanh"
    twin = "relu"
    torch = "torch.nn.Hardtanh"
    positional = ("min_val", "max_val")
    from_result = False
    examples = (
        *PLAIN_AND_INPLACE,
        example((64, 8, 8), max_val=6),
    )

    min_val: Number = argument("lower bound", default=-1.0)
    max_val: Number = argument("upper bound", default=1.0)

    def infer(self, inputs: Types) -> Types:
        if self.min_val >= self.max_val:
            raise mistakes.no_room_between("min_val", self.min_val, "max_val", self.max_val)
        return inputs


class Threshold(InplaceActivation):
    """x above the threshold, else a given value."""

    word = "threshold"
    torch = "torch.nn.Threshold"
    positional = ("threshold", "value")
    from_result = False
    examples = (
        example((64, 14, 14), threshold=0.1, value=20),
        example((120,), threshold=0.1, value=20, inplace=True),
    )

    threshold: Number = argument("x must be above this")
    value: Number = argument("what stands elsewhere")


class Hardshrink(Activation):
    """x, but 0 where |x| is at most λ."""

    word = "hardshrink"
    torch = "torch.nn.Hardshrink"
    positional = ("lambd",)

    lambd: Number = argument("λ", default=0.5)


class Softshrink(Activation):
    """x moved towards 0 by λ; 0 where |x| is at most λ."""

    word = "softshrink"
    torch = "torch.nn.Softshrink"
    positional = ("lambd",)

    lambd: Annotated[Fraction, Bounds(le=FLOAT_MOST)] = argument("λ", default=0.5)


class Tanhshrink(Activation):
    """x − tanh(x)."""

    word = "tanhshrink"
    torch = "torch.nn.Tanhshrink"

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """The tangent alone."""
        size = outputs[0].numel
        return Footprint(elements=size, room=size, back=size)


class Abs(Activation):
    """The absolute value."""

    word = "abs"
    torch = "torch.abs"

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """The backward pass multiplies with the signs."""
        return Footprint(inputs=True, back=outputs[0].numel)

    def emit(self, inputs: Types) -> Emission:
        return expression(Call("torch.abs", (In(0),)))
