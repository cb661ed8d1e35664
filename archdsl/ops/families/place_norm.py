"""Norms over each sample's own channels and places."""

from math import prod
from typing import Literal

from archdsl.ir.code import Call, Emission, module
from archdsl.ir.counts import Counts
from archdsl.ir.footprint import Footprint
from archdsl.ir.graph import Weight
from archdsl.ir.reach import Looks, Mixed, everywhere
from archdsl.ir.shape import Shape, TensorType, Types
from archdsl.ops import mistakes
from archdsl.ops.argument import argument
from archdsl.ops.base import example
from archdsl.ops.families.norm import Normalisation, affine
from archdsl.ops.spatial import Fraction, Keywords, Positive, changed, image, layer

Over = Literal["last", "channels", "all"]
OVER = "`last` dimension, `channels` or `all`; none: last of F and LxF, else the channels"


class PlaceNorm(Normalisation):
    """Over dimensions of each sample by itself, no batch involved."""

    elementwise_affine: bool = argument("learn a factor (and shift) per element", default=True)
    over: Over | None = argument(OVER, default=None)

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        image(self.word, x, (0, 1, 2, 3))
        return inputs

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        rank = inputs[0].rank
        spans = {"all": range(1, rank + 1), "channels": range(1, 2), "last": range(rank, rank + 1)}
        return (everywhere(spans[self._chosen(inputs[0])]),)

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
        """The number of groups of elements, each normalised by itself."""
        return x.numel // prod(self._normalised(x))

    def _chosen(self, x: TensorType) -> Over:
        if self.over is not None:
            return self.over
        return "last" if x.rank <= 2 else "channels"

    def is_features_last(self, inputs: Types) -> bool:
        return self._chosen(inputs[0]) == "last"

    def normalised_together(self, inputs: Types) -> int:
        return prod(self._normalised(inputs[0]))

    def _moves_channels(self, x: TensorType) -> bool:
        """True where the channels must be moved to the end, where PyTorch's layers expect them."""
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

    word = "layer_norm"
    torch = "torch.nn.LayerNorm"
    examples = (
        example((197, 768)),
        example((768,), eps=1e-6),
        example((96, 56, 56), eps=1e-6),
        example((16, 4, 7, 7), bias=False),
        example((32, 100), over="channels"),
        example((56, 56, 96), over="last"),
        example((8, 6, 6), over="all"),
        example((197, 768), elementwise_affine=False),
    )

    eps: Fraction = argument("added to the variance", default=1e-5)
    bias: bool = argument("learn a shift besides the factor", default=True)

    def weights(self, inputs: Types) -> tuple[Weight, ...]:
        return affine(self._normalised(inputs[0]), self.elementwise_affine, self.bias)

    def counts(self, inputs: Types, outputs: Types) -> Counts:
        """thop does not know the layer that moves an image's channels to the end."""
        thop = 0 if self._moves_channels(inputs[0]) else 2 + 2 * self.elementwise_affine
        return self._counts(inputs, fvcore=4 + self.elementwise_affine, thop=thop)

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        statistics = 2 * self._places(inputs[0])
        return Footprint(inputs=True, elements=statistics, room=statistics)

    def emit(self, inputs: Types) -> Emission:
        keywords = changed(self, "eps", "elementwise_affine", "bias")
        return self._module(inputs[0], keywords, "ChannelLayerNorm")


class RmsNorm(PlaceNorm):
    """Layer normalisation by the root mean square alone (Zhang and Sennrich, 2019)."""

    word = "rms_norm"
    torch = "torch.nn.RMSNorm"
    examples = (
        example((197, 768)),
        example((768,), eps=1e-6),
        example((96, 14, 14)),
        example((32, 100), over="channels", elementwise_affine=False),
        example((8, 6, 6), over="all"),
    )

    eps: Fraction | None = argument(
        "added to the mean square; none: the float type's epsilon", default=None
    )

    def weights(self, inputs: Types) -> tuple[Weight, ...]:
        return affine(self._normalised(inputs[0]), self.elementwise_affine, bias=False)

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """The factor of every place, and before the learned ones the normalised input."""
        (x,) = inputs
        factors = self._places(x)
        normalised = x.numel if self.elementwise_affine else 0
        kept, room, back = factors + normalised, factors + x.numel, 2 * x.numel - factors
        return Footprint(inputs=True, elements=kept, room=room, back=back)

    def emit(self, inputs: Types) -> Emission:
        keywords = changed(self, "eps", "elementwise_affine")
        return self._module(inputs[0], keywords, "ChannelRMSNorm")


class GroupNorm(Normalisation):
    """Group normalisation: each group of channels of each sample (Wu and He, 2018)."""

    word = "group_norm"
    positional = ("groups",)
    size_last = True
    torch = "torch.nn.GroupNorm"
    examples = (
        example((64, 32, 32), groups=32),
        example((32,), groups=4, eps=1e-6),
        example((16, 100), groups=1, affine=False),
        example((16, 4, 8, 8), groups=16),
    )

    groups: Positive = argument("how many groups the channels fall into")
    eps: Fraction = argument("added to the variance", default=1e-5)
    affine: bool = argument("learn a factor and a shift per channel", default=True)

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        image(self.word, x, (0, 1, 2, 3))
        channels = x.shape[0]
        if channels % self.groups:
            groups, whole = self.groups, f"the {channels} channels"
            hint = "choose a number of groups that divides the channels"
            raise mistakes.does_not_divide(groups, "groups", channels, whole, "groups", hint)
        return inputs

    def weights(self, inputs: Types) -> tuple[Weight, ...]:
        return affine(inputs[0].shape[:1], self.affine)

    def counts(self, inputs: Types, outputs: Types) -> Counts:
        return self._counts(inputs, fvcore=4 + self.affine, thop=0)

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        return Footprint(inputs=True, elements=2 * self.groups, room=2 * self.groups)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        (x,) = inputs
        return ((Mixed(1, x.shape[0], self.groups), *everywhere(range(2, x.rank + 1))),)

    def normalised_together(self, inputs: Types) -> int:
        return inputs[0].numel // self.groups

    def emit(self, inputs: Types) -> Emission:
        keywords = changed(self, "eps", "affine")
        return module(Call(layer(self.torch), (self.groups, inputs[0].shape[0]), keywords))
