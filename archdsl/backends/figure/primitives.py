"""A finished figure: everything in points from the top left corner, in colours, with its letters.

A renderer prints these values and decides nothing.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from archdsl.base.font import Font

Point = tuple[float, float]  # x to the right, y down
Anchor = Literal["start", "middle"]


class TextLine(Struct, frozen=True):
    """A line of words; `x` is its start or middle, `y` its base line, `width` as measured."""

    words: str
    x: float
    y: float
    width: float
    size: float
    colour: str
    bold: bool = False
    anchor: Anchor = "middle"

    @property
    def left(self) -> float:
        return self.x - (self.width / 2 if self.anchor == "middle" else 0)


class Rectangle(Struct, frozen=True):
    x: float
    y: float
    width: float
    height: float


class Outline(Struct, frozen=True):
    """A box with its words; `radius` of its corners: half of the height makes it round."""

    id: str
    kind: str
    outline: Rectangle
    radius: float
    fill: str
    line: str
    stroke: float
    dashed: bool
    texts: tuple[TextLine, ...]
    tooltip: str


class Border(Struct, frozen=True):
    """A frame around boxes, in several pieces where it goes on in another column."""

    id: str
    pieces: tuple[Rectangle, ...]
    fill: str  # empty for none
    line: str
    dashed: bool
    texts: tuple[TextLine, ...]
    tooltip: str


class Arrow(Struct, frozen=True):
    """A Bézier curve to where its `tip` begins, a triangle, and the words beside it."""

    tail: str
    head: str
    wire: str
    curve: tuple[Point, ...]
    tip: tuple[Point, Point, Point]
    colour: str
    stroke: float
    dashed: bool
    texts: tuple[TextLine, ...]


class Sheet(Struct, frozen=True):
    """A sheet on which a drawing, or a part of it, is printed by a scale, with the points that it
    stands from the left and from the top."""

    width: float
    height: float
    scale: float
    left: float
    top: float


class Figure(Struct, frozen=True):
    """A drawing of a size, in order of drawing: borders, arrows, shapes. Without pages it is on one
    of that size; each of several shows a part."""

    name: str
    tooltip: str
    width: float
    height: float
    font: Font
    ink: str
    background: str  # empty for none
    titles: tuple[TextLine, ...]
    borders: tuple[Border, ...]
    arrows: tuple[Arrow, ...]
    shapes: tuple[Outline, ...]
    pages: tuple[Sheet, ...] = ()

    def texts(self) -> Iterator[TextLine]:
        yield from self.titles
        for parts in (self.borders, self.arrows, self.shapes):
            for part in parts:
                yield from part.texts


def rounded(value: float) -> float:
    """To a tenth of a point, which no eye tells; never −0."""
    return round(value, 1) + 0.0
