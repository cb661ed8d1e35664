"""The catalogue's counts against the figures that torchvision publishes with its weights."""

import pytest

from archdsl import driver
from archdsl.analyses.figures.costs import costs

# name: learned weights without training-only heads, multiply-adds in units of 10⁹
PUBLISHED = {
    "alexnet": (61_100_840, 0.714),
    "vgg11": (132_863_336, 7.609),
    "vgg13": (133_047_848, 11.308),
    "vgg16": (138_357_544, 15.470),
    "vgg19": (143_667_240, 19.632),
    "vgg11_bn": (132_868_840, 7.609),
    "vgg13_bn": (133_053_736, 11.308),
    "vgg16_bn": (138_365_992, 15.470),
    "vgg19_bn": (143_678_248, 19.632),
    "googlenet": (6_624_904, 1.498),
    "resnet18": (11_689_512, 1.814),
    "resnet34": (21_797_672, 3.664),
    "resnet50": (25_557_032, 4.089),
    "resnet101": (44_549_160, 7.801),
    "resnet152": (60_192_808, 11.514),
    "resnext50_32x4d": (25_028_904, 4.230),
    "resnext101_32x8d": (88_791_336, 16.414),
    "wide_resnet50_2": (68_883_240, 11.398),
    "densenet121": (7_978_856, 2.834),
    "densenet161": (28_681_000, 7.728),
    "densenet169": (14_149_480, 3.360),
    "densenet201": (20_013_928, 4.291),
    "mobilenet_v2": (3_504_872, 0.301),
    "mobilenet_v3_small": (2_542_856, 0.057),
    "mobilenet_v3_large": (5_483_032, 0.217),
    "efficientnet_b0": (5_288_548, 0.386),
}
CATALOGUE = {entry.name for entry in driver.listing()}


def test_the_catalogue_has_published_networks():
    assert {"alexnet", "vgg16", "googlenet", "resnet18", "resnet152"} <= CATALOGUE


@pytest.mark.parametrize("name", sorted(CATALOGUE & set(PUBLISHED)))
def test_params_and_macs_are_the_published_ones(name):
    total = costs(driver.load(name).program).total
    params, giga_macs = PUBLISHED[name]
    assert total.params - total.aux_params == params
    assert round(total.macs / 1e9, 3) == giga_macs
