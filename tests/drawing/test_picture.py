"""What a picture decides: boxes, folding, depth, insets, arrows, words."""

import re

import drawn
import networks
import pytest

from archdsl import driver, load
from archdsl.transforms.picture import Depth, picture
from archdsl.transforms.picture.caption import short, titled
from archdsl.transforms.picture.drawing_parts import (
    Frame,
    Item,
    Kind,
    Node,
    Picture,
    Role,
    Wire,
    nodes,
)


def texts(plan: Picture) -> list[str]:
    return ["\n".join(node.lines) for node in nodes(plan.items) if node.tooltip != "legend"]


def frames(items: tuple[Item, ...]) -> list[Frame]:
    outermost = [item for item in items if isinstance(item, Frame)]
    return outermost + [inner for frame in outermost for inner in frames(frame.items)]


def insets(plan: Picture) -> list[str]:
    """The title of each inset, without the shape that enters it."""
    titles = [f.items[0] for f in frames(plan.items) if f.inset and f.tooltip != "legend"]
    return [item.lines[0].partition(" · ")[0] for item in titles if isinstance(item, Node)]


def beside(plan: Picture) -> list[str]:
    """The shapes beside arrows."""
    return [edge.shape for edge in plan.edges if edge.shape]


def boxes(plan: Picture) -> list[Node]:
    return [n for n in nodes(plan.items) if n.role is not Role.HEADER and n.tooltip != "legend"]


def test_counts_have_three_digits_and_the_units_of_tables() -> None:
    assert [short(count) for count in (0, 999, 9408, 99_950)] == ["0", "999", "9.41K", "100K"]


def test_a_title_does_not_say_the_same_twice() -> None:
    assert titled("se", "squeeze_excite(16)") == "se: squeeze_excite(16)"
    assert titled("tower", "tower") == "tower"
    assert titled("conv", "conv 3x3 64") == "conv 3x3 64"
    assert titled("conv", "conv_transpose 2x2 64") == "conv: conv_transpose 2x2 64"


def test_resnet18_fits_a_glance() -> None:
    """The published figures of ResNet-18 in the title, each kind of unit drawn once."""
    plan = picture(networks.program(networks.RESIDUAL))
    assert plan.title == ("Residual", "input 3x224x224 · 11,689,512 params · 1.81G MACs")
    assert len(boxes(plan)) <= 22
    assert insets(plan) == ["inside unit", "inside unit"]
    assert "conv 7x7/2 64 · bn · relu\n9.54K params · 118M MACs" in texts(plan)
    assert "layer1: unit(64) × 2\n148K params · 462M MACs" in texts(plan)


def test_repeated_blocks_are_one_box() -> None:
    plan = picture(networks.program(networks.RESIDUAL, layers=(3, 8, 36, 3)))
    assert any(text.startswith("1 … 35: unit(256) × 35\n") for text in texts(plan))
    assert len(boxes(plan)) <= 25


def test_nine_inception_boxes_and_one_inside() -> None:
    plan = picture(networks.program(networks.BRANCHES))
    assert sum(text.startswith("mixed") for text in texts(plan)) == 9
    assert insets(plan) == ["inside mixed", "inside head"]


def test_depth_zero_is_one_row_of_stages() -> None:
    plan = picture(networks.program(networks.RESIDUAL), depth=0)
    assert not [f for f in frames(plan.items) if f.tooltip != "legend"]
    heads = [text.partition("\n")[0] for text in texts(plan)]
    assert heads == [
        "input 3x224x224",
        "conv 7x7/2 64 · bn · relu",
        "max_pool 3x3/2",
        "layer1: unit(64) × 2",
        "layer2: unit(128, stride=2), unit(128)",
        "layer3: unit(256, stride=2), unit(256)",
        "layer4: unit(512, stride=2), unit(512)",
        "global_avg_pool · flatten",
        "fc: linear 1000",
        "output 1000",
    ]


