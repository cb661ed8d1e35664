"""Pools to a given size."""

from math import gcd, prod

from archdsl.ir.code import Call, Emission, module
from archdsl.ir.counts import Counts
from archdsl.ir.footprint import INPUTS, NOTHING, Footprint
from archdsl.ir.reach import MOST_TAPS, Chosen, LineOfTaps, Looks, Mixed
from archdsl.ir.shape import Shape, TensorType, Types
from archdsl.ops.argument import argument
from archdsl.ops.base import Op, OpFamily, example
from archdsl.ops.families.pool import counted_means, with_indices
from archdsl.ops.spatial import Positive, check_count, collapse, image, layer

Targets = Positive | None | tuple[Positive | None, ...]


class AdaptivePool(Op):
    """The common part of pools with a given result size: windows as equal as the sizes allow."""

    family = OpFamily.POOLING
    positional = ("output_size",)

    output_size: Targets = argument("result's spatial size; none keeps the input's")

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        image(self.word, x)
        return (TensorType((x.shape[0], *self._sizes(x))),)

    def elementwise(self, inputs: Types, outputs: Types) -> int:
        before, after = inputs[0].shape[1:], outputs[0].shape[1:]
        return inputs[0].shape[0] * prod(map(_elements, before, after))

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        pairs = enumerate(zip(inputs[0].shape[1:], self._sizes(inputs[0]), strict=True), 2)
        return (tuple(_look(dim, old, new) for dim, (old, new) in pairs if old != new),)

    def emit(self, inputs: Types) -> Emission:
        rank = inputs[0].rank - 1
        targets = self._targets(rank)
        if rank == 1 or None not in targets:  # PyTorch's 1-D layers want a number
            return module(Call(layer(self.torch, rank), (collapse(self._sizes(inputs[0])),)))
        return module(Call(layer(self.torch, rank), (targets,)))

    def _targets(self, rank: int) -> tuple[int | None, ...]:
        if not isinstance(self.output_size, tuple):
            return (self.output_size,) * rank
        check_count(len(self.output_size), rank, "output_size")
        return self.output_size

    def _sizes(self, x: TensorType) -> Shape:
        targets = zip(x.shape[1:], self._targets(x.rank - 1), strict=True)
        return tuple(size if target is None else target for size, target in targets)


class AdaptiveAvgPool(AdaptivePool):
    """The means of windows chosen so that the result has the given size."""

    word = "adaptive_avg_pool"
    torch = "torch.nn.AdaptiveAvgPool2d"
    examples = (
        example((512, 14, 14), output_size=7),
        example((16, 9, 13), output_size=(None, 4)),
        example((8, 100), output_size=16),
        example((4, 8, 10, 10), output_size=(1, 5, 5)),
    )

    def counts(self, inputs: Types, outputs: Types) -> Counts:
        return counted_means(inputs[0], outputs[0])

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """A mean over everything needs no memory of what it was."""
        return NOTHING if all(size == 1 for size in outputs[0].shape[1:]) else INPUTS


class AdaptiveMaxPool(AdaptivePool):
    """The largest elements of windows chosen so that the result has the given size."""

    word = "adaptive_max_pool"
    torch = "torch.nn.AdaptiveMaxPool2d"
    examples = (
        example((512, 14, 14), output_size=7),
        example((16, 9, 13), output_size=(3, None)),
        example((8, 100), output_size=16),
        example((4, 8, 10, 10), output_size=2),
    )

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        return with_indices(outputs[0])


def _look(dim: int, size: int, result: int) -> LineOfTaps | Mixed | Chosen:
    """Element `i` takes the places from ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉; they repeat."""
    if result == 1:
        return Mixed(dim, 1)
    shared = gcd(size, result)
    advance, period = size // shared, result // shared
    if period > MOST_TAPS:
        return Chosen(dim, result)
    taps = (range(i * advance // period, -(-(i + 1) * advance // period)) for i in range(period))
    return LineOfTaps(dim, result, tuple(taps), advance)


def _elements(size: int, result: int) -> int:
    """The elements of all adaptive windows along a dimension, from ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉.

    Neighbours share the element that a boundary cuts, and gcd(n, m) − 1 boundaries cut none.
    """
    return size + result - gcd(size, result)
