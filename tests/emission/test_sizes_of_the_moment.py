"""What is to be as large as another tensor is so for images of every size."""

import pytest
import torch

import archdsl

SPEC = """
block pooled(channels):
    concat:
        conv(channels, 1)
        path:
            global_avg_pool -> conv(channels, 1)
            upsample_like(identity, input, mode=bilinear, align_corners=false)
network T(classes=3, size=64):
    input (3, size, size)
    low = conv(8, 3, stride=2, padding=1)
    conv(8, 3, stride=2, padding=1)
    pooled(4)
    up = conv_transpose(8, 3, stride=2)
    concat(crop_like(up, low), low)
    conv(classes, 1)
    upsample_like(identity, input)
"""
SIZES = [(64, 64), (70, 71), (33, 40), (128, 9)]


@pytest.fixture(scope="module")
def module() -> torch.nn.Module:
    return archdsl.loads(SPEC).build().eval()


@pytest.mark.parametrize("size", SIZES)
def test_the_module_is_that_of_the_spec_with_this_input(
    module: torch.nn.Module, size: tuple[int, int]
) -> None:
    theirs = archdsl.loads(SPEC, input=(3, *size)).build().eval()
    theirs.load_state_dict(module.state_dict())
    x = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(0))
    expected = theirs(x)
    assert expected.shape == (2, 3, *size)
    torch.testing.assert_close(module(x), expected, rtol=0, atol=0)


def test_tools_take_it(module: torch.nn.Module) -> None:
    x = torch.randn(1, 3, 33, 40)
    expected = module(x)
    for traced in (torch.jit.script(module), torch.fx.symbolic_trace(module)):
        torch.testing.assert_close(traced(x), expected)
    sizes = {2: torch.export.Dim.DYNAMIC, 3: torch.export.Dim.DYNAMIC}
    exported = torch.export.export(module, (torch.randn(1, 3, 64, 64),), dynamic_shapes=(sizes,))
    torch.testing.assert_close(exported.module()(x), expected)


def test_sizes_finds_no_bound() -> None:
    report = archdsl.loads(SPEC).sizes(up_to=80)
    assert "as compiled" not in str(report)


@pytest.mark.parametrize("name", ["fcn_resnet50", "deeplabv3_resnet50", "unet"])
def test_the_catalogues_segmentation_takes_images_of_other_sizes(name: str) -> None:
    with torch.device("meta"):
        module = archdsl.load(name).build(device="meta").eval()
        net = archdsl.load(name)
        assert isinstance(net.input, tuple)
        channels = net.input[0]
        size = (channels, 300, 268)
        assert module(torch.zeros(1, *size)).shape[1:] == archdsl.load(name, input=size).output


# --- sizes that the source asks for -------------------------------------------------------------

TOKENS = """
block apart(heads):
    reshape(input.tokens, heads, input.features // heads) -> permute(0, 2, 1, 3)

block placed(width):
    table = parameter(1, width)
    add(input, table -> expand(input.tokens, -1))

block back(size=4):
    let channels, height, width = input.shape
    let down = height // size
    reshape(channels, down, size, width) -> permute(0, 2, 3, 1, 4)
    reshape(down, channels * size * width) -> reshape(channels * height, width)

block again:
    let channels, h, w = input.shape
    conv(8, 3, stride=2, padding=1)
    upsample(size=(h, w), mode=bilinear, align_corners=false)

block upper:
    slice(0, input.height - input.height // 3, dim=2)

network T(classes=3, width=8):
    input 3x32x24
    conv(width, 2, stride=2)
    again -> upper -> upper
    tokens = flatten(2) -> transpose(1, 2)
    placed(width)
    linear(width) -> apart(2) -> permute(0, 2, 1, 3) -> flatten(2)
    linear(classes)
"""
SHAPES = [(32, 24), (40, 24), (33, 41), (18, 64)]


@pytest.fixture(scope="module")
def tokens() -> torch.nn.Module:
    return archdsl.loads(TOKENS).build().eval()


@pytest.mark.parametrize("size", SHAPES)
def test_a_size_of_the_blocks_input_is_that_of_the_moment(
    tokens: torch.nn.Module, size: tuple[int, int]
) -> None:
    theirs = archdsl.loads(TOKENS, input=(3, *size)).build().eval()
    theirs.load_state_dict(tokens.state_dict())
    x = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(tokens(x), theirs(x), rtol=0, atol=0)


