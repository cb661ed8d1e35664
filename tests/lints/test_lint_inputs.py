"""W0111, W0112, W0113, W0117, W0205: what a newcomer writes that is not what was meant."""

import pytest
import torch
from linting import codes, warnings

from archdsl import driver


@pytest.mark.parametrize(
    ("shape", "meant"),
    [("1x3x32x32", "3x32x32"), ("8x1x28x28", "1x28x28"), ("32x48x3", "3x32x48")],
)
def test_a_shape_of_elsewhere(shape, meant):
    text = f"network N:\n    input {shape}\n    conv(16, 3, padding=1)\n    relu\n"
    (diagnostic,) = warnings(text, everything=False)
    assert (diagnostic.code, diagnostic.hint) == ("W0111", f"write `input {meant}`")
    assert warnings(text.replace(shape, meant), everything=False) == ()


@pytest.mark.parametrize("shape", ["1x28x28", "3x16x112x112", "1x64x64x64", "64x8x3", "3x224x224"])
def test_shapes_that_are_not_asked_about(shape):
    assert codes("conv(16, 3, padding=1)", shape=shape, everything=False) == []


def test_an_input_from_outside_with_a_batch():
    diagnostics = driver.load("lenet5", input="1x1x28x28").diagnostics
    assert [(d.code, d.hint) for d in diagnostics] == [("E0312", "give `1x28x28`")]
    assert not driver.load("lenet5", input="1x30x30").failed


SEQUENCE = """
add:
    conv1 = conv(8, 3, padding=1, bias=false)
    bn1 = bn
    relu
    identity
"""
BRANCHES = """
add:
    conv(8, 3, padding=1, bias=false) -> bn
    conv(8, 1, bias=false) -> bn
    conv(8, 1)
    bn
"""


def test_lines_of_a_merge_that_look_like_a_sequence():
    assert codes(SEQUENCE, everything=False) == ["W0112"]
    steps = "".join(f"    {line}\n" for line in SEQUENCE.strip().splitlines()[1:4])
    assert codes("add:\n    path:\n" + steps.replace("    ", "        ") + "    identity") == []


def test_branches_that_are_meant():
    assert codes(BRANCHES, everything=False) == []


UNUSED = """
block used(c) = conv(c, 1)
block never(c):
    used(c)
block _kept(c) = conv(c, 1)
fn twice(x) = x * 2
network N(width=8):
    input 3x32x32
    let (a, b) = (1, 2)
    let c = 4
    let _d = 4
    used(width * b)
"""


def test_names_that_nothing_uses():
    unused = {d.primary.span.text for d in warnings(UNUSED) if d.code == "W0113"}
    assert unused == {"never", "twice", "c"}


def test_a_file_of_blocks_is_for_others():
    whole = driver.loads("block never(c):\n    conv(c, 1)\nnetwork N:\n    input 3x8x8\n    relu\n")
    assert [d.code for d in whole.diagnostics] == ["W0113"]


def test_a_name_that_is_used_in_a_variants_promise():
    text = (
        "network N(c=4):\n    input 3x8x8\n    let d = c\n    conv(c, 1)\n"
        "network M = N(c=5):\n    expect params == d * 4\n"
    )
    assert driver.loads(text, network="N").diagnostics == ()


def test_a_norm_over_the_batch_alone():
    assert codes("global_avg_pool -> bn") == ["W0205"]
    assert "W0205" not in codes("bn -> global_avg_pool")
    norm = torch.nn.BatchNorm2d(8)
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        norm(torch.zeros(1, 8, 1, 1))
    norm(torch.zeros(2, 8, 1, 1))


STAGE = """
block stage(channels, copies):
    for i in range(copies):
        conv(input.channels, 3, padding=1, groups=input.channels)
        conv(channels, 1)
network N:
    input 8x4x4
    stage({}, 2)
"""


def test_groups_for_the_channels_of_the_block():
    (diagnostic,) = warnings(STAGE.format(16), everything=False)
    assert diagnostic.code == "W0114"
    assert "8 groups for 16 channels" in diagnostic.message
    assert warnings(STAGE.format(8), everything=False) == ()


SIZES = """
network T:
    input 3x64x64
    low = conv(16, 3, stride=2, padding=1)
    conv(16, 3, stride=2, padding=1)
    {}
    conv(4, 1)
"""
# `forward` asks no step that has two results for its sizes.
HALVES = "left, right = chunk(2)\n    add(left, right) -> max_pool(2) -> "
OF_A_TENSOR = {
    HALVES + "upsample(size=(left.height, left.width))": "upsample_like(identity, left)",
    HALVES + "upsample(mode=bilinear, size=(left.height, left.width), align_corners=false)": (
        "upsample_like(identity, left, mode=bilinear, align_corners=false)"
    ),
    HALVES + "upsample(size=(left.height, left.width), mode=bilinear)": (
        "upsample_like(identity, left, mode=bilinear)"
    ),
    "upsample(2) -> upsample(2) -> crop(low.height, low.width)": "crop_like(identity, low)",
}


@pytest.mark.parametrize(("line", "remedy"), OF_A_TENSOR.items())
def test_a_size_that_is_read_from_a_tensor(line: str, remedy: str) -> None:
    (diagnostic,) = warnings(SIZES.format(line), everything=False)
    assert (diagnostic.code, diagnostic.hint) == (
        "W0117",
        f"write `{remedy}`, which takes it from each image",
    )
    *before, _ = line.split(" -> ")
    text = SIZES.format(" -> ".join([*before, remedy]))
    assert warnings(text, everything=False) == ()


NO_SIZES = [
    "upsample(size=(low.height, low.width))",  # `forward` asks for it
    "upsample(size=(input.height, input.width), mode=bilinear)",
    "upsample(size=32)",
    "upsample(size=(low.height // 2, 8))",
    "upsample(size=(low.width, low.height))",
    "upsample(size=low.height)",
    "upsample(low.channels / 8)",
    "crop(8)",
]


@pytest.mark.parametrize("line", NO_SIZES)
def test_a_size_that_no_tensor_has(line: str) -> None:
    assert warnings(SIZES.format(line), everything=False) == ()
