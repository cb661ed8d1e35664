"""Every network of the catalogue computes the same in both forms."""

import pytest
import torch
from deploying import apart, both, difference
from small_networks import VARIED, small

OFTEN = ("resnet18", "googlenet", "repvgg_a0", "mobilenet_v3_small", "shufflenet_v2_x0_5", "lenet5")
RARELY = [name for name in VARIED if name not in OFTEN]
ROUNDING = 1e-7  # what hundreds of layers with random statistics make of a double's last bit


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", OFTEN)
def test_both_forms_compute_the_same(name: str) -> None:
    assert difference(small(name)) < ROUNDING


@pytest.mark.slow
@pytest.mark.parametrize("name", RARELY)
def test_the_others_compute_the_same_too(name: str) -> None:
    assert difference(small(name)) < ROUNDING


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small"])
def test_in_single_precision(name: str) -> None:
    for actual, expected in both(small(name), torch.float32):
        assert apart(actual, expected) < 1e-5 * expected.abs().max()
