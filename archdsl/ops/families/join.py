"""Merges that put tensors beside each other, and the matrix product."""

from collections import Counter
from itertools import accumulate
from math import prod

from archdsl.ir.code import Call, Emission, In, Infix, List, expression
from archdsl.ir.counts import Counts
from archdsl.ir.footprint import PRODUCT, Footprint
from archdsl.ir.reach import Everywhere, Laid, Looks, Mixed, Regrouped
from archdsl.ir.shape import Shape, TensorType, Types
from archdsl.ops import mistakes
from archdsl.ops.argument import argument
from archdsl.ops.base import MANY, Op, OpFamily, example
from archdsl.ops.branches import all_shapes, check_count, disagreement
from archdsl.ops.dims import Dim, resolve


class Concat(Op):
    """The branches one after the other along a dimension, the channels unless `dim` says."""

    word = "concat"
    family = OpFamily.MERGE
    inputs = (2, MANY)
    torch = "torch.cat"
    fixed_footprint = Footprint(passes=True)
    examples = (
        example((64, 28, 28), (128, 28, 28), (32, 28, 28)),
        example((1, 768), (196, 768), dim="tokens"),
        example((4, 5, 6), (4, 5, 9), dim=-1),
    )

    dim: Dim = argument("the dimension that grows; 1 is the channels", default=1)

    def infer(self, inputs: Types) -> Types:
        check_count(self.word, inputs)
        dim = resolve(self.dim, inputs[0].rank)
        size = sum(x.shape[dim - 1] for x in inputs if x.rank >= dim)
        wholes = tuple(_grown(x.shape, dim, size) for x in inputs)
        return (TensorType(_agreed(self.word, wholes, inputs)),)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        dim = resolve(self.dim, _rank(inputs))
        sizes = [x.shape[dim - 1] for x in inputs]
        *starts, whole = accumulate(sizes, initial=0)
        return tuple((Laid(dim, start, whole),) for start in starts)

    def emit(self, inputs: Types) -> Emission:
        return _joined("torch.cat", inputs, resolve(self.dim, _rank(inputs)))


class Stack(Op):
    """Branches of one shape side by side along a new dimension of the result."""

    word = "stack"
    family = OpFamily.MERGE
    inputs = (2, MANY)
    torch = "torch.stack"
    fixed_footprint = Footprint(passes=True)
    examples = (
        example((64, 7, 7), (64, 7, 7)),
        example((5,), (5,), (5,), dim=-1),
    )

    dim: Dim = argument("where the new dimension stands in the result", default=1)

    def infer(self, inputs: Types) -> Types:
        check_count(self.word, inputs)
        shape = _agreed(self.word, tuple(x.shape for x in inputs), inputs)
        dim = resolve(self.dim, len(shape) + 1)
        return (TensorType((*shape[: dim - 1], len(inputs), *shape[dim - 1 :])),)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        dim = resolve(self.dim, _rank(inputs) + 1)
        shape = inputs[0].shape
        single = Regrouped((*shape[: dim - 1], 1, *shape[dim - 1 :]))
        return tuple((single, Laid(dim, k, len(inputs))) for k in range(len(inputs)))

    def emit(self, inputs: Types) -> Emission:
        return _joined("torch.stack", inputs, resolve(self.dim, _rank(inputs) + 1))


class Matmul(Op):
    """The product of matrices, `…xMxK` and `…xKxN`, for each of the leading dimensions."""

    word = "matmul"
    family = OpFamily.MERGE
    inputs = (2, 2)
    torch = "torch.matmul"
    fixed_footprint = PRODUCT
    examples = (
        example((196, 64), (64, 196)),
        example((12, 10, 4), (12, 4, 7)),
    )

    def infer(self, inputs: Types) -> Types:
        left, right = inputs
        for x in inputs:
            if x.rank < 2:
                hint = "make a vector a matrix with `unsqueeze(1)`"
                raise mistakes.branch_unfit(self.word, "matrices", x.shape, hint)
        if left.shape[:-2] != right.shape[:-2]:
            how, shapes = "differ before the matrix", all_shapes(inputs)
            raise mistakes.branches_clash(self.word, how, shapes, (0, 1))
        if left.shape[-1] != right.shape[-2]:
            raise mistakes.branches_clash(
                self.word,
                "do not multiply",
                all_shapes(inputs),
                (0, 1),
                arithmetic=f"{left.shape[-1]} columns ≠ {right.shape[-2]} rows",
                hint="turn one of them with `transpose(-2, -1)`",
            )
        return (TensorType((*left.shape[:-1], right.shape[-1])),)

    def macs(self, inputs: Types, outputs: Types) -> int:
        return prod(outputs[0].shape) * inputs[0].shape[-1]

    def counts(self, inputs: Types, outputs: Types) -> Counts:
        return Counts(fvcore=self.macs(inputs, outputs))

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        """A row of the first and a column of the second."""
        left, right = inputs
        rank = left.rank
        return (
            (Everywhere(rank), Mixed(rank, right.shape[-1])),
            (Everywhere(rank - 1), Mixed(rank - 1, left.shape[-2])),
        )

    def emit(self, inputs: Types) -> Emission:
        return expression(Infix("@", (In(0), In(1))))


def _joined(function: str, inputs: Types, dim: int) -> Emission:
    """`torch.cat([a, b], dim=1)`."""
    branches = List(tuple(In(k) for k in range(len(inputs))))
    return expression(Call(function, (branches,), (("dim", dim),)))


def _grown(shape: Shape, dim: int, size: int) -> Shape:
    """The shape with another size of a dimension, if it has that dimension."""
    return (*shape[: dim - 1], size, *shape[dim:]) if len(shape) >= dim else shape


def _rank(inputs: Types) -> int:
    """The one rank of branches that agree."""
    (rank,) = {x.rank for x in inputs}
    return rank


def _agreed(word: str, wholes: tuple[Shape, ...], inputs: Types) -> Shape:
    """The shape that each branch asks for by itself; refuses branches that ask for different."""
    ((usual, _),) = Counter(wholes).most_common(1)  # of equally many the first
    strangers = tuple(k for k, whole in enumerate(wholes) if whole != usual)
    if strangers:
        branches = (wholes.index(usual), *strangers)
        raise disagreement(word, inputs, branches, usual, wholes[strangers[0]])
    return usual
