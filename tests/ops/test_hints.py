"""What is proposed where a layer does not fit: the words, and that the proposal works."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from archdsl.ir.shape import DType, Shape, TensorType
from archdsl.ops.base import Misfit
from archdsl.ops.registry import ops
from archdsl.ops.validation import validated


def misfit(word: str, *shapes: Shape, dtype: DType = DType.FLOAT, **arguments: Any) -> Misfit:
    with pytest.raises(Misfit) as caught:
        validated(ops()[word], arguments).infer(tuple(TensorType(shape, dtype) for shape in shapes))
    return caught.value


def largest_that_runs(build: Callable[[int], nn.Module], x: torch.Tensor) -> int:
    """The largest of 0, 1, 2, … with which a layer of PyTorch runs."""
    number = -1
    while True:
        try:
            build(number + 1)(x)
        except (RuntimeError, IndexError, AssertionError):
            return number
        number += 1


IMAGE, TOKENS = (6, 5, 5), (7, 6)
DIMENSIONS = "give 1 to 3, or a name: `channels`, `height`, `width`"


@pytest.mark.parametrize(("stride", "dilation"), [(2, 1), (1, 3), (3, 2)])
def test_the_most_rows_at_the_end_of_a_transposed_convolution(stride: int, dilation: int) -> None:
    def build(rows: int) -> nn.Module:
        return nn.ConvTranspose2d(6, 8, 2, stride=stride, dilation=dilation, output_padding=rows)

    most = largest_that_runs(build, torch.zeros(1, *IMAGE))
    given = {"channels": 8, "kernel_size": 2, "stride": stride, "dilation": dilation}
    refusal = misfit("conv_transpose", IMAGE, output_padding=most + 1, **given)
    assert refusal.hint == f"at most {most} fits here"


@pytest.mark.parametrize("mode", ["reflect", "circular"])
def test_the_largest_margin_that_can_be_filled(mode: str) -> None:
    def build(margin: int) -> nn.Module:
        return nn.Conv2d(6, 8, 3, padding=margin, padding_mode=mode)

    most = largest_that_runs(build, torch.zeros(1, *IMAGE))
    given = {"channels": 8, "kernel_size": 3, "padding": most + 1, "padding_mode": mode}
    assert f"at most {most} on height 5, not {most + 1}" in misfit("conv", IMAGE, **given).message
    (result,) = validated(ops()["conv"], given | {"padding": most}).infer((TensorType(IMAGE),))
    assert result.shape == tuple(build(most)(torch.zeros(1, *IMAGE)).shape[1:])


def test_the_last_index_of_an_embedding() -> None:
    with pytest.raises(AssertionError):
        nn.Embedding(9, 3, padding_idx=9)
    nn.Embedding(9, 3, padding_idx=8)
    refusal = misfit("embedding", (4,), dtype=DType.INT, count=9, features=3, padding_idx=9)
    assert refusal.hint == "give 0 to 8, or count from the end with a negative number"


HINTS = [
    (
        "conv",
        (120,),
        {"channels": 8, "kernel_size": 1},
        "`reshape(120, 1, 1)` makes an image of it",
    ),
    (
        "upsample",
        (12,),
        {"size": 4, "mode": "bilinear"},
        "`reshape(12, 1, 1)` makes an image of it",
    ),
    ("upsample", (12,), {"size": 4, "mode": "linear"}, ""),
    ("conv", (2, 3, 4, 5, 6), {"channels": 8, "kernel_size": 1}, ""),
    ("upsample", (12, 9), {"size": 4, "mode": "bilinear"}, ""),
    ("conv", (3, 9), {"channels": 8, "kernel_size": (3, 3)}, "give one number"),
    ("conv", IMAGE, {"channels": 8, "kernel_size": (3,)}, "give one number, or 2"),
    ("conv", (3, 4, 9, 9), {"channels": 8, "kernel_size": (3, 3)}, "give one number, or 3"),
    ("softmax", IMAGE, {"dim": 0}, DIMENSIONS),
    ("softmax", IMAGE, {"dim": "length"}, DIMENSIONS),
    ("softmax", IMAGE, {"dim": 4}, DIMENSIONS),
    ("mean", IMAGE, {"dim": ()}, DIMENSIONS),
    ("softmax", (10,), {"dim": 2}, "give 1, or a name: `features`, `channels`"),
    ("softmax", (2, 3, 4, 5, 6), {"dim": 6}, "give 1 to 5"),
    ("softmax", (), {"dim": 1}, ""),
    ("reshape", (10,), {"shape": (2, 4)}, "write 5 in place of 4, or -1 for the rest"),
    ("reshape", (10,), {"shape": (4, 5)}, "write 2 in place of 4, or -1 for the rest"),
    ("reshape", (10,), {"shape": (1, 7)}, "write 10 in place of 7, or -1 for the rest"),
    ("reshape", (10,), {"shape": (0, 5)}, "write 2 in place of 0, or -1 for the rest"),
    ("reshape", (10,), {"shape": (5, 0)}, "write 2 in place of 0, or -1 for the rest"),
    ("reshape", (10,), {"shape": (3, 4)}, "choose sizes whose product is 10"),
    ("reshape", (10,), {"shape": (-1, 3)}, "choose sizes whose product divides 10"),
    ("reshape", (10,), {"shape": (0, -1)}, "choose sizes whose product divides 10"),
    ("select", TOKENS, {"index": 7}, "give 0 to 6, or count from the end with a negative number"),
    ("glu", (6, 4, 5), {}, "`glu(dim=1)` halves the channels"),
    ("glu", (4, 4, 5), {}, "`glu(dim=1)` halves the channels"),
    ("glu", (5, 4, 5), {}, ""),
    ("glu", (5, 4, 5), {"dim": 1}, ""),
    ("glu", TOKENS, {"dim": 1}, ""),
    ("glu", (6, 5), {}, ""),
    (
        "attention",
        IMAGE,
        {"heads": 2},
        "on a CxHxW image: `flatten(2) -> transpose(1, 2)` first",
    ),
    ("attention", (6,), {"heads": 2}, ""),
    ("pad", (3, 9), {"padding": (1, 2, 3)}, "give one number, or (left, right)"),
    ("pad", IMAGE, {"padding": (1, 2)}, "give one number, or (left, right, top, bottom)"),
    (
        "pad",
        (3, 4, 5, 6),
        {"padding": (1, 2)},
        "give one number, or (left, right, top, bottom, front, back)",
    ),
    (
        "avg_pool",
        (4, 2, 9, 9),
        {"kernel_size": 3, "padding": 1},
        "use a kernel of at most 2 in depth",
    ),
]


@pytest.mark.parametrize(("word", "shape", "arguments", "hint"), HINTS)
def test_what_is_proposed(word: str, shape: Shape, arguments: dict[str, Any], hint: str) -> None:
    assert misfit(word, shape, **arguments).hint == hint


@pytest.mark.parametrize(("word", "shape", "arguments", "hint"), HINTS)
def test_a_number_that_is_proposed_fits(
    word: str, shape: Shape, arguments: dict[str, Any], hint: str
) -> None:
    """The sizes in place of others; the image that is made of a vector."""
    if proposal := re.match(r"write (\d+) in place of (\d+)", hint):
        new, old = map(int, proposal.groups())
        for sizes in ([new, *arguments["shape"]], [-1, *arguments["shape"]]):
            sizes.remove(old)
            assert torch.zeros(shape).reshape(sizes).numel() == 10
    if proposal := re.match(r"`reshape\((\d+), 1, 1\)`", hint):
        image = TensorType(tuple(torch.zeros(shape).reshape(int(proposal[1]), 1, 1).shape))
        assert validated(ops()[word], arguments).infer((image,))


SAID = [
    ("conv", IMAGE, {"channels": 8, "kernel_size": 7}, "does not fit into height 5"),
    (
        "conv",
        IMAGE,
        {"channels": 8, "kernel_size": 9, "padding": 1},
        "does not fit into height 5 with its padding",
    ),
    (
        "conv",
        (3, 9),
        {"channels": 8, "kernel_size": (3, 3)},
        "has 2 numbers, but the input has 1 spatial dimension",
    ),
    (
        "conv",
        IMAGE,
        {"channels": 8, "kernel_size": (3,)},
        "has 1 number, but the input has 2 spatial dimensions",
    ),
    ("chunk", (13,), {"chunks": 9}, "13 elements make 7 chunks of 2, not 9"),
    ("softmax", (10,), {"dim": 2}, "where a sample has 1 dimension"),
    ("softmax", (10,), {"dim": -3}, "there is no dimension -3 where a sample has 1 dimension"),
    ("softmax", (), {"dim": 1}, "where a sample has 0 dimensions"),
    ("softmax", (4, 5), {"dim": 3}, "where a sample has 2 dimensions"),
]


@pytest.mark.parametrize(("word", "shape", "arguments", "end"), SAID)
def test_what_is_said(word: str, shape: Shape, arguments: dict[str, Any], end: str) -> None:
    assert misfit(word, shape, **arguments).message.endswith(end)


SUMS = [
    ("linear", (12,), {"features": 10, "bias": (True, False, True)}, "10 % 3 = 1"),
    ("max_pool", (6, 9, 9), {"kernel_size": 4, "padding": 3}, "4 // 2 = 2"),
    ("reshape", (10,), {"shape": (3, 4)}, "3·4 = 12, not 10"),
    ("reshape", (10,), {"shape": (3, -1)}, "10 / (3) is no whole number"),
    ("reshape", (10,), {"shape": (2, -1, 3)}, "10 / (2·3) is no whole number"),
    ("group_norm", IMAGE, {"groups": 4}, "6 % 4 = 2"),
    ("attention", TOKENS, {"heads": 4}, "6 % 4 = 2"),
    ("channel_shuffle", IMAGE, {"groups": 4}, "6 % 4 = 2"),
    ("glu", IMAGE, {}, "5 % 2 = 1"),
    ("split", IMAGE, {"sizes": (1, 3)}, "1 + 3 = 4, not 6"),
    ("split", IMAGE, {"sizes": ()}, "0 = 0, not 6"),
    ("chunk", (10,), {"chunks": 6}, "⌈10 / 6⌉ = 2, ⌈10 / 2⌉ = 5"),
    ("chunk", (13,), {"chunks": 9}, "⌈13 / 9⌉ = 2, ⌈13 / 2⌉ = 7"),
    ("pad", IMAGE, {"padding": (-5, 0, 0, 0)}, "5 − 5 < 1"),
    ("pad", IMAGE, {"padding": (0, 0, -4, -1)}, "5 − 4 − 1 < 1"),
    ("pad", IMAGE, {"padding": (0, 0, -5, 3)}, "5 − 5 < 1"),
    ("pixel_shuffle", (41, 5, 5), {"upscale_factor": 3}, "41 % 3² = 5"),
    ("pixel_unshuffle", (3, 6, 11), {"downscale_factor": 3}, "11 % 3 = 2"),
]


@pytest.mark.parametrize(("word", "shape", "arguments", "arithmetic"), SUMS)
def test_the_sum_that_is_shown(
    word: str, shape: Shape, arguments: dict[str, Any], arithmetic: str
) -> None:
    assert misfit(word, shape, **arguments).arithmetic == arithmetic
