"""Attention over tokens: the whole layer, `attention`, and its core, `scaled_dot_product`."""

from math import prod

from archdsl.ir.code import Call, Code, Emission, In, Index, Self, expression
from archdsl.ir.counts import Counts
from archdsl.ir.footprint import Footprint
from archdsl.ir.graph import Weight, WeightKind
from archdsl.ir.reach import Before, Everywhere, Look, Looks, Mixed
from archdsl.ir.shape import TensorType, Types
from archdsl.ops import mistakes
from archdsl.ops.argument import argument
from archdsl.ops.base import Op, OpFamily, example
from archdsl.ops.branches import all_shapes
from archdsl.ops.spatial import AboveZero, Positive, Probability, options


class Attention(Op):
    """Multi-head self-attention over `LxF` tokens."""

    word = "attention"
    family = OpFamily.ATTENTION
    positional = ("heads",)
    torch = "torch.nn.MultiheadAttention"
    merging = "scaled_dot_product"
    examples = (
        example((197, 192), heads=3),
        example((10, 12), heads=4, bias=False, dropout=0.1),
    )

    heads: Positive = argument("parallel attentions, each with an equal part of the features")
    dropout: Probability = argument("share of the attention that training drops", default=0.0)
    bias: bool = argument("add learned numbers in the projections", default=True)

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        if x.rank != 2:
            image = "on a CxHxW image: `flatten(2) -> transpose(1, 2)` first"
            hint = image if x.rank == 3 else ""
            raise mistakes.flow_unfit(self.word, "LxF tokens", x.shape, hint)
        features = x.shape[1]
        if features % self.heads:
            whole = f"{features} features"
            raise mistakes.does_not_divide(self.heads, "heads", features, whole, "heads")
        return inputs

    def weights(self, inputs: Types) -> tuple[Weight, ...]:
        features = inputs[0].shape[1]
        matrices = (
            Weight("in_proj_weight", (3 * features, features)),
            Weight("in_proj_bias", (3 * features,), WeightKind.BIAS),
            Weight("out_proj.weight", (features, features)),
            Weight("out_proj.bias", (features,), WeightKind.BIAS),
        )
        return tuple(w for w in matrices if self.bias or w.kind is not WeightKind.BIAS)

    def macs(self, inputs: Types, outputs: Types) -> int:
        """The four projections, and the two products that every head makes of its features."""
        length, features = inputs[0].shape
        return self._projections(inputs) + 2 * length**2 * features

    def counts(self, inputs: Types, outputs: Types) -> Counts:
        """fvcore sees the projections and not the two products; the others see nothing."""
        return Counts(fvcore=self._projections(inputs))

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """By flash attention: the tokens, their queries, keys and values, the heads' results (laid
        out in order), and for every head and token the sum of its weights."""
        length, features = inputs[0].shape
        kept = length * (5 * features + self.heads)
        return Footprint(elements=kept, room=5 * length * features)

    def _projections(self, inputs: Types) -> int:
        matrices = (w for w in self.weights(inputs) if w.kind is WeightKind.WEIGHT)
        return inputs[0].shape[0] * sum(w.numel for w in matrices)

    def elementwise(self, inputs: Types, outputs: Types) -> int:
        return self.heads * inputs[0].shape[0] ** 2

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        return ((Everywhere(1), Mixed(2, inputs[0].shape[1])),)

    def is_features_last(self, inputs: Types) -> bool:
        return True

    def emit(self, inputs: Types) -> Emission:
        keywords = options(dropout=(self.dropout, 0.0), bias=(self.bias, True))
        sizes = (inputs[0].shape[1], self.heads)
        build = Call("nn.MultiheadAttention", sizes, (*keywords, ("batch_first", True)))
        result = Call(Self(), (In(0), In(0), In(0)), (("need_weights", False),))
        return Emission(build, Index(result, (0,)))


class ScaledDotProduct(Op):
    """Attention of queries over keys and values, `…xLxE`, `…xSxE` and `…xSxV`."""

    word = "scaled_dot_product"
    family = OpFamily.ATTENTION
    inputs = (3, 3)
    torch = "torch.nn.functional.scaled_dot_product_attention"
    crowded = (
        "it takes queries, keys and values; a mask is added to the products, written out: "
        "`matmul(q, k -> transpose(-2, -1)) -> scale(q.features ** -0.5, learned=false) -> "
        "add(identity, mask) -> softmax(dim=-1) -> matmul(identity, v)`"
    )
    examples = (
        example((12, 197, 64), (12, 197, 64), (12, 197, 64)),
        example((5, 4), (7, 4), (7, 6)),
        example((2, 6, 8), (2, 6, 8), (2, 6, 8), is_causal=True, scale=0.1),
    )

    is_causal: bool = argument("let each token see only itself and those before", default=False)
    scale: AboveZero | None = argument("factor of the products; 1 / √E by default", default=None)

    def infer(self, inputs: Types) -> Types:
        q, k, v = inputs
        for x in inputs:
            if x.rank < 2:
                raise mistakes.branch_unfit(self.word, "LxF tokens", x.shape)
        _require(k.shape[:-2] == q.shape[:-2], inputs, (0, 1), "differ before the tokens")
        _require(v.shape[:-2] == q.shape[:-2], inputs, (0, 2), "differ before the tokens")
        _require(k.shape[-1] == q.shape[-1], inputs, (0, 1), "differ in the features of q and k")
        _require(v.shape[-2] == k.shape[-2], inputs, (1, 2), "differ in the tokens of k and v")
        return (TensorType((*q.shape[:-1], v.shape[-1])),)

    def macs(self, inputs: Types, outputs: Types) -> int:
        q, k, _ = inputs
        return (q.numel + outputs[0].numel) * k.shape[-2]

    def elementwise(self, inputs: Types, outputs: Types) -> int:
        q, k, _ = inputs
        return prod(q.shape[:-1]) * k.shape[-2]

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """By flash attention: no product of queries and keys, only the sum of each token's."""
        sums = prod(inputs[0].shape[:-1])
        return Footprint(inputs=True, outputs=True, elements=sums, room=sums)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        """A query's own features, of all keys (or those up to its own place) all, and of their
        values each its own."""
        q, _, v = inputs
        tokens, features = q.rank - 1, Mixed(q.rank, v.shape[-1])
        queries = q.shape[-2]
        keys: Look = (Everywhere(tokens), Mixed(tokens, queries))
        if self.is_causal:
            keys = (Before(tokens, queries),)
        return (features,), (*keys, features), keys

    def emit(self, inputs: Types) -> Emission:
        branches: tuple[Code, ...] = (In(0), In(1), In(2))
        keywords = options(is_causal=(self.is_causal, False), scale=(self.scale, None))
        return expression(Call("nn.functional.scaled_dot_product_attention", branches, keywords))


def _require(fits: bool, inputs: Types, branches: tuple[int, int], how: str) -> None:
    if not fits:
        shapes = all_shapes(inputs)
        raise mistakes.branches_clash("scaled_dot_product", how, shapes, branches)
