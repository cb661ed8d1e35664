"""Printed on a page of A4 with a margin of a centimetre, how large is the smallest text?"""

import re
from pathlib import Path

import drawn
import pytest
from printed import printed

from archdsl import load
from archdsl.backends.diagram_formats import draw
from archdsl.transforms.picture.drawing_parts import nodes

CENTIMETRE = 72 / 2.54
WIDTH, HEIGHT = 21.0 * CENTIMETRE, 29.7 * CENTIMETRE
MARGIN = 1.0 * CENTIMETRE
READABLE = 7.0  # points


SHEETS = ((WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN), (HEIGHT - 2 * MARGIN, WIDTH - 2 * MARGIN))
SMALL = ["wavenet", "densenet201", "inception_v4", "hrnet_w18", "fpn_resnet50", "unet"]  # letters


def smallest_text(svg: str) -> float:
    """In points, the drawing shrunk until it fits the sheet, upright or on its side; never
    enlarged."""
    size = re.search(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    assert size is not None
    width, height = float(size[1]), float(size[2])
    scale = min(1, max(min(w / width, h / height) for w, h in SHEETS))
    return scale * min(float(points) for points in re.findall(r'font-size="([\d.]+)"', svg))


def check_page(name: str) -> None:
    svg = printed(drawn.figure(name), "svg").decode()
    assert smallest_text(svg) >= READABLE


@pytest.mark.parametrize("name", SMALL)
def test_a_page_of_a4_is_enough(name: str) -> None:
    check_page(name)


@pytest.mark.parametrize("name", ["resnet18", "googlenet", "vgg16", "efficientnet_b7"])
def test_a_page_from_left_to_right(name: str) -> None:
    svg = draw(load(name).program, "svg", depth=0, direction="LR").decode()
    assert smallest_text(svg) >= READABLE


def test_the_ruler_itself() -> None:
    page = '<svg width="{}pt" height="{}pt"><text font-size="14.00"/><text font-size="10.50"/>'
    wide, high = SHEETS[0]
    assert smallest_text(page.format(100, 100)) == 10.5
    assert smallest_text(page.format(2 * wide, 2 * high)) == pytest.approx(5.25)
    assert smallest_text(page.format(3 * high, 100)) == pytest.approx(3.5)


NETWORKS = {"ResNet-18": "resnet18", "GoogLeNet": "googlenet", "U-Net": "unet"}
DOCUMENTED = re.compile(
    r"^\| (?P<title>\S+) \| archdsl \| (?P<boxes>\d+) \| (?P<width>\d+) × (?P<height>\d+) "
    r"\| (?P<text>[\d.]+) pt \|$",
    re.MULTILINE,
)


def test_the_figures_in_the_documentation() -> None:
    """Sizes within a tenth, for another version of Graphviz or of the fonts."""
    page = (Path(__file__).parents[2] / "docs/diagrams.md").read_text(encoding="utf-8")
    rows = list(DOCUMENTED.finditer(page))
    assert [row["title"] for row in rows] == list(NETWORKS)
    for row in rows:
        name = NETWORKS[row["title"]]
        svg = printed(drawn.figure(name), "svg").decode()
        boxes = [node for node in nodes(drawn.plan(name).items) if node.tooltip != "legend"]
        assert len(boxes) == int(row["boxes"])
        assert float(row["text"]) == pytest.approx(smallest_text(svg), rel=0.1)
        for side in ("width", "height"):
            length = re.search(rf'{side}="([\d.]+)pt"', svg)
            assert length is not None and float(row[side]) == pytest.approx(
                float(length[1]), rel=0.1
            )
