"""What the difference says of a `state_dict` is what PyTorch makes of it."""

import json
from pathlib import Path

import pytest
import torch

import archdsl

DATA = Path(__file__).parents[1] / "data" / "state_dict"
PAIRS = [("resnet50", "wide_resnet50_2"), ("vgg11", "vgg11_bn"), ("resnet18", "resnet34")]


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_keys_against_torchvision(old, new):
    """Keys that both have, with one shape or with two, as torchvision's modules have them."""
    keys = archdsl.load(old).diff(archdsl.load(new)).keys
    before, after = _published(old), _published(new)
    alike = {key for key in before if before[key] == after.get(key)}
    assert keys.same + len(keys.mistaken) == len(alike)
    assert set(keys.mistaken) <= alike
    assert keys.same + len(keys.moved) + len(keys.reshaped) + len(keys.removed) == len(before)
    assert keys.same + len(keys.moved) + len(keys.reshaped) + len(keys.added) == len(after)
    for moved in keys.moved:
        assert before[moved.key] == after[moved.new_key]
    for reshaped in keys.reshaped:
        assert (before[reshaped.key], after[reshaped.new_key]) == (
            reshaped.shape,
            reshaped.new_shape,
        )


def _published(name):
    """Keys and shapes of torchvision's module, in its order."""
    return {key: tuple(shape) for key, shape in json.loads((DATA / f"{name}.json").read_text())}


def test_the_wider_bottleneck_breaks_these_keys():
    """In each of 16 blocks: conv1, conv2, conv3 and four tensors of bn1 and of bn2."""
    keys = archdsl.load("resnet50").diff(archdsl.load("wide_resnet50_2")).keys
    assert len(keys.reshaped) == 16 * (3 + 4 + 4)
    assert not (keys.moved or keys.removed or keys.added or keys.mistaken)


def test_batch_norms_move_the_convolutions_of_vgg():
    """torchvision's own layout: the n-th convolution of one is the n-th of the other."""
    keys = archdsl.load("vgg11").diff(archdsl.load("vgg11_bn")).keys
    first, second = (
        [key for key, shape in _published(name).items() if len(shape) == 4]
        for name in ("vgg11", "vgg11_bn")
    )
    pairs = dict(zip(first, second, strict=True))
    moved = {k.key: k.new_key for k in keys.moved if k.key.endswith("weight")}
    assert moved == {a: b for a, b in pairs.items() if a != b}


def test_moved_weights_give_the_same_outputs():
    """A dropout in the middle of a chain, which does nothing in evaluation."""
    text = (
        "network N:\n    input 3x12x12\n    body = conv(4, 3) -> relu -> conv(5, 3) -> bn -> relu\n"
    )
    old = archdsl.loads(text)
    new = archdsl.loads(text.replace("relu -> conv(5", "relu -> dropout(0.5) -> conv(5"))
    keys = old.diff(new).keys
    renamed = {k.key: k.new_key for k in keys.moved}
    torch.manual_seed(0)
    trained, fresh = old.build().eval(), new.build().eval()
    weights = {renamed.get(key, key): value for key, value in trained.state_dict().items()}
    fresh.load_state_dict(weights, strict=True)
    x = torch.randn(2, 3, 12, 12)
    assert torch.equal(trained(x), fresh(x))


def test_a_key_that_fits_another_step_is_named():
    """PyTorch would load the first convolution of three, now gone, into the second, and so on."""
    text = "network N:\n    input 4x8x8\n    body = conv(4, 1) -> conv(4, 1, bias=false) -> silu\n"
    new = text.replace("conv(4, 1) -> conv(4, 1, bias=false)", "conv(4, 1, bias=false) -> relu")
    keys = archdsl.loads(text).diff(archdsl.loads(new)).keys
    assert [(k.key, k.new_key) for k in keys.moved] == [("body.1.weight", "body.0.weight")]
    assert keys.removed == ("body.0.weight", "body.0.bias")
    assert keys.mistaken == ("body.0.weight",)


def test_shared_layers_have_one_key():
    text = "network N:\n    input 4x8x8\n    layer f = conv(4, 1)\n    f -> relu -> f\n"
    keys = archdsl.loads(text).diff(archdsl.loads(text.replace("f -> relu -> f", "f -> f"))).keys
    assert keys.same == 2
    assert keys.loads
