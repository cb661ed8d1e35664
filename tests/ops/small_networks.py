"""The catalogue's networks with the smallest input that they take, for tests that run them."""

import archdsl
from archdsl import driver
from archdsl.network import Network, SpecError

TOO_LARGE = {  # for a test's memory: their smaller siblings have the same blocks
    *("regnet_y_16gf", "regnet_y_32gf", "regnet_y_128gf", "regnet_x_32gf", "convnext_large"),
    *("vit_l_16", "vit_l_32", "vit_h_14", "legacy_seresnet152"),
}
SIBLINGS = {  # of the same ops and blocks as a network of their file that is not here
    *("convnext_small", "convnext_base", "convnext_large", "deeplabv3_resnet101", "fcn_resnet101"),
    *("densenet161", "densenet169", "densenet201", "efficientnet_v2_m", "efficientnet_v2_l"),
    *(f"efficientnet_b{n}" for n in range(1, 8)),
    *("hrnet_w18", "hrnet_w32", "hrnet_w18_small_v2", "legacy_seresnet101", "legacy_seresnet152"),
    *("mnasnet0_75", "mnasnet1_0", "mnasnet1_3", "preact_resnet1001_cifar", "preact_resnet34"),
    *(f"regnet_{kind}_{size}" for kind in "xy" for size in ("800mf", "1_6gf", "3_2gf", "8gf")),
    *(f"regnet_{kind}_{size}" for kind in "xy" for size in ("16gf", "32gf")),
    *("regnet_y_128gf", "repvgg_a1", "repvgg_a2", "repvgg_b0", "repvgg_b1", "resnet101"),
    *("resnet152", "resnetv2_101", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet101_2"),
    *("shufflenet_v2_x1_0", "shufflenet_v2_x1_5", "shufflenet_v2_x2_0", "swin_s", "swin_b"),
    *("swin_v2_s", "swin_v2_b", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn"),
    *("vit_b_32", "vit_l_16", "vit_l_32", "vit_h_14"),
}
SIZES = ("3x64x64", "3x96x96", "3x16x64x64", None)  # the smallest that a network takes


def small(name: str) -> Network:
    for size in SIZES:
        try:
            return archdsl.load(name, input=size)
        except (SpecError, driver.Misuse):  # too small for it, or it has several inputs
            if size is None:
                raise
    raise AssertionError("the last size is the network's own")


def all_but(often: tuple[str, ...]) -> list[str]:
    """The other networks that a test can hold, one of those that differ in sizes alone."""
    left_out = TOO_LARGE.union(SIBLINGS, often)
    return [e.name for e in driver.listing() if e.name not in left_out]
