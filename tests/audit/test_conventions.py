"""Each counting convention gives the very integer of the tool that it is named after."""

from typing import get_args

import pytest
import torch
from counters import COUNTERS, quietly, torch_flops

import archdsl
from archdsl import driver
from archdsl.analyses.costs import costs
from archdsl.ir.counts import Convention
from archdsl.ir.shape import DType
from archdsl.ops.registry import ops
from archdsl.runtime.build import build

FEW = ("lenet5", "alexnet", "resnet18", "googlenet", "googlenet_2014", "vgg11_bn")
CATALOGUE = tuple(entry.name for entry in driver.listing())
NETWORKS = [
    pytest.param(name, marks=() if name in FEW else pytest.mark.slow, id=name) for name in CATALOGUE
]
EXAMPLES = [
    pytest.param(op, example, id=f"{word}-{number}")
    for word, op in ops().items()
    for number, example in enumerate(op.examples)
]


def test_every_convention_but_our_own_has_a_tool_beside_it():
    assert set(get_args(Convention)) == {"torchvision", *COUNTERS}


@pytest.fixture(scope="module")
def built():
    """A network's program, module and input; the last one is kept for the next tool."""
    kept: dict[str, tuple] = {}

    def make(name):
        if name not in kept:
            kept.clear()
            program = archdsl.load(name).program
            module = build(program, archdsl.load(name).source())
            kept[name] = program, module, tuple(_batch(program.root.inputs))
        return kept[name]

    return make


def _batch(types):
    for x in types:
        if x.dtype is DType.INT:
            yield torch.zeros((1, *x.shape), dtype=torch.long)
        else:
            yield torch.randn((1, *x.shape))


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_as_torchs_own_counter_counts_it(built, name):
    program, module, inputs = built(name)
    assert 2 * costs(program).total.macs == torch_flops(module, inputs)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("tool", COUNTERS)
def test_a_network_as_the_tool_counts_it(built, name, tool):
    program, module, inputs = built(name)
    assert costs(program, tool).total.counted == quietly(COUNTERS[tool], module, inputs)
