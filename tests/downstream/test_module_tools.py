"""Tools that take modules take the emitted ones: traced, scripted, exported, copied, kept, moved,
cast, quantised. The same over networks of the catalogue: `python -m tests.downstream.module_tools`."""

import re
from collections.abc import Iterator

import pytest
import torch
from torch import nn

import archdsl
from tests.downstream import module_tools
from tests.downstream.module_tools import TOOLS, in_evaluation
from tests.downstream.traced_networks import inputs
from tests.ops.small_networks import VARIED, small

OPTIONAL = """
block unit(channels, stride=1, squeezed=false):
    a = conv(channels, 3, stride=stride, padding=1, bias=false) -> bn
    if squeezed:
        reduce = conv(channels, 1)
        relu
    add:
        a
        path:
            input
            if stride != 1 or channels != input.channels:
                down = conv(channels, 1, stride=stride, bias=false)
                down_bn = bn
    relu

block halves(channels, stride=1):
    if stride == 1:
        kept, taken = chunk(2)
        concat(kept, taken -> conv(channels // 2, 3, padding=1))
    else:
        concat:
            max_pool(2)
            left = conv(channels, 3, stride=2, padding=1)

network Optional:
    input 4x16x16
    unit(4) -> unit(8, stride=2) -> unit(8, squeezed=true)
    halves(8) -> halves(8, stride=2)
    global_avg_pool -> flatten -> linear(5)
"""
DROPPING = """
block residual(drop, mode):
    add:
        identity
        conv(input.channels, 3, padding=1) -> layer_norm(channels) -> drop_path(drop, mode=mode)

network Dropping:
    input 4x8x8
    residual(0.2, row) -> rms_norm(channels) -> residual(0.5, batch)
    flatten -> linear(5) -> drop_path(0.3)
"""
HEADS = """
block head = global_avg_pool -> flatten -> linear(5)

network Heads:
    input 3x8x8
    conv(4, 3) -> bn -> relu
    aux first = head
    conv(4, 3) -> bn -> relu
    aux second = head
    conv(4, 3) -> bn -> relu -> head
"""
NAMED = """
network Named:
    input 3x16x16
    low = conv(8, 3, stride=2, padding=1) -> bn -> hardswish
    high = conv(8, 3, stride=2, padding=1) -> bn -> silu
    output low, high, top=global_avg_pool -> flatten
"""
GROWING = """
block dense(copies):
    for i in range(copies):
        concat:
            identity
            layer{i + 1} = grow(4)

block grow(rate) = bn -> relu -> conv(rate, 3, padding=1, bias=false)

network Growing:
    input 3x8x8
    conv(8, 3, padding=1)
    dense(4)
    global_avg_pool -> flatten -> linear(5)
"""
SENTENCES = """
block encoder(heads):
    add(identity, layer_norm -> attention(heads=heads))
    add(identity, layer_norm -> linear(32) -> gelu -> linear(input.features))

network Sentences:
    input 12x16
    add(identity, parameter(12, 16))
    encoder(2) -> encoder(4)
    mean(dim=tokens) -> linear(3)
"""
FIXED = """
network Fixed:
    input 6x8
    add(identity, grid((0, 1, 2, 3, 4, 5), (1, 1, 2, 2), saved=false) -> flatten(2))
    linear(5)
"""
KINDS = {
    "members of some instances": OPTIONAL,
    "whole samples dropped, norms of channels": DROPPING,
    "heads for training": HEADS,
    "named outputs": NAMED,
    "numbered modules": GROWING,
    "attention": SENTENCES,
}
REFUSED = {  # by the tool itself; `docs/deployment.md` says why
    ("jit.script", "xception"): "getattr's second argument must be a string literal",
    ("jit.script, training", "xception"): "getattr's second argument must be a string literal",
    ("fx.symbolic_trace", "swin_t"): "expand() takes 1 positional argument",
    ("fx.symbolic_trace", "swin_v2_t"): "expand() takes 1 positional argument",
    ("fx.symbolic_trace", "maxvit_t"): "expand() takes 1 positional argument",
}
OVER_THE_CATALOGUE = ("fx.symbolic_trace", "jit.script", "jit.script, training")


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    torch.compiler.reset()
    yield
    torch.compiler.reset()


@pytest.mark.filterwarnings("ignore")  # of the old tools, that they are old
@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("text", KINDS.values(), ids=KINDS)
def test_each_tool_takes_each_kind_of_module(text: str, tool: str) -> None:
    run(tool, archdsl.loads(text))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("tool", OVER_THE_CATALOGUE)
@pytest.mark.parametrize("name", VARIED)
def test_networks_of_the_catalogue(name: str, tool: str) -> None:
    told = REFUSED.get((tool, name))
    if told is None:
        run(tool, small(name))
        return
    with pytest.raises((RuntimeError, TypeError), match=re.escape(told)):
        TOOLS[tool](small(name))


def run(tool: str, net: archdsl.Network) -> None:
    try:
        TOOLS[tool](net)
    except module_tools.NotAsked as why:
        pytest.skip(str(why))
