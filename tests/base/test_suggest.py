"""Suggestions: near words are found, far ones are not offered."""

import pytest

from archdsl.base.suggest import did_you_mean, nearest

WORDS = (
    "adaptive_avg_pool", "add", "avg_pool", "bn", "channels", "concat", "conv", "conv_transpose",
    "dropout", "flatten", "height", "kernel_size", "linear", "max_pool", "padding", "padding_mode",
    "relu", "relu6", "sigmoid", "softmax", "stride", "width",
)  # fmt: skip


@pytest.mark.parametrize(
    ("word", "meant"),
    {
        "cnov": "conv",  # two letters swapped
        "conf": "conv",  # another letter
        "cov": "conv",  # one too few
        "convv": "conv",  # one too many
        "sigmiod": "sigmoid",
        "kernal_size": "kernel_size",
        "kernelsize": "kernel_size",
        "pading": "padding",
        "padd": "padding",  # the beginning of it
        "strid": "stride",
        "ReLU": "relu",
        "MaxPool": "max_pool",
        "Conv_Transpose": "conv_transpose",
        "adaptiv_avgpool": "adaptive_avg_pool",
        "rleu": "relu",
    }.items(),
)
def test_a_slip_finds_its_word(word: str, meant: str) -> None:
    assert nearest(word, WORDS) == meant


@pytest.mark.parametrize(
    "word", ["later", "inner", "depth", "tow", "xyzzy", "x", "", "convolution", "re", "hidden"]
)
def test_nothing_is_offered_for_a_word_far_from_all(word: str) -> None:
    assert nearest(word, WORDS) is None
    assert did_you_mean(word, WORDS) == ""


def test_the_order_of_the_words_does_not_matter() -> None:
    assert nearest("ad", ["and", "add"]) == nearest("ad", ["add", "and"]) == "add"
    assert nearest("a", []) is None


def test_the_sentence() -> None:
    assert did_you_mean("cnov", WORDS) == "did you mean `conv`?"
