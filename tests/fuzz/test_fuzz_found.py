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


BEYOND_64_BITS = {
    "avg_pool(2, stride=10**29)": lambda x: nn.AvgPool2d(2, stride=10**29)(x),
    "avg_pool(2, divisor_override=10**29)": lambda x: nn.AvgPool2d(2, divisor_override=10**29)(x),
    "max_pool(3, stride=10**29)": lambda x: nn.MaxPool2d(3, stride=10**29)(x),
    "lp_pool(2, 2, stride=10**29)": lambda x: nn.LPPool2d(2, 2, stride=10**29)(x),
    "conv(8, 3, stride=10**29)": lambda x: nn.Conv2d(4, 8, 3, stride=10**29)(x),
    "roll(10**29, dims=1)": lambda x: torch.roll(x, 10**29, 1),
    "slice(stop=4, step=10**29)": lambda x: x[:, : 4 : 10**29],
    "lrn(10**29)": lambda x: nn.LocalResponseNorm(10**29)(x),
    "lrn(2**62)": lambda x: nn.LocalResponseNorm(2**62)(x),
    "softshrink(1e308)": lambda x: nn.Softshrink(1e308)(x),
}


@pytest.mark.parametrize("step", BEYOND_64_BITS)
def test_arguments_that_pytorch_cannot_count_to(step: str) -> None:
    """Numbers of more bits than PyTorch's were accepted, and the emitted module could not run."""
    with pytest.raises((RuntimeError, TypeError, ValueError, OverflowError)):
        BEYOND_64_BITS[step](torch.zeros(1, 4, 6, 6))
    with pytest.raises(archdsl.SpecError) as caught:
        archdsl.loads(f"network Net:\n    input 4x6x6\n    {step}\n")
    (told,) = caught.value.diagnostics
    assert "at most" in told.message


def test_a_factor_per_channel_has_one_for_all_places_whatever_their_dimensions() -> None:
    """The reference took four spatial dimensions for tokens."""
    text = (
        "network Net:\n    input 2x6x8\n    stack(relu, tanh)\n    stack(relu, tanh)\n    scale\n"
    )
    (key, weight) = archdsl.loads(text).build().state_dict().popitem()
    assert (key, tuple(weight.shape)) == ("scale", (2, 1, 1, 1, 1))


def test_a_word_that_can_only_be_the_op() -> None:
    """The reference called it a tap too: where a block is wanted no tap can be meant."""
    text = (
        "block twice(part: block):\n    part\n    part\n"
        "network Net:\n    input (9,)\n    bn = bn\n    twice(bn)\n"
    )
    paths = [path for path, _, _ in walk(archdsl.loads(text).program.root)]
    assert paths == ["bn", "twice", "twice.bn", "twice.bn_2"]


def test_a_word_whose_tap_was_renamed_is_the_op() -> None:
    """The reference still saw the tap of which another name was made."""
    text = "network Net:\n    input (9,)\n    twice = relu\n    relu\n"
    assert [path for path, _, _ in walk(archdsl.loads(text).program.root)] == ["twice", "relu"]


def test_an_output_is_called_after_its_step_whatever_word_names_it() -> None:
    """The reference took the word of the `let` for the output's name."""
    text = "network Net:\n    input (9,)\n    a = relu\n    let b = a\n    output a, b\n"
    with pytest.raises(archdsl.SpecError, match="two outputs are called `a`"):
        archdsl.loads(text)


def test_a_step_that_bears_the_name_of_a_loops_variable_is_no_value() -> None:
    """The reference took the step, where either could be meant."""
    lines = "for k in range(2):\n        relu\n    k = conv(4, 1)\n    let a = k\n    a -> tanh"
    with pytest.raises(archdsl.SpecError, match="a step's name here and a parameter or `let`"):
        archdsl.loads(f"network Net:\n    input 4x8x8\n    {lines}\n")
