"""A picture and its places on a sheet → the finished figure, in colours and with its letters."""

from collections.abc import Iterator
from math import hypot

from msgspec import Struct
from msgspec.structs import replace

from archdsl.backends.figure.primitives import (
    Arrow,
    Border,
    Figure,
    Outline,
    Point,
    Rectangle,
    TextLine,
    rounded,
)
from archdsl.backends.figure.repaginate import continued
from archdsl.backends.figure.themes import Theme
from archdsl.transforms.picture.drawing_parts import (
    Edge,
    Frame,
    Node,
    Picture,
    Role,
    Tint,
    Wire,
    frames_of,
    nodes,
)
from archdsl.transforms.picture.geometry import Curve, Geometry
from archdsl.transforms.picture.geometry import Point as Place
from archdsl.transforms.picture.page_layout import EDGE, LETTERS, Rect
from archdsl.transforms.picture.ruler import HEADING, LEADING, Ruler, is_sign

AROUND = EDGE / 2  # the drawing
MIDDLE = 0.35  # of letters above their base line, in parts of their size
ASIDE = 8.0  # from a frame's border to the beginning of its title
ROUND, ROUND_FRAME = 4.0, 5.0  # corners
STROKE, BOLD_STROKE = 1.0, 1.3
BARB = 2.3  # half of an arrow's tip


def composed(picture: Picture, sheet: Geometry, ruler: Ruler, theme: Theme) -> Figure:
    """The figure of a picture whose parts stand where a sheet says."""
    return _Composer(picture, sheet, ruler, theme).figure()


