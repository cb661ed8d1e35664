"""What is too large for a page goes on several in a pdf."""

from functools import cache

import drawn
import networks
import pypdfium2
import pytest
from faults import faults
from printed import printed

from archdsl.backends.diagram_formats import draw
from archdsl.backends.figure.figure_of import figure_of
from archdsl.backends.figure.primitives import Figure
from archdsl.backends.figure.roll import READABLE
from archdsl.transforms.picture import picture
from archdsl.transforms.picture.drawing_parts import Picture, nodes
from archdsl.transforms.picture.page_layout import LETTERS


@cache
def opened(name: str) -> tuple[Picture, Figure]:
    """A network drawn with every op, on several pages."""
    plan = picture(drawn.program(name), depth=None)
    return plan, figure_of(plan, several=True)


@pytest.mark.parametrize("name", ["resnet50", "vgg16"])
def test_every_op_of_a_network_on_pages_of_a4(name: str) -> None:
    plan, figure = opened(name)
    assert faults(figure) == []
    assert {shape.id for shape in figure.shapes} == {node.id for node in nodes(plan.items)}
    if name == "vgg16":  # fits one
        assert figure.pages == ()
        return
    assert len(figure.pages) > 1
    for page in figure.pages:
        assert page.scale * LETTERS >= READABLE
        assert (page.width, page.height) == (595.3, 841.9)


def test_what_cannot_be_cut_says_how_small_it_is() -> None:
    """A skip over everything keeps it in one column."""
    steps = f"    input 8x32x32\n    a = identity\n{_chain(60)}\n    add(identity, a)\n"
    figure = figure_of(
        picture(networks.program(f"network Long:\n{steps}"), depth=None), several=True
    )
    (page,) = figure.pages
    assert figure.titles[-1].words.startswith(f"in letters of {page.scale * LETTERS:.1f} points")


def _chain(length: int) -> str:
    """Different convolutions, which are not folded."""
    return "\n".join(f"    conv(8, {3 + 2 * (at % 7)}, padding=same)" for at in range(length))


def test_each_box_is_on_one_page() -> None:
    _, figure = opened("resnet50")
    seen = []
    for page in figure.pages:
        for shape in figure.shapes:
            left = page.left + page.scale * shape.outline.x
            right = left + page.scale * shape.outline.width
            top = page.top + page.scale * shape.outline.y
            if left >= 0 and right <= page.width:
                assert 0 <= top <= page.height - page.scale * shape.outline.height
                seen.append(shape.id)
            else:
                assert right < 0 or left > page.width  # nothing is cut
    assert sorted(seen) == sorted(shape.id for shape in figure.shapes)


def test_the_pages_of_a_pdf() -> None:
    pdf = pypdfium2.PdfDocument(printed(opened("resnet50")[1], "pdf"))
    _, figure = opened("resnet50")
    assert len(pdf) == len(figure.pages)
    for number, page in enumerate(pdf, 1):
        words = page.get_textpage().get_text_bounded(0, 0, *page.get_size())
        assert ("page" in words) == (number > 1)
        assert number == 1 or f"page {number} of {len(pdf)}" in words
    small = draw(networks.program(networks.DENSE), "pdf", depth=None)
    assert len(pypdfium2.PdfDocument(small)) == 1
