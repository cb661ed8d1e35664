"""Merges: which shapes go together, what is said of those that do not, and the numbers."""

from itertools import product

import pytest
import torch
from emitted import emitted
from torch import Tensor

import archdsl
from archdsl.ir.reach import POINT, Everywhere, Mixed
from archdsl.ir.shape import DType, Shape, TensorType
from archdsl.ops.base import Misfit
from archdsl.ops.registry import ops
from archdsl.ops.validation import validated

IMAGE, TOKENS = (6, 4, 5), (4, 5)
TOGETHER = [
    (IMAGE, IMAGE),
    (IMAGE, (6, 1, 1)),
    (IMAGE, (1, 4, 5)),
    ((1, 1, 1), (1, 1, 1)),
    ((2, 3, 4, 5), (2, 1, 1, 1)),
    ((2, 3, 4, 5), (1, 3, 4, 5)),
    (TOKENS, TOKENS),
    (TOKENS, (5,)),
    (TOKENS, (4, 1)),
    (TOKENS, (1, 5)),
    ((5, 5), (5,)),
    ((5,), (5,)),
    ((), ()),
]
APART = [
    (IMAGE, (6, 4, 1)),
    (IMAGE, (6, 1, 5)),
    (IMAGE, (1, 1, 1)),
    (IMAGE, (1, 1, 5)),
    (IMAGE, (5,)),
    (IMAGE, (6,)),
    (IMAGE, (4, 5)),
    (IMAGE, (6, 4, 4)),
    ((6, 1, 1), (1, 4, 5)),
    (TOKENS, (4,)),
    (TOKENS, (1,)),
    (TOKENS, (1, 1)),
    ((5,), (1,)),
    ((5,), ()),
]


def types(*shapes: Shape) -> tuple[TensorType, ...]:
    return tuple(TensorType(shape) for shape in shapes)


def misfit(word: str, *shapes: Shape, **arguments: object) -> Misfit:
    with pytest.raises(Misfit) as caught:
        validated(ops()[word], arguments).infer(types(*shapes))
    return caught.value


def sample_by_sample(function: object, *branches: Tensor) -> Tensor:
    """What is meant: each sample alone, where no batch can get in the way of a broadcast."""
    return torch.stack([function(*samples) for samples in zip(*branches, strict=True)])


FUNCTIONS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "maximum": torch.maximum,
    "average": lambda a, b: (a + b) / 2,
}


@pytest.mark.one_in(5)
@pytest.mark.parametrize(("word", "shapes"), [*product(FUNCTIONS, TOGETHER)])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("samples", [1, 2, 4, 5, 6])
def test_a_broadcast_means_the_same_for_each_sample(
    word: str, shapes: tuple[Shape, Shape], turned: bool, samples: int
) -> None:
    shapes = shapes[::-1] if turned else shapes
    op = ops()[word]()
    branches = [torch.randn(samples, *shape) for shape in shapes]
    expected = sample_by_sample(FUNCTIONS[word], *branches)
    (result,) = op.infer(types(*shapes))
    assert result.shape == max(shapes, key=lambda shape: (len(shape), shape))
    assert torch.equal(emitted(op, types(*shapes))(*branches), expected)


@pytest.mark.parametrize(("word", "shapes"), [*product(FUNCTIONS, APART)])
def test_other_shapes_are_not_broadcast(word: str, shapes: tuple[Shape, Shape]) -> None:
    assert misfit(word, *shapes).code == "E0301"
    assert misfit(word, *shapes[::-1]).branches == (0, 1)


def test_three_branches() -> None:
    shapes = types((7, 3), (3,), (7, 1))
    a, b, c = torch.randn(2, 7, 3), torch.randn(2, 3), torch.randn(2, 7, 1)
    for word, expected in (
        ("add", a + b[:, None] + c),
        ("multiply", a * b[:, None] * c),
        ("maximum", torch.maximum(torch.maximum(a, b[:, None]), c)),
        ("average", (a + b[:, None] + c) / 3),
    ):
        op = ops()[word]()
        assert torch.allclose(emitted(op, shapes)(a, b, c), expected)
        operations = 3 if word == "average" else 2  # two sums, and one division
        assert op.elementwise(shapes, op.infer(shapes)) == operations * 21


