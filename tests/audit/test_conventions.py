"""Each counting convention gives the very integer of the tool that it is named after."""

from typing import get_args

import pytest
import torch
from counters import COUNTERS, quietly, torch_flops
from emitted import batch, emitted
from small_networks import VARIED, small

import archdsl
from archdsl.analyses.figures.costs import costs
from archdsl.ir.counts import Convention
from archdsl.ops.registry import ops
from archdsl.ops.validation import validated
from archdsl.runtime.build import build
from tests.parts import parts

WHOLE = {"lenet5", "alexnet", "resnet18", "googlenet", "googlenet_2014", "mobilenet_v3_small"}
NETWORKS = parts(sorted(WHOLE.union(VARIED)), ("lenet5", "resnet18"), (*WHOLE, *VARIED))
EXAMPLES = [
    pytest.param(op, example, id=f"{word}-{number}")
    for word, op in ops().items()
    for number, example in enumerate(op.examples)
]


def test_every_convention_but_our_own_has_a_tool_beside_it():
    assert set(get_args(Convention)) == {"torchvision", *COUNTERS}


def test_the_figures_of_resnet18():
    """As published: torchvision's 1.814 G, timm's (fvcore's) 1.819 G; thop's and torchinfo's."""
    program = archdsl.load("resnet18").program
    found = {tool: costs(program, tool).total.counted for tool in get_args(Convention)}
    assert found == {
        "torchvision": 1_814_073_344,
        "fvcore": 1_819_065_856,
        "thop": 1_824_033_792,
        "torchinfo": 1_814_083_944,
    }


# GMACs of timm's `results/benchmark-infer-amp-nhwc-pt113-cu117-rtx3090.csv`, at 224 (Inception and
# Xception 299) unless said otherwise. Networks with many gates are left out: timm averages for them
# in a way that fvcore does not count.
TIMM = {
    "resnet18": 1.82, "resnet50": 4.11, "resnet152": 11.56, "wide_resnet101_2": 22.80,
    "resnext101_32x8d": 16.48, "resnetv2_50": 4.11, "densenet121": 2.87, "densenet161": 7.79,
    "vgg11": 7.61, "vgg16": 15.47, "vgg16_bn": 15.50, "vgg19_bn": 19.66, "inception_v3": 5.73,
    "inception_v4": 12.28, "inception_resnet_v2": 13.18, "legacy_xception": 8.40,
    "mobilenet_v2": 0.31, "mnasnet1_0": 0.33, "ghostnet_100": 0.15, "efficientnet_b0": 0.40,
    "hrnet_w18": 4.32, "hrnet_w32": 8.97, "repvgg_b1": 13.16, "regnet_x_8gf": 8.02,
    "regnet_x_32gf": 31.81, "regnet_y_1_6gf": 1.63, "swin_t": 4.51, "swin_b": 15.47,
    "convnext_tiny@288": 7.39, "convnext_large@288": 56.87,
}  # fmt: skip


@pytest.mark.one_in(4)
@pytest.mark.parametrize(("name", "published"), TIMM.items())
def test_the_figures_that_timm_publishes(name, published):
    spec, _, size = name.partition("@")
    net = archdsl.load(spec, input=f"3x{size}x{size}" if size else None)
    assert abs(net.audit(count="fvcore").macs / 1e9 - published) <= 0.005


# fvcore counts a trace, and tracing drops what no result needs: here the 1x1 convolution of the
# last unit, 32 by 32 at 4000 places, whose flow goes nowhere. The module runs it, so we count it.
UNTRACED = {"wavenet": 32 * 32 * 4000}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_as_the_tools_count_it(name):
    """On real memory only where a tool needs it: fvcore's tracing does not know the meta device. Of
    most networks the small forms, since a tool counts each step by itself."""
    net = archdsl.load(name) if name in WHOLE else small(name)
    ours = {tool: costs(net.program, tool).total.counted for tool in COUNTERS}
    on_meta = build(net.program, net.source(), device="meta"), _inputs(net, "meta")
    on_cpu = build(net.program, net.source(), device="cpu"), _inputs(net, "cpu")
    theirs = {
        tool: quietly(count, *(on_cpu if tool == "fvcore" else on_meta))
        for tool, count in COUNTERS.items()
    }
    theirs["fvcore"] += UNTRACED.get(name, 0)
    assert ours == theirs
    assert 2 * net.macs == torch_flops(*on_meta)


def _inputs(net, device):
    return tuple(x.to(device) for x in batch(net.program.root.inputs, size=1))


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_an_example_as_the_tools_count_it(kind, example):
    op = validated(kind, example.arguments)
    counts = op.counts(example.inputs, op.infer(example.inputs))
    inputs = tuple(batch(example.inputs, size=1))
    theirs = {
        tool: quietly(count, emitted(op, example.inputs), inputs)
        for tool, count in COUNTERS.items()
    }
    assert {tool: counts.by(tool) for tool in COUNTERS} == theirs


def test_the_tools_count_at_all():
    layer, x = torch.nn.Conv2d(3, 64, 7, 2, 3, bias=False), (torch.zeros(1, 3, 224, 224),)
    assert {quietly(count, layer, x) for count in COUNTERS.values()} == {118_013_952}
