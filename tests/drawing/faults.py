"""What is over what in a figure, by its geometry alone: words, lines, boxes, frames."""

from collections.abc import Iterator
from itertools import pairwise

from archdsl.backends.figure.primitives import Arrow, Figure, Outline, Rectangle, TextLine

LOOKS = 16  # at a piece of an arrow
Box = tuple[float, float, float, float]  # left, top, right, bottom
Line = tuple[float, float, float, float]  # from x, y to x, y


def faults(figure: Figure) -> list[str]:
    """Each fault as a line; none in a figure that can be read everywhere."""
    lines = list(_lines(figure))
    loose = [(text, _words(text)) for text in _loose(figure)]
    return [
        *_out_of_sheet(figure, lines),
        *_over_lines(loose, lines),
        *_over_boxes(loose, figure.shapes),
        *_over_each_other(loose),
        *_beyond_boxes(figure.shapes),
        *_through_boxes(figure, lines),
    ]


def _words(text: TextLine) -> Box:
    return (text.left, text.y - 0.72 * text.size, text.left + text.width, text.y + 0.2 * text.size)


def _box(outline: Rectangle) -> Box:
    return outline.x, outline.y, outline.x + outline.width, outline.y + outline.height


def _loose(figure: Figure) -> Iterator[TextLine]:
    """Words that stand in no box."""
    yield from figure.titles
    for parts in (figure.borders, figure.arrows):
        for part in parts:
            yield from part.texts


def way(arrow: Arrow) -> list[tuple[float, float]]:
    """Places along an arrow, its tip last."""
    places = [arrow.curve[0]]
    for at in range(0, len(arrow.curve) - 1, 3):
        a, b, c, d = arrow.curve[at : at + 4]
        for look in range(1, LOOKS + 1):
            t = look / LOOKS
            s = 1 - t
            x, y = (
                s**3 * p + 3 * s * s * t * q + 3 * s * t * t * r + t**3 * u
                for p, q, r, u in zip(a, b, c, d, strict=True)
            )
            places.append((x, y))
    return [*places, arrow.tip[1]]


def _lines(figure: Figure) -> Iterator[tuple[str, Line]]:
    """Every drawn line in straight pieces, short ones of arrows; and the borders of frames."""
    for border in figure.borders:
        for left, top, right, bottom in map(_box, border.pieces):
            yield f"frame {border.id}", (left, top, right, top)
            yield f"frame {border.id}", (left, bottom, right, bottom)
            yield f"frame {border.id}", (left, top, left, bottom)
            yield f"frame {border.id}", (right, top, right, bottom)
    for arrow in figure.arrows:
        for (ax, ay), (bx, by) in pairwise(way(arrow)):
            yield f"arrow {arrow.tail}-{arrow.head}", (ax, ay, bx, by)


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _hits(line: Line, box: Box) -> bool:
    """Whether a straight line is within a box somewhere (Liang and Barsky 1984)."""
    if (
        max(line[0], line[2]) <= box[0]
        or min(line[0], line[2]) >= box[2]
        or max(line[1], line[3]) <= box[1]
        or min(line[1], line[3]) >= box[3]
    ):
        return False
    x, y, dx, dy = line[0], line[1], line[2] - line[0], line[3] - line[1]
    enter, leave = 0.0, 1.0
    for step, room in ((-dx, x - box[0]), (dx, box[2] - x), (-dy, y - box[1]), (dy, box[3] - y)):
        if step == 0:
            if room <= 0:
                return False
        elif step < 0:
            enter = max(enter, room / step)
        else:
            leave = min(leave, room / step)
    return enter < leave


def _out_of_sheet(figure: Figure, lines: list[tuple[str, Line]]) -> Iterator[str]:
    boxes = [(text.words, _words(text)) for text in figure.texts()]
    boxes += [(shape.id, _box(shape.outline)) for shape in figure.shapes]
    boxes += [(n, (min(a, c), min(b, d), max(a, c), max(b, d))) for n, (a, b, c, d) in lines]
    for name, (left, top, right, bottom) in boxes:
        if left < 0 or top < 0 or right > figure.width or bottom > figure.height:
            yield f"{name} sticks out of the sheet"


def _over_lines(loose: list[tuple[TextLine, Box]], lines: list[tuple[str, Line]]) -> Iterator[str]:
    for text, words in loose:
        for name in dict.fromkeys(name for name, line in lines if _hits(line, words)):
            yield f"{text.words!r} over {name}"


def _over_boxes(loose: list[tuple[TextLine, Box]], shapes: tuple[Outline, ...]) -> Iterator[str]:
    for text, words in loose:
        for shape in shapes:
            if _meet(words, _box(shape.outline)):
                yield f"{text.words!r} over {shape.id}"


def _over_each_other(loose: list[tuple[TextLine, Box]]) -> Iterator[str]:
    for at, (text, words) in enumerate(loose):
        for other, others in loose[at + 1 :]:
            if _meet(words, others):
                yield f"{text.words!r} over {other.words!r}"


def _beyond_boxes(shapes: tuple[Outline, ...]) -> Iterator[str]:
    """Words that leave their box, and boxes that overlap."""
    for at, shape in enumerate(shapes):
        left, top, right, bottom = outline = _box(shape.outline)
        for text in shape.texts:
            a, b, c, d = _words(text)
            if a < left + 1 or b < top + 1 or c > right - 1 or d > bottom - 1:
                yield f"{text.words!r} leaves {shape.id}"
        for other in shapes[at + 1 :]:
            if _meet(outline, _box(other.outline)):
                yield f"{shape.id} over {other.id}"


def _through_boxes(figure: Figure, lines: list[tuple[str, Line]]) -> Iterator[str]:
    """Lines through boxes that are not their own."""
    for shape in figure.shapes:
        left, top, right, bottom = _box(shape.outline)
        inner = left + 0.6, top + 0.6, right - 0.6, bottom - 0.6
        crossing = (name for name, line in lines if _hits(line, inner))
        for name in dict.fromkeys(crossing):
            if shape.id not in name.removeprefix("arrow ").split("-"):
                yield f"{name} through {shape.id}"