@pytest.mark.parametrize(
    ("shapes", "message", "hint", "branches"),
    [
        (
            ((64, 56, 56), (256, 56, 56)),
            "branches of add differ in channels: 64x56x56 and 256x56x56",
            "project the branch of 64 channels with `conv(256, 1)`",
            (0, 1),
        ),
        (
            ((64, 56, 56), (64, 28, 28)),
            "branches of add differ in size: 64x56x56 and 64x28x28",
            "bring the branches to one size: with `padding`, or a stride in both",
            (0, 1),
        ),
        (
            ((64, 56, 56), (128, 28, 28)),
            "branches of add differ in channels and size: 64x56x56 and 128x28x28",
            "bring the branches to one size: with `padding`, or a stride in both",
            (0, 1),
        ),
        (
            ((8, 4, 4), (8, 4, 4), (9, 4, 4)),
            "branches of add differ in channels: 8x4x4, 8x4x4 and 9x4x4",
            "project the branch of 9 channels with `conv(8, 1)`",
            (0, 2),
        ),
        (
            ((9, 4, 4), (8, 4, 4), (8, 1, 1), (8, 4, 4)),
            "branches of add differ in channels: 9x4x4, 8x4x4, 8x1x1 and 8x4x4",
            "project the branch of 9 channels with `conv(8, 1)`",
            (0, 1),
        ),
        (
            ((64, 7, 7), (64,)),
            "branches of add differ in the number of dimensions: 64x7x7 and 64",
            "for a factor per channel: `reshape(64x1x1)`",
            (0, 1),
        ),
        (
            ((8, 5, 4), (8, 5, 1)),
            "branches of add differ in size: 8x5x4 and 8x5x1",
            "write `-> expand(-1, -1, 4)` behind the branch of 8x5x1",
            (0, 1),
        ),
        (
            ((10,), (12,)),
            "branches of add differ in features: 10 and 12",
            "",
            (0, 1),
        ),
        (
            ((4, 5), (3, 5)),
            "branches of add differ in shape: 4x5 and 3x5",
            "",
            (0, 1),
        ),
        (
            ((6, 4, 5), (5,)),
            "branches of add differ in the number of dimensions: 6x4x5 and 5",
            "bring both to the same number of dimensions with `unsqueeze` or `flatten`",
            (0, 1),
        ),
        (
            ((4, 5), (4,)),
            "branches of add differ in the number of dimensions: 4x5 and 4",
            "bring both to the same number of dimensions with `unsqueeze` or `flatten`",
            (0, 1),
        ),
        (  # the first that does not fit is the one that is told of
            ((8, 4, 4), (8, 4, 4), (9, 4, 4), (8, 3, 3)),
            "branches of add differ in channels: 8x4x4, 8x4x4, 9x4x4 and 8x3x3",
            "project the branch of 9 channels with `conv(8, 1)`",
            (0, 2, 3),
        ),
        *(
            (
                ((64, *size), (32, 1, 1)),
                f"branches of add differ in channels and size: {text} and 32x1x1",
                "for a factor per channel, give the gate 64: `conv(64, 1)`",
                (0, 1),
            )
            for size, text in (((7, 7), "64x7x7"), ((7, 1), "64x7x1"), ((1, 7), "64x1x7"))
        ),
        *(  # a gate is what has one place, however many channels
            (
                ((2, *size), (512, 1, 1)),
                f"branches of add differ in channels and size: {text} and 512x1x1",
                "for a factor per channel, give the gate 2: `conv(2, 1)`",
                (0, 1),
            )
            for size, text in (((7, 7), "2x7x7"), ((7, 1), "2x7x1"))
        ),
        (
            ((16, 5, 6), (8, 5, 1)),
            "branches of add differ in channels and size: 16x5x6 and 8x5x1",
            "bring the branches to one size: with `padding`, or a stride in both",
            (0, 1),
        ),
        (
            ((8, 1, 1), (16, 1, 1)),
            "branches of add differ in channels: 8x1x1 and 16x1x1",
            "project the branch of 8 channels with `conv(16, 1)`",
            (0, 1),
        ),
    ],
)
def test_what_is_said_of_an_add(
    shapes: tuple[Shape, ...], message: str, hint: str, branches: tuple[int, ...]
) -> None:
    refusal = misfit("add", *shapes)
    assert (refusal.message, refusal.hint, refusal.branches) == (message, hint, branches)


