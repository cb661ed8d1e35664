"""Parallel convolutions that are added up: one convolution where it costs no more."""

from pathlib import Path

import pytest
import torch
from deploying import changes, deployed, difference, disturb, network, steps

import archdsl
from archdsl.analyses.figures.costs import costs
from archdsl.runtime.reference_models import reference

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
PATHS = {  # what they give is added up outside of them
    "results of a path": """
    convs = path:
        for i in range(3):
            {i} = input -> conv(4, 3, padding=1, bias=false) -> bn
        output {0}, {1}, {2}
    add(convs[0], convs[1], convs[2])
""",
    "norms outside of it": """
    convs = path:
        {0} = input -> conv(4, 3, padding=1, bias=false)
        {1} = input -> conv(4, 1)
        output {0}, {1}
    add(convs[0] -> bn, convs[1] -> bn)
""",
    "a path beside a convolution": """
    convs = path:
        {0} = input -> conv(4, 3, padding=1)
        {1} = input -> conv(4, 1)
        output {0}, {1}
    add(convs[1], convs[0], input, input -> conv(4, 3, padding=1))
""",
    "a sum in a sum": """
    add:
        inner = path:
            add:
                conv(4, 3, padding=1) -> bn
                path:
                    add(conv(4, 1), conv(4, 1) -> bn)
        conv(4, 1)
""",
}
KEPT = {  # with the number of blocks that stay
    "nothing alike in it": (
        """
    convs = path:
        {0} = input -> conv(4, 3, padding=1)
        {1} = input -> max_pool(3, stride=1, padding=1)
        output {0}, {1}
    add(convs[0], convs[1])
""",
        1,
    ),
    "one of its results is read elsewhere": (
        """
    convs = path:
        {0} = input -> conv(4, 3, padding=1)
        {1} = input -> conv(4, 3, padding=1)
        output {0}, {1}
    add(convs[0], convs[1]) -> relu -> add(identity, convs[1])
""",
        1,
    ),
    "layers that are used twice": (
        """
    layer convs = path:
        {0} = input -> conv(4, 3, padding=1)
        {1} = input -> conv(4, 3, padding=1)
        output {0}, {1}
    a, b = input -> convs
    add(a, b)
    c, d = identity -> convs
    add(c, d)
""",
        2,
    ),
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
    deployment = deployed(REP)
    assert list(steps(deployment).values()) == ["conv", "relu"] * 3
    assert changes(deployment, "sum_branches")["a.wide"] == "narrow, skip added to its filters"
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


@pytest.mark.parametrize("lines", PATHS.values(), ids=PATHS)
def test_branches_in_a_path(lines: str) -> None:
    text = spec(lines.strip())
    assert list(steps(deployed(text)).values()) == ["conv"]
    assert difference(network(text)) < 1e-9


@pytest.mark.parametrize(("lines", "blocks"), KEPT.values(), ids=KEPT)
def test_a_block_that_is_not_opened(lines: str, blocks: int) -> None:
    text = spec(lines.strip())
    deployment = deployed(text)
    assert len([step for step in deployment.program.root.steps if step.name == "convs"]) == blocks
    assert "add" in steps(deployment).values()
    assert difference(network(text)) < 1e-9


def test_mobileone_is_what_timm_makes_of_it() -> None:
    """Vasu et al. 2023: MobileOne-S0 has 275 million MACs when its branches are added up."""
    net = archdsl.load(Path(__file__).with_name("mobileone.arch"))
    theirs = reference("timm:mobileone_s0").module.double().eval()
    from timm.utils.model import reparameterize_model

    disturb(theirs)
    weights = theirs.state_dict()
    ours = net.build(form="deploy", weights=weights, dtype=torch.float64)
    assert net.macs == 1_051_935_232
    assert costs(net.deployment.program).total.macs == 275_110_400
    added = reparameterize_model(theirs)
    shapes = [tuple(weight.shape) for weight in added.state_dict().values()]
    assert sorted(tuple(weight.shape) for weight in ours.state_dict().values()) == sorted(shapes)
    images = torch.randn(2, 3, 64, 64, dtype=torch.float64)
    with torch.no_grad():
        torch.testing.assert_close(ours(images), added(images), rtol=1e-9, atol=1e-9)