def test_no_depth_opens_every_block() -> None:
    plan = picture(networks.program(networks.RESIDUAL), depth=None)
    assert not any(node.kind is Kind.BLOCK for node in boxes(plan))
    drawn_units = [f for f in frames(plan.items) if "(unit)" in f.tooltip]
    assert len(drawn_units) == 7  # of eight, the two of layer1 being equal


def test_an_identity_branch_is_a_skip_and_a_projection_is_not() -> None:
    plan = picture(networks.program(networks.RESIDUAL), depth=None)
    assert sum(edge.wire is Wire.SKIP for edge in plan.edges) == 4
    plan = picture(networks.program(networks.SKIPS), depth=None)
    assert sum(edge.wire is Wire.SKIP for edge in plan.edges) == 2


def test_branches_stand_side_by_side() -> None:
    text = networks.BRANCHES.replace("range(5)", "range(1)").replace("range(4)", "range(0)")
    plan = picture(networks.program(text), depth=None)
    (header,) = (n.id for n in nodes(plan.items) if n.lines[0].startswith("mixed1"))
    assert sum(edge.wire is Wire.FORK and edge.tail == header for edge in plan.edges) == 3
    (merge,) = (n for n in nodes(plan.items) if n.role is Role.MERGE)
    assert merge.lines == ("cat", "56x32x32")
    assert sum(edge.wire is Wire.JOIN and edge.head == merge.id for edge in plan.edges) == 3


def test_heads_of_training_are_dashed() -> None:
    plan = picture(networks.program(networks.BRANCHES))
    (head,) = (node for node in boxes(plan) if node.dashed)
    assert head.lines[0] == "aux1: head(10)"
    assert [e.wire for e in plan.edges if e.head == head.id] == [Wire.TRAINING]
    assert ("training only",) in [node.lines for node in nodes(plan.items)]
    assert "(10,250 in training only)" in plan.title[1]  # 1024 · 10 + 10


def test_equal_growing_layers_are_folded() -> None:
    plan = picture(networks.program(networks.DENSE))
    assert "block1: layer_of(8) × 6\n16.0K params · 15.9M MACs" in texts(plan)
    # params: Σ (16 + 8k)·(2 + 8·9) for k = 0 … 5, of which the convolutions' times 32·32
    widths = [16 + 8 * k for k in range(6)]
    assert short(sum(w * 74 for w in widths)) == "16.0K"
    assert short(sum(w * 72 for w in widths) * 32 * 32) == "15.9M"


def test_a_shared_tower_is_drawn_once() -> None:
    plan = picture(networks.program(networks.SIAMESE))
    assert sum("same weights again" in text for text in texts(plan)) == 1
    assert [text for text in texts(plan) if text.startswith("input")] == [
        "input left: 1x28x28",
        "input right: 1x28x28",
    ]


def test_every_arrow_has_two_ends() -> None:
    for text in (networks.RESIDUAL, networks.BRANCHES, networks.SKIPS, networks.SIAMESE):
        for depth in (0, 1, "auto", None):
            plan = picture(networks.program(text), depth)
            ids = [node.id for node in nodes(plan.items)]
            assert len(ids) == len(set(ids))
            ends = {end for edge in plan.edges for end in (edge.tail, edge.head)}
            assert ends == {node.id for node in nodes(plan.items) if node.tooltip != "legend"}


def test_a_learned_tensor_is_fed_by_nothing() -> None:
    plan = picture(networks.program(networks.TOKENS))
    (token,) = (node for node in boxes(plan) if node.kind is Kind.TENSOR)
    assert token.lines == ("cls: parameter", "1x16 · 16 params")
    assert not [edge for edge in plan.edges if edge.head == token.id]
    assert "conv 8x8/8 16 · flatten 2 · transpose 1 2" in [node.lines[0] for node in boxes(plan)]


