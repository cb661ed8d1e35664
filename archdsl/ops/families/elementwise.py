"""Merges element by element."""

from collections import Counter
from typing import ClassVar

from msgspec.structs import replace

from archdsl.ir.code import Attr, Call, Code, Emission, Fold, In, Infix, expression
from archdsl.ir.footprint import INPUTS, NOTHING, PRODUCT, Footprint
from archdsl.ir.reach import POINT, Looks, broadcast
from archdsl.ir.shape import Shape, TensorType, Types
from archdsl.ops.base import MANY, Op, OpFamily, example
from archdsl.ops.branches import check_count, disagreement


class Elementwise(Op):
    """Branches of one shape, or of shapes that broadcast as people mean it, into that shape."""

    family = OpFamily.MERGE
    inputs = (2, MANY)
    fixed_footprint: ClassVar[Footprint]  # of two branches
    divides: ClassVar[bool] = False  # after all branches were joined

    def infer(self, inputs: Types) -> Types:
        check_count(self.word, inputs)
        shapes = tuple(x.shape for x in inputs)
        counts = Counter(shapes)

        def fitting(whole: Shape) -> int:
            return sum(count for shape, count in counts.items() if _fits(shape, whole))

        whole = max(counts, key=fitting)
        strangers = tuple(k for k, shape in enumerate(shapes) if not _fits(shape, whole))
        if strangers:
            branches = (shapes.index(whole), *strangers)
            raise disagreement(self.word, inputs, branches, whole, shapes[strangers[0]])
        return (TensorType(whole),)

    def elementwise(self, inputs: Types, outputs: Types) -> int:
        return (len(inputs) - 1) * outputs[0].numel

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        shapes = [x.shape for x in inputs]
        if len(set(shapes)) == 1:
            return (POINT,) * len(inputs)
        (whole,) = self.infer(inputs)
        return tuple(broadcast(shape, whole.shape) for shape in shapes)

    def footprint(self, inputs: Types, outputs: Types, training: bool) -> Footprint:
        """The results on the way are held too, if the branches are multiplied or compared in turn;
        an inference holds one of them beside the next."""
        size = outputs[0].numel
        between = len(inputs) - 2 if self.fixed_footprint.inputs else 0
        room = size if len(inputs) - 1 + self.divides > 1 else 0
        back = self._back(inputs, size)
        return replace(self.fixed_footprint, elements=between * size, room=room, back=back)

    def _back(self, inputs: Types, size: int) -> int:
        """The memory that the backward pass holds besides the gradients of the branches."""
        return 0

    def _operands(self, inputs: Types) -> tuple[Code, ...]:
        """The branches as code; a vector over tokens gets the tokens' dimension."""
        rank = max(x.rank for x in inputs)
        return tuple(
            In(k) if x.rank == rank else Call(Attr(In(k), "unsqueeze"), (1,))
            for k, x in enumerate(inputs)
        )


class Add(Elementwise):
    """The sum of the branches: a residual connection."""

    word = "add"
    torch = "torch.add"
    fixed_footprint = Footprint(passes=True)
    examples = (
        example((64, 56, 56), (64, 56, 56)),
        example((197, 768), (197, 768), (768,)),
        example((8, 1, 1), (8, 5, 4)),
    )

    def emit(self, inputs: Types) -> Emission:
        return expression(Infix("+", self._operands(inputs)))


class Multiply(Elementwise):
    """The product of the branches, element by element: a gate."""

    word = "multiply"
    torch = "torch.mul"
    fixed_footprint = PRODUCT
    examples = (
        example((64, 56, 56), (64, 1, 1)),
        example((64, 9, 8), (1, 9, 8)),
        example((8, 5, 6, 7), (8, 1, 1, 1)),
        example((8, 20), (8, 1)),
        example((5,), (5,), (5,)),
    )

    def emit(self, inputs: Types) -> Emission:
        return expression(Infix("*", self._operands(inputs)))

    def _back(self, inputs: Types, size: int) -> int:
        """A product for every element, of which the gradient of a smaller branch is the sum."""
        return size if any(x.numel < size for x in inputs) else 0


class Subtract(Elementwise):
    """The first branch minus the second."""

    word = "subtract"
    inputs = (2, 2)
    torch = "torch.sub"
    fixed_footprint = NOTHING
    examples = (
        example((16, 8, 8), (16, 8, 8)),
        example((3,), (4, 3)),
    )

    def emit(self, inputs: Types) -> Emission:
        return expression(Infix("-", self._operands(inputs)))


class Maximum(Elementwise):
    """The larger of the branches, element by element (maxout)."""

    word = "maximum"
    torch = "torch.maximum"
    fixed_footprint = INPUTS
    examples = (
        example((16, 8, 8), (16, 8, 8)),
        example((16,), (16,), (16,)),
    )

    def emit(self, inputs: Types) -> Emission:
        return expression(Fold("torch.maximum", self._operands(inputs)))

    def _back(self, inputs: Types, size: int) -> int:
        """Half of the gradient, for where branches are equal, and two marks for every element."""
        return size + size // 2


class Average(Elementwise):
    """The mean of the branches, element by element."""

    word = "average"
    torch = "torch.mean"
    fixed_footprint = Footprint(passes=True)
    divides = True
    examples = (
        example((16, 8, 8), (16, 8, 8)),
        example((10,), (10,), (10,)),
    )

    def elementwise(self, inputs: Types, outputs: Types) -> int:
        return len(inputs) * outputs[0].numel

    def emit(self, inputs: Types) -> Emission:
        return expression(Infix("/", (Infix("+", self._operands(inputs)), len(inputs))))

    def _back(self, inputs: Types, size: int) -> int:
        """A part of the gradient, which all branches then share."""
        return size


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
