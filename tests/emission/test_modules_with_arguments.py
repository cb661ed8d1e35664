"""Activations, pools and dropout that are arguments of a block, with arguments of their own."""

import copy
import inspect
from typing import Any

import pytest
import torch
from torch import nn

import archdsl
from archdsl.ops.registry import ops
from archdsl.runtime.build import load_source
from archdsl.transforms.classes.unify import BOUND

CELL = """
block cell(channels, act: block = leaky_relu(0.1)):
    conv(channels, 3, padding=1) -> bn
    act
"""
HEAD = "network T:\n    input 3x8x8\n"


def module(text: str) -> Any:
    """The file of a spec, its network the frozen one's to the last bit."""
    net = archdsl.loads(text)
    made: Any = load_source("T", net.source())
    ours, frozen = made.T(), vars(load_source("T", net.source(fixed=True)))["T"]()
    frozen.load_state_dict(ours.state_dict())
    x = torch.rand(2, 3, 8, 8) - 0.5
    for model in (ours, frozen):
        model.train()
    torch.manual_seed(0)
    expected = frozen(x)
    torch.manual_seed(0)
    assert torch.equal(ours(x), expected)
    return made


def test_one_class_whatever_the_activation_is_given() -> None:
    uses = "    cell(8) -> cell(8, relu) -> cell(9, leaky_relu(0.2)) -> cell(9, elu(0.5))\n"
    made = module(CELL + HEAD + uses)
    assert [name for name in vars(made) if name.startswith("Cell")] == ["Cell"]
    net = made.T()
    assert [str(cell.act) for cell in net.children()] == [
        "LeakyReLU(negative_slope=0.1, inplace=True)",
        "ReLU(inplace=True)",
        "LeakyReLU(negative_slope=0.2, inplace=True)",
        "ELU(alpha=0.5, inplace=True)",
    ]
    assert isinstance(made.Cell(3, 4, act=nn.SiLU).act, nn.SiLU)
    annotation = inspect.signature(made.Cell).parameters["act"].annotation
    assert "Callable[..., torch.nn.modules.module.Module]" in str(annotation)


ACTIVATIONS = {
    "leaky_relu(0.1)": "LeakyReLU(negative_slope=0.1, inplace=True)",
    "leaky_relu(-0.1)": "LeakyReLU(negative_slope=-0.1)",  # it has no gradient in place
    "hardtanh(0.0, 6.0)": "Hardtanh(min_val=0.0, max_val=6.0, inplace=True)",
    'gelu(approximate="tanh")': "GELU(approximate='tanh')",
    "softplus(beta=2.0)": "Softplus(beta=2.0, threshold=20.0)",
    "celu(0.5)": "CELU(alpha=0.5, inplace=True)",
}


@pytest.mark.one_in(2)
@pytest.mark.parametrize("said", ACTIVATIONS)
def test_the_activation_that_all_uses_share_is_a_parameter(said: str) -> None:
    network = (
        f"network T(act: block = {said}):\n    input 3x8x8\n    cell(4, act)\n    cell(5, act)\n"
    )
    made = module(CELL + network)
    assert str(made.T().cell.act) == ACTIVATIONS[said]
    place = "inplace=True" in ACTIVATIONS[said]
    other = made.T(act=nn.ReLU if place else nn.Tanh)
    assert str(other.cell_2.act) == ("ReLU(inplace=True)" if place else "Tanh()")


def test_what_it_is_given_may_depend_on_a_parameter() -> None:
    outer = "block two(slope=0.1):\n    cell(4, leaky_relu(slope)) -> cell(4, leaky_relu(slope))\n"
    network = "network T(slope=0.3):\n    input 3x8x8\n    two -> two(slope)\n"
    made = module(CELL + outer + network)
    assert made.Two(3, slope=0.7).cell_2.act.negative_slope == 0.7
    net = made.T(slope=0.4)
    assert [net.two.cell.act.negative_slope, net.two_2.cell.act.negative_slope] == [0.1, 0.4]


def test_uses_of_which_some_have_none_and_some_cannot_be_in_place() -> None:
    cell = CELL.replace("act: block = leaky_relu(0.1)", "act=none").replace(
        "    act\n", "    if act != none:\n        act\n"
    )
    made = module(cell + HEAD + "    cell(4, leaky_relu(0.1)) -> cell(4) -> cell(4, gelu)\n")
    assert str(made.T().cell.act) == "LeakyReLU(negative_slope=0.1)"
    assert str(made.Cell(3, 4).act) == "Identity()"


def test_pools_and_dropout_are_given_with_theirs() -> None:
    part = "block part(pool: block, drop: block = dropout(0.5)):\n    pool -> conv(4, 1) -> drop\n"
    uses = "    part(max_pool(2)) -> part(avg_pool(2), dropout(0.2))\n"
    uses += "    part(max_pool(3, stride=1, padding=1), identity)\n"
    made = module(part + HEAD + uses)
    assert [name for name in vars(made) if name.startswith("Part")] == ["Part"]
    assert made.T().part_2.drop.p == 0.2
    assert made.T().part_3.pool.padding == 1


def test_modules_that_are_made_so_can_be_copied_and_scripted() -> None:
    net = module(CELL + HEAD + "    cell(8) -> cell(8, relu)\n").T().eval()
    x = torch.rand(1, 3, 8, 8)
    assert torch.equal(copy.deepcopy(net)(x), net(x))
    assert torch.equal(torch.jit.script(net)(x), net(x))


def test_pytorch_calls_the_arguments_the_same() -> None:
    """They are handed on by their names."""
    seen = 0
    for word, op in ops().items():
        path = op.torch.removeprefix("torch.nn.")
        if op.family not in BOUND or not op.positional or path == op.torch or "." in path:
            continue
        kinds = [getattr(nn, path + end, None) for end in ("", "1d", "2d", "3d")]
        for kind in filter(None, kinds):
            names = tuple(inspect.signature(kind).parameters)
            assert names[: len(op.positional)] == op.positional, word
            assert set(op.arguments) <= {*names, "ceil_mode"} or word == "prelu", word
            seen += 1
    assert seen >= 20
