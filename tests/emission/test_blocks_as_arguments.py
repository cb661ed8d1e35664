"""A block that is an argument in the spec is an argument of the class: a class, or a `partial` of
one. What it makes tells its channels itself."""

from collections.abc import Callable
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import archdsl
from archdsl.runtime.build import load_source

BLOCKS = """
block thin(channels, stride=1):
    conv(channels, 3, stride=stride, padding=1) -> bn -> relu

block fat(channels, stride=1, times=3):
    conv(channels * times, 3, stride=stride, padding=1) -> bn -> relu
"""
NETWORKS = '''
network thin_one = N(thin):
    """One."""

network fat_one = N(fat):
    """Another."""

network fat_two = N(fat(times=2), classes=7):
    """A third."""
'''
ATTRIBUTES = """
network N(body: block, classes=5):
    input 3x16x16
    stem = conv(8, 3, padding=1)
    a = body(8)
    b = body(16, stride=2)
    c = body(16)
    global_avg_pool -> flatten -> linear(classes)
"""
LOOP = """
network N(body: block, widths=(8, 16, 12, 24, 8), classes=5):
    input 3x16x16
    features = path:
        conv(8, 3, padding=1)
        for w in widths:
            body(w)
            max_pool(3, stride=1, padding=1)
    global_avg_pool -> flatten -> linear(classes)
"""
STAGES = """
block stage(body: block, channels, copies) = path:
    for i in range(copies):
        body(channels)

network N(body: block, widths=(8, 16, 12), copies=(1, 2, 5), classes=5):
    input 3x16x16
    features = path:
        conv(8, 3, padding=1)
        for w, n in zip(widths, copies):
            stage(body, w, n)
            max_pool(2)
    norm = bn
    global_avg_pool -> flatten -> linear(classes)
"""
OPTIONAL = """
block gate(reduction=4):
    multiply:
        identity
        path:
            global_avg_pool -> conv(input.channels // reduction, 1) -> relu
            conv(input.channels, 1) -> sigmoid

block cell(channels, attention: block = none):
    conv(channels, 3, padding=1) -> bn
    if attention != none:
        att = attention
    relu

network N:
    input 3x16x16
    cell(16) -> cell(16, attention=gate) -> cell(32, attention=gate(reduction=8)) -> cell(32)
    global_avg_pool -> flatten -> linear(5)
"""


def family(text: str, tmp_path: Path) -> tuple[Any, archdsl.Family]:
    """The emitted file of several networks, run, and the networks."""
    file = tmp_path / "n.arch"
    file.write_text(text)
    family = archdsl.family(file)
    return load_source("n", family.source()), family


@pytest.mark.parametrize("network", [ATTRIBUTES, LOOP, STAGES])
def test_networks_of_other_blocks_are_one_class(network: str, tmp_path: Path) -> None:
    module, networks = family(BLOCKS + network + NETWORKS, tmp_path)
    assert not hasattr(module, "N2")
    x = torch.rand(2, 3, 16, 16)
    for name, maker in networks.makers.items():
        made = getattr(module, maker)().eval()
        alone = networks[name].build().eval()
        assert list(made.state_dict()) == list(alone.state_dict())
        alone.load_state_dict(made.state_dict())
        torch.testing.assert_close(made(x), alone(x), rtol=0, atol=0)


@pytest.mark.parametrize("network", [ATTRIBUTES, LOOP, STAGES])
def test_a_block_of_ones_own_tells_its_channels(network: str, tmp_path: Path) -> None:
    class Own(nn.Module):
        def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
            super().__init__()
            self.conv = nn.Conv2d(in_channels, 5 * channels, 1, stride=stride)
            self.out_channels = 5 * channels

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.conv(x)

    module, _ = family(BLOCKS + network + NETWORKS, tmp_path)
    made = module.N(body=Own, classes=3).eval()
    assert made(torch.rand(2, 3, 16, 16)).shape == (2, 3)


def test_the_block_of_resnet_is_a_parameter() -> None:
    module = load_source("resnet50", archdsl.load("resnet50").source())
    block = signature(module.ResNet).parameters["block"]
    assert block.default is module.Bottleneck
    assert block.annotation == Callable[..., nn.Module]
    wide = module.ResNet(block=partial(module.Bottleneck, groups=32, base_width=4))
    assert sum(p.numel() for p in wide.parameters()) == 25_028_904  # ResNeXt-50, torchvision
    shapes = {key: value.shape for key, value in wide.state_dict().items()}
    other = archdsl.load("resnext50_32x4d").build().state_dict()
    assert shapes == {key: value.shape for key, value in other.items()}
    small = module.ResNet(block=partial(module.Bottleneck, expansion=2), layers=(1, 1, 1, 1))
    assert small.fc.in_features == 1024


