"""Rectifiers: zero below zero, or a part of what comes in."""

from msgspec.structs import replace

from archdsl.ir.counts import Counts
from archdsl.ir.footprint import OUTPUTS, Footprint
from archdsl.ir.graph import Weight
from archdsl.ir.shape import Types
from archdsl.ops import mistakes
from archdsl.ops.activation import IMAGE, Activation, InplaceActivation
from archdsl.ops.argument import argument
from archdsl.ops.base import example
from archdsl.ops.spatial import Number, Positive


class Relu(InplaceActivation):
    """max(0, x) (Nair and Hinton, 2010)."""

    word = "relu"
    twin = "silu"
    torch = "torch.nn.ReLU"
    fixed_footprint = OUTPUTS


class Relu6(InplaceActivation):
    """min(max(0, x), 6) (Howard et al., 2017)."""

    word = "relu6"
    twin = "relu"
    torch = "torch.nn.ReLU6"
    from_result = False


class LeakyRelu(InplaceActivation):
    """x where positive, else a small slope times x (Maas et al., 2013)."""

    word = "leaky_relu"
    twin = "relu"
    torch = "torch.nn.LeakyReLU"
    positional = ("negative_slope",)
    examples = (*IMAGE, example((64, 8, 8), negative_slope=0.2))

    negative_slope: Number = argument("slope where x is negative", default=0.01)

    def _can_overwrite(self) -> bool:
        return self.negative_slope >= 0


class Prelu(Activation):
    """Leaky relu with a learned slope, one for all channels or one for each (He et al., 2015)."""

    word = "prelu"
    torch = "torch.nn.PReLU"
    positional = ("num_parameters",)
    examples = (
        example((64, 14, 14)),
        example((64, 14, 14), num_parameters=64),
        example((120,), num_parameters=120, init=0.1),
    )

    num_parameters: Positive = argument("learned slopes: 1, or one per channel", default=1)
    init: Number = argument("the slopes before training", default=0.25)

    def infer(self, inputs: Types) -> Types:
        channels = inputs[0].shape[0] if inputs[0].shape else 1
        if self.num_parameters not in (1, channels):
            raise mistakes.slopes_and_channels(self.word, self.num_parameters, channels)
        return inputs

    def weights(self, inputs: Types) -> tuple[Weight, ...]:
        return (Weight("weight", (self.num_parameters,)),)

    def counts(self, inputs: Types, outputs: Types) -> Counts:
        return Counts(thop=outputs[0].numel, torchinfo=self.num_parameters)

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """The slopes have a gradient for every element, before these are added up."""
        return Footprint(inputs=True, back=outputs[0].numel)


class Rrelu(InplaceActivation):
    """Leaky relu whose slope is random while training (Xu et al., 2015)."""

    word = "rrelu"
    twin = "relu"
    torch = "torch.nn.RReLU"
    positional = ("lower", "upper")
    examples = (*IMAGE, example((64, 8, 8), lower=0.1, upper=0.3))

    lower: Number = argument("smallest slope", default=1 / 8)
    upper: Number = argument("largest slope", default=1 / 3)

    def _can_overwrite(self) -> bool:
        return self.lower + self.upper >= 0

    def infer(self, inputs: Types) -> Types:
        if self.lower > self.upper:
            raise mistakes.no_room_between("lower", self.lower, "upper", self.upper)
        return inputs

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """The random slopes besides."""
        kept = super().footprint(inputs, outputs, training)
        return replace(kept, elements=outputs[0].numel, room=outputs[0].numel)
