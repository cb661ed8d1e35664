"""The parts of a drawing arranged on a page: nothing overlaps, sticks out or is lost."""

from itertools import combinations

import drawn
import networks
import pytest

from archdsl.backends.figure.figure_of import figure_of, sheet_of
from archdsl.transforms.picture import picture
from archdsl.transforms.picture.drawing_parts import Direction, Wire, frames_of, nodes
from archdsl.transforms.picture.geometry import points_of
from archdsl.transforms.picture.page_layout import Parts, Rect, Size, arranged

NAMES = ["lenet5", "vgg16", "googlenet", "efficientnet_b7", "unet", "fpn_resnet50", "densenet201"]


def apart(a: Rect, b: Rect) -> bool:
    return (
        a.across + a.size.across <= b.across
        or b.across + b.size.across <= a.across
        or a.along + a.size.along <= b.along
        or b.along + b.size.along <= a.along
    )


@pytest.mark.parametrize("direction", ["TB", "LR"])
@pytest.mark.parametrize("name", NAMES)
def test_every_box_has_a_place_of_its_own(name: str, direction: Direction) -> None:
    plan = drawn.plan(name, direction)
    plan, sheet = sheet_of(plan)
    assert set(sheet.boxes) == {node.id for node in nodes(plan.items)}
    assert set(sheet.frames) == {frame.id for frame in frames_of(plan.items)}
    assert len(sheet.curves) == len(plan.edges)
    for a, b in combinations(sheet.boxes.values(), 2):
        assert apart(a, b)
    for a, b in combinations((frame.id for frame in plan.insets), 2):
        assert apart(sheet.frames[a][0], sheet.frames[b][0])
    for box in sheet.boxes.values():
        assert box.across >= 0 and box.across + box.size.across <= sheet.size.across + 0.1
        assert box.along >= 0 and box.along + box.size.along <= sheet.size.along + 0.1


@pytest.mark.parametrize("name", NAMES)
def test_an_arrow_passes_no_box_on_its_way_to_the_next_column(name: str) -> None:
    plan = drawn.plan(name)
    plan, sheet = sheet_of(plan)
    straight = {(e.tail, e.head) for e in plan.edges if e.wire is Wire.FLOW}
    for ends in straight & set(sheet.curves):
        way = list(points_of(sheet.curves[ends]))
        others = [box for id_, box in sheet.boxes.items() if id_ not in ends]
        for across, along in way:
            point = Rect(across, along, Size(0, 0))
            assert all(apart(point, box) for box in others)


def test_what_is_long_goes_on_in_a_second_column_and_what_is_short_does_not() -> None:
    whole, halves = (Size(200, 1600),), (Size(200, 820), Size(200, 820))
    _, page = arranged(Parts((whole, halves), (), (), Size(100, 40), "TB"))
    assert len(page.columns) == 2
    _, page = arranged(Parts(((Size(200, 700),), halves), (), (), Size(100, 40), "TB"))
    assert len(page.columns) == 1


@pytest.mark.parametrize("direction", ["TB", "LR"])
def test_streams_stand_in_their_order_where_they_enter_and_leave(direction: Direction) -> None:
    """Wang et al. 2019, figure 3: the fine map first, at both ends."""
    plan, sheet = sheet_of(drawn.plan("hrnet_w18", direction))
    for word in ("in", "out"):
        ports = [n for n in nodes(plan.items) if n.tooltip == word]
        ordered = sorted(ports, key=lambda port: sheet.boxes[port.id].across)
        told = [port.lines[0] for port in ordered]
        assert told == [f"{word} {shape}" for shape in ("18x56x56", "36x28x28", "72x14x14")]
        middles = [sheet.boxes[p.id].along + sheet.boxes[p.id].size.along / 2 for p in ports]
        assert middles == pytest.approx([middles[0]] * 3)


def test_words_have_a_place_beside_slanted_arrows() -> None:
    """Queries, keys and values part in three directions."""
    plan, sheet = sheet_of(drawn.plan("swin_t"))
    named = [edge for edge in plan.edges if edge.shape in ("q", "k", "v")]
    assert len(named) == 3
    assert all(sheet.curves[edge.tail, edge.head].label is not None for edge in named)


def test_an_inset_stands_beside_a_tall_network_where_letters_are_larger_so() -> None:
    """Below it 955 + 54 points are 785 of A4, letters of 8 points; beside it nothing is shrunk."""
    _, page = arranged(Parts(((Size(200, 640),),), (Size(220, 301),), (), Size(100, 40), "TB"))
    assert page.size == Size(434, 640)


def test_the_legend_stands_where_room_is_left() -> None:
    entries = (Size(60, 22),) * 5
    _, page = arranged(Parts(((Size(200, 900),),), (Size(250, 300),), entries, Size(9, 9), "TB"))
    assert page.legend is not None
    assert page.size == Size(464, 900)  # no more than the network and the inset take


@pytest.mark.parametrize("direction", ["TB", "LR"])
def test_what_the_shares_are_of_is_told_in_the_legend(direction: Direction) -> None:
    plan = picture(networks.program(networks.DENSE), direction=direction, heat="params")
    title, share = (
        next(text.y for text in figure_of(plan).texts() if text.words.startswith(start))
        for start in ("input 3x32x32 ·", "share of the network")
    )
    assert share > title + 20