def test_what_is_said_of_a_concat() -> None:
    refusal = misfit("concat", (4, 28, 28), (8, 28, 28), (8, 27, 28))
    assert refusal.message == "branches of concat differ in size: 4x28x28, 8x28x28 and 8x27x28"
    assert refusal.branches == (0, 2)
    refusal = misfit("concat", (4, 28, 28), (8, 28, 30), dim="width")
    assert refusal.message == "branches of concat differ in channels: 4x28x28 and 8x28x30"
    assert refusal.hint == "project the branch of 4 channels with `conv(8, 1)`"
    refusal = misfit("concat", (64, 7, 7), (32, 1, 1))
    assert refusal.hint == "bring the branches to one size: with `padding`, or a stride in both"
    refusal = misfit("concat", (4, 5), (6,), dim=2)
    assert refusal.message == "branches of concat differ in the number of dimensions: 4x5 and 6"
    refusal = misfit("concat", (4, 5), (4,), dim=-1)  # was a crash
    assert refusal.message == "branches of concat differ in the number of dimensions: 4x5 and 4"
    refusal = misfit(
        "concat", (4, 28, 28), (8, 28, 28), (8, 27, 28), (4, 28)
    )  # the first is told of
    assert refusal.message.startswith("branches of concat differ in size: ")
    refusal = misfit("stack", (4, 5), (4, 5), (4, 6), (3, 5))
    assert refusal.message == "branches of stack differ in shape: 4x5, 4x5, 4x6 and 3x5"
    assert refusal.branches == (0, 2, 3)


@pytest.mark.parametrize("word", ["concat", "stack"])
def test_no_factor_per_channel_is_laid_beside_an_image(word: str) -> None:
    """A vector of as many channels became `reshape(64x1x1)`, which does not fit either."""
    assert misfit(word, (64, 7, 7), (64, 1, 1)).code == "E0301"
    hint = "bring both to the same number of dimensions with `unsqueeze` or `flatten`"
    assert misfit(word, (64, 7, 7), (64,)).hint == hint


def test_many_branches_are_told_by_their_shapes() -> None:
    one, other = (9, 4, 4), (8, 4, 4)
    eight = misfit("add", one, *[other] * 7).message
    assert eight.endswith(": 9x4x4" + ", 8x4x4" * 6 + " and 8x4x4")
    nine = misfit("add", one, *[other] * 8).message
    assert nine.endswith(": 8x4x4 (8 times) and 9x4x4 (1 times)")
    sizes = [(8, 4, size) for size in range(3, 14)]
    listed = ", ".join(f"8x4x{size} (1 times)" for size in range(3, 11))
    assert misfit("add", *sizes[:8], sizes[0]).message.endswith(" and 8x4x10 (1 times)")
    assert misfit("add", *sizes[:9]).message.endswith(f": {listed} and 1 other shape")
    assert misfit("add", *sizes[:10]).message.endswith(f": {listed} and 2 other shapes")
    assert misfit("add", *sizes).message.endswith(f": {listed} and 3 other shapes")


def test_where_a_new_dimension_stands() -> None:
    shapes = types((64, 7, 9), (64, 7, 9))
    assert ops()["stack"]().infer(shapes) == types((2, 64, 7, 9))
    assert ops()["stack"](dim=-1).infer(shapes) == types((64, 7, 9, 2))


def test_what_is_said_of_a_matmul() -> None:
    refusal = misfit("matmul", (7, 4), (7, 4))
    assert refusal.message == "branches of matmul do not multiply: 7x4 and 7x4"
    assert refusal.arithmetic == "4 columns ≠ 7 rows"
    assert refusal.branches == (0, 1)
    assert misfit("matmul", (2, 7, 4), (2, 3, 4)).arithmetic == "4 columns ≠ 3 rows"
    refusal = misfit("matmul", (2, 7, 4), (3, 4, 7))
    assert refusal.message == "branches of matmul differ before the matrix: 2x7x4 and 3x4x7"
    assert refusal.branches == (0, 1)
    assert misfit("matmul", (7,), (7, 4)).code == "E0302"


def test_what_is_said_of_a_bilinear() -> None:
    refusal = misfit("bilinear", (7, 4), (6, 4), features=3)
    assert refusal.message == "branches of bilinear differ before the last dimension: 7x4 and 6x4"
    assert refusal.branches == (0, 1)
    assert misfit("bilinear", (), (), features=3).code == "E0302"
    assert ops()["bilinear"](features=3).reach(types((4,), (5,))) == ((Mixed(1, 3),),) * 2
    assert ops()["bilinear"](features=3).reach(types((7, 4), (7, 5))) == ((Mixed(2, 3),),) * 2


