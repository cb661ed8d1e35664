"""What each rule finds, and what it leaves alone."""

import pytest
import torch
from linting import codes, warnings

import archdsl
from archdsl import driver
from archdsl.review import reviewed

# --- W0101: a bias that a norm takes away ------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "conv(16, 3) -> bn",
        "conv_transpose(16, 2, stride=2) -> bn",
        "flatten -> linear(16) -> bn",
        "path(conv(16, 3)) -> bn -> relu",
        "a = conv(16, 3)\nadd(a -> bn, a -> bn)",
    ],
)
def test_a_bias_before_a_batch_norm(body):
    assert codes(body) == ["W0101"]


@pytest.mark.parametrize(
    "body",
    [
        "conv(16, 3, bias=false) -> bn",
        "conv(16, 3) -> relu -> bn",
        "conv(16, 3) -> layer_norm",
        "conv(16, 3) -> group_norm(4)",
        "a = conv(16, 3)\nadd(a, a -> bn)",
        "flatten(2) -> transpose(1, 2) -> linear(16) -> bn",
    ],
)
def test_a_bias_that_does_something(body):
    assert codes(body) == []


def test_a_bias_that_some_use_of_the_line_needs():
    text = (
        "block b(norm: block):\n    conv(16, 3) -> norm\n\n"
        "network N:\n    input 8x32x32\n    b({first}) -> b({second})\n"
    )
    assert warnings(text.format(first="bn", second="relu")) == ()
    assert [d.code for d in warnings(text.format(first="bn", second="bn()"))] == ["W0101"]


def test_a_bias_that_another_use_of_the_weights_needs():
    text = (
        "network N:\n    input 16x32x32\n    layer c = conv(16, 3, padding=1)\n"
        "    c -> bn -> relu\n    c -> {}\n"
    )
    assert [d.code for d in warnings(text.format("bn"))] == ["W0101"]
    assert warnings(text.format("relu")) == ()


def test_the_last_layer_before_an_output_keeps_its_bias():
    text = "network N:\n    input 8x32x32\n    a = conv(16, 3)\n    b = a -> bn\n    output a, b\n"
    assert warnings(text) == ()


# --- windows ---------------------------------------------------------------------------------


def test_even_kernels_that_keep_the_size():
    assert codes("conv(16, 4, padding=same)") == ["W0102"]
    assert codes("conv(16, (3, 2), padding=same)") == ["W0102"]
    assert codes("conv(16, 5, padding=same)") == []
    assert codes("conv(16, 2, dilation=2, padding=same)") == []  # a middle, with holes around it
    assert codes("conv(16, 4, padding=2)") == []  # the size says that it grew
    assert codes("conv(16, 4, stride=2, padding=1)") == []


def test_strides_beyond_the_kernel():
    assert codes("conv(16, 2, stride=4)") == ["W0103"]
    assert codes("max_pool(2, stride=3)", shape="8x32x32") == ["W0103"]
    assert codes("conv(16, (3, 1), stride=(3, 2), padding=(1, 0))") == ["W0201"]
    assert codes("conv(16, 2, stride=3, dilation=2, padding=2)") == []
    assert codes("conv(16, 4, stride=4)") == []


def test_transposed_convolutions():
    assert codes("conv_transpose(16, 3, stride=2)") == ["W0104"]
    assert codes("conv_transpose(16, 1, stride=2)") == ["W0104"]
    assert codes("conv_transpose(16, 4, stride=2)") == []
    assert codes("conv_transpose(16, 3)") == []
    assert codes("pixel_shuffle(2) -> conv(16, 3)") == []


def test_rows_lost_to_rounding():
    assert codes("max_pool(2)", shape="8x33x33") == ["W0202"]
    assert codes("max_pool(2, ceil_mode=true)", shape="8x33x33") == []
    assert codes("conv(16, 3, stride=2, padding=1)", shape="8x224x224") == []  # only a zero is lost
    assert codes("conv(16, 7, stride=2, padding=3)", shape="8x224x224") == []
    assert codes("max_pool(2)", shape="8x33x33", everything=False) == []


def test_rows_lost_where_an_upsampling_follows():
    for back in ("conv_transpose(8, 2, stride=2)", "upsample(2)", "pixel_shuffle(2)"):
        body = f"max_pool(2)\nconv(8, 3, padding=1) -> {back}"
        assert codes(body, shape="8x35x35", everything=False) == ["W0108"]
        assert codes(body, shape="8x36x36") == []


