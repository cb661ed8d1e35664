"""Every network of the catalogue computes the same in both forms."""

import pytest
import torch
from deploying import apart, both, difference

import archdsl
from archdsl import driver
from archdsl.network import Network, SpecError

OFTEN = ("resnet18", "googlenet", "repvgg_a0", "mobilenet_v3_small", "shufflenet_v2_x0_5", "lenet5")
TOO_LARGE = {  # for a test's memory: their smaller siblings have the same blocks
    *("regnet_y_16gf", "regnet_y_32gf", "regnet_y_128gf", "regnet_x_32gf", "convnext_large"),
    *("vit_l_16", "vit_l_32", "vit_h_14", "legacy_seresnet152"),
}
RARELY = [e.name for e in driver.listing() if e.name not in TOO_LARGE.union(OFTEN)]
ROUNDING = 1e-7  # what hundreds of layers with random statistics make of a double's last bit
SIZES = ("3x64x64", "3x96x96", "3x16x64x64", None)  # the smallest that a network takes


def small(name: str) -> Network:
    for size in SIZES:
        try:
            return archdsl.load(name, input=size)
        except (SpecError, driver.Misuse):  # too small for it, or it has several inputs
            if size is None:
                raise
    raise AssertionError("the last size is the network's own")


@pytest.mark.parametrize("name", OFTEN)
def test_both_forms_compute_the_same(name: str) -> None:
    assert difference(small(name)) < ROUNDING


@pytest.mark.slow
@pytest.mark.parametrize("name", RARELY)
def test_the_others_compute_the_same_too(name: str) -> None:
    assert difference(small(name)) < ROUNDING


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small"])
def test_in_single_precision(name: str) -> None:
    for actual, expected in both(small(name), torch.float32):
        assert apart(actual, expected) < 1e-5 * expected.abs().max()


def test_names_of_the_lists_are_in_the_catalogue() -> None:
    assert TOO_LARGE.union(OFTEN) <= {entry.name for entry in driver.listing()}
