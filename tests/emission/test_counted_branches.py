"""Branches that a loop makes: a block is one class, however many it has in each use."""

import pytest

import archdsl
from archdsl.runtime.build import load_source
from tests.emission.fresh_arguments import compare_classes

SPEC = """
block branches(copies):
    {merge}:
{others}
        for i in range(copies):
            {{i}} = conv(8, 3, padding=1)

network T:
    input 8x16x16
    {uses}
"""
MERGES = {
    "add": ("add", "", (4, 6, 3)),
    "add beside another": ("add", "        identity\n        conv(8, 1)", (0, 2, 1)),
    "concat": ("concat", "", (4, 6, 3)),
    "concat behind another": ("concat", "        identity", (1, 3)),
    "average": ("average", "        identity", (2, 5)),
}


@pytest.mark.parametrize("case", MERGES)
def test_a_count_of_branches_is_a_parameter(case: str) -> None:
    merge, others, counts = MERGES[case]
    uses = " -> ".join(f"branches({count})" for count in counts)
    net = archdsl.loads(SPEC.format(merge=merge, others=others, uses=uses))
    names = vars(load_source(net.name, net.source()))
    assert "Branches" in names and "Branches2" not in names
    assert "copies: int" in net.source()
    assert compare_classes(net, 4, 1).classes == 2


def test_what_counted_branches_give_together_is_their_number_times_what_each_gives() -> None:
    """A product of the argument fits the uses alone: `channels * 2`, which is 126 for 63."""
    source = archdsl.loads(
        "block paths(channels, count=32, width=4):\n    let d = channels * width // 64\n"
        "    concat:\n        for i in range(count):\n            p{i} = conv(d, 1)\n"
        "    joined = conv(channels, 1)\n\n"
        "network N:\n    input 3x8x8\n    paths(64) -> paths(128) -> paths(256)\n"
    ).source()
    paths = vars(load_source("N", source))["Paths"]
    assert paths(8, 63).joined.in_channels == 32 * (63 * 4 // 64)
    assert paths(8, 64, count=3).joined.in_channels == 3 * 4
