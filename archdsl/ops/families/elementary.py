"""Functions of numbers that are no layers of `torch.nn`: `exp` and `clamp`."""

from typing import ClassVar

from archdsl.ir.code import Call, Emission, In, expression
from archdsl.ir.footprint import INPUTS, OUTPUTS, Footprint
from archdsl.ir.shape import TensorType
from archdsl.ops.argument import argument
from archdsl.ops.base import Example, Family, Misfit, Op, example
from archdsl.ops.sizes import Number, changed


class Elementary(Op):
    """Element by element, as arithmetic rather than as a layer's activation."""

    family: ClassVar[Family] = Family.TENSOR
    leaves: ClassVar[Footprint] = INPUTS

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        return inputs

    def elementwise(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int:
        return outputs[0].numel


class Exp(Elementary):
    """The exponential function."""

    word: ClassVar[str] = "exp"
    torch: ClassVar[str] = "torch.exp"
    leaves: ClassVar[Footprint] = OUTPUTS
    examples: ClassVar[tuple[Example, ...]] = (example((64, 14, 14)), example((12,)))

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return expression(Call("torch.exp", (In(0),)))


class Clamp(Elementary):
    """x, held within one bound or two."""

    word: ClassVar[str] = "clamp"
    torch: ClassVar[str] = "torch.clamp"
    positional: ClassVar[tuple[str, ...]] = ("min", "max")
    examples: ClassVar[tuple[Example, ...]] = (
        example((64, 14, 14), min=0.0, max=1.0),
        example((12, 1, 1), max=4.6),
    )

    min: Number | None = argument("lower bound", default=None)
    max: Number | None = argument("upper bound", default=None)

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        if self.min is None and self.max is None:
            raise Misfit(
                "E0305",
                "`clamp` without a bound changes nothing",
                hint="give `min`, `max` or both",
            )
        if self.min is not None and self.max is not None and self.min > self.max:
            raise Misfit(
                "E0305",
                f"`min={self.min:g}` leaves no room below `max={self.max:g}`",
                argument="min",
                hint="give a smaller `min` or a larger `max`",
            )
        return inputs

    def footprint(
        self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...], training: bool
    ) -> Footprint:
        """Two marks for every element say in the backward pass whether it lies within."""
        return Footprint(inputs=True, back=outputs[0].numel // 2)

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return expression(Call("torch.clamp", (In(0),), changed(self, "min", "max")))
