"""Names that a loop gives anew in each round, in the class for what a round is made of."""

from typing import Any

import archdsl
from archdsl.runtime.build import load_source

ROUND = """
block part(channels, groups):
    conv(channels, 3, padding=1) -> relu -> conv(groups, 1)

network N(width=12, group=8):
    input 3x8x8
    for i in range(3):
        let g = min(group, width)
        let c = g * 2 + 3
        stage{i} = path:
            for j in range(i + 2):
                stage{i}{"-"}{j} = part(c + g, c)
    global_avg_pool
"""


def made(text: str) -> tuple[str, Any]:
    source = archdsl.loads(text).source()
    return source, load_source("N", source)


def body(source: str, cls: str) -> str:
    return source.partition(f"class {cls}(")[2].partition("\nclass ")[0]


def test_a_name_is_one_of_the_class_for_a_round() -> None:
    source, module = made(ROUND)
    assert "        g = min(group, width)\n        c = g * 2 + 3\n" in body(source, "Stage")
    assert "for j in range(i + 1):" in body(source, "Stage")
    for arguments in ({}, {"width": 5}, {"group": 7, "width": 40}):
        ours = module.N(**arguments)
        given = ", ".join(f"{name}={value}" for name, value in arguments.items())
        spec = archdsl.loads(
            ROUND + f"\nnetwork M = N({given}):\n    expect params > 0\n", network="M"
        )
        shapes = [tuple(value.shape) for value in spec.build().state_dict().values()]
        assert [tuple(value.shape) for value in ours.state_dict().values()] == shapes


def test_where_the_rounds_are_written_out_there_is_no_one_value() -> None:
    text = """
network N(width=8):
    input 3x8x8
    for i in range(3):
        let c = width * 2 ** i
        if i > 0:
            relu
        conv(c, 1) -> conv(c, 3, padding=1)
"""
    source, module = made(text)
    assert "c = " not in body(source, "N").replace("in_channels = c", "")
    wide = [m.out_channels for m in module.N(width=5).modules() if hasattr(m, "out_channels")]
    assert wide == [5, 5, 10, 10, 20, 20]


def test_the_value_of_the_round_before_is_not_this_ones() -> None:
    text = """
network N(width=8):
    input 3x8x8
    let g = width
    for i, c in enumerate((4, 6, 10)):
        stage{i} = path:
            conv(g, 1) -> conv(g, 1) -> conv(c, 1)
        let g = width + c
"""
    _, module = made(text)
    wide = [m.out_channels for m in module.N(width=5).modules() if hasattr(m, "out_channels")]
    assert wide == [5, 5, 4, 9, 9, 6, 11, 11, 10]


def test_networks_that_share_a_chain_by_chance_have_their_own_arguments() -> None:
    """Where a group is the smaller one, all stages are the same for every width."""
    made_of, module = made(ROUND)
    assert "def __init__(self, width: int = 12, group: int = 8) -> None:" in made_of
    assert module.N(width=6).stage1[0].conv.out_channels == 6 * 3 + 3