def test_what_no_page_holds_is_cut_and_the_title_says_so() -> None:
    program = networks.program(networks.FRACTAL)
    assert len(boxes(picture(program))) < 100
    plan = picture(program, depth=None)
    assert 1000 < len(boxes(plan)) <= 2010
    assert plan.title[-1] == "opened 8 levels deep"


GROWING_RATES = """
block unit(channels, drop=0.0):
    add(conv(channels, 3, padding=1) -> relu -> conv(channels, 1) -> drop_path(drop), identity)

block stage(channels, rates):
    for rate in rates:
        unit(channels, rate)

network Rates:
    input 8x16x16
    stage(8, (0.1, 0.2, 0.3, 0.4, 0.5, 0.61234))
"""


def test_copies_that_differ_in_dropout_alone_are_folded_and_say_so() -> None:
    plan = picture(networks.program(GROWING_RATES), depth=1)
    heads = [text.partition("\n")[0] for text in texts(plan)]
    assert heads[1:3] == ["stage(8)", "unit(8) × 6"]
    assert "unit(8) × 6\ndrop 0.1 … 0.612\n" in "\n".join(texts(plan))


def test_published_networks_show_their_blocks_and_the_inside_of_each_kind() -> None:
    """GoogLeNet has nine Inception blocks (Szegedy et al. 2015, table 1), DenseNet-201 four dense
    blocks (Huang et al. 2017, table 1), EfficientNet seven stages (Tan and Le 2019, table 1)."""
    googlenet = drawn.plan("googlenet")
    assert sum(text.startswith("inception") for text in texts(googlenet)) == 9
    assert "inside inception_bn" in insets(googlenet)
    densenet = drawn.plan("densenet201")
    assert sum(text.startswith("denseblock") for text in texts(densenet)) == 4
    assert "inside dense_block" in insets(densenet)
    efficientnet = drawn.plan("efficientnet_b7")
    assert sum("stage(" in text for text in texts(efficientnet)) == 7
    skipping, halving = (f for f in efficientnet.insets if f.tooltip != "legend")
    assert insets(efficientnet) == ["inside mbconv", "inside mbconv"]
    skips = [e.head for e in efficientnet.edges if e.wire is Wire.SKIP]
    counts = [sum(n.id in skips for n in nodes(f.items)) for f in (skipping, halving)]
    assert counts == [2, 1]  # around the block and in its squeeze-and-excitation; in that alone


def test_every_crop_of_a_unet_is_a_skip() -> None:
    """Ronneberger et al. 2015, figure 1: four copies and crops."""
    plan = drawn.plan("unet")
    crops = {node.id for node in nodes(plan.items) if node.lines[0].startswith("crop")}
    skips = [edge for edge in plan.edges if edge.wire is Wire.SKIP]
    assert len(crops) == len(skips) == 4
    assert {edge.tail for edge in skips} == crops


def test_boxes_side_by_side_in_an_inset_are_narrow() -> None:
    plan = drawn.plan("resnet152")
    (projection,) = (n for n in boxes(plan) if n.lines[0].startswith("downsample"))
    assert projection.lines == (
        "downsample",
        "conv 1x1 256 · bn",
        "256x56x56",
        "16.9K params · 51.4M MACs",
    )


NAMED = """
network Named:
    input 3x32x32
    stem = conv(8, 3)
    bn1 = bn
    relu
    maxpool = max_pool(2)
    conv2 = conv(8, 3)
    for i in range(3):
        point{i} = conv(8, 1, bias=false)
    avgpool = global_avg_pool
    flatten
    head = linear(10)
"""


def test_names_that_say_more_than_the_op_are_shown() -> None:
    plan = picture(networks.program(NAMED))
    assert [text.partition("\n")[0] for text in texts(plan)] == [
        "input 3x32x32",
        "stem: conv 3x3 8 · bn · relu",
        "max_pool 2x2/2",
        "conv 3x3 8",
        "point0 … point2: conv 1x1 8  × 3",
        "global_avg_pool · flatten",
        "head: linear 10",
        "output 10",
    ]


