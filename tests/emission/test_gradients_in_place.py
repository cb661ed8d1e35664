"""What is written in place changes no number: over the catalogue, and over random programs."""

import pytest
import torch
from cases import SPECS
from gradients import assert_same_without, given
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from small_networks import VARIED, small

import archdsl
from tests.parts import parts

OFTEN = (
    *("mobilenet_v3_small", "shufflenet_v2_x0_5", "squeezenet1_1", "densenet_small"),
    "preact_resnet18",
)


def check(net: archdsl.Network) -> None:
    torch.manual_seed(0)
    assert_same_without(net.build(dtype=torch.float64), given(net))


@pytest.mark.one_in(8)
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_cases(spec) -> None:
    check(archdsl.load(spec))


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", OFTEN)
def test_networks(name: str) -> None:
    check(small(name))


OTHERS = [name for name in VARIED if name not in OFTEN]
LARGEST = {"unet", "siamese", "alexnet", "deeplabv3_resnet50"}


@pytest.mark.parametrize("name", parts(OTHERS, (), [n for n in OTHERS if n not in LARGEST]))
def test_the_other_networks(name: str) -> None:
    check(small(name))


# --- random programs --------------------------------------------------------------------------

BLOCKS = """
block passed:
    identity

block act:
    relu

block last_kept:
    conv(4, 1)
    sigmoid

block fresh:
    conv(4, 1) -> bn
    relu

block twice:
    c = conv(4, 1)
    output a=identity, b=c

block viewed:
    conv(4, 1)
    flatten -> unflatten(1, (4, 6, 6))

block kept:
    c = conv(4, 1)
    d = conv(4, 1)
    output c=c, d=d
"""
ACTIVATIONS = (
    *("relu", "relu6", "leaky_relu", "elu", "celu", "selu", "silu", "mish", "hardswish"),
    *("hardsigmoid", "hardtanh", "rrelu", "leaky_relu(-0.5)", "elu(-1.0)", "relu(inplace=false)"),
)
STEPS = (
    *("conv(4, 1)", "conv(4, 3, padding=1)", "bn", "dropout(0.3)", "sigmoid", "tanh", "exp"),
    *("softmax(dim=1)", "max_pool(1)", "avg_pool(1)", "group_norm(2)", "drop_path(0.2)"),
    *("flatten -> unflatten(1, (4, 6, 6))", "transpose(2, 3)", "passed", "act", "last_kept"),
    *("fresh", "viewed", "shared"),
)
MERGES = ("add", "multiply", "maximum", "concat")


@st.composite
def programs(draw) -> str:
    """A network whose every step may read any value that was made before."""
    lines = ["input 4x6x6", "layer shared = relu", "v0 = conv(4, 1)", "v1 = shared"]
    for number in range(2, draw(st.integers(3, 12))):
        earlier = [f"v{k}" for k in range(number)]
        source = draw(st.sampled_from([earlier[-1], *earlier, "input"]))
        kind = draw(st.integers(0, 9))
        if kind == 0:
            pair = draw(st.lists(st.sampled_from(earlier), min_size=2, max_size=3))
            merge = draw(st.sampled_from(MERGES))
            lines += [f"{merge}({', '.join(pair)})", f"v{number} = conv(4, 1)"]
        elif kind == 1:
            block = draw(st.sampled_from(["twice", "kept"]))
            lines += [source, f"p{number}, v{number} = {block}"]
        elif kind == 2:
            lines += [source, f"p{number}, q{number} = chunk(2)", f"p{number}"]
            lines += [draw(st.sampled_from(ACTIVATIONS)), f"v{number} = conv(4, 1)"]
        else:
            step = draw(st.sampled_from(ACTIVATIONS if kind < 7 else STEPS))
            lines += [source, f"v{number} = {step}"]
    last = f"v{number}"
    others = [f"v{k}" for k in range(number)]
    kept = draw(st.lists(st.sampled_from(others), min_size=1, max_size=3, unique=True))
    outputs = ", ".join(f"o{k}={name}" for k, name in enumerate([last, *kept]))
    body = "".join(f"    {line}\n" for line in [*lines, f"output {outputs}"])
    return f"{BLOCKS}\nnetwork Net:\n{body}"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@drawn(programs())
def test_random_programs(text: str) -> None:
    check_drawn(text)


@pytest.mark.slow
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@drawn(programs())
def test_more_random_programs(text: str) -> None:
    check_drawn(text)


def check_drawn(text: str) -> None:
    net = archdsl.loads(text)
    torch.manual_seed(0)
    module = net.build(dtype=torch.float64)
    assert_same_without(module, given(net))
