"""Parallel convolutions that are added up: one convolution where it costs no more."""

import pytest
from deploying import changes, deployed, difference, network, steps

REP = """
block conv_bn(channels, kernel_size, groups=1):
    conv = conv(channels, kernel_size, padding=kernel_size // 2, groups=groups, bias=false)
    bn = bn

block rep(channels, groups=1):
    add:
        wide = conv_bn(channels, 3, groups)
        narrow = conv_bn(channels, 1, groups)
        skip = bn
    relu

network Net():
    input 4x8x8
    a = rep(4)
    b = rep(4, groups=2)
    c = rep(4, groups=4)
"""
ONE = {
    "two windows": "add(conv(4, 3, padding=1), conv(4, 1))",
    "the input itself": "add(identity, conv(4, 3, padding=1))",
    "strides": "add(conv(6, 5, stride=2, padding=2), conv(6, 3, stride=2, padding=1))",
    "same": "add(conv(6, 3, padding=same), conv(6, 1, bias=false))",
    "a row and a cross": "add(conv(6, 3, padding=1), conv(6, (1, 3), padding=(0, 1)))",
    "a window that needs no margin": (
        "add(conv(6, 3, padding=1), conv(6, 1, padding_mode=reflect))"
    ),
    "a window of one, however wide its holes": (
        "add(conv(6, 3, padding=1), conv(6, 1, dilation=2))"
    ),
    "a row of holes in a column": (
        "add(conv(6, 3, padding=1), conv(6, (1, 3), padding=(0, 1), dilation=(3, 1)))"
    ),
    "three": "add(conv(4, 3, padding=1), conv(4, 1), identity)",
}
APART = {
    "dearer as one": "add(conv(6, (5, 1), padding=(2, 0)), conv(6, (1, 5), padding=(0, 2)))",
    "other middles": "add(conv(6, 2), conv(6, 2, dilation=1) -> relu)",
    "holes": "add(conv(6, 3, padding=2, dilation=2), conv(6, 1))",
    "holes and a margin for none": (
        "add(conv(6, 3, padding=1, stride=8, dilation=2), conv(6, 1, stride=8))"
    ),
    "an activation": "add(conv(6, 3, padding=1) -> relu, conv(6, 1))",
    "margins": "add(conv(6, 3, padding=1, padding_mode=reflect), conv(6, 1))",
    "groups": "add(conv(4, 3, padding=1, groups=2), conv(4, 1))",
    "strides": "add(conv(6, 1, stride=2), conv(6, 5))",
}


def spec(step: str) -> str:
    return f"network Net():\n    input 4x8x8\n    {step}\n"


def test_a_rep_block_is_one_convolution() -> None:
    found = deployed(REP)
    assert list(steps(found).values()) == ["conv", "relu"] * 3
    assert changes(found, "sum_branches")["a.wide"] == "narrow, skip added to its filters"
    assert difference(network(REP)) < 1e-9


@pytest.mark.parametrize("step", ONE.values(), ids=ONE)
def test_one_convolution(step: str) -> None:
    assert list(steps(deployed(spec(step))).values()) == ["conv"]
    assert difference(network(spec(step))) < 1e-9


@pytest.mark.parametrize("step", APART.values(), ids=APART)
def test_apart(step: str) -> None:
    assert "add" in steps(deployed(spec(step))).values()
    assert difference(network(spec(step))) < 1e-9


def test_other_branches_are_still_added() -> None:
    step = "add(conv(4, 3, padding=1), conv(4, 1), max_pool(3, stride=1, padding=1))"
    assert list(steps(deployed(spec(step))).values()) == ["conv", "max_pool", "add"]
    assert difference(network(spec(step))) < 1e-9


def test_a_result_that_is_read_elsewhere_stays() -> None:
    text = spec("c = conv(4, 1)\n    add(c, input -> conv(4, 3, padding=1))\n    output c, d=relu")
    assert difference(network(text)) < 1e-9


def test_a_sum_with_the_input_in_a_row_with_another_convolution() -> None:
    """One convolution of twice the channels, half of whose filters hand the input on as well."""
    other = "input -> conv(4, 3, padding=1)"
    text = spec(f"a = add(conv(4, 3, padding=1), identity)\n    concat(a, {other})")
    assert list(steps(deployed(text)).values()) == ["conv", "split", "concat"]
    assert difference(network(text)) < 1e-9