LONG = """
block turned = path:
    {0} = conv(8, 3, padding=1) -> bn

network Long:
    input 3x8x8
    body = path:
        turned
        turned
    reshape(2, 4, 2, 4, 8) -> permute(0, 1, 3, 2, 4, 5) -> reshape(4, 4, 32)
"""


def test_long_lists_of_numbers_and_numbers_within_a_numbered_step_are_not_said() -> None:
    said = texts(picture(networks.program(LONG), depth=1))
    assert [text.partition("\n")[0] for text in said if "conv" in text or "reshape" in text] == [
        "0: conv 3x3 8 · bn",
        "1: conv 3x3 8 · bn",
        "reshape · permute · reshape (4, 4, 32)",
    ]


@pytest.mark.parametrize(
    ("name", "box", "results"),
    [
        ("swin_t", "unbind\n3 × 64x3x49x32", "qkv"),
        ("shufflenet_v2_x1_0", "chunk 2\n2 × 58x28x28", ""),
    ],
)
def test_results_that_part_are_named_beside_their_arrows(name: str, box: str, results: str) -> None:
    """Liu et al. 2021, equation 4: queries, keys, values; Ma et al. 2018, figure 3: halves."""
    plan = drawn.plan(name)
    (node,) = (node for node in boxes(plan) if box in "\n".join(node.lines))
    told = {edge.shape for edge in plan.edges if edge.tail == node.id}
    assert told == (set(results) or {"kept", "taken"})


@pytest.mark.parametrize(("name", "counts"), [("hrnet_w18", "233444"), ("fpn_resnet50", "4")])
def test_an_arrow_that_several_results_take_says_how_many(name: str, counts: str) -> None:
    """Wang et al. 2019, figure 2: two, three, four streams; Lin et al. 2017: four maps."""
    told = [shape for shape in beside(drawn.plan(name)) if shape.endswith(" results")]
    assert "".join(shape[0] for shape in told) == counts


def test_an_input_has_the_name_that_the_first_lines_give_it() -> None:
    """Lin et al. 2017, figure 3, whose topmost map is c5."""
    text = "\n".join(texts(drawn.plan("fpn_resnet50")))
    assert "in c5: 2048x7x7" in text and "in 2048x7x7" not in text


def test_the_argument_in_which_neighbours_differ_is_named_and_dilations_told() -> None:
    """Bai et al. 2018: each level of a TCN has twice the dilation of the one before."""
    plan = picture(networks.program(networks.DILATED))
    heads = [text.partition("\n")[0] for text in texts(plan)]
    assert heads[2:5] == [f"tcn{i}: unit(dilation={2**i})" for i in range(3)]
    opened = picture(networks.program(networks.DILATED), depth=1)
    assert sum("conv 3 32 dilation 4 · " in text for text in texts(opened)) == 2


def test_two_uses_of_a_tower_stand_side_by_side_and_skip_nothing() -> None:
    plan = picture(networks.program(networks.TOWERS))
    towers = [node for node in boxes(plan) if node.lines[0] == "tower: embed(64)"]
    assert [node.kind for node in towers] == [Kind.BLOCK, Kind.BLOCK]
    assert insets(plan) == ["inside embed"]
    assert not [edge for edge in plan.edges if edge.wire is Wire.SKIP]


def test_branches_that_only_slice_skip_nothing_and_a_half_that_goes_past_does() -> None:
    """Liu et al. 2021 merge four slices; Ma et al. 2018 let one half of the channels pass."""
    sliced = picture(load("swin_t").program, depth=3)
    slices = [f for f in frames(sliced.items) if "quartets" in f.tooltip]
    assert len(slices) == 3
    inside = {node.id for frame in slices for node in nodes(frame.items)}
    assert not [e for e in sliced.edges if e.head in inside and e.wire is Wire.SKIP]
    halves = drawn.plan("shufflenet_v2_x1_0")
    assert sum(edge.wire is Wire.SKIP for edge in halves.edges) == 1
    padded = drawn.plan("wavenet")  # a skip past the padding of its own unit
    unit = {n.id for f in padded.items if isinstance(f, Frame) for n in nodes(f.items)}
    assert sum(edge.wire is Wire.SKIP for edge in padded.edges if edge.head in unit) == 1


