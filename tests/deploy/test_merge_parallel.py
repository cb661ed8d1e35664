"""Convolutions alike over one input: one convolution, then split."""

import pytest
from deploying import changes, deployed, difference, network, steps

INCEPTION = """
block conv_bn(channels, kernel_size, padding=0):
    conv = conv(channels, kernel_size, padding=padding, bias=false)
    bn = bn
    relu

block inception(c1, c2, c3, c4):
    concat:
        branch1 = conv_bn(c1, 1)
        branch2 = conv_bn(c2[0], 1) -> conv_bn(c2[1], 3, padding=1)
        branch3 = conv_bn(c3[0], 1) -> conv_bn(c3[1], 3, padding=1)
        branch4 = max_pool(3, stride=1, padding=1) -> conv_bn(c4, 1)

network Net():
    input 5x8x8
    a = inception(4, (3, 6), (2, 5), 7)
    b = inception(8, (4, 8), (3, 6), 2)
"""
MERGED = {
    "bare": "concat(conv(3, 1), conv(4, 1))",
    "activated": "concat(conv(3, 1) -> relu, conv(4, 1) -> relu -> conv(2, 3, padding=1))",
    "with and without bias": "add(conv(3, 1, bias=false), conv(3, 1) -> max_pool(1))",
    "wider": "concat(conv(3, 3, padding=1) -> silu, conv(4, 3, padding=1) -> silu)",
}
APART = {
    "margins": "concat(conv(3, 1), conv(4, 1, padding=1) -> crop(8x8))",
    "kernels": "concat(conv(3, 1), conv(4, 3, padding=1))",
    "strides": "concat(conv(3, 1) -> max_pool(2), conv(4, 1, stride=2))",
    "dilations": "concat(conv(3, 3, padding=1), conv(4, 3, padding=2, dilation=2))",
    "padding modes": ("concat(conv(3, 3, padding=1), conv(4, 3, padding=1, padding_mode=reflect))"),
    "activations": "concat(conv(3, 1) -> relu, conv(4, 1))",
    "groups": "concat(conv(5, 1, groups=5), conv(5, 1, groups=5))",
}


def spec(step: str) -> str:
    return f"network Net():\n    input 5x8x8\n    {step}\n"


def test_inception_reads_its_input_once() -> None:
    deployment = deployed(INCEPTION)
    assert changes(deployment, "merge_parallel").keys() == {"a.merged", "b.merged"}
    inside = [path for path in steps(deployment) if path.startswith("a.")]
    assert inside == [
        "a.merged",
        "a.merged_relu",
        "a.split",
        "a.branch2.conv",
        "a.branch2.relu",
        "a.branch3.conv",
        "a.branch3.relu",
        "a.branch4.0",
        "a.branch4.1.conv",
        "a.branch4.1.relu",
        "a.concat",
    ]
    assert difference(network(INCEPTION)) < 1e-9


def test_inception_is_one_class() -> None:
    source = network(INCEPTION).source("deploy")
    assert source.count("class Inception") == 1


def test_one_read_instead_of_three_is_what_it_saves() -> None:
    change = next(c for c in deployed(INCEPTION).changes if c.path == "a.merged")
    assert change.saving.reads == 2 * 5 * 8 * 8


@pytest.mark.parametrize("step", MERGED.values(), ids=MERGED)
def test_merged(step: str) -> None:
    assert "split" in steps(deployed(spec(step))).values()
    assert difference(network(spec(step))) < 1e-9


@pytest.mark.parametrize("step", APART.values(), ids=APART)
def test_apart(step: str) -> None:
    assert "split" not in steps(deployed(spec(step))).values()
    assert difference(network(spec(step))) < 1e-9


def test_a_loop_of_paths() -> None:
    text = spec("add:\n        for i in range(4):\n            conv(2, 1) -> relu -> conv(5, 3)")
    assert list(steps(deployed(text)).values()).count("conv") == 5
    assert difference(network(text)) < 1e-9
