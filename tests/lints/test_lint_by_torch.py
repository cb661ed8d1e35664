"""What the rules say of windows, held against what torch does with them."""

import random

import pytest
import torch
from linting import codes
from torch import nn

RANDOM = random.Random(20)
WINDOWS = [
    (RANDOM.randint(9, 24), k, RANDOM.randint(1, 5), RANDOM.randint(0, k // 2))
    for k in (1, 2, 3, 4, 5, 7)
    for _ in range(8)
]


def unseen(size: int, kernel: int, stride: int, padding: int) -> list[int]:
    """The input places that change no result."""
    x = torch.zeros(1, 1, size, requires_grad=True)
    conv = nn.Conv1d(1, 1, kernel, stride, padding)
    nn.init.ones_(conv.weight)
    conv(x).sum().backward()
    assert x.grad is not None
    return [i for i, slope in enumerate(x.grad[0, 0].tolist()) if slope == 0]


@pytest.mark.parametrize(("size", "kernel", "stride", "padding"), WINDOWS)
def test_places_that_no_window_sees_are_told(size, kernel, stride, padding):
    step = f"conv(8, {kernel}, stride={stride}, padding={padding})"
    told = set(codes(f"{step} -> flatten", shape=f"8x{size}")) - {"W0102", "W0204"}
    assert bool(told) == bool(unseen(size, kernel, stride, padding))
    assert told <= {"W0103", "W0201", "W0202"}


@pytest.mark.parametrize("kernel", range(1, 8))
@pytest.mark.parametrize("stride", range(1, 5))
def test_checkerboards_are_uneven_covers(kernel, stride):
    layer = nn.ConvTranspose1d(1, 1, kernel, stride, bias=False)
    nn.init.ones_(layer.weight)
    cover = layer(torch.ones(1, 1, 12))[0, 0, kernel:-kernel]
    uneven = len(set(cover.tolist())) > 1
    told = codes(f"conv_transpose(8, {kernel}, stride={stride})", shape="8x12")
    assert ("W0104" in told) == uneven


def test_a_bias_before_a_norm_changes_nothing():
    conv, norm = nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)
    x = torch.randn(4, 3, 9, 9, dtype=torch.float64)
    model = nn.Sequential(conv, norm).double().train()
    before = model(x)
    with torch.no_grad():
        conv.bias.add_(5.0)
    assert torch.allclose(model(x), before, atol=1e-9)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize("kernel", [2, 3, 4, 5])
def test_an_even_kernel_with_same_shifts(kernel):
    layer = nn.Conv1d(1, 1, kernel, padding="same", bias=False)
    nn.init.ones_(layer.weight)
    x = torch.zeros(1, 1, 21)
    x[0, 0, 10] = 1.0
    places = layer(x)[0, 0].nonzero().flatten().tolist()
    shifted = sum(places) / len(places) != 10
    assert ("W0102" in codes(f"conv(8, {kernel}, padding=same)", shape="8x21")) == shifted
