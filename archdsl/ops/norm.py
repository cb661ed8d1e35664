"""Normalisations: over the batch, the channels, groups of them, or each channel's places.

As the literature counts receptive fields, their statistics are no reach: each result element is
taken to depend on the element at its own place.
"""

from math import prod
from typing import ClassVar, Literal

from msgspec.structs import replace
from pydantic import Field

from archdsl.ir.code import Call, Emission, In, expression, module
from archdsl.ir.counts import Counts
from archdsl.ir.footprint import Footprint
from archdsl.ir.graph import Weight, WeightKind
from archdsl.ir.shape import Shape, TensorType
from archdsl.ops.base import ChannelMap, Example, Family, Misfit, Op, example
from archdsl.ops.dims import Dim, resolve
from archdsl.ops.sizes import (
    Fraction,
    Keywords,
    Number,
    Positive,
    changed,
    image,
    layer,
    options,
)

Over = Literal["last", "channels", "all"]
OVER = "`last` dimension, `channels` or `all`; none: last of F and LxF, else the channels"


class Normalisation(Op):
    """What all normalisations share: the input's shape stays, at two operations an element."""

    family: ClassVar[Family] = Family.NORMALISATION

    def elementwise(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int:
        return 2 * outputs[0].numel

    def _counts(self, inputs: tuple[TensorType, ...], fvcore: int, thop: int) -> Counts:
        """So many for every element, without learned factors and with them."""
        counted = super().counts(inputs, inputs)
        return replace(counted, fvcore=fvcore * inputs[0].numel, thop=thop * inputs[0].numel)


class RunningNorm(Normalisation):
    """Per channel, with running statistics where wanted."""

    eps: Fraction = Field(1e-5, description="added to the variance")
    momentum: Fraction | None = Field(
        0.1, description="share of a batch in the running statistics; none: their plain mean"
    )
    affine: bool = Field(True, description="learn a factor and a shift per channel")
    track_running_stats: bool = Field(True, description="keep statistics for evaluation")

    def weights(self, inputs: tuple[TensorType, ...]) -> tuple[Weight, ...]:
        channels = inputs[0].shape[:1]
        learned = _affine(channels, self.affine)
        if not self.track_running_stats:
            return learned
        return (
            *learned,
            Weight("running_mean", channels, WeightKind.BUFFER),
            Weight("running_var", channels, WeightKind.BUFFER),
            Weight("num_batches_tracked", (), WeightKind.BUFFER),
        )

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        (x,) = inputs
        keywords = changed(self, "eps", "momentum", "affine", "track_running_stats")
        return module(Call(layer(self.torch, max(x.rank - 1, 1)), (x.shape[0],), keywords))


class BatchNorm(RunningNorm):
    """Batch normalisation: each channel to mean 0, variance 1 (Ioffe and Szegedy, 2015)."""

    word: ClassVar[str] = "bn"
    torch: ClassVar[str] = "torch.nn.BatchNorm2d"
    examples: ClassVar[tuple[Example, ...]] = (
        example((64, 56, 56)),
        example((120,)),
        example((32, 100), momentum=None),
        example((16, 4, 8, 8), eps=1e-3, momentum=0.01),
        example((8, 5, 5), affine=False),
        example((8, 5, 5), track_running_stats=False),
    )

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        image(self.word, inputs[0], (0, 1, 2, 3))
        return inputs

    def counts(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> Counts:
        """With running statistics fvcore sees a factor and a shift, else a norm like the others."""
        fvcore = 1 + self.affine if self.track_running_stats else 4 + self.affine
        return self._counts(inputs, fvcore, thop=2 + 2 * self.affine)

    def footprint(
        self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...], training: bool
    ) -> Footprint:
        return Footprint(inputs=True, statistics=2 * inputs[0].shape[0])

    def channel_map(self) -> ChannelMap | None:
        return ChannelMap(self.eps) if self.track_running_stats else None


class InstanceNorm(RunningNorm):
    """Instance normalisation: each channel of each sample by itself (Ulyanov et al., 2016)."""

    word: ClassVar[str] = "instance_norm"
    torch: ClassVar[str] = "torch.nn.InstanceNorm2d"
    examples: ClassVar[tuple[Example, ...]] = (
        example((64, 32, 32)),
        example((64, 32, 32), affine=True),
        example((8, 100), track_running_stats=True, momentum=0.01),
        example((4, 4, 8, 8), eps=1e-3),
    )

    momentum: Fraction = Field(0.1, description="share of a batch in the running statistics")
    affine: bool = Field(False, description="learn a factor and a shift per channel")
    track_running_stats: bool = Field(False, description="keep statistics for evaluation")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        (x,) = inputs
        image(self.word, x)
        if x.numel == x.shape[0]:
            raise Misfit(
                "E0324",
                f"`instance_norm` needs more than one place per channel, but the flow is {x}",
                hint="normalise before the pool, or use `bn` or `layer_norm`",
            )
        return inputs

    def counts(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> Counts:
        return self._counts(inputs, fvcore=4 + self.affine, thop=2 + 2 * self.affine)

    def footprint(
        self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...], training: bool
    ) -> Footprint:
        """Statistics for every sample, with a copy of the factors and running statistics."""
        kinds = 2 + self.affine + 2 * self.track_running_stats
        return Footprint(inputs=True, elements=kinds * inputs[0].shape[0])


class PlaceNorm(Normalisation):
    """Over dimensions of each sample by itself, no batch involved."""

    elementwise_affine: bool = Field(True, description="learn a factor (and shift) per element")
    over: Over | None = Field(None, description=OVER)

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        (x,) = inputs
        image(self.word, x, (0, 1, 2, 3))
        return inputs

    def _normalised(self, x: TensorType) -> Shape:
        """The shape of the weights: that of the dimensions normalised over."""
        match self._chosen(x):
            case "all":
                return x.shape
            case "channels":
                return x.shape[:1]
            case "last":
                return x.shape[-1:]

    def _places(self, x: TensorType) -> int:
        """How many groups of elements are normalised, each by itself."""
        return x.numel // prod(self._normalised(x))

    def _chosen(self, x: TensorType) -> Over:
        if self.over is not None:
            return self.over
        return "last" if x.rank <= 2 else "channels"

    def _moves_channels(self, x: TensorType) -> bool:
        """Whether the channels have to be brought to the end, where PyTorch's layers look."""
        return self._chosen(x) == "channels" and x.rank > 1

    def _module(self, x: TensorType, keywords: Keywords, helper: str) -> Emission:
        """A layer over the last dimensions, or the helper that moves the channels there."""
        shape = self._normalised(x)
        first, *more = shape
        argument = shape if more else first
        if self._moves_channels(x):
            return module(Call(helper, (argument,), keywords), (helper,))
        return module(Call(layer(self.torch), (argument,), keywords))


class LayerNorm(PlaceNorm):
    """Layer normalisation of tokens over their features, of an image over the channels of each
    place as in ConvNeXt (Ba et al., 2016)."""

    word: ClassVar[str] = "layer_norm"
    torch: ClassVar[str] = "torch.nn.LayerNorm"
    examples: ClassVar[tuple[Example, ...]] = (
        example((197, 768)),
        example((768,), eps=1e-6),
        example((96, 56, 56), eps=1e-6),
        example((16, 4, 7, 7), bias=False),
        example((32, 100), over="channels"),
        example((56, 56, 96), over="last"),
        example((8, 6, 6), over="all"),
        example((197, 768), elementwise_affine=False),
    )

    eps: Fraction = Field(1e-5, description="added to the variance")
    bias: bool = Field(True, description="learn a shift besides the factor")

    def weights(self, inputs: tuple[TensorType, ...]) -> tuple[Weight, ...]:
        return _affine(self._normalised(inputs[0]), self.elementwise_affine, self.bias)

    def counts(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> Counts:
        """thop does not know the layer that moves an image's channels to the end."""
        thop = 0 if self._moves_channels(inputs[0]) else 2 + 2 * self.elementwise_affine
        return self._counts(inputs, fvcore=4 + self.elementwise_affine, thop=thop)

    def footprint(
        self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...], training: bool
    ) -> Footprint:
        return Footprint(inputs=True, elements=2 * self._places(inputs[0]))

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        keywords = changed(self, "eps", "elementwise_affine", "bias")
        return self._module(inputs[0], keywords, "ChannelLayerNorm")


class RmsNorm(PlaceNorm):
    """Layer normalisation by the root mean square alone (Zhang and Sennrich, 2019)."""

    word: ClassVar[str] = "rms_norm"
    torch: ClassVar[str] = "torch.nn.RMSNorm"
    examples: ClassVar[tuple[Example, ...]] = (
        example((197, 768)),
        example((768,), eps=1e-6),
        example((96, 14, 14)),
        example((32, 100), over="channels", elementwise_affine=False),
        example((8, 6, 6), over="all"),
    )

    eps: Fraction | None = Field(
        None, description="added to the mean square; none: the float type's epsilon"
    )

    def weights(self, inputs: tuple[TensorType, ...]) -> tuple[Weight, ...]:
        return _affine(self._normalised(inputs[0]), self.elementwise_affine, bias=False)

    def footprint(
        self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...], training: bool
    ) -> Footprint:
        """The factor of every place, and before the learned ones the normalised input."""
        normalised = inputs[0].numel if self.elementwise_affine else 0
        return Footprint(inputs=True, elements=self._places(inputs[0]) + normalised)

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        keywords = changed(self, "eps", "elementwise_affine")
        return self._module(inputs[0], keywords, "ChannelRMSNorm")


