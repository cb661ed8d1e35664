"""A figure as SVG: groups with ids and classes, and no style that a page around it would mix up."""

from collections.abc import Iterable, Iterator
from html import escape

from archdsl.backends.figure.primitives import (
    Arrow,
    Border,
    Figure,
    Outline,
    Point,
    Rectangle,
    Sheet,
    TextLine,
)
from archdsl.transforms.picture.page_layout import LETTERS

HELVETICA = "Helvetica, Arimo, Arial, 'Liberation Sans', sans-serif"  # all equally wide
STANDARD = "Arimo"
FONT, DASHES = "font-family", ' stroke-dasharray="4 3"'


def to_svg(figure: Figure) -> str:
    """The drawing as a standalone SVG document."""
    return "\n".join(_lines(figure)) + "\n"


def _lines(figure: Figure) -> Iterator[str]:
    (page,) = figure.pages or (Sheet(figure.width, figure.height, 1, 0, 0),)
    width, height = _number(page.width), _number(page.height)
    family = figure.font.family
    stack = HELVETICA if family == STANDARD else f"'{family}', {HELVETICA}"
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield "<!-- drawn by archdsl -->"
    yield (
        f'<svg width="{width}pt" height="{height}pt" xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 0 {width} {height}" role="img" font-family="{_quoted(stack)}" '
        f'font-size="{_number(LETTERS)}" fill="{figure.ink}">'
    )
    yield f"<title>{_escaped(figure.name)}</title>"
    if figure.tooltip != figure.name:
        yield f"<desc>{_escaped(figure.tooltip)}</desc>"
    if figure.background:
        yield f'<rect width="{width}" height="{height}" fill="{figure.background}"/>'
    if figure.pages:
        place = f"translate({_number(page.left)} {_number(page.top)}) scale({page.scale:.4f})"
        yield f'<g transform="{place}">'
    yield from _group("title", ' text-anchor="middle"', map(_text, figure.titles))
    yield from _group("frames", ' fill="none"', map(_border, figure.borders))
    yield from _group("arrows", ' text-anchor="middle"', map(_arrow, figure.arrows))
    yield from _group(
        "boxes", ' text-anchor="middle"', (_shape(shape, figure.ink) for shape in figure.shapes)
    )
    yield "</g></svg>" if figure.pages else "</svg>"


def _group(name: str, attributes: str, parts: Iterable[str]) -> Iterator[str]:
    yield f'<g class="{name}"{attributes}>'
    yield from parts
    yield "</g>"


def _border(border: Border) -> str:
    fill = f' fill="{border.fill}"' if border.fill else ""
    style = f'rx="5"{fill} stroke="{border.line}"{DASHES if border.dashed else ""}'
    parts = [f"<rect {_sides(piece)} {style}/>" for piece in border.pieces]
    ink = "".join(_text(text, fill=True) for text in border.texts)
    return f'<g id="{border.id}" class="frame">{_title(border.tooltip)}{"".join(parts)}{ink}</g>'


def _arrow(arrow: Arrow) -> str:
    dashes = DASHES if arrow.dashed else ""
    width = f' stroke-width="{_number(arrow.stroke)}"' if arrow.stroke != 1 else ""
    curve = f'<path d="{_path(arrow.curve)}" fill="none" stroke="{arrow.colour}"{width}{dashes}/>'
    corners = " ".join(f"{_number(x)},{_number(y)}" for x, y in arrow.tip)
    tip = f'<polygon points="{corners}" fill="{arrow.colour}"/>'
    words = "".join(map(_text, arrow.texts))
    name = f'id="{arrow.tail}-{arrow.head}" class="arrow {arrow.wire}"'
    return f"<g {name}>{curve}{tip}{words}</g>"


def _shape(shape: Outline, ink: str) -> str:
    line = f' stroke="{shape.line}"' if shape.stroke else ""
    style = f'rx="{_number(shape.radius)}" fill="{shape.fill}"{line}'
    rectangle = f"<rect {_sides(shape.outline)} {style}{DASHES if shape.dashed else ''}/>"
    words = "".join(_text(text, fill=text.colour != ink) for text in shape.texts)
    name = f'id="{shape.id}" class="box {shape.kind}"'
    return f"<g {name}>{_title(shape.tooltip)}{rectangle}{words}</g>"


def _text(text: TextLine, fill: bool = False) -> str:
    """A line as wide as it was measured, whatever font stands in for ours."""
    style = f' textLength="{_number(text.width)}" lengthAdjust="spacingAndGlyphs"'
    style += f' font-size="{_number(text.size)}"' if text.size != LETTERS else ""
    style += ' font-weight="bold"' if text.bold else ""
    style += f' fill="{text.colour}"' if fill else ""
    words = _escaped(text.words)
    return f'<text x="{_number(text.x)}" y="{_number(text.y)}"{style}>{words}</text>'


def _title(words: str) -> str:
    """The text that a browser shows for a part under the pointer."""
    return f"<title>{_escaped(words)}</title>" if words else ""


def _sides(box: Rectangle) -> str:
    x, y, width, height = map(_number, (box.x, box.y, box.width, box.height))
    return f'x="{x}" y="{y}" width="{width}" height="{height}"'


def _path(points: tuple[Point, ...]) -> str:
    start, *rest = (f"{_number(x)} {_number(y)}" for x, y in points)
    return f"M{start}C{' '.join(rest)}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _escaped(text: str) -> str:
    """Text with nothing in it that XML refuses."""
    return escape("".join(c if c.isprintable() or c == "\n" else " " for c in text), quote=False)


def _quoted(text: str) -> str:
    """Text between double quotes."""
    return _escaped(text).replace('"', "&quot;")
