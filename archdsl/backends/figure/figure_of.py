"""Picture → `Figure`."""

from msgspec.structs import replace

from archdsl.backends.figure.compose import composed
from archdsl.backends.figure.graphviz_layout import placed
from archdsl.backends.figure.primitives import Figure, Sheet
from archdsl.backends.figure.repaginate import on_a_page
from archdsl.backends.figure.roll import READABLE, on_pages
from archdsl.backends.figure.style import PLAIN, Style
from archdsl.transforms.picture.drawing_parts import Picture
from archdsl.transforms.picture.geometry import Geometry
from archdsl.transforms.picture.page_layout import LETTERS
from archdsl.transforms.picture.paper import PAPERS, Paper


def figure_of(picture: Picture, wanted: Style = PLAIN, several: bool = False) -> Figure:
    """The picture laid out on a sheet, and the sheet on a page where one is wanted; with `several`
    on more pages, where its letters are too small to be read on one."""
    picture, laid = placed(picture, wanted.ruler)
    paper = PAPERS[wanted.page]
    sheet = on_a_page(picture, laid, wanted.ruler, paper)
    figure = composed(picture, sheet, wanted.ruler, wanted.theme)
    on_one = _on_page(figure, paper)
    if several and picture.direction == "TB" and on_one.pages[0].scale * LETTERS < READABLE:
        return on_pages(picture, laid, wanted)
    return figure if wanted.page == "none" else on_one


def sheet_of(picture: Picture, wanted: Style = PLAIN) -> tuple[Picture, Geometry]:
    """The picture with its shapes where they have room, and the places of its parts on a sheet."""
    picture, laid = placed(picture, wanted.ruler)
    return picture, on_a_page(picture, laid, wanted.ruler, PAPERS[wanted.page])


def _on_page(figure: Figure, paper: Paper) -> Figure:
    """The figure in the middle of a page, which is turned so that the figure is larger on it; it is
    never larger than itself."""

    def scale(room: tuple[float, float]) -> float:
        return min(1, room[0] / figure.width, room[1] / figure.height)

    turned = ((scale(room), sides) for room, sides in zip(paper.room(), paper.sides, strict=True))
    factor, (wide, high) = max(turned, key=lambda way: way[0])
    left, top = (wide - factor * figure.width) / 2, (high - factor * figure.height) / 2
    return replace(figure, pages=(Sheet(wide, high, factor, left, top),))