def test_rows_that_an_upsampling_brings_back_are_not_missed():
    body = "max_pool(2)\nconv(8, 3, padding=1) -> {}"
    assert codes(body.format("upsample(size=35)"), shape="8x35x35") == ["W0202"]
    restored = "conv_transpose(8, 3, stride=2) -> conv(8, 1)"
    assert "W0108" not in codes(body.format(restored), shape="8x35x35")
    nested = f"conv(8, 3, padding=1)\nmax_pool(5)\n{body.format('upsample(2)')}"
    assert codes(nested, shape="8x35x35") == ["W0108"]  # 7, 3, 6


# --- layers ----------------------------------------------------------------------------------


def test_two_activations_in_a_row():
    assert codes("conv(16, 3) -> relu -> relu") == ["W0105"]
    assert codes("conv(16, 3) -> relu -> max_pool(2) -> relu") == []
    assert codes("conv(16, 3) -> relu -> dropout -> conv(16, 3) -> relu") == []


def test_two_activations_across_the_border_of_blocks():
    text = (
        "block b:\n    relu\n    conv(16, 3, padding=1)\n    relu\n\n"
        "network N:\n    input 8x32x32\n    b -> b\n"
    )
    (diagnostic,) = warnings(text)
    assert (diagnostic.code, diagnostic.primary.span.line, diagnostic.others[0].span.line) == (
        "W0105",
        2,
        4,
    )


def test_a_result_that_nothing_takes():
    assert codes("a, b = chunk(2)\na -> conv(8, 3)") == ["W0106"]
    assert codes("a, b = chunk(2)\nadd(a, b)") == []


def test_a_result_that_only_the_last_round_throws_away():
    body = (
        "block two:\n    a = conv(8, 3, padding=1)\n    b = conv(8, 3, padding=1)\n"
        "    output a, b\n\nnetwork N:\n    input 8x32x32\n"
        "    let x = input\n    let seen = ()\n"
        "    for i in range(3):\n        x{i}, y{i} = x -> two\n"
        "        let seen = seen + (y{i},)\n        let x = x{i}\n"
        "    output seen\n"
    )
    assert warnings(body) == ()


def test_a_softmax_at_the_end():
    assert codes("flatten -> linear(16)\nsoftmax") == ["W0107"]
    assert codes("flatten -> linear(16)\nlog_softmax") == ["W0107"]
    assert codes("flatten -> linear(16) -> softmax -> linear(16)") == []
    assert codes("flatten -> linear(16)\nsigmoid") == []


def test_a_softmax_at_the_end_of_a_head():
    body = "aux early = path(flatten, linear(16), softmax)\nconv(16, 32) -> flatten"
    assert codes(body) == ["W0107"]


# --- sizes -----------------------------------------------------------------------------------


def test_channels_between_the_eights():
    assert codes("conv(30, 3) -> conv(10, 1)") == ["W0203"]
    assert codes("conv(32, 3) -> conv(10, 1) -> flatten") == []  # the output's own
    assert codes("conv(3, 3, groups=3) -> conv(8, 3)", shape="3x32x32") == []  # the input's own
    assert codes("conv(1, 3) -> sigmoid -> conv(8, 3)") == []
    assert codes("linear(100) -> relu -> linear(8)", shape="(64,)") == ["W0203"]


def test_a_field_smaller_than_the_input():
    assert codes("conv(16, 3) -> global_avg_pool -> flatten") == ["W0204"]
    assert codes("conv(16, 32) -> global_avg_pool -> flatten") == []
    assert codes("conv(16, 3) -> flatten -> linear(8)") == []  # the layer sees every place
    assert codes("linear(8)", shape="(64,)") == []


# --- once, and where it can be changed ---------------------------------------------------------


def test_one_mistake_in_fifty_blocks_is_told_once():
    text = (
        "block b(channels):\n    conv(channels, 3, padding=1) -> bn -> relu\n\n"
        "network N:\n    input 8x32x32\n    for i in range(50):\n        b(8 + i * 8)\n"
    )
    (diagnostic,) = warnings(text)
    assert diagnostic.code == "W0101"
    assert diagnostic.path == "N / b (b)"
    assert [c.span.line for c in diagnostic.calls] == [7]


