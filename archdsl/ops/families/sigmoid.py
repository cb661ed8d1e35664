"""Activations with an upper and a lower bound, or one of them."""

from archdsl.ir.footprint import OUTPUTS, Footprint
from archdsl.ir.shape import Types
from archdsl.ops.activation import Activation


class Sigmoid(Activation):
    """1 / (1 + e⁻ˣ)."""

    word = "sigmoid"
    twin = "tanh"
    torch = "torch.nn.Sigmoid"
    fixed_footprint = OUTPUTS


class LogSigmoid(Activation):
    """The logarithm of the sigmoid."""

    word = "log_sigmoid"
    torch = "torch.nn.LogSigmoid"


class Tanh(Activation):
    """The hyperbolic tangent."""

    word = "tanh"
    twin = "sigmoid"
    torch = "torch.nn.Tanh"
    fixed_footprint = OUTPUTS


class Softsign(Activation):
    """x / (1 + |x|)."""

    word = "softsign"
    twin = "sigmoid"
    torch = "torch.nn.Softsign"

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """The divisor besides; the backward pass squares it, and goes through a quotient."""
        size = outputs[0].numel
        return Footprint(inputs=True, elements=size, room=size, back=3 * size)