class _Composer(Struct, frozen=True):
    picture: Picture
    sheet: Geometry
    ruler: Ruler
    theme: Theme

    def figure(self) -> Figure:
        return Figure(
            self.picture.name,
            self.picture.tooltip,
            rounded(self._width),
            rounded(self._drawn[1] + self.sheet.title.along + EDGE),
            self.ruler.font,
            self.theme.ink,
            self.theme.background,
            tuple(self._titles()),
            tuple(map(self._border, frames_of(self.picture.items))),
            tuple(map(self._arrow, self.picture.edges)),
            tuple(map(self._shape, nodes(self.picture.items))),
        )

    @property
    def _upright(self) -> bool:
        return self.picture.direction == "TB"

    @property
    def _drawn(self) -> tuple[float, float]:
        """The width and height of the drawing, without the title."""
        across, along = self.sheet.size
        return (across, along) if self._upright else (along, across)

    @property
    def _width(self) -> float:
        return max(self._drawn[0], self.sheet.title.across) + EDGE

    def _point(self, place: Place) -> Point:
        """A place of the drawing on the sheet: the drawing is in the middle, below the title."""
        x, y = place if self._upright else place[::-1]
        left = (self._width - self._drawn[0]) / 2
        return rounded(x + left), rounded(y + AROUND + self.sheet.title.along)

    def _rectangle(self, box: Rect) -> Rectangle:
        wide, high = box.size if self._upright else box.size[::-1]
        return Rectangle(*self._point((box.across, box.along)), rounded(wide), rounded(high))

    def _titles(self) -> Iterator[TextLine]:
        """The name, and the facts below it."""
        if not self.sheet.title.across:
            return
        name, *facts = self.picture.title
        middle, bold = self._width / 2, self.ruler.font.bold
        base = AROUND + HEADING * (LEADING / 2 + MIDDLE)
        width = rounded(bold.width(name, HEADING))
        yield TextLine(
            name, rounded(middle), rounded(base), width, HEADING, self.theme.ink, bold=True
        )
        top = AROUND + HEADING * LEADING
        yield from self._lines(tuple(facts), middle, top, self.theme.ink)

    def _lines(self, lines: tuple[str, ...], x: float, top: float, ink: str) -> Iterator[TextLine]:
        """Lines around a middle, one below the other."""
        for number, line in enumerate(lines):
            base = rounded(top + LETTERS * (LEADING * (number + 0.5) + MIDDLE))
            width = rounded(self.ruler.font.regular.width(line, LETTERS))
            yield TextLine(line, rounded(x), base, width, LETTERS, ink)

    def _words(self, node: Node, x: float, top: float, ink: str) -> Iterator[TextLine]:
        """The lines of a box; a title's first is bold."""
        first, *more = self._lines(node.lines, x, top, ink)
        if node.role is Role.HEADER:
            width = rounded(self.ruler.font.bold.width(first.words, LETTERS))
            first = replace(first, bold=True, width=width)
        yield from (first, *more)

    def _border(self, frame: Frame) -> Border:
        tint = self.theme.inset if frame.inset else Tint("", self.theme.frame)
        pieces = tuple(map(self._rectangle, self.sheet.frames[frame.id]))
        texts = tuple(self._frame_titles(frame))
        return Border(frame.id, pieces, tint.fill, tint.line, frame.dashed, texts, frame.tooltip)

    def _frame_titles(self, frame: Frame) -> Iterator[TextLine]:
        if frame.id in self.sheet.titles:
            yield from self._frame_title(frame.lines, self.sheet.titles[frame.id])
        for place in self.sheet.again.get(frame.id, ()):
            yield from self._frame_title((continued(frame),), place)

    def _frame_title(self, lines: tuple[str, ...], box: Rect) -> Iterator[TextLine]:
        place = self._rectangle(box)
        for number, line in enumerate(lines):
            width = self.ruler.font.bold.width(line, LETTERS)
            base = place.y + LETTERS * (LEADING * (number + 0.5) + MIDDLE)
            yield TextLine(
                line,
                place.x,
                rounded(base),
                rounded(width),
                LETTERS,
                self.theme.ink,
                bold=True,
                anchor="start",
            )

    def _arrow(self, edge: Edge) -> Arrow:
        curve = self.sheet.curves[edge.tail, edge.head]
        points = tuple(map(self._point, curve.points))
        skip = edge.wire is Wire.SKIP
        return Arrow(
            edge.tail,
            edge.head,
            edge.wire.value,
            points,
            _barbed(points[-1], self._point(curve.tip)),
            self.theme.skip if skip else self.theme.arrow,
            BOLD_STROKE if skip else STROKE,
            edge.wire is Wire.TRAINING,
            tuple(self._beside(edge, curve)),
        )

    def _beside(self, edge: Edge, curve: Curve) -> Iterator[TextLine]:
        if edge.shape and curve.label is not None:
            place = self._rectangle(curve.label)
            middle = place.x + place.width / 2
            yield from self._lines((edge.shape,), middle, place.y, self.theme.ink)

    def _shape(self, node: Node) -> Outline:
        outline = self._rectangle(self.sheet.boxes[node.id])
        tint = self.theme.tint(node)
        ink = self.theme.ink_on(tint.fill)
        top = outline.y + (outline.height - len(node.lines) * LETTERS * LEADING) / 2
        return Outline(
            node.id,
            node.kind.name.lower(),
            outline,
            _radius(node, outline),
            tint.fill,
            tint.line,
            0 if node.role is Role.HEADER and node.shade is None else STROKE,
            node.dashed,
            tuple(self._words(node, outline.x + outline.width / 2, top, ink)),
            node.tooltip,
        )


def _radius(node: Node, outline: Rectangle) -> float:
    if node.role is not Role.MERGE:
        return ROUND
    most = outline.height / 2
    return most if is_sign(node) else min(most, 3 * ROUND)


def _barbed(base: Point, tip: Point) -> tuple[Point, Point, Point]:
    """A triangle from an arrow's end to its tip."""
    along = tip[0] - base[0], tip[1] - base[1]
    length = hypot(*along) or 1.0
    aside = -along[1] / length * BARB, along[0] / length * BARB
    left = rounded(base[0] + aside[0]), rounded(base[1] + aside[1])
    right = rounded(base[0] - aside[0]), rounded(base[1] - aside[1])
    return left, tip, right
