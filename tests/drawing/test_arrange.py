"""Boxes as rows and lanes, from which the size of a drawing is estimated."""

import networks
from msgspec.structs import replace

from archdsl.transforms.picture import picture
from archdsl.transforms.picture.arrange import Arrangement
from archdsl.transforms.picture.drawing_parts import Frame, Item, Picture, nodes


def whole(text: str) -> Picture:
    return picture(networks.program(text), depth=None)


def shape(items: tuple[Item, ...], plan: Picture) -> list[list[int]]:
    """How many items each lane of each row has."""
    rows = Arrangement(plan.items, plan.edges).rows(items)
    return [[len(lane) for lane in row] for row in rows]


def frame(plan: Picture, word: str) -> Frame:
    matching = [f for f in _frames(plan.items) if any(word in n.lines[0] for n in nodes((f,)))]
    return matching[-1]


def _frames(items: tuple[Item, ...]) -> list[Frame]:
    outermost = [item for item in items if isinstance(item, Frame)]
    return outermost + [inner for outer in outermost for inner in _frames(outer.items)]


def test_branches_are_lanes_and_a_residual_is_none() -> None:
    plan = whole(networks.RESIDUAL)
    identity, projected = frame(plan, "layer1"), frame(plan, "downsample")
    assert shape(identity.items, plan) == [[3]]  # conv, conv, +
    assert shape(projected.items, plan) == [[2, 1], [1]]
    assert shape(plan.items[:-1], plan) == [[10]]


def test_rows_do_not_depend_on_the_order_of_edges() -> None:
    plan = whole(networks.BRANCHES)
    mixed = frame(plan, "mixed1")
    assert shape(mixed.items, plan) == [[1, 2, 2], [1]]
    turned = replace(plan, edges=plan.edges[::-1])
    assert shape(mixed.items, turned) == shape(mixed.items, plan)
