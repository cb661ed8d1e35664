"""Merges: which shapes go together, what is said of those that do not, and the numbers."""

from itertools import product

import pytest
import torch
from emitted import emitted
from torch import Tensor

from archdsl.ir.graph import Reach
from archdsl.ir.shape import Shape, TensorType
from archdsl.ops.base import Misfit
from archdsl.ops.registry import ops

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
        ops()[word](**arguments).infer(types(*shapes))
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
        assert op.elementwise(shapes, op.infer(shapes)) in (2 * 21, 3 * 21)


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
            "write the broadcast that PyTorch would make with `expand`",
            (0, 1),
        ),
        (
            ((10,), (12,)),
            "branches of add differ in features: 10 and 12",
            "",
            (0, 1),
        ),
    ],
)
def test_what_is_said_of_an_add(
    shapes: tuple[Shape, ...], message: str, hint: str, branches: tuple[int, ...]
) -> None:
    found = misfit("add", *shapes)
    assert (found.message, found.hint, found.branches) == (message, hint, branches)


def test_what_is_said_of_a_concat() -> None:
    found = misfit("concat", (4, 28, 28), (8, 28, 28), (8, 27, 28))
    assert found.message == "branches of concat differ in size: 4x28x28, 8x28x28 and 8x27x28"
    assert found.branches == (0, 2)
    found = misfit("concat", (4, 28, 28), (8, 28, 30), dim="width")
    assert found.message == "branches of concat differ in channels: 4x28x28 and 8x28x30"


def test_what_is_said_of_a_matmul() -> None:
    found = misfit("matmul", (7, 4), (7, 4))
    assert found.message == "branches of matmul do not multiply: 7x4 and 7x4"
    assert found.arithmetic == "4 columns ≠ 7 rows"
    assert misfit("matmul", (7,), (7, 4)).code == "E0302"


@pytest.mark.parametrize("word", [*FUNCTIONS, "concat", "stack"])
def test_one_branch_is_no_merge(word: str) -> None:
    assert misfit(word, (3, 4, 4)).code == "E0314"


def test_products_see_everything() -> None:
    assert ops()["matmul"]().reach(types((3, 4), (4, 3))) is Reach.GLOBAL
    assert ops()["add"]().reach(types((3, 4), (3, 4))) is Reach.POINT