def test_the_keys_of_an_attention_skip_nothing_and_its_values_do() -> None:
    """Vaswani et al. 2017, figure 2: both are results of their own; the values pass the weights."""
    plan = drawn.plan("swin_t")
    (inset,) = (f for f in plan.insets if any("inside window_attention" in t for n in nodes((f,))
                                              for t in n.lines))  # fmt: skip
    lines = {node.id: node.lines for node in nodes((inset,))}
    skips = [e for e in plan.edges if e.tail in lines and e.wire is Wire.SKIP]
    assert [lines[edge.tail][0] for edge in skips] == ["qkv"]


def test_a_number_stands_before_its_block() -> None:
    """However long the call is."""
    numbered = [n.lines for n in boxes(drawn.plan("s3d")) if re.match(r"\d+:", n.lines[0])]
    assert len(numbered) > 9
    assert all(re.match(r"\d+: \w", lines[0]) for lines in numbered)
    assert "12: inception_3d(256, (160, 320), (32, 128), 128)" in [first for first, *_ in numbered]


def test_a_stage_of_one_block_says_how_that_is_called() -> None:
    """Han et al. 2020, table 1: kernel, expansion, channels and stride of the stages of one."""
    told = {line for node in boxes(drawn.plan("ghostnet_100")) for line in node.lines}
    assert "ghost_bottleneck(3, 48, 24, se=false, stride=2)" in told
    assert "ghost_bottleneck(5, 672, 160, se=true, stride=2)" in told
    efficientnet = {line for n in boxes(drawn.plan("efficientnet_b0")) for line in n.lines}
    assert "mbconv × 1" in efficientnet  # the stage itself says the rest


def test_a_skip_into_a_closed_block_is_one() -> None:
    for depth in (0, None):
        plan = picture(networks.program(networks.UP), depth)
        assert sum(edge.wire is Wire.SKIP for edge in plan.edges) == 2


BROKEN = """
block unit(channels, groups):
    conv(channels, 3, padding=1) -> relu
    conv(channels, 3, groups=groups)
    bn

network Broken:
    input 3x32x32
    stem = conv(8, 3)
    unit(16, 1)
    unit(16, 3)
    linear(10)
"""


def broken(text: str, depth: Depth) -> Picture:
    loaded = driver.loads(text)
    assert loaded.program is None and loaded.known is not None
    return picture(loaded.known, depth, mistakes=loaded.diagnostics)


@pytest.mark.parametrize("depth", [0, None, "auto"])
def test_a_mistake_is_shown_where_it_ends_the_network(depth: Depth) -> None:
    plan = broken(BROKEN, depth)
    assert plan.title[1].endswith(" MACs, as far as it is known")
    (mistake,) = (node for node in boxes(plan) if node.kind is Kind.MISTAKE)
    assert " ".join(mistake.lines).startswith("mistake: E0306 3 groups do not divide the 16 ")
    assert mistake.dashed
    (before,) = (e.tail for e in plan.edges if e.head == mistake.id)
    (last,) = (n for n in boxes(plan) if n.id == before)
    assert last.lines[0] == "conv 3x3 16 · relu"
    assert not [node for node in boxes(plan) if node.lines[0].startswith("output")]
    assert ("training only",) not in [node.lines for node in nodes(plan.items)]


def test_all_that_flowed_to_a_mistake_leads_to_it_and_more_are_counted() -> None:
    text = "network Two:\n    input 3x9x9\n    add(conv(8, 3), conv(9, 3))\n    init bn: nothing\n"
    plan = broken(text, "auto")
    (mistake,) = (node for node in boxes(plan) if node.kind is Kind.MISTAKE)
    assert len([edge for edge in plan.edges if edge.head == mistake.id]) == 2
    assert mistake.lines[-1] == "and 1 more"


