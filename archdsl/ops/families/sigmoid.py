"""Activations with an upper and a lower bound, or one of them."""

from typing import ClassVar

from archdsl.ir.footprint import OUTPUTS, Footprint
from archdsl.ir.shape import TensorType
from archdsl.ops.activation import (
    Activation,
)


class Sigmoid(Activation):
    """1 / (1 + e⁻ˣ)."""

    word: ClassVar[str] = "sigmoid"
    torch: ClassVar[str] = "torch.nn.Sigmoid"
    leaves: ClassVar[Footprint] = OUTPUTS


class LogSigmoid(Activation):
    """The logarithm of the sigmoid."""

    word: ClassVar[str] = "log_sigmoid"
    torch: ClassVar[str] = "torch.nn.LogSigmoid"


class Tanh(Activation):
    """The hyperbolic tangent."""

    word: ClassVar[str] = "tanh"
    torch: ClassVar[str] = "torch.nn.Tanh"
    leaves: ClassVar[Footprint] = OUTPUTS


class Softsign(Activation):
    """x / (1 + |x|)."""

    word: ClassVar[str] = "softsign"
    torch: ClassVar[str] = "torch.nn.Softsign"

    def footprint(
        self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...], training: bool
    ) -> Footprint:
        """The divisor besides; the backward pass squares it, and goes through a quotient."""
        size = outputs[0].numel
        return Footprint(inputs=True, elements=size, room=size, back=3 * size)
