"""What random programs and ops found, each as the smallest case of it."""

import pytest
import torch
from torch import Tensor, nn

import archdsl
from archdsl.ir.graph import walk
from archdsl.ir.shape import TensorType
from archdsl.ops.registry import ops

LAYER_OF_ANOTHER_STRUCTURE = """
block down(channels, size):
    if input.height > size:
        max_pool(2)
    conv(channels, 1)

network Twice:
    input left: 4x8x8
    input right: 4x4x4
    layer tower = down(4, 4)
    a = left -> tower
    b = right -> tower
    add(a, b)
"""
LAYER_OF_ANOTHER_MODULE = """
network Twice:
    input left: 4x8x8
    input right: (4,)
    layer norm = bn
    a = left -> norm
    b = right -> norm
    output a, b
"""
LAYER_WITH_A_TAP = """
block skip_from(skip: tensor):
    subtract(skip, identity)

network Twice:
    input 4x8x8
    layer join = skip_from(skip=input)
    relu
    join -> join
"""
NAME_OF_A_SHARED_RESULT = """
network Named:
    input image: 4x8x8
    layer tower = relu
    conv_2 = image -> tower
    conv(2, 1) -> conv(4, 1)
"""


@pytest.mark.parametrize("text", [LAYER_OF_ANOTHER_STRUCTURE, LAYER_OF_ANOTHER_MODULE])
def test_a_shared_layer_is_the_same_at_every_use(text: str) -> None:
    """One module cannot have other steps for each input: what was emitted could not run."""
    with pytest.raises(archdsl.SpecError) as caught:
        archdsl.loads(text)
    assert [d.code for d in caught.value.diagnostics] == ["E0316"]


def test_a_shared_block_takes_a_tap() -> None:
    class Joined(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            first = x - x.relu()
            return x - first

    module = archdsl.loads(LAYER_WITH_A_TAP).build()
    x = torch.randn(2, 4, 8, 8)
    torch.testing.assert_close(module(x), Joined()(x))


def test_the_name_of_a_shared_layers_result_is_no_steps() -> None:
    """The name is a second one for what `tower` gives, with a tap before it as without."""
    for line in ("conv_2 = image -> tower", "image -> tower\n    conv_2 = tower"):
        text = NAME_OF_A_SHARED_RESULT.replace("conv_2 = image -> tower", line)
        paths = [path for path, _, _ in walk(archdsl.loads(text).program.root)]
        assert paths[-2:] == ["conv", "conv_2"]


def test_a_number_can_be_scaled_by_a_fixed_number() -> None:
    (result,) = ops()["scale"](init=0.5, learned=False).infer((TensorType(()),))
    assert result.shape == ()
