"""Pixels that no window reaches: those whose gradient is zero."""

import itertools

import pytest
import torch
from torch import nn

import archdsl
from archdsl.analyses.input_sizes.unread import left_over
from archdsl.ops.spatial import Slide

WINDOWS = [
    Slide(size, kernel, stride, (padding, padding), dilation)
    for size, kernel, stride, padding, dilation in itertools.product(
        (5, 8, 13), (1, 2, 3, 5), (2, 3), (0, 1, 2), (1, 2)
    )
    if stride <= dilation * (kernel - 1) + 1 <= size + 2 * padding
]


@pytest.mark.parametrize("slide", WINDOWS, ids=lambda slide: slide.arithmetic)
def test_one_window_against_the_gradient(slide):
    """The last rows with a zero gradient; the holes of a dilated window belong to it."""
    conv = nn.Conv1d(1, 1, slide.extent, slide.stride, slide.margins[0], bias=False)
    nn.init.ones_(conv.weight)
    assert max(left_over(slide, slide.length), 0) == _unread(conv, torch.ones(1, 1, slide.size))


def _unread(module, x):
    """How many elements at the end do not matter."""
    x.requires_grad_()
    module(x).sum().backward()
    reached = x.grad.flatten().nonzero().flatten()
    return x.numel() - 1 - int(reached[-1])


def test_a_stride_beyond_the_kernel_is_no_rounding():
    """What a 1x1 window with stride 2 skips belongs to it; an odd size ends with a window."""
    assert left_over(Slide(56, 1, 2), 28) == 0
    assert left_over(Slide(57, 1, 2), 29) <= 0
    assert left_over(Slide(57, 1, 3), 19) == 0


POOLS = "network N:\n    input 1x32x32\n    body = avg_pool(2) -> avg_pool(2) -> avg_pool(3)\n"


@pytest.mark.one_in(4)
@pytest.mark.parametrize("size", range(12, 40))
def test_a_whole_network_against_the_gradient(size):
    """A size is whole exactly if every row of the input counts."""
    axis = archdsl.loads(POOLS).sizes(up_to=40).axes[1]
    assert axis.dimensions == ("height",)
    module = archdsl.loads(POOLS, input=(1, size, 32)).build()
    x = torch.ones(1, 1, size, 32, requires_grad=True)
    module(x).sum().backward()
    rows = x.grad[0, 0, :, 0] != 0
    assert (size in axis.whole) == bool(rows.all())


def test_the_arithmetic_and_the_step():
    axis = archdsl.loads(POOLS).sizes(up_to=40).axes[0]
    first, second, third = axis.losses
    assert (first.path, first.step, first.line) == ("body.0", "avg_pool 2x2/2", 3)
    assert (first.at, first.unread, first.arithmetic) == (31, 1, "(31 − 2) // 2 + 1 = 15")
    assert (second.at, second.unread, second.arithmetic) == (31, 1, "(15 − 2) // 2 + 1 = 7")
    assert (third.at, third.unread, third.arithmetic) == (32, 2, "(8 − 3) // 3 + 1 = 2")
    assert axis.whole.text == "multiples of 12 from 12"


def test_padding_that_is_rounded_away_is_no_loss():
    """ResNet's stem: (224 + 2·3 − 7) // 2 + 1 = 112 leaves a row of the margin."""
    axis = archdsl.load("resnet18").sizes(up_to=64).axes[0]
    assert axis.losses == ()
    assert axis.whole == axis.accepted
