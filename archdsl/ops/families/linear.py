"""Learned maps of the last dimension: `linear`, `bilinear` and `embedding`."""

from math import prod

from msgspec.structs import replace

from archdsl.ir.code import Call, Emission, In, Self, module
from archdsl.ir.counts import Counts
from archdsl.ir.footprint import INPUTS
from archdsl.ir.graph import Weight, WeightKind
from archdsl.ir.reach import Looks, Mixed, Regrouped, Repeated
from archdsl.ir.shape import DType, TensorType, Types
from archdsl.ops import mistakes
from archdsl.ops.argument import argument
from archdsl.ops.base import LinearMap, Op, OpFamily, example
from archdsl.ops.branches import all_shapes
from archdsl.ops.spatial import Positive, options


class Linear(Op):
    """A fully connected layer over the last dimension: of a vector, or of each token."""

    word = "linear"
    family = OpFamily.LINEAR
    positional = ("features",)
    torch = "torch.nn.Linear"
    fixed_footprint = INPUTS
    examples = (
        example((512,), features=1000),
        example((197, 768), features=2304, bias=False),
        example((7, 7, 96), features=384),
        example((197, 96), features=288, bias=(True, False, True)),
    )

    features: Positive = argument("size of the last dimension of the result")
    bias: bool | tuple[bool, ...] = argument(
        "add a learned number per feature; a tuple says to which of equal parts", default=True
    )

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        _check_has_features(self.word, x)
        if isinstance(self.bias, tuple):
            self._check_parts(len(self.bias))
        return (TensorType((*x.shape[:-1], self.features)),)

    def weights(self, inputs: Types) -> tuple[Weight, ...]:
        weight = Weight("weight", (self.features, inputs[0].shape[-1]))
        bias = Weight("bias", (self.features,), WeightKind.BIAS)
        return (weight, bias) if self.bias else (weight,)

    def macs(self, inputs: Types, outputs: Types) -> int:
        return prod(self.weights(inputs)[0].shape) * prod(outputs[0].shape[:-1])

    def counts(self, inputs: Types, outputs: Types) -> Counts:
        """thop counts the very class `nn.Linear`, and none that is made of it."""
        macs = self.macs(inputs, outputs)
        thop = 0 if isinstance(self.bias, tuple) else macs
        return replace(super().counts(inputs, outputs), fvcore=macs, thop=thop)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        return ((Mixed(inputs[0].rank, self.features),),)

    def is_features_last(self, inputs: Types) -> bool:
        return True

    def emit(self, inputs: Types) -> Emission:
        sizes = (inputs[0].shape[-1], self.features)
        if isinstance(self.bias, tuple):
            return module(Call("PartlyBiased", (*sizes, self.bias)), ("PartlyBiased",))
        return module(Call("nn.Linear", sizes, options(bias=(self.bias, True))))

    def linear_map(self, inputs: Types) -> LinearMap | None:
        """Of a vector: a norm sees the first dimension of tokens as their channels."""
        if inputs[0].rank > 1 or isinstance(self.bias, tuple):
            return None
        return LinearMap(replace(self, bias=True))

    def _check_parts(self, parts: int) -> None:
        if not parts:
            raise mistakes.empty_argument("bias", "names", "part")
        if self.features % parts:
            whole = f"{self.features} features"
            raise mistakes.does_not_divide(parts, "parts", self.features, whole, "bias")


class Bilinear(Op):
    """A product of two flows' last dimensions with a learned weight for every pair of features."""

    word = "bilinear"
    family = OpFamily.LINEAR
    inputs = (2, 2)
    torch = "torch.nn.Bilinear"
    fixed_footprint = INPUTS
    examples = (
        example((64,), (32,), features=10),
        example((7, 6), (7, 5), features=4, bias=False),
    )

    features: Positive = argument("size of the last dimension of the result")
    bias: bool = argument("add a learned number per feature", default=True)

    def infer(self, inputs: Types) -> Types:
        left, right = inputs
        for x in inputs:
            _check_has_features(self.word, x)
        if left.shape[:-1] != right.shape[:-1]:
            how, shapes = "differ before the last dimension", all_shapes(inputs)
            raise mistakes.branches_clash(self.word, how, shapes, (0, 1))
        return (TensorType((*left.shape[:-1], self.features)),)

    def weights(self, inputs: Types) -> tuple[Weight, ...]:
        left, right = inputs
        weight = Weight("weight", (self.features, left.shape[-1], right.shape[-1]))
        bias = Weight("bias", (self.features,), WeightKind.BIAS)
        return (weight, bias) if self.bias else (weight,)

    def macs(self, inputs: Types, outputs: Types) -> int:
        return prod(self.weights(inputs)[0].shape) * prod(outputs[0].shape[:-1])

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        return ((Mixed(inputs[0].rank, self.features),),) * 2

    def emit(self, inputs: Types) -> Emission:
        left, right = inputs
        sizes = (left.shape[-1], right.shape[-1], self.features)
        build = Call("nn.Bilinear", sizes, options(bias=(self.bias, True)))
        return Emission(build, Call(Self(), (In(0), In(1))))


class Embedding(Op):
    """A learned vector for each whole number below `count`: `L` numbers become `LxF` tokens."""

    word = "embedding"
    family = OpFamily.LINEAR
    positional = ("count", "features")
    dtype = DType.INT
    torch = "torch.nn.Embedding"
    fixed_footprint = INPUTS
    examples = (
        example((128,), dtype=DType.INT, count=1000, features=64),
        example((4, 6), dtype=DType.INT, count=10, features=3, padding_idx=-1),
    )

    count: Positive = argument("how many vectors there are")
    features: Positive = argument("size of each vector")
    padding_idx: int | None = argument("the number whose vector stays zero", default=None)

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        if self.padding_idx is not None and not -self.count <= self.padding_idx < self.count:
            vectors = f"{self.count} vectors"
            raise mistakes.index_outside(self.padding_idx, vectors, self.count, "padding_idx")
        return (TensorType((*x.shape, self.features)),)

    def weights(self, inputs: Types) -> tuple[Weight, ...]:
        return (Weight("weight", (self.count, self.features)),)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        (x,) = inputs
        return ((Regrouped((*x.shape, 1)), Repeated(x.rank + 1, self.features)),)

    def emit(self, inputs: Types) -> Emission:
        keywords = options(padding_idx=(self.padding_idx, None))
        return module(Call("nn.Embedding", (self.count, self.features), keywords))


def _check_has_features(word: str, x: TensorType) -> None:
    if x.rank == 0:
        raise mistakes.flow_unfit(word, "a dimension of features", x.shape)
