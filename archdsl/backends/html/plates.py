"""An exploration → where everything in it stands: the figure as it is on an upright sheet and on a
wide one, and the inside of each block that can be opened."""

from collections.abc import Iterator

from msgspec import Struct

from archdsl.backends.figure.compose import composed
from archdsl.backends.figure.graphviz_layout import placed
from archdsl.backends.figure.primitives import Figure
from archdsl.backends.figure.repaginate import on_a_page
from archdsl.backends.figure.style import Style
from archdsl.transforms.picture.drawing_parts import Exploration, Frame, Picture, nodes
from archdsl.transforms.picture.geometry import Curve, Geometry, extent, moved
from archdsl.transforms.picture.page_layout import Rect
from archdsl.transforms.picture.paper import A4, PAPERS, Paper


class Plate(Struct, frozen=True):
    """A figure, and the boxes of each part of it that is moved as one: the columns and insets."""

    figure: Figure
    parts: tuple[tuple[str, ...], ...]


class Plates(Struct, frozen=True):
    """The figure for a window that is rather high, the same for a wide one, and the insides by the
    ids of the closed boxes."""

    tall: Plate
    wide: Plate
    insides: dict[str, Plate]

    def all(self) -> tuple[Plate, ...]:
        return (self.tall, self.wide, *self.insides.values())


def plates(explored: Exploration, style: Style) -> Plates:
    """Everything laid out; the figure is the one that SVG, PNG and PDF print."""
    picture, laid = placed(explored.picture, style.ruler)
    tall, wide = (_on_paper(picture, laid, style, paper) for paper in (A4, PAPERS["slide"]))
    return Plates(tall, wide, dict(_insides(explored, style)))


def _on_paper(picture: Picture, laid: Geometry, style: Style, paper: Paper) -> Plate:
    sheet = on_a_page(picture, laid, style.ruler, paper)
    return Plate(composed(picture, sheet, style.ruler, style.theme), tuple(_parts(picture, sheet)))


def _parts(picture: Picture, sheet: Geometry) -> Iterator[tuple[str, ...]]:
    """The columns, and the insets that are none; the legend is of no part."""
    cut = frozenset[str]().union(*sheet.columns)
    yield from (tuple(sorted(ids)) for ids in sheet.columns)
    for inset in picture.insets[:-1]:
        ids = tuple(node.id for node in nodes((inset,)))
        if not cut.issuperset(ids):
            yield ids


def _insides(explored: Exploration, style: Style) -> Iterator[tuple[str, Plate]]:
    """The insides, each on a sheet of its own."""
    for inside in explored.insides:
        held = Picture("", (), "", (inside.frame,), inside.edges, explored.picture.direction)
        picture, laid = placed(held, style.ruler)
        sheet = _at_its_corner(laid, picture.insets[0])
        sheet = _upside_down(sheet) if inside.rising else sheet
        ids = tuple(node.id for node in nodes(picture.items))
        yield inside.box, Plate(composed(picture, sheet, style.ruler, style.theme), (ids,))


def _at_its_corner(laid: Geometry, frame: Frame) -> Geometry:
    """The laid-out parts, measured from the corner of their frame."""
    (around,) = laid.frames[frame.id]
    by = -around.across, -around.along
    return Geometry(
        {id_: moved(box, by) for id_, box in laid.boxes.items()},
        {id_: tuple(moved(box, by) for box in pieces) for id_, pieces in laid.frames.items()},
        {id_: moved(box, by) for id_, box in laid.titles.items()},
        curves={ends: curve.moved(by) for ends, curve in laid.curves.items()},
        size=extent([around]).size,
        upright=laid.upright,
    )


def _upside_down(laid: Geometry) -> Geometry:
    """The same from the bottom up."""
    end = laid.size.along

    def turned(box: Rect) -> Rect:
        return Rect(box.across, end - box.along - box.size.along, box.size)

    def over(curve: Curve) -> Curve:
        points = tuple((across, end - along) for across, along in curve.points)
        tip = curve.tip[0], end - curve.tip[1]
        return Curve(points, tip, turned(curve.label) if curve.label else None)

    return Geometry(
        {id_: turned(box) for id_, box in laid.boxes.items()},
        {id_: tuple(map(turned, pieces)) for id_, pieces in laid.frames.items()},
        curves={ends: over(curve) for ends, curve in laid.curves.items()},
        size=laid.size,
        upright=laid.upright,
    )