@pytest.mark.parametrize(
    ("shapes", "how", "branches"),
    [
        (((2, 4, 8), (3, 4, 8), (2, 4, 8)), "differ before the tokens", (0, 1)),
        (((2, 4, 8), (2, 4, 8), (3, 4, 8)), "differ before the tokens", (0, 2)),
        (((4, 8), (4, 7), (4, 8)), "differ in the features of q and k", (0, 1)),
        (((4, 8), (5, 8), (4, 8)), "differ in the tokens of k and v", (1, 2)),
    ],
)
def test_what_is_said_of_an_attention(
    shapes: tuple[Shape, ...], how: str, branches: tuple[int, ...]
) -> None:
    refusal = misfit("scaled_dot_product", *shapes)
    assert (refusal.code, refusal.branches) == ("E0301", branches)
    assert refusal.message.startswith(f"branches of scaled_dot_product {how}: ")
    (result,) = ops()["scaled_dot_product"]().infer(types((4, 8), (5, 8), (5, 9)))
    assert result.shape == (4, 9)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_vector_is_no_tokens(place: int) -> None:
    shapes = [(4, 8), (4, 8), (4, 8)]
    shapes[place] = (8,)
    refusal = misfit("scaled_dot_product", *shapes)
    assert refusal.message == "`scaled_dot_product` needs LxF tokens, but a branch is 8"


def test_an_attention_costs_an_operation_for_every_weight() -> None:
    """One for every query and key, of every head."""
    tokens, op = types((197, 192)), ops()["attention"](heads=3)
    assert op.elementwise(tokens, op.infer(tokens)) == 3 * 197 * 197
    tokens, op = types((12, 10, 64), (12, 7, 64), (12, 7, 32)), ops()["scaled_dot_product"]()
    assert op.elementwise(tokens, op.infer(tokens)) == 12 * 10 * 7


def test_what_is_looked_up_is_counted_in_a_row_of_whole_numbers() -> None:
    op = ops()["index_select"]()
    for wrong, code in (
        (TensorType((4,)), "E0315"),
        (TensorType((4, 2), DType.INT), "E0302"),
        (TensorType((), DType.INT), "E0302"),
    ):
        with pytest.raises(Misfit) as caught:
            op.infer((TensorType((5, 3)), wrong))
        assert (caught.value.code, caught.value.branches) == (code, (1,))


COUNTS = {
    2: ("subtract", "bilinear", "matmul", "index_select"),
    3: ("scaled_dot_product",),
}


@pytest.mark.parametrize(("count", "word"), [(n, w) for n, ws in COUNTS.items() for w in ws])
@pytest.mark.parametrize("more", [-1, 1])
def test_as_many_branches_as_it_takes(count: int, word: str, more: int) -> None:
    """PyTorch's functions have so many parameters."""
    branches = ", ".join(["identity"] * (count + more))
    given = ", features=3" if word == "bilinear" else ""
    with pytest.raises(archdsl.SpecError, match=f"merges {count} branches, not"):
        archdsl.loads(f"network N:\n    input 4x4\n    {word}({branches}{given})\n")


def test_three_branches_are_attended_to() -> None:
    text = "network N:\n    input 4x4\n    scaled_dot_product(identity, identity, identity)\n"
    assert archdsl.loads(text).output == (4, 4)


@pytest.mark.parametrize("word", [*FUNCTIONS, "concat", "stack"])
def test_one_branch_in_a_network_is_no_merge(word: str) -> None:
    with pytest.raises(archdsl.SpecError, match=r"merges 2 branches( or more)?, not 1"):
        archdsl.loads(f"network N:\n    input 4x4\n    {word}(identity)\n")


@pytest.mark.parametrize("word", [*FUNCTIONS, "concat", "stack"])
def test_one_branch_is_no_merge(word: str) -> None:
    refusal = misfit(word, (3, 4, 4))
    assert (refusal.code, refusal.message.split()[-2:]) == ("E0314", ["only", "one"])
    with pytest.raises(Misfit, match="but there is none"):
        ops()[word]().infer(())


def test_products_see_everything() -> None:
    rows, columns = (Everywhere(2), Mixed(2, 5)), (Everywhere(1), Mixed(1, 3))
    assert ops()["matmul"]().reach(types((3, 4), (4, 5))) == (rows, columns)
    assert ops()["add"]().reach(types((3, 4), (3, 4))) == (POINT, POINT)
