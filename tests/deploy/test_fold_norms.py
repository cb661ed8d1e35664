"""Norms worked into the layer before them: which, where, and that nothing changes by it."""

import pytest
from deploying import changes, deployed, difference, network, steps

SEPARABLE = """
block separable(channels):
    depthwise = conv(input.channels, 3, padding=1, groups=input.channels, bias=false)
    pointwise = conv(channels, 1, bias=false)

network Net():
    input 3x8x8
    a = separable(6)
    bn_a = bn
    relu
    b = separable(6)
"""

LAYERS = {
    "conv": "input 3x9x9\n    conv(8, 3, bias=false) -> bn",
    "with bias": "input 3x9x9\n    conv(8, 3, stride=2) -> bn(eps=0.001)",
    "grouped": "input 4x9x9\n    conv(8, 3, groups=2) -> bn",
    "margin": "input 3x9x9\n    conv(8, 3, padding=1, padding_mode=reflect) -> bn",
    "audio": "input 3x50\n    conv(8, 5) -> bn",
    "video": "input 3x4x9x9\n    conv(8, 3) -> bn",
    "transposed": "input 4x5x5\n    conv_transpose(6, 4, stride=2, bias=false) -> bn",
    "transposed in groups": "input 4x5x5\n    conv_transpose(6, 3, groups=2) -> bn",
    "linear": "input 12\n    linear(7) -> bn",
    "without factors": "input 3x9x9\n    conv(8, 3) -> bn(affine=false)",
}
KEPT = {
    "tokens: the norm's channels are the tokens": "input 5x12\n    linear(7) -> bn",
    "statistics of the batch": "input 3x9x9\n    conv(4, 3) -> bn(track_running_stats=false)",
    "a relu between": "input 3x9x9\n    conv(4, 3) -> relu -> bn",
    "no layer": "input 3x9x9\n    bn -> conv(4, 3)",
    "another reader": "input 3x9x9\n    c = conv(4, 3)\n    add(bn, c)",
    "an output": "input 3x9x9\n    c = conv(4, 3)\n    b = bn\n    output c, b",
    "a shared layer": "input 3x9x9\n    layer c = conv(3, 1)\n    c -> bn -> c",
    "a shared norm": "input 3x9x9\n    layer b = bn\n    conv(3, 1) -> b -> conv(3, 1) -> b",
}


def spec(body: str) -> str:
    return f"network Net():\n    {body}\n"


@pytest.mark.parametrize("body", LAYERS.values(), ids=LAYERS)
def test_a_norm_behind_a_layer_goes(body: str) -> None:
    deployment = deployed(spec(body))
    assert list(steps(deployment)) == [next(iter(steps(deployment)))]
    assert difference(network(spec(body))) < 1e-9


@pytest.mark.parametrize("body", KEPT.values(), ids=KEPT)
def test_a_norm_stays(body: str) -> None:
    assert "bn" in steps(deployed(spec(body))).values()


@pytest.mark.parametrize("body", [b for w, b in KEPT.items() if "batch" not in w])
def test_what_stays_is_right_too(body: str) -> None:
    assert difference(network(spec(body))) < 1e-9


def test_the_bias_is_the_shift() -> None:
    """By hand: 2x with mean 1, variance 4 − eps, factor 3, shift 5 is 3·(2x − 1)/2 + 5."""
    import torch

    net = network(spec("input 1x1x1\n    c = conv(1, 1, bias=false)\n    b = bn(eps=0.5)"))
    model = net.build(
        form="deploy",
        weights={
            "c.weight": torch.tensor([[[[2.0]]]]),
            "b.weight": torch.tensor([3.0]),
            "b.bias": torch.tensor([5.0]),
            "b.running_mean": torch.tensor([1.0]),
            "b.running_var": torch.tensor([3.5]),
            "b.num_batches_tracked": torch.tensor(7),
        },
    )
    assert model.state_dict()["c.weight"].item() == pytest.approx(3.0)
    assert model.state_dict()["c.bias"].item() == pytest.approx(3.5)


def test_a_norm_behind_a_block_goes_into_its_last_layer() -> None:
    deployment = deployed(SEPARABLE)
    assert changes(deployment, "fold_norms") == {"bn_a": "worked into a"}
    assert "bn_a" not in steps(deployment)
    assert difference(network(SEPARABLE)) < 1e-9


def test_equal_blocks_differ_when_only_one_has_a_norm_behind_it() -> None:
    model = network(SEPARABLE).build(form="deploy")
    assert model.a.pointwise.bias is not None
    assert model.b.pointwise.bias is None


def test_each_place_tells_what_it_saved() -> None:
    """A batch norm of 8x7x7 is two operations and one write for each of 392 elements."""
    (change,) = deployed(spec("input 3x9x9\n    conv(8, 3) -> bn")).changes
    assert (change.saving.elementwise, change.saving.writes) == (784, 392)


def test_a_shared_layer_at_two_sizes() -> None:
    net = network(
        "network Net():\n    input 4x6x6\n    layer a = conv(4, 3, padding=1) -> bn\n"
        "    a -> concat(relu, tanh, dim=-1) -> a\n"
    )
    assert difference(net) < 1e-9
