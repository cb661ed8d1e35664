"""A picture that Graphviz has laid out part by part, arranged on a page.

Graphviz places the boxes of the network, of each inset and of the legend among themselves; here
these parts are moved, and the network is cut into columns where the page asks for it.
"""

from collections.abc import Iterator

from archdsl.backends.figure.room import Room
from archdsl.backends.figure.titles import clear_titles, title_again
from archdsl.transforms.picture.cutting import LEAD, ColumnPiece, FoldedInset, Trunk, folded
from archdsl.transforms.picture.drawing_parts import Frame, Picture, frames_of, nodes
from archdsl.transforms.picture.geometry import Curve, Geometry, Point, moved
from archdsl.transforms.picture.page_layout import GUTTER, Parts, Rect, Size, arranged
from archdsl.transforms.picture.paper import A4, Paper
from archdsl.transforms.picture.ruler import Ruler

TIP = 6.5  # length of an arrow's head
BEND = 8.0  # radius


def on_a_page(picture: Picture, laid: Geometry, ruler: Ruler, paper: Paper = A4) -> Geometry:
    """The parts of a picture where they stand on a page."""
    insets, title = list(picture.insets), ruler.title(picture.title)
    legend = insets.pop() if insets and insets[-1].row else None
    ways = list(Trunk(picture.network, picture.edges, laid).cuttings())
    folds = [folded(inset, picture.edges, laid) for inset in insets]
    entries = _entries(legend, laid) if legend else []
    parts = Parts(
        tuple(tuple(piece.column(len(way)) for piece in way) for way in ways),
        tuple(inset.size for inset in folds),
        tuple(size for _, size in entries),
        title,
        picture.direction,
        paper,
    )
    way, page = arranged(parts)
    sheet = Geometry(title=title, size=page.size)
    lead = LEAD if len(ways[way]) > 1 else 0
    place_columns(sheet, laid, ways[way], page.columns, lead)
    for inset, fold, box in zip(insets, folds, page.insets, strict=True):
        if fold.way:
            _place_folded(sheet, laid, inset, fold, box)
        else:
            _place_inset(sheet, laid, inset, box)
    if legend is not None and page.legend is not None:
        sheet.frames[legend.id] = (page.legend,)
        for (name, _), box in zip(entries, page.entries, strict=True):
            placed = sheet.boxes if name in laid.boxes else sheet.titles
            placed[name] = moved(box, page.legend[:2])
    return finished(sheet, picture, ruler)


def finished(sheet: Geometry, picture: Picture, ruler: Ruler) -> Geometry:
    """With titles where they can be read, also on frames that go on."""
    room = Room(sheet, titles=False)
    clear_titles(sheet, room, picture.direction)
    cut = (frame for frame in frames_of(picture.items) if len(sheet.frames[frame.id]) > 1)
    again = {frame.id: ruler.words((continued(frame),), bold=True) for frame in cut}
    title_again(sheet, room, again, picture.direction)
    return sheet


def continued(frame: Frame) -> str:
    """The text where a frame continues in another column."""
    name = next((line for line in frame.lines or next(nodes((frame,))).lines), "")
    return f"… {name.partition(':')[0]}"


def _entries(legend: Frame, laid: Geometry) -> list[tuple[str, Size]]:
    """The parts of the legend, its title first, by name and size."""
    name = legend.id
    title = [(name, laid.titles[name].size)] if name in laid.titles else []
    return title + [(node.id, laid.boxes[node.id].size) for node in nodes((legend,))]


def place_columns(
    sheet: Geometry,
    laid: Geometry,
    way: tuple[ColumnPiece, ...],
    columns: tuple[Rect, ...],
    lead: float,
) -> None:
    """Pieces in columns of their own, with arrows from one to the next."""
    shifts = []
    for piece, box in zip(way, columns, strict=True):
        by = (box.across - piece.box.across, box.along + lead - piece.box.along)
        _copy(sheet, laid, piece.ids, piece.frames, by)
        sheet.columns.append(piece.ids)
        shifts.append(by)
    for at, piece in enumerate(way[:-1]):
        assert piece.onward is not None
        curve, column, after = laid.curves[piece.onward], columns[at], columns[at + 1]
        end = (curve.tip[0] + shifts[at + 1][0], curve.tip[1] + shifts[at + 1][1])
        sheet.curves[piece.onward] = _detour(
            curve.moved(shifts[at]),
            end,
            after.across - GUTTER / 2,
            column.along + lead + piece.box.size.along + LEAD / 2,
            after.along + LEAD / 2,
        )


def _place_folded(
    sheet: Geometry, laid: Geometry, inset: Frame, fold: FoldedInset, box: Rect
) -> None:
    """An inset in several columns, in one frame."""
    columns = tuple(moved(column, box[:2]) for column in fold.columns)
    place_columns(sheet, laid, fold.way, columns, fold.lead)
    whole = laid.frames[inset.id][0]
    sheet.frames[inset.id] = (Rect(box.across, box.along, fold.size),)
    if inset.id in laid.titles:
        by = box.across - whole.across, box.along - whole.along
        sheet.titles[inset.id] = moved(laid.titles[inset.id], by)


def _place_inset(sheet: Geometry, laid: Geometry, inset: Frame, box: Rect) -> None:
    whole = laid.frames[inset.id][0]
    names = [frame.id for frame in frames_of((inset,))]
    frames = {name: laid.frames[name][0] for name in names}
    ids = frozenset(node.id for node in nodes((inset,)))
    _copy(sheet, laid, ids, frames, (box.across - whole.across, box.along - whole.along))


def _copy(
    sheet: Geometry, laid: Geometry, ids: frozenset[str], frames: dict[str, Rect], by: Point
) -> None:
    """Boxes, frames, and the arrows among them, moved."""
    for id_ in ids:
        sheet.boxes[id_] = moved(laid.boxes[id_], by)
    for name, box in frames.items():
        sheet.frames[name] = (*sheet.frames.get(name, ()), moved(box, by))
        if name in laid.titles and name not in sheet.titles:
            sheet.titles[name] = moved(laid.titles[name], by)
    for ends, curve in laid.curves.items():
        if ids.issuperset(ends):
            sheet.curves[ends] = curve.moved(by)


def _detour(curve: Curve, end: Point, gutter: float, below: float, above: float) -> Curve:
    """An arrow from where a curve begins down, up between two columns, and down to its end."""
    across, along = curve.points[0]
    corners = [
        (across, along),
        (across, below),
        (gutter, below),
        (gutter, above),
        (end[0], above),
        (end[0], end[1] - TIP),
    ]
    return Curve(tuple(_rounded(corners)), end, curve.label)


def _rounded(corners: list[Point]) -> Iterator[Point]:
    """Straight pieces with round bends, as the points of Bézier curves."""
    at = corners[0]
    yield at
    for corner, after in zip(corners[1:], [*corners[2:], None], strict=True):
        if after is None:
            yield from (at, corner, corner)
            return
        near, far = _towards(corner, at), _towards(corner, after)
        yield from (at, near, near)
        yield from (corner, corner, far)
        at = far


def _towards(corner: Point, other: Point) -> Point:
    length = max(abs(corner[0] - other[0]), abs(corner[1] - other[1]))
    part = min(BEND, length / 2) / length if length else 0
    across, along = (c + (o - c) * part for c, o in zip(corner, other, strict=True))
    return across, along
