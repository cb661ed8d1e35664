"""Norms that learn nothing."""

from typing import Annotated

from archdsl.ir.code import Call, Emission, In, expression, module
from archdsl.ir.footprint import Footprint
from archdsl.ir.reach import LineOfTaps, Looks, everywhere
from archdsl.ir.shape import Types
from archdsl.ops.argument import Bounds, argument
from archdsl.ops.base import example
from archdsl.ops.dims import Dim, resolve
from archdsl.ops.families.norm import Normalisation
from archdsl.ops.spatial import Fraction, Number, changed, image, layer, options


class LocalResponseNorm(Normalisation):
    """Local response normalisation across neighbouring channels (Krizhevsky et al., 2012)."""

    word = "lrn"
    positional = ("size",)
    torch = "torch.nn.LocalResponseNorm"
    examples = (
        example((96, 55, 55), size=5, k=2),
        example((16, 100), size=4, alpha=1e-3, beta=0.5),
        example((8, 4, 6, 6), size=3),
    )

    size: Annotated[int, Bounds(ge=1, le=2**31)] = argument("neighbouring channels that count")
    alpha: Number = argument("factor of their mean square", default=1e-4)
    beta: Number = argument("exponent", default=0.75)
    k: Number = argument("added to the sum", default=1.0)

    def infer(self, inputs: Types) -> Types:
        image(self.word, inputs[0])
        return inputs

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """The squares in a margin of channels, their mean, and its power."""
        x = inputs[0]
        margin = (self.size - 1) * x.numel // x.shape[0]
        kept, back = 3 * x.numel + margin, 3 * x.numel
        return Footprint(inputs=True, elements=kept, room=2 * x.numel, back=back)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        taps = range(-(self.size // 2), self.size - self.size // 2)
        return ((LineOfTaps(1, inputs[0].shape[0], (taps,), 1),),)

    def emit(self, inputs: Types) -> Emission:
        keywords = changed(self, "alpha", "beta", "k")
        return module(Call(layer(self.torch), (self.size,), keywords))


class Normalize(Normalisation):
    """Each vector along a dimension, divided by its length: products of them are cosines."""

    word = "normalize"
    positional = ("dim",)
    torch = "torch.nn.functional.normalize"
    examples = (
        example((128,)),
        example((4, 49, 32), dim=-1),
        example((64, 7, 9), dim="height", eps=1e-6),
    )

    dim: Dim = argument("the dimension whose elements are one vector", default=1)
    eps: Fraction = argument("a smaller length counts as this one", default=1e-12)

    def infer(self, inputs: Types) -> Types:
        resolve(self.dim, inputs[0].rank)
        return inputs

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """The lengths, and those held above `eps`."""
        (x,) = inputs
        vectors = x.numel // x.shape[resolve(self.dim, x.rank) - 1]
        return Footprint(inputs=True, elements=2 * vectors, room=vectors, back=3 * x.numel)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        return (everywhere((resolve(self.dim, inputs[0].rank),)),)

    def normalised_together(self, inputs: Types) -> int:
        return inputs[0].shape[resolve(self.dim, inputs[0].rank) - 1]

    def emit(self, inputs: Types) -> Emission:
        dim = resolve(self.dim, inputs[0].rank)
        keywords = options(dim=(dim, 1), eps=(self.eps, 1e-12))
        return expression(Call("nn.functional.normalize", (In(0),), keywords))
