"""What a figure must show of each network, as its paper draws it."""

from collections.abc import Iterator

import drawn
import networks
import pytest
from msgspec import Struct

from archdsl.transforms.picture import picture
from archdsl.transforms.picture.drawing_parts import (
    Frame,
    Item,
    Picture,
    Role,
    Wire,
    frames_of,
    nodes,
)


class Idea(Struct, frozen=True):
    """Lines that stand in the figure; blocks shown inside, and how many branches meet in them."""

    lines: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    branches: int = 0
    skips: int = 0


# fmt: off
IDEAS: dict[str, Idea] = {
    # Simonyan and Zisserman 2015, table 1, column D: 2, 2, 3, 3, 3 convolutions between pools
    "vgg16": Idea(("conv 3x3 64 · relu", "conv 3x3 512 · relu  × 3",
                   "linear 4096 · relu · dropout")),
    # He et al. 2016, table 1: 3, 4, 6, 3 bottlenecks; figure 5: with a skip
    "resnet50": Idea(("bottleneck(128, stride=2), bottleneck(128) × 3",
                      "bottleneck(256, stride=2), bottleneck(256) × 5"), ("bottleneck",), skips=1),
    # Szegedy et al. 2015, figure 2: four branches
    "googlenet": Idea(("inception3a", "inception5b"), ("inception_bn",), branches=4),
    # Szegedy et al. 2016, figure 6: asymmetric filters on the 17x17 grid
    "inception_v3": Idea(("conv 7x1 192 · bn · relu",), ("inception_b",), branches=4),
    # Szegedy et al. 2017, figure 9: 4, 7 and 3 blocks
    "inception_v4": Idea(("6 … 9: inception_a × 4", "11 … 17: inception_b × 7",
                          "19 … 21: inception_c × 3"), ("inception_b",), branches=4),
    # Szegedy et al. 2017, figure 15: 10, 20, 10 blocks; figure 20: scaled residuals
    "inception_resnet_v2": Idea(("repeat_1: block17(192) × 20", "scale 0.1"), ("block17",),
                                skips=2),
    # Huang et al. 2017, table 1: 6, 12, 24, 16 layers; figure 1: each result is kept
    "densenet121": Idea(("denseblock1: dense_block(6)", "denseblock3: dense_block(24)"),
                        ("dense_block", "dense_layer"), skips=6),
    # Ronneberger et al. 2015, figure 1: a U with four copies and crops
    "unet": Idea(("crop_like",), ("two_convs",), skips=4),
    "unet_padded": Idea(skips=4),
    # Tan and Le 2019, table 1: stages of 1, 2, 2, 3, 3, 4, 1 layers; MBConv with squeeze-and-excite
    "efficientnet_b0": Idea(("2: stage(expand=6, kernel_size=3, stride=2)",
                             "3: stage(expand=6, kernel_size=5, stride=2)",
                             "mbconv × 2, stride 2 and 1", "mbconv × 4, stride 2 and 1"),
                            ("mbconv",), skips=2),
    # Sandler et al. 2018, figure 3: an inverted residual with a linear end
    "mobilenet_v2": Idea(("conv 3x3 144 depthwise · bn · relu6", "conv 1x1 24 · bn"),
                         ("inverted_residual",), skips=1),
    # Howard et al. 2019, figure 4: with squeeze-and-excite
    "mobilenet_v3_large": Idea(inside=("bneck",), skips=2),
    # Dosovitskiy et al. 2021, figure 1: a class token, positions, 12 encoder blocks
    "vit_b_16": Idea(("class_token: parameter", "pos_embedding: parameter",
                      "layers: encoder_block(12, 3072) × 12"), ("encoder_block",), skips=2),
    # Liu et al. 2021, figure 3: stages of 2, 2, 6, 2 blocks, whose windows shift every second time;
    # figure 4: by a roll there and back, and a mask
    "swin_t": Idea(("swin_block × 2, shift 0 and 3", "swin_block × 6, shift 0 and 3",
                    "2: patch_merging", "+ · softmax dim -1", "roll (-3, -3) (1, 2)",
                    "roll (3, 3) (1, 2)"),
                   ("swin_block", "window_attention"), branches=3, skips=3),
    # Liu et al. 2022, figure 1: norms behind, cosines of queries and keys, a network for the bias
    "swin_v2_t": Idea(("normalize -1", "logit_scale: parameter", "linear 512 · relu"),
                      ("swin_block", "window_attention"), skips=3),
    # Tu et al. 2022, figure 2: MBConv, attention in blocks, attention in a grid
    "maxvit_t": Idea(("MBconv: mbconv(64, 1)", "grid_attention: partition_attention(sparse=true)"),
                     ("maxvit_layer", "partition_attention"), skips=2),
    # Wang et al. 2019, figures 2 and 3: three streams that exchange what they see
    "hrnet_w18": Idea(("stage3", "0 … 3 alike", "0: basic_block(18) × 4", "1: basic_block(36) × 4",
                       "2: basic_block(72) × 4", "out 18x56x56", "out 36x28x28",
                       "out 72x14x14"), ("stage3.0",), branches=3),
    # Lin et al. 2017, figure 3: levels side by side, each with its name
    "fpn_resnet50": Idea(("in c2: 256x56x56", "in c5: 2048x7x7", "out p2: 256x56x56",
                          "out p6: 256x4x4", "output p6: 256x4x4"), ("pyramid",), branches=2),
    # Chen et al. 2017, figure 5: atrous convolutions side by side, and the whole image
    "deeplabv3_resnet50": Idea(("1: conv 3x3 256 dilation 12", "3: conv 3x3 256 dilation 36",
                                "global_avg_pool"), ("aspp",), branches=5),
    # Koch et al. 2015, figure 4: one tower, used twice
    "siamese": Idea(("input left: 1x105x105", "same weights again", "− · abs"), ("tower",)),
    # van den Oord et al. 2016, figures 3 and 4: dilations, gates, skips from every unit
    "wavenet": Idea(("unit9: gated_unit(dilation=512)", "pad (1, 0)", "gate: conv 2 32 · sigmoid",
                     "filter: conv 2 32 · tanh", "out skip: 256x4000"), ("gated_unit",), skips=9),
    # Chollet 2017, figure 5: separable convolutions, the middle flow eight times
    "xception": Idea(("xception_block((728, 728, 728)) × 8", "conv 3x3 728 depthwise"),
                     ("xception_block",), skips=1),
    # Hu et al. 2018, figure 3: the gate beside the residual
    "seresnet50": Idea(("se: squeeze_excite",), ("bottleneck",), skips=2),
    # Liu et al. 2022, figure 4: 3, 3, 9, 3 blocks, a large depthwise convolution first
    "convnext_tiny": Idea(("cn_block × 9", "layer_scale: scale 1e-06"), ("cn_block",), skips=1),
    # Ma et al. 2018, figure 3: (c) half passes, (d) two branches
    "shufflenet_v2_x1_0": Idea(("chunk 2",), ("shuffle_unit",), skips=1, branches=2),
    # Han et al. 2020, figure 3: ghosts of cheap operations
    "ghostnet_100": Idea(("ghost1: ghost(120)", "cheap_operation"), ("ghost_bottleneck",), skips=4),
    # Radosavovic et al. 2020, figure 4: groups, with a gate in RegNetY
    "regnet_y_400mf": Idea(("b: conv 3x3 104 groups 13 · bn · relu",), ("bottleneck",), skips=2),
    # Ding et al. 2021, figure 2: three branches
    "repvgg_a0": Idea(("identity: bn", "rep_block × 14, stride 2 and 1"), ("rep_block",),
                      branches=3),
    # Radford et al. 2016, figure 1: from noise up to an image
    "dcgan_generator": Idea(("conv_transpose 4x4 ↑2 256 · bn · relu",)),
    # Tran et al. 2015, figure 3
    "c3d": Idea(("conv 3x3x3 64 · relu", "max_pool 1x2x2/1x2x2",
                 "fc6: linear 4096 · relu · dropout")),
    # Xie et al. 2018, figure 4: filters parted into space and time
    "s3d": Idea(("conv 1x3x3 128 · bn · relu", "conv 3x1x1 128 · bn · relu"), ("inception_3d",),
                branches=4),
}
# fmt: on


