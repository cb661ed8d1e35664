"""What is drawn as one thing `× n` is equal, or says in what it differs."""

import networks
import pytest

from archdsl.transforms.picture import picture
from archdsl.transforms.picture.drawing_parts import nodes


def drawn(text: str, depth: int | None = 0) -> list[str]:
    plan = picture(networks.program(text), depth)
    return ["\n".join(n.lines) for n in nodes(plan.items) if n.tooltip != "legend"]


def folded(text: str) -> bool:
    return any(" × 2" in lines for lines in drawn(text))


PAIR = """
block b(p):
    conv(8, 3, padding=1) -> {0}
    conv(8, 1)

network Pair:
    input 8x4x4
    b({1}) -> b({2})
"""


@pytest.mark.parametrize(
    "op",
    ["dropout(p)", "drop_path(p)", "spatial_dropout(p)", "alpha_dropout(p)"],
)
def test_blocks_that_differ_in_a_rate_say_its_range(op: str) -> None:
    (pair,) = (text for text in drawn(PAIR.format(op, 0.1, 0.5)) if " × 2" in text)
    assert pair.split("\n")[:2] == ["b × 2", "p 0.1 … 0.5"]
    assert folded(PAIR.format(op, 0.1, 0.1))
    assert "…" not in "\n".join(drawn(PAIR.format(op, 0.1, 0.1)))


@pytest.mark.parametrize(
    "op",
    [
        "dropout(1 - p)",  # what is dropped is no argument
        "dropout(p, inplace=p > 0.3)",
        'drop_path(0.1, mode="row" if p < 0.3 else "batch")',
        "leaky_relu(p)",
    ],
)
def test_blocks_that_differ_in_more_are_not_one(op: str) -> None:
    assert not folded(PAIR.format(op, 0.1, 0.5))


@pytest.mark.parametrize(
    "line",
    [
        "dropout(0.1) -> dropout(0.5)",
        "spatial_dropout(0.1) -> spatial_dropout(0.2)",
        "drop_path(0.1, mode=row) -> drop_path(0.1, mode=batch)",
        "(conv(8, 1) -> dropout(0.1)) -> (conv(8, 1) -> dropout(0.2))",
    ],
)
def test_ops_that_differ_in_a_rate_are_not_one(line: str) -> None:
    assert not folded(f"network T:\n    input 8x4x4\n    {line}\n")


def test_paths_that_differ_in_a_rate_are_not_one() -> None:
    lines = "".join(
        f"    p{i} = path:\n        conv(8, 1) -> max_pool(1)\n        conv(8, 1) -> dropout({p})\n"
        for i, p in enumerate((0.1, 0.2))
    )
    assert not folded(f"network T:\n    input 8x4x4\n{lines}")


def test_a_shared_layer_is_not_two_layers() -> None:
    text = """
block b(shared):
    if shared:
        layer t = conv(8, 1)
        t -> max_pool(1) -> t
    else:
        conv(8, 1) -> max_pool(1) -> conv(8, 1)

network T:
    input 8x4x4
    b(true) -> b(false)
"""
    assert not folded(text)


def test_the_turns_of_several_blocks_say_their_range() -> None:
    text = """
block a(drop):
    conv(8, 1) -> drop_path(drop)
    conv(8, 1)

block b(drop):
    conv(8, 3, padding=1) -> drop_path(drop)
    conv(8, 1)

network T:
    input 8x4x4
    for i in range(3):
        a(0.1 * i + 0.1) -> b(0.05)
"""
    plan = picture(networks.program(text), 0)
    assert [item.lines for item in plan.network if item.lines[0] == "× 3"] == [
        ("× 3", "drop 0.1 … 0.3")
    ]


EMPTY = """
block node(children: tuple{0}):
    conv(8, 1)
    for child in children:
        add(identity, child)

network T:
    input 8x4x4
    a = {1}
    b = node(children=(a,))
    node(children=(a, b))
"""


@pytest.mark.parametrize("depth", [0, 1, None, "auto"])
@pytest.mark.parametrize("texts", [(" = ()", "node"), ("", "conv(8, 1)"), (" = ()", "conv(8, 1)")])
def test_tuples_of_taps_empty_or_not(texts: tuple[str, str], depth: int | None) -> None:
    drawn(EMPTY.format(*texts), depth)
