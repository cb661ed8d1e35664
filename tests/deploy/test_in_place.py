"""Activations overwrite only what nobody reads any more."""

import pytest
from deploying import changes, deployed, difference, network

BLOCK = """
block same:
    relu

block passes:
    identity

network Net():
    input 4x6x6
"""
SAFE = {
    "behind a layer": "conv(4, 1)\n    r = relu",
    "twice": "conv(4, 1) -> relu\n    r = silu",
    "a sum": "add(identity, conv(4, 1))\n    r = relu",
    "read before": "c = conv(4, 1)\n    p = max_pool(1)\n    c\n    r = relu\n    add(identity, p)",
}
UNSAFE = {
    "the input": "r = relu",
    "a residual": "c = conv(4, 1)\n    r = relu\n    add(identity, c)",
    "an output": "c = conv(4, 1)\n    r = relu\n    output c, r",
    "a view of the input": "flatten\n    r = relu",
    "a view that is read later": (
        "c = conv(4, 1)\n    v = flatten\n    c\n    r = relu -> flatten\n    add(identity, v)"
    ),
    "parts": "conv(4, 1)\n    a, b = chunk(2)\n    a\n    r = relu\n    add(identity, b)",
    "what a block hands on": "passes\n    r = relu",
    "a block's own input": "conv(4, 1)\n    r = same\n    add(identity, input)",
    "a weight": "parameter(4x6x6)\n    r = relu\n    add(identity, input)",
}


def spec(body: str) -> str:
    return f"{BLOCK}    {body}\n"


@pytest.mark.parametrize("body", SAFE.values(), ids=SAFE)
def test_overwritten(body: str) -> None:
    assert "r" in changes(deployed(spec(body)), "in_place")
    assert difference(network(spec(body))) < 1e-9


@pytest.mark.parametrize("body", UNSAFE.values(), ids=UNSAFE)
def test_left_alone(body: str) -> None:
    deployment = changes(deployed(spec(body)), "in_place")
    assert not [path for path in deployment if path.split(".")[0] == "r"]
    assert difference(network(spec(body))) < 1e-9


def test_the_callers_input_stays_as_it_is() -> None:
    import torch

    model = network(spec("relu -> conv(4, 1) -> relu")).build(form="deploy")
    given = torch.randn(2, 4, 6, 6)
    before = given.clone()
    with torch.no_grad():
        model(given)
    assert torch.equal(given, before)


def test_a_shared_activation_is_overwriting_in_all_places_or_none() -> None:
    body = "layer act = relu\n    conv(4, 1)\n    c = act\n    c -> act\n    add(identity, c)"
    assert changes(deployed(spec(body)), "in_place") == {}
    assert difference(network(spec(body))) < 1e-9
