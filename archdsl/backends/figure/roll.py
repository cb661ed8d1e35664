"""A large drawing on several pages: columns side by side as on a roll of paper, which is cut
into pages between the columns."""

from msgspec.structs import replace

from archdsl.backends.figure.compose import AROUND, composed
from archdsl.backends.figure.primitives import Figure, Sheet, TextLine
from archdsl.backends.figure.repaginate import finished, place_columns
from archdsl.backends.figure.style import Style
from archdsl.transforms.picture.cutting import LEAD, ColumnPiece, Trunk
from archdsl.transforms.picture.drawing_parts import Picture, nodes
from archdsl.transforms.picture.geometry import Geometry, moved
from archdsl.transforms.picture.page_layout import (
    EDGE,
    ENOUGH,
    GUTTER,
    LETTERS,
    Rect,
    Size,
    flowing,
)
from archdsl.transforms.picture.paper import PAPERS
from archdsl.transforms.picture.ruler import LEADING

APART = 110.0  # between pages, so that the margin of one shows nothing of the next
READABLE = 6.0  # points on paper; a drawing in smaller letters goes on several pages
SLACK = 60.0  # of a column, for the frames that are cut with it


def on_pages(picture: Picture, laid: Geometry, wanted: Style) -> Figure:
    """The figure of a picture from the top, with a page for each part of it; where a part that
    cannot be cut is larger than a page, the title says how small the letters are."""
    figure = _on_pages(picture, laid, wanted)
    letters = figure.pages[0].scale * LETTERS
    if letters >= READABLE or not picture.title:
        return figure
    words = f"in letters of {letters:.1f} points: what skips cross cannot be cut"
    return _on_pages(replace(picture, title=(*picture.title, words)), laid, wanted)


def _on_pages(picture: Picture, laid: Geometry, wanted: Style) -> Figure:
    across, along = (side * LETTERS / ENOUGH for side in PAPERS[wanted.page].room()[0])
    title = wanted.ruler.title(picture.title)
    long = along - title.along - EDGE - 2 * LEAD
    way = Trunk(picture.network, picture.edges, laid).filling(long - SLACK)
    sizes = [piece.column(len(way)) for piece in way]
    entries = [wanted.ruler.box(node) for node in nodes(picture.insets[-1:])]
    places, legend = flowing(tuple(entries), across, "TB")
    roll = _Roll(max(across, *(size.across for size in (*sizes, legend))))
    columns = tuple(map(roll.placed, sizes))
    high = max(long + 2 * LEAD, *(size.along for size in sizes))
    sheet = _sheet(laid, way, columns, title)
    if entries:
        _add_legend(sheet, picture, roll.placed(legend), places)
    sheet.size = Size(roll.pages * roll.step - GUTTER, high)
    figure = composed(picture, finished(sheet, picture, wanted.ruler), wanted.ruler, wanted.theme)
    return _cut(figure, roll, wanted)


class _Roll:
    """Pages side by side, filled from the left."""

    def __init__(self, breadth: float) -> None:
        self.breadth = breadth
        self.step = breadth + APART
        self._next = 0.0

    @property
    def pages(self) -> int:
        return int((self._next - GUTTER) // self.step) + 1

    def placed(self, size: Size) -> Rect:
        """The next place; on the next page, where this one has no more room."""
        page, taken = divmod(self._next, self.step)
        if taken and taken + size.across > self.breadth:
            self._next = (page + 1) * self.step
        box = Rect(self._next, 0, size)
        self._next += size.across + GUTTER
        return box


def _sheet(
    laid: Geometry, way: tuple[ColumnPiece, ...], columns: tuple[Rect, ...], title: Size
) -> Geometry:
    sheet = Geometry(title=title)
    place_columns(sheet, laid, way, columns, LEAD if len(way) > 1 else 0)
    return sheet


def _add_legend(sheet: Geometry, picture: Picture, box: Rect, entries: tuple[Rect, ...]) -> None:
    legend = picture.insets[-1]
    sheet.frames[legend.id] = (box,)
    for node, entry in zip(nodes((legend,)), entries, strict=True):
        sheet.boxes[node.id] = moved(entry, box[:2])


def _cut(figure: Figure, roll: _Roll, wanted: Style) -> Figure:
    """With its pages, each with its number; the title on the first."""
    wide, high = PAPERS[wanted.page].sides[0]
    room_wide, room_high = PAPERS[wanted.page].room()[0]
    scale = min(room_wide / (roll.breadth + EDGE), room_high / figure.height)
    top = (high - scale * figure.height) / 2
    pages, numbers = [], []
    for number in range(roll.pages):
        start = number * roll.step
        left = (wide - scale * roll.breadth) / 2 - scale * (start + AROUND)
        pages.append(Sheet(wide, high, scale, left, top))
        words = f"{figure.name} · page {number + 1} of {roll.pages}"
        numbers.append(_line(words, start + AROUND + roll.breadth / 2, figure, wanted))
    middle = AROUND + roll.breadth / 2
    titles = [replace(text, x=middle) for text in figure.titles]
    return replace(figure, titles=(*titles, *numbers[1:]), pages=tuple(pages))


def _line(words: str, x: float, figure: Figure, wanted: Style) -> TextLine:
    width = wanted.ruler.font.regular.width(words, LETTERS)
    return TextLine(words, x, AROUND + LETTERS * LEADING, width, LETTERS, figure.ink)