def test_tools_take_sizes_of_the_moment(tokens: torch.nn.Module) -> None:
    x = torch.randn(2, 3, 40, 28)
    expected = tokens(x)
    for traced in (torch.jit.script(tokens), torch.fx.symbolic_trace(tokens)):
        torch.testing.assert_close(traced(x), expected)
    sizes = {2: torch.export.Dim.DYNAMIC, 3: torch.export.Dim.DYNAMIC}
    exported = torch.export.export(tokens, (torch.randn(2, 3, 32, 24),), dynamic_shapes=(sizes,))
    torch.testing.assert_close(exported.module()(x), expected)


def test_sizes_finds_no_bound_where_forward_asks() -> None:
    assert "as compiled" not in str(archdsl.loads(TOKENS).sizes(up_to=80))


def test_no_size_of_the_spec_stands_in_the_code() -> None:
    source = archdsl.loads(TOKENS).source()
    assert "tokens, features = x.shape[1:]" in source
    assert "h, w = x.shape[2:]" in source
    assert "x.shape[0], tokens, self.heads, features // self.heads" in source


def test_a_name_of_the_source_for_a_size_that_is_read_twice_is_one_of_forward() -> None:
    spec = TOKENS + "\nnetwork U:\n    input 6x8x5\n    back\n"
    module = archdsl.loads(spec, network="U").build()
    source = archdsl.loads(spec, network="U").source()
    assert "channels, height, width = x.shape[1:]" in source
    assert "down = height // self.size" in source or "down = height // 4" in source
    x = torch.randn(2, 3, 16, 7)
    rows = x.reshape(2, 3, 4, 4, 7).permute(0, 2, 3, 1, 4).reshape(2, 4, 3 * 4 * 7)
    torch.testing.assert_close(module(x), rows.reshape(2, 48, 7), rtol=0, atol=0)


CHOSEN = """
network T:
    input 3x32x32
    upsample(size=(max(input.height, 16), input.width))
"""


def test_a_size_that_only_python_can_work_out_is_the_specs_own_and_sizes_says_so() -> None:
    net = archdsl.loads(CHOSEN)
    assert net.build()(torch.zeros(1, 3, 20, 20)).shape == (1, 3, 32, 32)
    assert "as compiled" in str(net.sizes(up_to=40))


LOOPED = """
block body:
    let height, width = input.shape[1:]
    for i in range(4):
        conv(4 + 4 * i, 3, padding=1)
        cut{i} = slice(i, height - i, dim=2)
    upsample(size=(height, width))
network T:
    input 3x32x32
    body
"""


def test_sizes_in_the_rounds_of_a_loop() -> None:
    module = archdsl.loads(LOOPED).build().eval()
    theirs = archdsl.loads(LOOPED, input=(3, 40, 36)).build().eval()
    theirs.load_state_dict(module.state_dict())
    x = torch.randn(1, 3, 40, 36)
    torch.testing.assert_close(module(x), theirs(x), rtol=0, atol=0)


TABLE = """
block b(size):
    let heads = input.features // size
    table = parameter(5, heads)
    expand(5, heads)
    reshape(1, 5 * heads) -> linear(input.features)
network T:
    input 3x8
    add(b(4), identity)
"""


def test_a_size_that_shapes_a_weight_is_one_of_the_constructor() -> None:
    net = archdsl.loads(TABLE)
    module = net.build()
    assert module(torch.zeros(2, 3, 8)).shape == (2, 3, 8)
    assert (
        "torch.zeros(5, heads)" in net.source()
        or "torch.zeros(5, in_features // size" in net.source()
    )


def test_sizes_of_named_steps() -> None:
    spec = """
block merge(width):
    c3 = conv(width, 3, stride=2, padding=1) -> relu
    c4 = conv(width, 3, stride=2, padding=1) -> relu
    conv(width, 1) -> upsample(size=(c3.height, c3.width))
    add(c3, identity)
network T(classes=3):
    input 3x64x64
    enc = conv(8, 3, padding=1)
    max_pool(2) -> merge(16) -> upsample(size=(enc.height, enc.width))
    conv(classes, 1)
"""
    net = archdsl.loads(spec)
    module = net.build().eval()
    assert "c3_height, c3_width = c3.shape[2:]" in net.source()
    assert "as compiled" not in str(net.sizes(up_to=80))
    theirs = archdsl.loads(spec, input=(3, 51, 90)).build().eval()
    theirs.load_state_dict(module.state_dict())
    x = torch.randn(1, 3, 51, 90)
    torch.testing.assert_close(module(x), theirs(x), rtol=0, atol=0)
    torch.testing.assert_close(torch.jit.script(module)(x), theirs(x))
