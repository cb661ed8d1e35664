"""The siblings that are asked about first, and those that stand in for them."""

import archdsl
from archdsl import driver
from archdsl.semantics.elaborate.siblings import Siblings

PART = """
block part(width, hidden, stride=1):
    conv(hidden, 3, stride=stride, padding=1)
    conv(width, 1)
"""


def uses(text: str) -> dict[str, Siblings]:
    """The uses of a spec that have siblings, the first of each definition."""
    found: dict[str, Siblings] = {}
    for use in driver.loads(text).siblings():
        found.setdefault(use.of.block, use)
    return found


def test_one_sibling_changes_everything_and_keeps_nothing_equal() -> None:
    use = uses(PART + "network N(width=64):\n    input 64x8x8\n    part(width, 64)\n")["part"]
    (sibling,) = use.one(use.names)
    values = dict(sibling.arguments)
    channels = sibling.inputs[0].shape[0]
    assert values["stride"] != 1
    assert len({values["width"], values["hidden"], channels, 64}) == 4
    assert len(list(use.made(use.names))) > 1


def test_where_the_spec_refuses_it_there_are_the_others() -> None:
    group = "block grouped(width):\n    conv(width, 1, groups=32)\n"
    use = uses(group + "network N:\n    input 32x8x8\n    grouped(64)\n")["grouped"]
    scopes = list(use.one(use.names))
    assert scopes == list(use.made(use.names))
    assert all(dict(scope.arguments)["width"] % 32 == 0 for scope in scopes)


def test_a_row_of_widths_has_more_than_one() -> None:
    row = "block row(widths):\n    conv(widths[0], 1) -> conv(widths[1], 1)\n"
    use = uses(row + "network N:\n    input 3x8x8\n    row((16, 32))\n")["row"]
    assert len(list(use.one(use.names))) == len(list(use.made(use.names))) > 1


def test_a_parameter_that_brings_in_a_block_does_not_keep_the_others() -> None:
    gate = "block gate:\n    multiply(identity, global_avg_pool -> conv(input.channels, 1))\n"
    part = PART.replace("stride=1", "gated=0") + "    if gated > 0:\n        gate\n"
    part = part.replace(", stride=stride", "")
    text = gate + part + "network N(width=16, hidden=32, gated=0):\n    input 3x8x8\n"
    source = archdsl.loads(text + "    part(width, hidden, gated)\n").source()
    assert "def __init__(self, width: int = 16, hidden: int = 32) -> None:" in source
    assert "Fixed: gated=0." in source


def test_a_regnet_keeps_the_width_of_its_groups() -> None:
    assert "group_width: int = 120," in archdsl.load("regnet_x_8gf").source()
