"""Normalisations: over the batch, the channels, groups of them, or each channel's places.

A result depends on what its statistics are taken over at inference: all places of the sample, or
its own place alone where running statistics stand in.
"""

from msgspec.structs import replace

from archdsl.ir.code import Call, Emission, module
from archdsl.ir.counts import Counts
from archdsl.ir.footprint import Footprint
from archdsl.ir.graph import Weight, WeightKind
from archdsl.ir.reach import POINT, Looks, everywhere
from archdsl.ir.shape import DType, Shape, Types
from archdsl.ops import mistakes
from archdsl.ops.argument import argument
from archdsl.ops.base import ChannelMap, Op, OpFamily, example
from archdsl.ops.spatial import AboveZero, Fraction, changed, image, layer


class Normalisation(Op):
    """The common part of normalisations: the shape stays, with two operations an element."""

    family = OpFamily.NORMALISATION

    def elementwise(self, inputs: Types, outputs: Types) -> int:
        return 2 * outputs[0].numel

    def _counts(self, inputs: Types, fvcore: int, thop: int) -> Counts:
        """So many for every element, without learned factors and with them."""
        counted = super().counts(inputs, inputs)
        return replace(counted, fvcore=fvcore * inputs[0].numel, thop=thop * inputs[0].numel)


class RunningNorm(Normalisation):
    """Per channel, with running statistics where wanted."""

    eps: Fraction = argument("added to the variance", default=1e-5)
    momentum: Fraction | None = argument(
        "share of a batch in the running statistics; none: their plain mean, which "
        "`torch.compile` cannot train as one graph",
        default=0.1,
    )
    affine: bool = argument("learn a factor and a shift per channel", default=True)
    track_running_stats: bool = argument("keep statistics for evaluation", default=True)

    def weights(self, inputs: Types) -> tuple[Weight, ...]:
        channels = inputs[0].shape[:1]
        learned = affine(channels, self.affine)
        if not self.track_running_stats:
            return learned
        return (
            *learned,
            Weight("running_mean", channels, WeightKind.BUFFER),
            Weight("running_var", channels, WeightKind.BUFFER),
            Weight("num_batches_tracked", (), WeightKind.BUFFER, DType.INT),
        )

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        """All places of a channel, unless their statistics were kept while training."""
        kept = self.track_running_stats
        return (POINT if kept else everywhere(range(2, inputs[0].rank + 1)),)

    def emit(self, inputs: Types) -> Emission:
        (x,) = inputs
        keywords = changed(self, "eps", "momentum", "affine", "track_running_stats")
        return module(Call(layer(self.torch, max(x.rank - 1, 1)), (x.shape[0],), keywords))


class BatchNorm(RunningNorm):
    """Batch normalisation: each channel to mean 0, variance 1 (Ioffe and Szegedy, 2015)."""

    word = "bn"
    torch = "torch.nn.BatchNorm2d"
    examples = (
        example((64, 56, 56)),
        example((120,)),
        example((32, 100), momentum=None),
        example((16, 4, 8, 8), eps=1e-3, momentum=0.01),
        example((8, 5, 5), affine=False),
        example((8, 5, 5), track_running_stats=False),
    )

    # PyTorch's layer runs with 0 at inference alone
    eps: AboveZero = argument("added to the variance", default=1e-5)

    def infer(self, inputs: Types) -> Types:
        image(self.word, inputs[0], (0, 1, 2, 3))
        return inputs

    def counts(self, inputs: Types, outputs: Types) -> Counts:
        """With running statistics fvcore sees a factor and a shift, else a norm like the others."""
        fvcore = 1 + self.affine if self.track_running_stats else 4 + self.affine
        return self._counts(inputs, fvcore, thop=2 + 2 * self.affine)

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        return Footprint(inputs=True, statistics=2 * inputs[0].shape[0])

    def values_of_a_sample(self, inputs: Types) -> int:
        return inputs[0].numel // inputs[0].shape[0]

    def channel_map(self) -> ChannelMap | None:
        return ChannelMap(self.eps) if self.track_running_stats else None


class InstanceNorm(RunningNorm):
    """Instance normalisation: each channel of each sample by itself (Ulyanov et al., 2016)."""

    word = "instance_norm"
    torch = "torch.nn.InstanceNorm2d"
    examples = (
        example((64, 32, 32)),
        example((64, 32, 32), affine=True),
        example((8, 100), track_running_stats=True, momentum=0.01),
        example((4, 4, 8, 8), eps=1e-3),
    )

    momentum: Fraction = argument("share of a batch in the running statistics", default=0.1)
    affine: bool = argument("learn a factor and a shift per channel", default=False)
    track_running_stats: bool = argument("keep statistics for evaluation", default=False)

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        image(self.word, x)
        if x.numel == x.shape[0]:
            raise mistakes.one_place(self.word, x)
        return inputs

    def counts(self, inputs: Types, outputs: Types) -> Counts:
        return self._counts(inputs, fvcore=4 + self.affine, thop=2 + 2 * self.affine)

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """Statistics for every sample, with a copy of the factors and running statistics."""
        kinds = 2 + self.affine + 2 * self.track_running_stats
        kept = kinds * inputs[0].shape[0]
        return Footprint(inputs=True, elements=kept, room=kept)


def affine(shape: Shape, wanted: bool, bias: bool = True) -> tuple[Weight, ...]:
    """A normalisation's learned factor and shift."""
    names = ("weight", "bias") if bias else ("weight",)
    return tuple(Weight(name, shape, WeightKind.NORM) for name in names) if wanted else ()