class GroupNorm(Normalisation):
    """Group normalisation: each group of channels of each sample (Wu and He, 2018)."""

    word: ClassVar[str] = "group_norm"
    positional: ClassVar[tuple[str, ...]] = ("groups",)
    torch: ClassVar[str] = "torch.nn.GroupNorm"
    examples: ClassVar[tuple[Example, ...]] = (
        example((64, 32, 32), groups=32),
        example((32,), groups=4, eps=1e-6),
        example((16, 100), groups=1, affine=False),
        example((16, 4, 8, 8), groups=16),
    )

    groups: Positive = Field(description="how many groups the channels fall into")
    eps: Fraction = Field(1e-5, description="added to the variance")
    affine: bool = Field(True, description="learn a factor and a shift per channel")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        (x,) = inputs
        image(self.word, x, (0, 1, 2, 3))
        channels = x.shape[0]
        if channels % self.groups:
            raise Misfit(
                "E0306",
                f"{self.groups} groups do not divide the {channels} channels",
                argument="groups",
                arithmetic=f"{channels} % {self.groups} = {channels % self.groups}",
                hint="choose a number of groups that divides the channels",
            )
        return inputs

    def weights(self, inputs: tuple[TensorType, ...]) -> tuple[Weight, ...]:
        return _affine(inputs[0].shape[:1], self.affine)

    def counts(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> Counts:
        return self._counts(inputs, fvcore=4 + self.affine, thop=0)

    def footprint(
        self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...], training: bool
    ) -> Footprint:
        return Footprint(inputs=True, elements=2 * self.groups)

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        keywords = changed(self, "eps", "affine")
        return module(Call(layer(self.torch), (self.groups, inputs[0].shape[0]), keywords))


