"""Where counters go wrong: each trap by its name, with the true figure from a hand calculation."""

import pytest
import thop
import torch
from counters import COUNTERS, quietly, torch_flops
from emitted import batch

import archdsl


def network(*lines):
    return archdsl.loads("network Trap:\n" + "".join(f"    {line}\n" for line in lines))


def told(net, tool):
    """What the tool says of the emitted module."""
    return quietly(COUNTERS[tool], net.build(), tuple(batch(net.program.root.inputs, size=1)))


def test_a_transposed_convolution_is_counted_four_times():
    """Each of 28·28 places adds a window of 2·2 for every pair of 512 and 256 channels."""
    net = network("input 512x28x28", "conv_transpose(256, 2, stride=2, bias=false)")
    assert net.macs == 28 * 28 * 512 * 256 * 4
    assert told(net, "torchinfo") == told(net, "thop") == 4 * net.macs
    assert told(net, "fvcore") == net.macs


def test_the_two_products_of_attention():
    """Four projections of 197 tokens, their weights for each other, and the mix of values."""
    net = network("input 197x192", "attention(3)")
    projections, products = 4 * 197 * 192 * 192, 2 * 197 * 197 * 192
    assert net.macs == projections + products
    assert told(net, "fvcore") == projections
    assert told(net, "thop") == told(net, "torchinfo") == 0


def test_a_linear_layer_works_on_each_token():
    net = network("input 197x768", "linear(3072)")
    assert net.macs == 197 * 768 * 3072
    assert told(net, "torchinfo") == 768 * 3072 + 3072  # as on one token, and its bias


def test_a_layer_shared_three_times_has_its_weights_once_and_its_work_thrice():
    net = network(
        "input 8x16x16", "layer twin = conv(8, 3, padding=1, bias=false)", "twin -> twin -> twin"
    )
    assert net.params == 8 * 8 * 9
    assert net.macs == 3 * 8 * 8 * 9 * 16 * 16
    rows = net.audit().layers
    assert [row.params for row in rows] == [576, 0, 0]
    assert [row.shared for row in rows] == [False, True, True]


def test_a_head_that_inference_never_runs():
    """googlenet as torchvision publishes it: 6,624,904 weights and 1.498 G without its heads."""
    net = archdsl.load("googlenet")
    audit = net.audit()
    assert audit.params - audit.aux_params == 6_624_904
    assert round(net.macs / 1e9, 3) == 1.498
    heads = [row for row in audit.layers if row.path.startswith("aux")]
    assert sum(row.params for row in heads) == audit.aux_params == 13_004_888 - 6_624_904
    assert {row.macs for row in heads} == {0}


@pytest.mark.parametrize(
    ("arguments", "macs"),
    [
        ("48, 3, groups=6, stride=2, padding=1", 48 * 4 * 9 * 16 * 16),
        ("48, 3, groups=6, stride=2, dilation=3, padding=3", 48 * 4 * 9 * 16 * 16),
        ("24, 5, groups=24, stride=3, dilation=2", 24 * 25 * 8 * 8),  # (32 − 9) // 3 + 1 = 8
        ("24, (1, 7), stride=(2, 1), dilation=(1, 2)", 24 * 24 * 7 * 16 * 20),  # 32 − 13 + 1 = 20
    ],
)
def test_grouped_and_dilated_strided_convolutions(arguments, macs):
    net = network("input 24x32x32", f"conv({arguments}, bias=false)")
    assert net.macs == macs
    inputs = tuple(batch(net.program.root.inputs, size=1))
    assert torch_flops(net.build(), inputs) == 2 * macs


def test_a_raw_learned_tensor():
    """A class token and the embedding of 197 positions belong to no module."""
    net = network(
        "input 196x768",
        "class_token = parameter(1x768)",
        "tokens = concat(class_token, input, dim=tokens)",
        "position = parameter(197x768)",
        "add(tokens, position)",
    )
    assert net.params == 768 + 197 * 768
    model = net.build()
    assert sum(p.numel() for p in model.parameters()) == net.params
    _, seen = thop.profile(model, inputs=(torch.zeros(1, 196, 768),), verbose=False)
    assert seen == 0


def test_a_norm_is_no_product():
    """fvcore counts 2 for an element of a batch norm, thop 4: neither is a multiply-add of a
    network whose norms are folded away."""
    net = network("input 64x56x56", "bn")
    assert net.macs == 0
    assert (told(net, "fvcore"), told(net, "thop")) == (2 * 64 * 56 * 56, 4 * 64 * 56 * 56)


def test_padding_that_is_a_word_is_not_seen():
    net = network("input 32x14x14", "conv(32, 3, padding=same, bias=false)")
    assert net.macs == 32 * 32 * 9 * 14 * 14
    assert told(net, "fvcore") == 0
