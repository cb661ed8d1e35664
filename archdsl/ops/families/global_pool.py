"""Pools over all places."""

from archdsl.ir.code import Call, Emission, module
from archdsl.ir.counts import Counts
from archdsl.ir.footprint import NOTHING, Footprint
from archdsl.ir.reach import Looks, Mixed
from archdsl.ir.shape import TensorType, Types
from archdsl.ops.base import Op, OpFamily, example
from archdsl.ops.families.pool import counted_means, with_indices
from archdsl.ops.spatial import image, layer


class GlobalPool(Op):
    """The common part of pools over all places."""

    family = OpFamily.POOLING

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        rank = image(self.word, x)
        return (TensorType((x.shape[0], *(1,) * rank)),)

    def elementwise(self, inputs: Types, outputs: Types) -> int:
        return inputs[0].numel

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        return (tuple(Mixed(dim, 1) for dim in range(2, inputs[0].rank + 1)),)

    def emit(self, inputs: Types) -> Emission:
        return module(Call(layer(self.torch, inputs[0].rank - 1), (1,)))


class GlobalAvgPool(GlobalPool):
    """Each channel's mean over all places, kept as `Cx1x1` (Lin et al., 2014)."""

    word = "global_avg_pool"
    torch = "torch.nn.AdaptiveAvgPool2d"
    fixed_footprint = NOTHING
    examples = (
        example((512, 7, 7)),
        example((64, 100)),
        example((32, 4, 7, 7)),
    )

    def counts(self, inputs: Types, outputs: Types) -> Counts:
        return counted_means(inputs[0], outputs[0])


class GlobalMaxPool(GlobalPool):
    """Each channel's largest element, kept as `Cx1x1`."""

    word = "global_max_pool"
    torch = "torch.nn.AdaptiveMaxPool2d"
    examples = (
        example((512, 7, 7)),
        example((64, 100)),
        example((32, 4, 7, 7)),
    )

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        return with_indices(outputs[0])