class LocalResponseNorm(Normalisation):
    """Local response normalisation across neighbouring channels (Krizhevsky et al., 2012)."""

    word: ClassVar[str] = "lrn"
    positional: ClassVar[tuple[str, ...]] = ("size",)
    torch: ClassVar[str] = "torch.nn.LocalResponseNorm"
    examples: ClassVar[tuple[Example, ...]] = (
        example((96, 55, 55), size=5, k=2),
        example((16, 100), size=4, alpha=1e-3, beta=0.5),
        example((8, 4, 6, 6), size=3),
    )

    size: int = Field(ge=1, le=2**31, description="neighbouring channels that count")
    alpha: Number = Field(1e-4, description="factor of their mean square")
    beta: Number = Field(0.75, description="exponent")
    k: Number = Field(1.0, description="added to the sum")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        image(self.word, inputs[0])
        return inputs

    def footprint(
        self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...], training: bool
    ) -> Footprint:
        """The squares in a margin of channels, their mean, and its power."""
        x = inputs[0]
        margin = (self.size - 1) * x.numel // x.shape[0]
        return Footprint(inputs=True, elements=3 * x.numel + margin)

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        keywords = changed(self, "alpha", "beta", "k")
        return module(Call(layer(self.torch), (self.size,), keywords))


class Normalize(Normalisation):
    """The vectors along a dimension, each divided by its length: cosines are their products."""

    word: ClassVar[str] = "normalize"
    positional: ClassVar[tuple[str, ...]] = ("dim",)
    torch: ClassVar[str] = "torch.nn.functional.normalize"
    examples: ClassVar[tuple[Example, ...]] = (
        example((128,)),
        example((4, 49, 32), dim=-1),
        example((64, 7, 9), dim="height", eps=1e-6),
    )

    dim: Dim = Field(1, description="the dimension whose elements are one vector")
    eps: Fraction = Field(1e-12, description="a smaller length counts as this one")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        resolve(self.dim, inputs[0].rank)
        return inputs

    def footprint(
        self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...], training: bool
    ) -> Footprint:
        """The lengths, and those held above `eps`."""
        (x,) = inputs
        vectors = x.numel // x.shape[resolve(self.dim, x.rank) - 1]
        return Footprint(inputs=True, elements=2 * vectors)

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        dim = resolve(self.dim, inputs[0].rank)
        keywords = options(dim=(dim, 1), eps=(self.eps, 1e-12))
        return expression(Call("nn.functional.normalize", (In(0),), keywords))


def _affine(shape: Shape, wanted: bool, bias: bool = True) -> tuple[Weight, ...]:
    """A normalisation's learned factor and shift."""
    names = ("weight", "bias") if bias else ("weight",)
    return tuple(Weight(name, shape, WeightKind.NORM) for name in names) if wanted else ()
