"""No words over a line or other words, and no line through a box, in any standard picture."""

import re
from pathlib import Path

import drawn
import networks
import pytest
from faults import faults
from msgspec.structs import replace

from archdsl.backends.figure.figure_of import figure_of
from archdsl.transforms.picture import picture
from archdsl.transforms.picture.drawing_parts import Direction

NETWORKS = [name for name in dir(networks) if name.isupper()]
TUTORIAL = (Path(__file__).parents[2] / "docs/tutorial.md").read_text(encoding="utf-8")
SPECS = dict(re.findall(r"^```arch (\w+)\.arch\n(.*?)^```$", TUTORIAL, re.MULTILINE | re.DOTALL))
HARD = ["inception_v4", "inception_resnet_v2", "deeplabv3_resnet50", "efficientnet_b0", "unet"]


@pytest.mark.one_in(3)
@pytest.mark.parametrize("direction", ["TB", "LR"])
@pytest.mark.parametrize("name", NETWORKS)
def test_small_networks(name: str, direction: Direction) -> None:
    program = networks.program(getattr(networks, name))
    assert faults(figure_of(picture(program, direction=direction))) == []


@pytest.mark.parametrize("direction", ["TB", "LR"])
@pytest.mark.parametrize("name", SPECS)
def test_networks_of_the_tutorial(name: str, direction: Direction) -> None:
    for network in re.findall(r"^network (\w+)\b(?!\(\w+:)", SPECS[name], re.MULTILINE):
        program = networks.program(SPECS[name], network)
        assert faults(figure_of(picture(program, direction=direction))) == []


def test_the_tutorial_has_its_networks() -> None:
    assert {"lenet", "resnet", "unet", "siamese"} <= SPECS.keys()


@pytest.mark.parametrize("name", HARD)
def test_networks_that_had_faults(name: str) -> None:
    assert faults(drawn.figure(name)) == []


def test_faults_are_found() -> None:
    """A box moved onto another; words moved onto a frame's border, and out of the sheet."""
    figure = figure_of(picture(networks.program(networks.RESIDUAL)))
    first, second, *others = figure.shapes
    moved = replace(second, outline=first.outline)
    told = faults(replace(figure, shapes=(first, moved, *others)))
    assert f"{first.id} over {second.id}" in told
    border = next(border for border in figure.borders if border.id != "legend")
    corner = border.pieces[0]
    (title, *rest) = figure.titles
    onto = replace(title, x=corner.x + corner.width, y=corner.y + corner.height)
    told = faults(replace(figure, titles=(onto, *rest)))
    assert f"{title.words!r} over frame {border.id}" in told
    told = faults(replace(figure, titles=(replace(title, x=0), *rest)))
    assert f"{title.words} sticks out of the sheet" in told
