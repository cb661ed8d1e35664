"""Several branches into one: element by element, side by side, or as a product of matrices."""

from collections import Counter
from math import prod
from typing import ClassVar

from msgspec.structs import replace
from pydantic import Field

from archdsl.ir.code import Attr, Call, Code, Emission, In, Infix, List, expression
from archdsl.ir.counts import Counts
from archdsl.ir.footprint import INPUTS, Footprint
from archdsl.ir.graph import Reach
from archdsl.ir.shape import Shape, TensorType, format_shape
from archdsl.ops.base import MANY, Differ, Example, Family, Misfit, Op, example
from archdsl.ops.dims import Dim, resolve

SHOWN = 8  # branches that a message lists one by one
JOINS = ("concat", "stack")  # what lays branches side by side: no element meets another


class Elementwise(Op):
    """Branches of one shape, or of shapes that broadcast as people mean it, into that shape."""

    family: ClassVar[Family] = Family.MERGE
    inputs: ClassVar[tuple[int, int]] = (2, MANY)

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        _check_count(self.word, inputs)
        shapes = tuple(x.shape for x in inputs)
        counts = Counter(shapes)

        def fitting(whole: Shape) -> int:
            return sum(count for shape, count in counts.items() if _fits(shape, whole))

        whole = max(counts, key=fitting)
        strangers = tuple(k for k, shape in enumerate(shapes) if not _fits(shape, whole))
        if strangers:
            branches = (shapes.index(whole), *strangers)
            raise _disagreement(self.word, inputs, branches, whole, shapes[strangers[0]])
        return (TensorType(whole),)

    def elementwise(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int:
        return (len(inputs) - 1) * outputs[0].numel

    def footprint(
        self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...], training: bool
    ) -> Footprint:
        """Where the branches are multiplied or compared in turn, the results on the way too."""
        between = len(inputs) - 2 if self.leaves.inputs else 0
        return replace(self.leaves, elements=between * outputs[0].numel)

    def _operands(self, inputs: tuple[TensorType, ...]) -> tuple[Code, ...]:
        """The branches as code; a vector over tokens gets the tokens' dimension."""
        rank = max(x.rank for x in inputs)
        return tuple(
            In(k) if x.rank == rank else Call(Attr(In(k), "unsqueeze"), (1,))
            for k, x in enumerate(inputs)
        )


class Add(Elementwise):
    """The sum of the branches: a residual connection."""

    word: ClassVar[str] = "add"
    torch: ClassVar[str] = "torch.add"
    leaves: ClassVar[Footprint] = Footprint(passes=True)
    examples: ClassVar[tuple[Example, ...]] = (
        example((64, 56, 56), (64, 56, 56)),
        example((197, 768), (197, 768), (768,)),
        example((8, 1, 1), (8, 5, 4)),
    )

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return expression(Infix("+", self._operands(inputs)))


class Multiply(Elementwise):
    """The product of the branches, element by element: a gate."""

    word: ClassVar[str] = "multiply"
    torch: ClassVar[str] = "torch.mul"
    leaves: ClassVar[Footprint] = INPUTS
    examples: ClassVar[tuple[Example, ...]] = (
        example((64, 56, 56), (64, 1, 1)),
        example((64, 9, 8), (1, 9, 8)),
        example((8, 5, 6, 7), (8, 1, 1, 1)),
        example((8, 20), (8, 1)),
        example((5,), (5,), (5,)),
    )

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return expression(Infix("*", self._operands(inputs)))


class Subtract(Elementwise):
    """The first branch less the second."""

    word: ClassVar[str] = "subtract"
    inputs: ClassVar[tuple[int, int]] = (2, 2)
    torch: ClassVar[str] = "torch.sub"
    examples: ClassVar[tuple[Example, ...]] = (
        example((16, 8, 8), (16, 8, 8)),
        example((3,), (4, 3)),
    )

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return expression(Infix("-", self._operands(inputs)))


class Maximum(Elementwise):
    """The larger of the branches, element by element (maxout)."""

    word: ClassVar[str] = "maximum"
    torch: ClassVar[str] = "torch.maximum"
    leaves: ClassVar[Footprint] = INPUTS
    examples: ClassVar[tuple[Example, ...]] = (
        example((16, 8, 8), (16, 8, 8)),
        example((16,), (16,), (16,)),
    )

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        result, *rest = self._operands(inputs)
        for operand in rest:
            result = Call("torch.maximum", (result, operand))
        return expression(result)


