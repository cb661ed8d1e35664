"""Sums, means and maxima over dimensions: `mean(height, width)`."""

from typing import ClassVar

from archdsl.ir.code import Attr, Call, Emission, In, expression
from archdsl.ir.footprint import BOTH, NOTHING
from archdsl.ir.reach import Looks, Mixed, Regrouped
from archdsl.ir.shape import TensorType, Types
from archdsl.ops.argument import argument
from archdsl.ops.base import Op, OpFamily, example
from archdsl.ops.dims import Dims, resolve_all
from archdsl.ops.spatial import collapse, options


class Reduction(Op):
    """The common part of reductions; a subclass names PyTorch's `method`."""

    family = OpFamily.REDUCTION
    variadic = "dim"
    method: ClassVar[str]

    dim: Dims = argument("the dimensions to reduce: names or PyTorch's numbers")
    keepdim: bool = argument("keep the reduced dimensions with size 1", default=False)

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        reduced = resolve_all(self.dim, x.rank)
        sizes = enumerate(x.shape, 1)
        if self.keepdim:
            return (TensorType(tuple(1 if d in reduced else size for d, size in sizes)),)
        return (TensorType(tuple(size for d, size in sizes if d not in reduced)),)

    def elementwise(self, inputs: Types, outputs: Types) -> int:
        return inputs[0].numel

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        mixed = tuple(Mixed(dim, 1) for dim in resolve_all(self.dim, inputs[0].rank))
        return ((*mixed, Regrouped(self.infer(inputs)[0].shape)),)

    def emit(self, inputs: Types) -> Emission:
        which = collapse(resolve_all(self.dim, inputs[0].rank))
        keyword = options(keepdim=(self.keepdim, False))
        return expression(Call(Attr(In(0), self.method), (which,), keyword))


class Mean(Reduction):
    """The mean over dimensions."""

    word = "mean"
    method = "mean"
    torch = "torch.mean"
    fixed_footprint = NOTHING
    examples = (
        example((512, 7, 7), dim=("height", "width")),
        example((196, 768), dim="tokens"),
        example((64, 9, 9), dim=1, keepdim=True),
    )


class Max(Reduction):
    """The largest element over dimensions."""

    word = "max"
    method = "amax"
    torch = "torch.amax"
    fixed_footprint = BOTH
    examples = (
        example((64, 9, 9), dim="channels", keepdim=True),
        example((64, 100), dim=-1),
    )


class Sum(Reduction):
    """The sum over dimensions."""

    word = "sum"
    method = "sum"
    torch = "torch.sum"
    fixed_footprint = NOTHING
    examples = (
        example((3, 4, 5, 6), dim=("depth", -1)),
        example((10,), dim="features"),
    )