def lines(items: tuple[Item, ...]) -> Iterator[str]:
    for frame in frames_of(items):
        yield from frame.lines
    for node in nodes(items):
        yield from node.lines


def insides(plan: Picture) -> dict[str, Frame]:
    """The insets by what they show."""
    by_title: dict[str, Frame] = {}
    for inset in plan.insets:
        title = next(lines((inset,)), "")
        if title.startswith("inside "):
            by_title.setdefault(title.removeprefix("inside ").partition(" · ")[0], inset)
    return by_title


@pytest.mark.parametrize("name", IDEAS)
def test_a_figure_shows_the_idea_of_the_network(name: str) -> None:
    idea, plan = IDEAS[name], drawn.plan(name)
    told = set(lines(plan.items))
    assert [line for line in idea.lines if line not in told] == []
    assert [block for block in idea.inside if block not in insides(plan)] == []
    arriving = [edge.head for edge in plan.edges if edge.wire in (Wire.JOIN, Wire.SKIP)]
    merges = [n.id for n in nodes(plan.items) if n.role is Role.MERGE]
    assert max(map(arriving.count, merges), default=0) >= idea.branches
    assert sum(edge.wire is Wire.SKIP for edge in plan.edges) >= idea.skips


def test_a_unet_is_a_u_and_nothing_else_is() -> None:
    assert {name for name in IDEAS if drawn.plan(name).rising} == {"unet", "unet_padded"}