class Average(Elementwise):
    """The mean of the branches, element by element."""

    word: ClassVar[str] = "average"
    torch: ClassVar[str] = "torch.mean"
    examples: ClassVar[tuple[Example, ...]] = (
        example((16, 8, 8), (16, 8, 8)),
        example((10,), (10,), (10,)),
    )

    def elementwise(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int:
        return len(inputs) * outputs[0].numel

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return expression(Infix("/", (Infix("+", self._operands(inputs)), len(inputs))))


class Concat(Op):
    """The branches one after the other along a dimension, the channels unless `dim` says."""

    word: ClassVar[str] = "concat"
    family: ClassVar[Family] = Family.MERGE
    inputs: ClassVar[tuple[int, int]] = (2, MANY)
    torch: ClassVar[str] = "torch.cat"
    leaves: ClassVar[Footprint] = Footprint(passes=True)
    examples: ClassVar[tuple[Example, ...]] = (
        example((64, 28, 28), (128, 28, 28), (32, 28, 28)),
        example((1, 768), (196, 768), dim="tokens"),
        example((4, 5, 6), (4, 5, 9), dim=-1),
    )

    dim: Dim = Field(1, description="the dimension that grows; 1 is the channels")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        _check_count(self.word, inputs)
        dim = resolve(self.dim, inputs[0].rank)
        size = sum(x.shape[dim - 1] for x in inputs if x.rank >= dim)
        wholes = tuple(_grown(x.shape, dim, size) for x in inputs)
        return (TensorType(_agreed(self.word, wholes, inputs)),)

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return _joined("torch.cat", inputs, resolve(self.dim, _rank(inputs)))


class Stack(Op):
    """Branches of one shape side by side along a new dimension of the result."""

    word: ClassVar[str] = "stack"
    family: ClassVar[Family] = Family.MERGE
    inputs: ClassVar[tuple[int, int]] = (2, MANY)
    torch: ClassVar[str] = "torch.stack"
    leaves: ClassVar[Footprint] = Footprint(passes=True)
    examples: ClassVar[tuple[Example, ...]] = (
        example((64, 7, 7), (64, 7, 7)),
        example((5,), (5,), (5,), dim=-1),
    )

    dim: Dim = Field(1, description="where the new dimension stands in the result")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        _check_count(self.word, inputs)
        shape = _agreed(self.word, tuple(x.shape for x in inputs), inputs)
        dim = resolve(self.dim, len(shape) + 1)
        return (TensorType((*shape[: dim - 1], len(inputs), *shape[dim - 1 :])),)

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return _joined("torch.stack", inputs, resolve(self.dim, _rank(inputs) + 1))


class Matmul(Op):
    """The product of matrices, `…xMxK` and `…xKxN`, for each of the leading dimensions."""

    word: ClassVar[str] = "matmul"
    family: ClassVar[Family] = Family.MERGE
    inputs: ClassVar[tuple[int, int]] = (2, 2)
    torch: ClassVar[str] = "torch.matmul"
    leaves: ClassVar[Footprint] = INPUTS
    examples: ClassVar[tuple[Example, ...]] = (
        example((196, 64), (64, 196)),
        example((12, 10, 4), (12, 4, 7)),
    )

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        left, right = inputs
        for x in inputs:
            if x.rank < 2:
                raise Misfit(
                    "E0302",
                    f"`matmul` needs matrices, but a branch is {format_shape(x.shape)}",
                    hint="make a vector a matrix with `unsqueeze(1)`",
                )
        shapes = f"{format_shape(left.shape)} and {format_shape(right.shape)}"
        if left.shape[:-2] != right.shape[:-2]:
            message = f"branches of matmul differ before the matrix: {shapes}"
            raise Misfit("E0301", message, branches=(0, 1))
        if left.shape[-1] != right.shape[-2]:
            raise Misfit(
                "E0301",
                f"branches of matmul do not multiply: {shapes}",
                arithmetic=f"{left.shape[-1]} columns ≠ {right.shape[-2]} rows",
                hint="turn one of them with `transpose(-2, -1)`",
                branches=(0, 1),
            )
        return (TensorType((*left.shape[:-1], right.shape[-1])),)

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int:
        return prod(outputs[0].shape) * inputs[0].shape[-1]

    def counts(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> Counts:
        return Counts(fvcore=self.macs(inputs, outputs))

    def reach(self, inputs: tuple[TensorType, ...]) -> Reach:
        return Reach.GLOBAL

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return expression(Infix("@", (In(0), In(1))))


def _fits(shape: Shape, whole: Shape) -> bool:
    """The broadcasts that people mean: none, per channel, per place, per feature of tokens."""
    if shape == whole:
        return True
    if len(shape) == 1 and len(whole) == 2:
        return shape == whole[1:]
    if len(shape) != len(whole) or len(whole) < 2:
        return False
    per_channel = (whole[0], *(1 for _ in whole[1:]))
    per_place = (1, *whole[1:])
    return shape in (per_channel, per_place)


def _joined(function: str, inputs: tuple[TensorType, ...], dim: int) -> Emission:
    """`torch.cat([a, b], dim=1)`."""
    branches = List(tuple(In(k) for k in range(len(inputs))))
    return expression(Call(function, (branches,), (("dim", dim),)))


def _check_count(word: str, inputs: tuple[TensorType, ...]) -> None:
    if len(inputs) < 2:
        raise Misfit(
            "E0314",
            f"`{word}` merges branches, but there is {'only one' if inputs else 'none'}",
            hint="write the skip as a branch: `identity`",
        )


def _grown(shape: Shape, dim: int, size: int) -> Shape:
    """The shape with another size of a dimension, if it has that dimension."""
    return (*shape[: dim - 1], size, *shape[dim:]) if len(shape) >= dim else shape


def _rank(inputs: tuple[TensorType, ...]) -> int:
    """The one rank of branches that agree."""
    (rank,) = {x.rank for x in inputs}
    return rank


def _agreed(word: str, wholes: tuple[Shape, ...], inputs: tuple[TensorType, ...]) -> Shape:
    """The shape that each branch asks for by itself; refuses branches that ask for different."""
    ((usual, _),) = Counter(wholes).most_common(1)  # of equally many the first
    strangers = tuple(k for k, whole in enumerate(wholes) if whole != usual)
    if strangers:
        branches = (wholes.index(usual), *strangers)
        raise _disagreement(word, inputs, branches, usual, wholes[strangers[0]])
    return usual


def _disagreement(
    word: str,
    inputs: tuple[TensorType, ...],
    branches: tuple[int, ...],
    usual: Shape,
    other: Shape,
) -> Misfit:
    """What to say of branches of which one is `usual` and the first stranger `other`."""
    hint, differ = _hint(word, len(inputs), usual, other)
    return Misfit(
        "E0301",
        f"branches of {word} differ in {_difference(usual, other)}: {_all_shapes(inputs)}",
        hint=hint,
        branches=tuple(sorted(branches)),
        differ=differ,
    )


def _all_shapes(inputs: tuple[TensorType, ...]) -> str:
    """Every branch's; of many branches the different shapes, with how many have each."""
    texts = [format_shape(x.shape) for x in inputs]
    if len(texts) > SHOWN:
        counts = Counter(texts)
        texts = [f"{text} ({count:,} times)" for text, count in counts.most_common(SHOWN)]
        others = len(counts) - SHOWN
        if others > 0:
            texts.append(f"{others:,} other shape{'s' if others > 1 else ''}")
    return " and ".join([", ".join(texts[:-1]), texts[-1]])


def _difference(usual: Shape, other: Shape) -> str:
    if len(usual) != len(other):
        return "the number of dimensions"
    if len(usual) == 1:
        return "features"
    if len(usual) == 2:
        return "shape"
    if usual[0] == other[0]:
        return "size"
    return "channels" if usual[1:] == other[1:] else "channels and size"


def _hint(word: str, count: int, usual: Shape, other: Shape) -> tuple[str, Differ | None]:
    """One thing to do, for the likeliest slip, and what the branches' steps are asked about."""
    if len(usual) != len(other):
        return _rank_hint(word, max(usual, other, key=len), min(usual, other, key=len)), None
    if word not in JOINS and _would_broadcast(usual, other):
        return "write the broadcast that PyTorch would make with `expand`", None
    if len(usual) < 3:
        return "", None
    small, large = sorted((usual, other), key=lambda shape: prod(shape[1:]))
    if word not in JOINS and set(small[1:]) == {1} != set(large[1:]):
        channels = large[0]
        return f"for a factor per channel, give the gate {channels}: `conv({channels}, 1)`", None
    if usual[1:] != other[1:]:
        return "bring the branches to one size: with `padding`, or a stride in both", Differ.SIZE
    from_, to = sorted((usual[0], other[0])) if count == 2 else (other[0], usual[0])
    return f"project the branch of {from_} channels with `conv({to}, 1)`", Differ.CHANNELS


def _rank_hint(word: str, large: Shape, small: Shape) -> str:
    if word not in JOINS and small == large[:1] and len(large) > 2:
        ones = (1,) * (len(large) - 1)
        return f"for a factor per channel: `reshape({format_shape((*small, *ones))})`"
    return "bring both to the same number of dimensions with `unsqueeze` or `flatten`"


def _would_broadcast(usual: Shape, other: Shape) -> bool:
    return all(a == b or 1 in (a, b) for a, b in zip(usual, other, strict=True))