def test_shapes_stand_where_they_change() -> None:
    """Beside the straight arrow after what changes them; in the box where arrows part or meet, or
    cross a frame; nowhere else."""
    plan = picture(networks.program(NAMED))
    assert beside(plan) == ["8x30x30", "8x15x15", "8x13x13", "8"]
    unchanged = [node for node in boxes(plan) if node.lines[0].startswith("point0")]
    assert [node.lines[1:] for node in unchanged] == [("192 params · 32.4K MACs",)]


def test_what_forks_or_leaves_a_frame_says_its_shape_itself() -> None:
    plan = drawn.plan("unet")
    (first,) = (node for node in boxes(plan) if node.lines[0].startswith("down0"))
    assert first.lines[1] == "64x568x568"
    plan = picture(networks.program(networks.UP), depth=None)
    last = [node for node in boxes(plan) if node.lines[0].startswith("conv 3x3 32")][-1]
    assert "32x32x32" in last.lines


def test_every_use_of_a_tower_is_opened_where_a_depth_is_asked_for() -> None:
    plan = picture(networks.program(networks.SIAMESE), depth=None)
    towers = [f for f in plan.items if isinstance(f, Frame) and f.tooltip == "tower"]
    assert len(towers) == 2
    first, again = (list(nodes(f.items)) for f in towers)
    assert [n.lines[0] for n in first] == [n.lines[0] for n in again]
    assert again[0].lines[1] == "same weights again"
    assert any("params" in line for n in first for line in n.lines)
    assert not any("params" in line for n in again for line in n.lines)


def test_nested_skips_make_a_u() -> None:
    """What is merged stands beside what it is merged with; the rest flows straight."""
    plan = drawn.plan("unet")
    rising = [n.lines[0] for n in boxes(plan) if n.id in plan.rising]
    assert len([line for line in rising if line.startswith("up")]) == 8
    assert not [line for line in rising if line.startswith(("down", "bottom", "crop"))]
    for name in ("resnet18", "densenet121", "googlenet", "fpn_resnet50"):
        assert not drawn.plan(name).rising


def test_nearly_the_whole_network_is_never_one_closed_box() -> None:
    for name in ("swin_t", "vgg16", "inception_v4", "convnext_tiny"):
        heads = [text.partition("\n")[0] for text in texts(drawn.plan(name))]
        assert len(heads) > 12 and "features" in heads


def test_the_name_of_a_single_input_is_drawn() -> None:
    plan = picture(networks.program("network T:\n    input pixels: 3x8x8\n    conv(8, 1)\n"))
    assert texts(plan)[0] == "input pixels: 3x8x8"
    plan = picture(networks.program("network T:\n    input 3x8x8\n    conv(8, 1)\n"))
    assert texts(plan)[0] == "input 3x8x8"


def test_results_have_the_names_that_the_block_gives_them() -> None:
    """Lin et al. 2017, figure 3: the pyramid's maps, each by its name."""
    told = "\n".join(texts(drawn.plan("fpn_resnet50")))
    for shape in ("p2 256x56x56", "p3 256x28x28", "layer1 256x56x56", "layer4 2048x7x7"):
        assert shape in told
    assert "out p4: 256x14x14" in told and "output p6: 256x4x4" in told and "in c4:" in told


def test_a_factor_and_a_learned_tensor_say_what_they_are() -> None:
    text = "network T:\n    input 8x4x4\n    scale(0.17, learned=false)\n    conv(8, 1)\n"
    assert "scale 0.17" in texts(picture(networks.program(text)))


def test_what_drops_nothing_is_not_drawn() -> None:
    text = "network T:\n    input 8\n    linear(9) -> dropout(0.0)\n    dropout(0.0)\n    softmax\n"
    assert "dropout" not in "".join(texts(picture(networks.program(text))))
