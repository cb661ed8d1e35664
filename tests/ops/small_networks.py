"""The catalogue's networks with the smallest input that they take, for tests that run them."""

import archdsl
from archdsl import driver
from archdsl.network import Network, SpecError

TOO_LARGE = {  # for a test's memory: their smaller siblings have the same blocks
    *("regnet_y_16gf", "regnet_y_32gf", "regnet_y_128gf", "regnet_x_32gf", "convnext_large"),
    *("vit_l_16", "vit_l_32", "vit_h_14", "legacy_seresnet152"),
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
    """The other networks that a test can hold."""
    return [e.name for e in driver.listing() if e.name not in TOO_LARGE.union(often)]
