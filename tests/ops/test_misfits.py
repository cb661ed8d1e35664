"""What layers refuse: the code, the argument at fault, the words and the sum."""

from typing import Any

import pytest

from archdsl.ir.shape import Shape, TensorType
from archdsl.ops.base import Misfit
from archdsl.ops.registry import ops
from archdsl.ops.validation import validated


def misfit(word: str, shape: Shape, arguments: dict[str, Any]) -> Misfit:
    with pytest.raises(Misfit) as caught:
        validated(ops()[word], arguments).infer((TensorType(shape),))
    return caught.value


IMAGE = (6, 5, 5)
CASES = [
    ("conv", (120,), {"channels": 8, "kernel_size": 3}, "E0302", None, "CxL, CxHxW or CxDxHxW"),
    ("conv", (2, 3, 4, 5, 6), {"channels": 8, "kernel_size": 3}, "E0302", None, "2x3x4x5x6"),
    ("max_pool", (), {"kernel_size": 2}, "E0302", None, "scalar"),
    ("bn", (2, 3, 4, 5, 6), {}, "E0302", None, "an F, CxL, CxHxW or CxDxHxW"),
    ("lrn", (120,), {"size": 5}, "E0302", None, "CxL"),
    ("spatial_dropout", (120,), {}, "E0302", None, "CxL"),
    ("conv", IMAGE, {"channels": 8, "kernel_size": 7}, "E0303", "kernel_size", "height 5"),
    ("max_pool", (6, 9, 5), {"kernel_size": 7}, "E0303", "kernel_size", "width 5"),
    ("avg_pool", (4, 2, 9, 9), {"kernel_size": 3, "padding": 1}, "E0303", "kernel_size", "depth 2"),
    (
        "conv_transpose",
        (6, 2, 2),
        {"channels": 8, "kernel_size": 1, "padding": 1},
        "E0303",
        "padding",
        "takes off all of the height",
    ),
    ("conv", IMAGE, {"channels": 8, "kernel_size": (3,)}, "E0304", "kernel_size", "has 1 number,"),
    ("max_pool", IMAGE, {"kernel_size": 3, "stride": (1, 2, 1)}, "E0304", "stride", "3 numbers"),
    ("adaptive_avg_pool", (8, 100), {"output_size": (7, 7)}, "E0304", "output_size", "2 numbers"),
    (
        "conv",
        IMAGE,
        {"channels": 8, "kernel_size": 3, "stride": 2, "padding": "same"},
        "E0305",
        "padding",
        "which a stride cannot",
    ),
    ("conv", IMAGE, {"channels": 8, "kernel_size": 3, "groups": 4}, "E0306", "groups", "6 input"),
    ("conv", IMAGE, {"channels": 8, "kernel_size": 3, "groups": 3}, "E0306", "groups", "8 output"),
    ("group_norm", IMAGE, {"groups": 4}, "E0306", "groups", "6 channels"),
    ("glu", IMAGE, {}, "E0306", "dim", "6x5x5"),
    (
        "conv",
        IMAGE,
        {"channels": 8, "kernel_size": 3, "padding": 5, "padding_mode": "reflect"},
        "E0307",
        "padding",
        "at most 4",
    ),
    (
        "conv",
        IMAGE,
        {"channels": 8, "kernel_size": 3, "padding": 6, "padding_mode": "circular"},
        "E0307",
        "padding",
        "at most 5",
    ),
    ("max_pool", IMAGE, {"kernel_size": 3, "padding": 2}, "E0307", "padding", "half"),
    (
        "conv_transpose",
        IMAGE,
        {"channels": 8, "kernel_size": 2, "stride": 2, "output_padding": 2},
        "E0307",
        "output_padding",
        "stride 2",
    ),
    ("softmax", IMAGE, {"dim": 0}, "E0308", "dim", "batch"),
    ("softmax", IMAGE, {"dim": 4}, "E0308", "dim", "4"),
    ("instance_norm", (6, 1, 1), {}, "E0324", None, "6x1x1"),
    ("hardtanh", IMAGE, {"min_val": 2}, "E0305", "min_val", "max_val=1"),
    ("rrelu", IMAGE, {"lower": 0.5}, "E0305", "lower", "upper=0.333333"),
    (
        "avg_pool",
        (8, 30),
        {"kernel_size": 2, "divisor_override": 3},
        "E0325",
        "divisor_override",
        "8x30",
    ),
    ("softmax", IMAGE, {}, "E0326", "dim", "6x5x5"),
    ("softmax", (6, 5), {}, "E0326", "dim", "6x5"),
    ("prelu", (), {"num_parameters": 2}, "E0327", "num_parameters", "2 slopes for 1 channels"),
    ("upsample", IMAGE, {}, "E0305", None, "needs either"),
    ("softmax", (), {}, "E0308", "dim", "no dimension 1 where a sample has 0 dimensions"),
    ("slice", IMAGE, {"start": 8}, "E0322", "start", "nothing of dimension 1"),
    ("slice", IMAGE, {"start": 2, "stop": 2}, "E0322", "stop", "nothing of dimension 1"),
    ("slice", IMAGE, {"stop": 0}, "E0322", "stop", "nothing of dimension 1"),
    ("select", IMAGE, {"index": 6}, "E0323", "index", "which has 6 elements"),
    ("select", IMAGE, {"index": -7}, "E0323", "index", "which has 6 elements"),
    ("roll", IMAGE, {"shifts": (1, 2), "dims": 1}, "E0304", "shifts", "2 shifts for 1 dimension"),
    ("roll", IMAGE, {"shifts": 1, "dims": (1, 2)}, "E0304", "shifts", "1 shift for 2 dimensions"),
    ("roll", IMAGE, {"shifts": (), "dims": ()}, "E0304", "shifts", "0 shifts for 0 dimensions"),
    ("channel_shuffle", (6,), {"groups": 2}, "E0302", None, "needs channels and a place"),
    ("upsample", IMAGE, {"size": 9, "scale_factor": 2}, "E0305", "size", "not both"),
    ("prelu", IMAGE, {"num_parameters": 5}, "E0327", "num_parameters", "6 channels"),
]


@pytest.mark.parametrize(("word", "shape", "arguments", "code", "argument", "words"), CASES)
def test_a_misfit_says_what_and_which_argument(
    word: str, shape: Shape, arguments: dict[str, Any], code: str, argument: str, words: str
) -> None:
    refusal = misfit(word, shape, arguments)
    assert (refusal.code, refusal.argument) == (code, argument)
    assert words in refusal.message


@pytest.mark.parametrize(
    ("word", "shape", "arguments", "arithmetic"),
    [
        (
            "conv",
            (3, 4, 4),
            {"channels": 8, "kernel_size": 7, "stride": 2, "padding": 1},
            "(4 + 2·1 − 7) // 2 + 1 = 0",
        ),
        (
            "conv_transpose",
            (3, 2, 2),
            {"channels": 8, "kernel_size": 2, "stride": 2, "padding": 2},
            "(2 − 1)·2 − 2·2 + 2 = 0",
        ),
        ("conv", (6, 5, 5), {"channels": 8, "kernel_size": 3, "groups": 4}, "6 % 4 = 2"),
        ("max_pool", (6, 5, 5), {"kernel_size": 3, "padding": 2}, "3 // 2 = 1"),
    ],
)
def test_a_misfit_shows_its_sum(
    word: str, shape: Shape, arguments: dict[str, Any], arithmetic: str
) -> None:
    assert misfit(word, shape, arguments).arithmetic == arithmetic
