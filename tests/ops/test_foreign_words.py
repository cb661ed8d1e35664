"""The words of other frameworks lead to what is written here."""

import re

import pytest

from archdsl import driver
from archdsl.catalogue import library
from archdsl.ops.foreign import _NAMES, meant
from archdsl.ops.registry import ops


@pytest.mark.parametrize(
    ("word", "op"),
    {
        "deconv": "conv_transpose",
        "convtranspose": "conv_transpose",
        "conv_transpose2d": "conv_transpose",
        "Conv2DTranspose": "conv_transpose",
        "lrelu": "leaky_relu",
        "LeakyReLU": "leaky_relu",
        "dropout1d": "spatial_dropout",
        "dropout2d": "spatial_dropout",
        "Dropout3d": "spatial_dropout",
        "SpatialDropout2D": "spatial_dropout",
        "Dropout": "dropout",
        "dense": "linear",
        "Dense": "linear",
        "fc": "linear",
        "Linear": "linear",
        "swish": "silu",
        "view": "reshape",
        "interpolate": "upsample",
        "upsampling": "upsample",
        "UpSampling2D": "upsample",
        "gap": "global_avg_pool",
        "GlobalAveragePooling2D": "global_avg_pool",
        "MaxPooling2D": "max_pool",
        "convolution": "conv",
        "Conv1d": "conv",
        "Conv2D": "conv",
        "depthwise_conv": "conv(…, groups=input.channels)",
        "mha": "attention",
        "MultiheadAttention": "attention",
        "BatchNorm2d": "bn",
        "batch_norm": "bn",
        "BatchNormalization": "bn",
        "cat": "concat",
        "Concatenate": "concat",
    }.items(),
)
def test_a_foreign_word_finds_the_op(word: str, op: str) -> None:
    assert meant(word) == f"did you mean `{op}`?"
    (diagnostic,) = driver.loads(f"network N:\n    input 3x32x32\n    {word}\n").diagnostics
    assert (diagnostic.code, diagnostic.hint) == ("E0201", f"did you mean `{op}`?")


def test_every_suggestion_exists_and_no_word_stands_twice_or_is_taken() -> None:
    words = {re.split(r"\W", here)[0] for here in _NAMES}
    assert words <= {*ops(), *library().names, "path"}
    listed = [name for names in _NAMES.values() for name in names.split()]
    assert len(listed) == len(set(listed))
    assert not set(listed) & set(ops())


@pytest.mark.parametrize("word", ["skip", "tower", "x", "f", "stage", "res"])
def test_the_names_that_people_choose_are_no_foreign_words(word: str) -> None:
    assert meant(word) == ""
