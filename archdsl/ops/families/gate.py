"""Activations over a whole dimension: each element depends on the others."""

from archdsl.ir.code import Call, Emission, module
from archdsl.ir.counts import Counts
from archdsl.ir.footprint import OUTPUTS
from archdsl.ir.reach import LineOfTaps, Looks, everywhere
from archdsl.ir.shape import TensorType, Types
from archdsl.ops import mistakes
from archdsl.ops.activation import Activation
from archdsl.ops.argument import argument
from archdsl.ops.base import example
from archdsl.ops.dims import Dim, resolve
from archdsl.ops.spatial import layer, options


class SoftmaxLike(Activation):
    """Over one dimension, which only a vector leaves no doubt about."""

    fixed_footprint = OUTPUTS
    normalises = True
    examples = (
        example((10,)),
        example((21, 64, 64), dim=1),
        example((12, 197, 197), dim=-1),
    )

    dim: Dim | None = argument(
        "dimension that sums to 1 (0 is the batch); a vector needs none", default=None
    )

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        if self.dim is None and x.rank > 1:
            raise mistakes.needs_dimension(self.word, x)
        self._number(x)
        return inputs

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        return (everywhere((self._number(inputs[0]),)),)

    def normalised_together(self, inputs: Types) -> int:
        return inputs[0].shape[self._number(inputs[0]) - 1]

    def emit(self, inputs: Types) -> Emission:
        dim = self.dim if isinstance(self.dim, int) else self._number(inputs[0])
        return module(Call(layer(self.torch), (), (("dim", dim),)))

    def _number(self, x: TensorType) -> int:
        return resolve(self._given, x.rank)

    @property
    def _given(self) -> Dim:
        return 1 if self.dim is None else self.dim


class Softmax(SoftmaxLike):
    """eˣ over the sum of eˣ along a dimension."""

    word = "softmax"
    torch = "torch.nn.Softmax"

    def counts(self, inputs: Types, outputs: Types) -> Counts:
        """thop counts n exponentials, n − 1 additions and n divisions for every n elements."""
        size = inputs[0].shape[self._number(inputs[0]) - 1]
        return Counts(thop=inputs[0].numel // size * (3 * size - 1))


class LogSoftmax(SoftmaxLike):
    """The logarithm of the softmax along a dimension."""

    word = "log_softmax"
    torch = "torch.nn.LogSoftmax"


class Glu(Activation):
    """One half of a dimension times the sigmoid of the other (Dauphin et al., 2017)."""

    word = "glu"
    torch = "torch.nn.GLU"
    examples = (
        example((197, 768)),
        example((64, 14, 14), dim=1),
    )

    dim: Dim = argument("dimension to halve (0 is the batch)", default=-1)

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        dim = resolve(self.dim, x.rank)
        size = x.shape[dim - 1]
        if size % 2:
            channels = x.rank > 2 and x.shape[0] % 2 == 0
            hint = "`glu(dim=1)` halves the channels" if channels else ""
            raise mistakes.odd_to_halve(self.word, dim, x, size, hint)
        return (TensorType((*x.shape[: dim - 1], size // 2, *x.shape[dim:])),)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        """Each at its own place in both halves."""
        dim = resolve(self.dim, inputs[0].rank)
        half = inputs[0].shape[dim - 1] // 2
        return ((LineOfTaps(dim, half, (range(0, half + 1, half),), 1),),)

    def emit(self, inputs: Types) -> Emission:
        dim = self.dim if isinstance(self.dim, int) else resolve(self.dim, inputs[0].rank)
        return module(Call(layer(self.torch), (), options(dim=(dim, -1))))
