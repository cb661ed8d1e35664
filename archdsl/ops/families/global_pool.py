"""Pools over all places."""

from typing import ClassVar

from archdsl.ir.code import Call, Emission, module
from archdsl.ir.counts import Counts
from archdsl.ir.footprint import Footprint
from archdsl.ir.reach import Looks, Mixed
from archdsl.ir.shape import TensorType
from archdsl.ops.base import Example, Family, Op, example
from archdsl.ops.families.pool import counted_means, with_indices
from archdsl.ops.sizes import (
    image,
    layer,
)


class GlobalPool(Op):
    """What the pools over all places share."""

    family: ClassVar[Family] = Family.POOLING

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        (x,) = inputs
        rank = image(self.word, x)
        return (TensorType((x.shape[0], *(1,) * rank)),)

    def elementwise(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int:
        return inputs[0].numel

    def reach(self, inputs: tuple[TensorType, ...], result: int = 0) -> Looks:
        return (tuple(Mixed(dim, 1) for dim in range(2, inputs[0].rank + 1)),)

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return module(Call(layer(self.torch, inputs[0].rank - 1), (1,)))


class GlobalAvgPool(GlobalPool):
    """Each channel's mean over all places, kept as `Cx1x1` (Lin et al., 2014)."""

    word: ClassVar[str] = "global_avg_pool"
    torch: ClassVar[str] = "torch.nn.AdaptiveAvgPool2d"
    examples: ClassVar[tuple[Example, ...]] = (
        example((512, 7, 7)),
        example((64, 100)),
        example((32, 4, 7, 7)),
    )

    def counts(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> Counts:
        return counted_means(inputs[0], outputs[0])


class GlobalMaxPool(GlobalPool):
    """Each channel's largest element, kept as `Cx1x1`."""

    word: ClassVar[str] = "global_max_pool"
    torch: ClassVar[str] = "torch.nn.AdaptiveMaxPool2d"
    examples: ClassVar[tuple[Example, ...]] = (
        example((512, 7, 7)),
        example((64, 100)),
        example((32, 4, 7, 7)),
    )

    def footprint(
        self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...], training: bool
    ) -> Footprint:
        return with_indices(outputs[0])
