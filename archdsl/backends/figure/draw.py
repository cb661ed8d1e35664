"""Picture → `Figure` → svg, png, pdf."""

from collections.abc import Mapping

from archdsl.backends.figure.compose import composed
from archdsl.backends.figure.graphviz import laid_out
from archdsl.backends.figure.holding import hold
from archdsl.backends.figure.pdf import to_pdf
from archdsl.backends.figure.places import read
from archdsl.backends.figure.png import to_png
from archdsl.backends.figure.sheet import on_a_page
from archdsl.backends.figure.skeleton import parts, skeletons
from archdsl.backends.figure.svg import to_svg
from archdsl.backends.figure.themes import COLOR, Theme
from archdsl.backends.figure.values import Figure
from archdsl.backends.figure.words import Ends, place_words
from archdsl.transforms.picture import Picture, frames_of, nodes
from archdsl.transforms.picture.geometry import Geometry
from archdsl.transforms.picture.measure import STANDARD, Ruler
from archdsl.transforms.picture.page import Size
from archdsl.transforms.picture.retell import told_in_boxes

FORMATS = ("svg", "png", "pdf")
SCALE = 2.0  # of a png: enough for print


def printed(figure: Figure, format: str, scale: float = SCALE) -> bytes:
    """A figure in a format of `FORMATS`."""
    match format:
        case "svg":
            return to_svg(figure).encode()
        case "png":
            return to_png(figure, scale)
        case "pdf":
            return to_pdf(figure)
    raise ValueError(f"`{format}` is none of {', '.join(FORMATS)}")


def figure_of(picture: Picture, ruler: Ruler = STANDARD, theme: Theme = COLOR) -> Figure:
    """The picture laid out on a sheet."""
    return composed(*sheet_of(picture, ruler), ruler, theme)


def sheet_of(picture: Picture, ruler: Ruler = STANDARD) -> tuple[Picture, Geometry]:
    """The picture as it is told, and the places of its parts on a sheet."""
    picture, laid = placed(picture, ruler)
    return picture, on_a_page(picture, laid, ruler)


def placed(picture: Picture, ruler: Ruler) -> tuple[Picture, Geometry]:
    """The parts of a picture where Graphviz places them, with room for all words: a shape without
    room beside its arrow is told in the box before it."""
    while True:
        words = {
            (e.tail, e.head): ruler.words((e.shape,) if e.shape else ()) for e in picture.edges
        }
        laid = read(laid_out(skeletons(picture, ruler)), picture.direction, words)
        hold(laid, picture.items)
        if picture.direction == "LR":
            return picture, laid
        homeless = _without_room(picture, laid, words)
        if not homeless:
            return picture, laid
        picture = told_in_boxes(picture, homeless)


def _without_room(picture: Picture, laid: Geometry, words: Mapping[Ends, Size]) -> set[Ends]:
    """Places the words of each part, and finds those that have no place."""
    found: set[Ends] = set()
    for items in parts(picture):
        ids = [node.id for node in nodes(items)]
        part = laid.among(ids, [frame.id for frame in frames_of(items)])
        told = {ends: size for ends, size in words.items() if size.along and ends[0] in ids}
        found.update(place_words(part, told))
        laid.curves |= part.curves
    return found
