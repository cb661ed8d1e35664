"""Blocks around a single step, and those that were so from the start."""

from deploying import deployed, difference, network, steps

TEXT = """
block conv_bn(channels, kernel_size):
    conv = conv(channels, kernel_size)
    bn = bn

block alone(features):
    fc = linear(features)

network Net():
    input 3x8x8
    stem = conv_bn(6, 3)
    relu
    down = conv(8, 1, bias=false) -> bn
    flatten
    head = alone(4)
"""


def test_a_block_of_which_one_step_is_left_is_that_step() -> None:
    assert [p for p, op in steps(deployed(TEXT)).items() if op == "conv"] == ["stem", "down"]


def test_a_block_of_one_step_from_the_start_stays() -> None:
    assert "head.fc" in steps(deployed(TEXT))


def test_the_weights_are_found() -> None:
    assert difference(network(TEXT)) < 1e-9
