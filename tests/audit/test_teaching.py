"""The worked numbers of teaching texts, exactly."""

import archdsl


def network(*lines):
    return archdsl.loads("network Lesson:\n" + "".join(f"    {line}\n" for line in lines))


def test_a_3x3_convolution_from_128_to_256_channels():
    net = network("input 128x28x28", "conv(256, 3, padding=1, bias=false)")
    assert (net.macs, net.params) == (231_211_008, 294_912)


def test_the_same_as_depthwise_and_pointwise():
    net = network(
        "input 128x28x28",
        "conv(128, 3, padding=1, groups=128, bias=false)",
        "conv(256, 1, bias=false)",
    )
    assert (net.macs, net.params) == (26_593_280, 33_920)


def test_four_5x5_filters_over_three_channels():
    assert network("input 3x32x32", "conv(4, 5)").params == 304


def test_a_transposed_convolution_in_one_dimension():
    assert network("input 1x4", "conv_transpose(1, 4, stride=2, padding=2)").output == (1, 6)


def first_linear(net):
    return next(row for row in net.audit().layers if row.op == "linear")


def test_first_fully_connected_layers():
    assert first_linear(archdsl.load("lenet5")).weight_params == 48_000
    assert first_linear(archdsl.load("vgg16")).weight_params == 102_760_448


def test_the_first_fully_connected_layer_of_alexnet():
    """The single-column form that textbooks teach: 256 maps of 5x5 into 4096 units."""
    net = network(
        "input 1x224x224",
        "conv(96, 11, stride=4, padding=1) -> relu -> max_pool(3, stride=2)",
        "conv(256, 5, padding=2) -> relu -> max_pool(3, stride=2)",
        "conv(384, 3, padding=1) -> relu -> conv(384, 3, padding=1) -> relu",
        "conv(256, 3, padding=1) -> relu -> max_pool(3, stride=2)",
        "flatten",
        "linear(4096) -> relu -> dropout(0.5)",
        "linear(4096) -> relu -> dropout(0.5)",
        "linear(10)",
    )
    assert first_linear(net).weight_params == 26_214_400