def test_an_optional_block_is_a_class_or_none() -> None:
    source = archdsl.loads(OPTIONAL).source()
    assert "attention: Callable[..., nn.Module] | None = None" in source
    module = load_source("N", source)
    assert not hasattr(module, "Cell2")
    x = torch.rand(2, 8, 5, 5)
    assert isinstance(module.Cell(8, 16).att, nn.Identity)
    assert module.Cell(8, 16, attention=module.Gate).att.conv.out_channels == 4
    assert module.Cell(8, 4, attention=None).eval()(x).shape == (2, 4, 5, 5)


def test_an_argument_that_is_a_block_in_some_uses_only_is_no_fault() -> None:
    """`attention` is a plain value, none, in the first use, and a block in others."""
    assert "class Cell" in archdsl.loads(OPTIONAL).source()


def test_what_a_block_is_given_where_it_is_called_is_not_bound() -> None:
    text = """
block one(channels, k) = conv(channels, k, padding=k // 2) -> bn
block two(channels, k, groups=2) = conv(channels, k, padding=k // 2, groups=groups) -> bn
block pair(body: block, channels):
    first = body(channels, 3)
    second = body(channels, 5)
network N:
    input 4x9x9
    pair(one, 8) -> pair(two, 12) -> pair(two(groups=4), 16)
    global_avg_pool -> flatten
"""
    source = archdsl.loads(text).source()
    module = load_source("N", source)
    assert "partial(Two, groups=4)" in source
    assert not hasattr(module, "Pair2")
    own = module.Pair(4, partial(module.Two, groups=1), 6)
    assert [own.first[0].kernel_size[0], own.second[0].kernel_size[0]] == [3, 5]
    assert own.first[0].groups == 1


def test_an_activation_that_an_expression_chooses_is_chosen_in_a_loop() -> None:
    source = archdsl.family(Path(__file__).parents[2] / "specs" / "mobilenet_v3.arch").source()
    assert "act=nn.Hardswish if hs else nn.ReLU" in source
    assert "class MobileNetV32" not in source
    module = load_source("mobilenet_v3", source)
    rows = ((3, 16, 16, True, False, 2), (5, 72, 24, False, True, 2))
    made = module.MobileNetV3(table=rows, last=64, classes=3)
    assert [type(made.features[k].block[0][2]) for k in (1, 2)] == [nn.ReLU, nn.Hardswish]
    assert made.eval()(torch.rand(1, 3, 32, 32)).shape == (1, 3)


def test_a_block_all_of_whose_arguments_are_bound_takes_the_size_alone() -> None:
    text = """
block gate(reduction):
    multiply:
        identity
        path:
            global_avg_pool -> conv(input.channels // reduction, 1) -> relu
            conv(input.channels, 1) -> sigmoid

block act(slope) = leaky_relu(slope)

block cell(channels, attention: block, last: block):
    conv(channels, 3, padding=1) -> bn
    att = attention
    end = last

network N:
    input 3x16x16
    cell(16, gate(reduction=4), act(slope=0.1)) -> cell(32, gate(reduction=8), act(slope=0.2))
    global_avg_pool -> flatten -> linear(5)
"""
    module = load_source("N", archdsl.loads(text).source())
    assert not hasattr(module, "Cell2")
    net = module.N()
    assert [net.cell.att.conv.out_channels, net.cell_2.att.conv.out_channels] == [4, 4]
    assert [net.cell.end[0].negative_slope, net.cell_2.end[0].negative_slope] == [0.1, 0.2]


ACTIVATIONS = """
block cell(channels, act: block = relu, gate: block = sigmoid, squeezed=none):
    conv(channels, 1) -> bn
    activation = act
    conv(8 if squeezed == none else squeezed, 1) -> relu -> conv(channels, 1)
    gate = gate
network N:
    input 4x8x8
    cell(8)
    cell(6, squeezed=3)
"""


def test_activations_that_are_the_same_in_all_uses_are_classes_that_can_be_others() -> None:
    names = vars(load_source("N", archdsl.loads(ACTIVATIONS).source()))
    cell = names["Cell"](4, 8, act=nn.SiLU, gate=nn.Tanh, squeezed=5)
    assert isinstance(cell.activation, nn.SiLU)
    assert isinstance(cell.gate, nn.Tanh)
    text = ACTIVATIONS.replace("cell(8)", "cell(8, act=silu, gate=tanh, squeezed=5)")
    theirs = archdsl.loads(text.replace("    cell(6, squeezed=3)\n", "")).build().eval()
    theirs.cell.load_state_dict(cell.state_dict())
    x = torch.randn(2, 4, 8, 8)
    torch.testing.assert_close(cell.eval()(x), theirs(x), rtol=0, atol=0)
    assert names["Cell"](4, 8).state_dict()["conv_2.weight"].shape == (8, 8, 1, 1)