def test_the_instance_shown_is_of_the_form_that_most_have() -> None:
    """Of ResNet-50's bottlenecks 12 have no projection, of EfficientNet-B0's blocks 9 a skip."""
    for name, block, like in (
        ("resnet50", "bottleneck", "as layer1.1, 11 more like it"),
        ("efficientnet_b0", "mbconv", "as features.2.1, 8 more like it"),
    ):
        assert like in list(lines((insides(drawn.plan(name))[block],)))


SHIFTED = """
block mixing(shift):
    if shift > 0:
        roll((shift,), (1,))
    add(input, layer_norm -> linear(64))
    if shift > 0:
        roll((-shift,), (1,))

block unit(shift):
    mixing(shift)
    add(input, layer_norm -> linear(256) -> gelu -> linear(64))

network Shifted(shifts=(0, 1, 0, 1, 0)):
    input 48x64
    for shift in shifts:
        unit(shift)
    output identity, identity -> mean(1)
"""


def test_of_forms_with_the_same_weights_that_with_more_around_them_is_shown() -> None:
    """As in Liu et al. 2021: most blocks do not shift, but those that do show what both do."""
    plan = picture(networks.program(SHIFTED))
    told = list(lines((insides(plan)["unit"],)))
    assert "as unit_2, 1 more like it" in told
    assert sum("roll" in line for line in told) == 2


def test_a_block_is_shown_before_what_stands_in_it() -> None:
    """Tu et al. 2022, figure 2: the block of three, then the attention that it has twice."""
    assert list(insides(drawn.plan("maxvit_t"))) == ["maxvit_layer", "partition_attention"]


def test_two_forms_that_look_alike_are_shown_once() -> None:
    """Blocks that shift and those that do not differ within their attention alone."""
    titles = [t for t in lines(drawn.plan("swin_v2_t").insets) if t.startswith("inside ")]
    assert [t.partition(" · ")[0] for t in titles] == [
        "inside swin_block",
        "inside window_attention",
    ]


AGGREGATION = """
block aggregation(channels, layers):
    for i in range(layers):
        {i} = conv(channels, 3, padding=1) -> bn -> relu
    concat:
        input
        for i in range(layers):
            {i}
    conv(2 * channels, 1) -> bn -> relu

network Aggregated:
    input 3x64x64
    stem = path:
        conv(32, 3, stride=2, padding=1) -> bn -> relu
        conv(32, 3, padding=1) -> bn -> relu
        conv(32, 3, padding=1) -> bn -> relu
        conv(32, 3, padding=1) -> bn -> relu
    for i in range(4):
        stage{i} = max_pool(2) -> aggregation(32 * 2 ** i, 5)
    head = path:
        global_avg_pool -> flatten
        linear(100) -> relu
        linear(10)
"""

OVERPARAMETRISED = """
block four(channels, stride=1):
    add:
        conv(channels, 3, stride=stride, padding=1) -> bn
        conv(channels, 3, stride=stride, padding=1) -> bn
        conv(channels, 1, stride=stride) -> bn
        if stride == 1:
            bn
    relu

network Mobile:
    input 3x64x64
    stem = four(16, stride=2)
    body = path:
        for c in (32, 64, 128):
            conv(c, 1)
            four(c, stride=2) -> four(c) * 3
    global_avg_pool -> flatten -> linear(10)
"""


@pytest.mark.parametrize(
    ("text", "block", "branches"), [(AGGREGATION, "aggregation", 6), (OVERPARAMETRISED, "four", 4)]
)
def test_networks_of_other_papers(text: str, block: str, branches: int) -> None:
    """Lee et al. 2019: what five layers see, joined at once; Vasu et al. 2023: four branches."""
    plan = picture(networks.program(text))
    inset = insides(plan)[block]
    merges = [n.id for n in nodes((inset,)) if n.role is Role.MERGE]
    arriving = [edge.head for edge in plan.edges]
    assert max(map(arriving.count, merges)) == branches