def test_what_a_library_block_is_given_is_told_at_its_use():
    text = "network N:\n    input 8x32x32\n    conv(16, 3) -> basic_block(20) -> conv(8, 30)\n"
    places = {(d.code, d.primary.span.text) for d in warnings(text)}
    assert ("W0203", "basic_block(20)") in places
    assert all(d.primary.span.source.name == "<string>" for d in warnings(text))


def test_the_catalogue_is_quiet():
    told = {}
    for name in ("resnet18", "unet", "dcgan_generator", "mobilenet_v3_small", "vgg11_bn"):
        diagnostics = reviewed(driver.load(name)).diagnostics
        told[name] = [d.code for d in diagnostics]
    assert not any(told.values()), told


@pytest.mark.slow
def test_the_whole_catalogue_is_quiet():
    networks = (reviewed(driver.load(entry.name)) for entry in driver.listing())
    assert {loaded.name: loaded.diagnostics for loaded in networks if loaded.diagnostics} == {}


# --- W0109: a flatten that was forgotten -------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "conv(16, 3) -> linear(10)",
        "conv(16, 3) -> bn -> relu -> max_pool(2) -> dropout -> linear(10)",
        "conv(16, 3) -> global_avg_pool -> linear(10)",
        "add(conv(8, 1), identity) -> relu -> linear(10)",
        "basic_block(8) -> linear(10)",
    ],
)
def test_a_linear_layer_along_the_width_of_a_map(body):
    assert "W0109" in codes(body, everything=False)


@pytest.mark.parametrize(
    "body",
    [
        "conv(16, 3) -> flatten -> linear(10)",
        "conv(16, 3) -> global_avg_pool -> flatten -> linear(10)",
        "conv(16, 3) -> permute(0, 2, 3, 1) -> linear(10)",
        "conv(16, 3) -> flatten(2) -> transpose(1, 2) -> linear(10)",
        "linear(10)",  # of an input that is no feature map
    ],
)
def test_a_linear_layer_over_features(body):
    assert "W0109" not in codes(body, everything=False)


def test_a_block_in_a_named_chain_is_called_once():
    text = (
        "block b(c):\n    conv(c, 1, stride=2)\n\n"
        "network N:\n    input 8x32x32\n    stage = b(8) -> relu\n"
    )
    (diagnostic,) = (d for d in warnings(text) if d.code == "W0201")
    assert [label.span.text for label in diagnostic.calls] == ["b(8)"]


# --- W0110: a norm over one element ------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "global_avg_pool -> group_norm(8)",
        "flatten -> linear(1) -> layer_norm",
        "conv(1, 3) -> layer_norm",
        "conv(1, 3) -> rms_norm",
        "conv(1, 3) -> softmax(dim=1) -> conv(2, 1)",
        "conv(1, 3) -> log_softmax(dim=channels) -> conv(2, 1)",
        "global_avg_pool -> normalize(height)",
    ],
)
def test_a_norm_over_one_element(body):
    assert codes(body, everything=False) == ["W0110"]
    assert not _depends_on_its_input(body)


@pytest.mark.parametrize(
    "body",
    [
        "global_avg_pool -> group_norm(4)",
        "conv(4, 3) -> layer_norm",
        "conv(1, 3) -> layer_norm(over=last)",
        "conv(1, 3) -> softmax(dim=2) -> conv(2, 1)",
        "global_avg_pool -> normalize",
        "conv(1, 3) -> group_norm(1)",
        "global_avg_pool -> bn",
    ],
)
def test_a_norm_over_several_elements(body):
    assert "W0110" not in codes(body, everything=False)
    assert _depends_on_its_input(body)


def _depends_on_its_input(body: str) -> bool:
    """By numbers: whether other numbers of the same signs give another result."""
    net = archdsl.loads(f"network N:\n    input 8x32x32\n    {body}\n")
    torch.manual_seed(0)
    module = net.build().double().eval()
    for weight in module.parameters():
        torch.nn.init.uniform_(weight, 0.1, 1)
    x = torch.rand(2, 8, 32, 32, dtype=torch.float64) + 1
    one, other = module(x), module(x * torch.rand_like(x).add(1))
    return not torch.allclose(one, other, rtol=1e-3)
