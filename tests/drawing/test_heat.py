"""Colour by share: the right shares, a scale that everybody can read, in every format."""

import re
from itertools import pairwise
from pathlib import Path

import networks
import pytest

from archdsl import load
from archdsl.backends.diagram_formats import draw
from archdsl.backends.dot import INK
from archdsl.transforms.picture import picture
from archdsl.transforms.picture.drawing_parts import SHADES, Frame, Item, Node, Picture, nodes
from archdsl.transforms.picture.heat import percent


def node(plan: Picture, beginning: str) -> Node:
    (box,) = (n for n in nodes(plan.items) if n.lines[0].startswith(beginning))
    return box


def channels(colour: str) -> tuple[float, float, float]:
    """Linear red, green and blue of `#rrggbb` by the definition of sRGB."""
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return red, green, blue


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it: what a grey print keeps of a colour."""
    red, green, blue = channels(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lightness(luminance: float) -> float:
    """CIE 1976 L*, in which equal distances look equal."""
    return 116 * luminance ** (1 / 3) - 16


def deuteranope(colour: str) -> float:
    """Luminance for those without green cones (Viénot, Brettel and Mollon 1999)."""
    red, green, blue = channels(colour)
    seen = 0.29275 * red + 0.70725 * green
    return 0.2126 * seen + 0.7152 * seen + 0.0722 * blue


def test_shares_of_macs() -> None:
    """ResNet-18's stem has 64·3·7·7·112² of 1,814,073,344 MACs, each stage about a quarter."""
    plan = picture(networks.program(networks.RESIDUAL), heat="macs")
    stem = 64 * 3 * 7 * 7 * 112**2
    assert stem / 1_814_073_344 == pytest.approx(0.0651, abs=1e-4)
    assert node(plan, "conv 7x7/2").lines[1] == "118M MACs · 6.5%"
    assert node(plan, "layer1").lines[1] == "462M MACs · 25%"
    assert node(plan, "fc: linear 1000").lines[1] == "512K MACs · <0.1%"
    assert node(plan, "max_pool").lines[0] == "max_pool 3x3/2"
    assert SHADES[node(plan, "conv 7x7/2").shade or 0].words == "3 to 10%"
    assert SHADES[node(plan, "layer1").shade or 0].words == "10 to 30%"
    assert SHADES[node(plan, "max_pool").shade or 0].words == "nothing"


def test_shares_of_params() -> None:
    """The last linear layer has 512·1000 + 1000 of the 11,689,512 weights."""
    plan = picture(networks.program(networks.RESIDUAL), heat="params")
    assert node(plan, "fc: linear 1000").lines[1] == "513K params · 4.4%"
    assert node(plan, "layer4").lines[1] == "8.39M params · 72%"
    assert SHADES[node(plan, "layer4").shade or 0].words == "over 30%"


def test_shares_of_memory() -> None:
    """By hand: conv and relu give 2·4·8·8 elements, flatten 256, linear 10, together 778."""
    text = "network N:\n    input 3x8x8\n    conv(4, 3, padding=1) -> relu\n"
    text += "    flatten -> linear(10)\n"
    plan = picture(networks.program(text), heat="memory")
    lines = [n.lines[-1] for n in nodes(plan.items) if "activations · " in n.lines[-1]]
    shares = [line.rpartition(" · ")[2] for line in lines]
    assert sum(4 * 8 * 8 for _ in ("conv", "relu", "flatten")) + 10 == 778
    assert shares == [f"{100 * 768 / 778:.0f}%", f"{100 * 10 / 778:.1f}%"]


def test_what_inference_does_not_run_has_no_share_of_macs() -> None:
    program = networks.program(networks.BRANCHES)
    for depth in (0, "auto", None):
        plan = picture(program, depth=depth, heat="macs")
        assert node(plan, "aux1").shade == 0
    inside = [n for n in nodes(plan.items) if n.dashed and n.lines[0].startswith("linear")]
    assert [n.shade for n in inside] == [0]


@pytest.mark.parametrize("heat", ["macs", "params", "memory"])
@pytest.mark.parametrize("name", ["RESIDUAL", "BRANCHES", "SKIPS", "DENSE", "SIAMESE"])
def test_the_top_level_adds_up(name: str, heat: str) -> None:
    program = networks.program(getattr(networks, name))
    plan = picture(program, depth=0, heat=heat)
    lines = [line for n in nodes(plan.items) if n.tooltip != "legend" for line in n.lines]
    told = [line.rpartition(" · ")[2] for line in lines]
    shares = [float(t.removesuffix("%").removeprefix("<")) for t in told if t.endswith("%")]
    assert sum(shares) == pytest.approx(100, abs=2)


def test_shares_in_words() -> None:
    assert [percent(x) for x in (0, 0.0001, 0.0651, 0.0994, 0.0996, 0.2549, 1)] == [
        "0.0%",
        "<0.1%",
        "6.5%",
        "9.9%",
        "10%",
        "25%",
        "100%",
    ]


def test_the_scale_darkens_evenly_for_every_eye_and_printer() -> None:
    fills = [shade.tint.fill for shade in SHADES]
    for seen in (luminance, deuteranope):
        steps = [lightness(seen(fill)) for fill in fills]
        assert all(a - b >= 2 for a, b in pairwise(steps)), steps
    assert all(contrast(INK, fill) >= 4.5 for fill in fills)  # WCAG AA for text


@pytest.mark.parametrize("format", ["svg", "dot", "html", "mermaid"])
def test_every_format_has_the_scale(format: str) -> None:
    text = draw(networks.program(networks.RESIDUAL), format, heat="macs").decode()
    for shade in SHADES:
        assert shade.tint.fill in text
        assert shade.words in text.replace("\xa0", " ")
    assert "share of the network" in text.replace("\xa0", " ")


def test_without_it_nothing_is_coloured_by_share() -> None:
    text = draw(networks.program(networks.RESIDUAL), "dot").decode()
    assert not any(shade.tint.fill in text for shade in SHADES[1:])


def test_the_legend_is_the_scale_in_order() -> None:
    def frames(items: tuple[Item, ...]) -> list[Frame]:
        return [item for item in items if isinstance(item, Frame)]

    legend = frames(picture(networks.program(networks.DENSE), heat="macs").items)[-1]
    assert [n.lines[0] for n in nodes(legend.items)] == [shade.words for shade in SHADES]
    assert [n.shade for n in nodes(legend.items)] == list(range(len(SHADES)))


def test_the_picture_in_the_documentation_says_what_is_drawn_now() -> None:
    def labels(svg: str) -> list[str]:
        return sorted(re.findall(r"<text[^>]*>([^<]*)</text>", svg))

    kept = (Path(__file__).parents[2] / "docs/resnet18-macs.svg").read_text(encoding="utf-8")
    assert labels(kept) == labels(draw(load("resnet18").program, "svg", heat="macs").decode())
