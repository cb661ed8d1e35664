"""A figure as PDF, by ReportLab: lines and letters, its font within.

Chinese, Japanese and Korean letters that the drawing's own font lacks are set in fonts that every
reader of PDF knows by name, as Adobe defined them, and of which it has its own or a substitute:
nothing of them is in the file. All their letters are as wide as high, as `Face` measures what it
does not have.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import groupby
from typing import Any

from archdsl.backends.figure.primitives import Arrow, Border, Figure, Outline, Sheet, TextLine
from archdsl.base.exceptions import needs
from archdsl.base.font import Face

# Signs, kana, ideographs, syllables, full-width forms: what a font of two bytes a letter has.
ASIAN = re.compile(
    "[\u3000-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7a3\uff01-\uff60]"
)
JAPANESE, KOREAN, CHINESE = "HeiseiKakuGo-W5", "HYGothic-Medium", "STSong-Light"
SCRIPTS = ((re.compile("[\u3040-\u30ff]"), JAPANESE), (re.compile("[\uac00-\ud7a3]"), KOREAN))


def to_pdf(figure: Figure) -> bytes:
    """The drawing on a page of its size; the same bytes each time. Raises `NotInstalled`."""
    with needs("drawing pdf", "reportlab", "ReportLab", "reportlab"):
        from reportlab.pdfgen.canvas import Canvas

    for face in (figure.font.regular, figure.font.bold):
        _register(face)
    pages = figure.pages or (Sheet(figure.width, figure.height, 1, 0, 0),)
    file = BytesIO()
    canvas = Canvas(file, invariant=True, initialFontName="Helvetica")
    canvas.setTitle(figure.name)
    canvas.setCreator("archdsl")
    for page in pages:
        _print(canvas, figure, page)
    canvas.save()
    return file.getvalue()


def _print(canvas: Any, figure: Figure, page: Sheet) -> None:
    canvas.setPageSize((page.width, page.height))
    if figure.background:
        canvas.setFillColor(figure.background)
        canvas.rect(0, 0, page.width, page.height, stroke=0, fill=1)
    canvas.translate(page.left, page.height - page.top - page.scale * figure.height)
    canvas.scale(page.scale, page.scale)
    _Drawing(canvas, figure).draw()
    canvas.showPage()


def _register(face: Face) -> None:
    from reportlab.pdfbase.pdfmetrics import getRegisteredFontNames, registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    if str(face.path) not in getRegisteredFontNames():
        registerFont(TTFont(str(face.path), str(face.path)))


def _register_asian(name: str) -> None:
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import getRegisteredFontNames, registerFont

    if name not in getRegisteredFontNames():
        registerFont(UnicodeCIDFont(name))


class _Drawing:
    """A drawing in which y goes up."""

    def __init__(self, canvas: Any, figure: Figure) -> None:
        self._canvas, self._figure = canvas, figure

    def draw(self) -> None:
        figure = self._figure
        for border in figure.borders:
            self._border(border)
        for arrow in figure.arrows:
            self._arrow(arrow)
        for shape in figure.shapes:
            self._shape(shape)
        for text in figure.texts():
            self._text(text)

    def _pen(self, colour: str, width: float, dashed: bool) -> None:
        self._canvas.setStrokeColor(colour)
        self._canvas.setLineWidth(width)
        self._canvas.setDash([4, 3] if dashed else [])

    def _border(self, border: Border) -> None:
        self._pen(border.line, 1, border.dashed)
        for piece in border.pieces:
            if border.fill:
                self._canvas.setFillColor(border.fill)
            self._rounded(piece.x, piece.y, piece.width, piece.height, 5, bool(border.fill), True)

    def _shape(self, shape: Outline) -> None:
        self._pen(shape.line, shape.stroke, shape.dashed)
        self._canvas.setFillColor(shape.fill)
        box = shape.outline
        stroked = shape.stroke > 0
        self._rounded(box.x, box.y, box.width, box.height, shape.radius, True, stroked)

    def _rounded(
        self, x: float, y: float, wide: float, high: float, radius: float, fill: bool, stroke: bool
    ) -> None:
        bottom = self._figure.height - y - high
        self._canvas.roundRect(x, bottom, wide, high, radius, stroke=int(stroke), fill=int(fill))

    def _arrow(self, arrow: Arrow) -> None:
        self._pen(arrow.colour, arrow.stroke, arrow.dashed)
        up = [(x, self._figure.height - y) for x, y in arrow.curve]
        path = self._canvas.beginPath()
        path.moveTo(*up[0])
        for at in range(1, len(up), 3):
            path.curveTo(*up[at], *up[at + 1], *up[at + 2])
        self._canvas.drawPath(path, stroke=1, fill=0)
        tip = self._canvas.beginPath()
        tip.moveTo(arrow.tip[0][0], self._figure.height - arrow.tip[0][1])
        for x, y in arrow.tip[1:]:
            tip.lineTo(x, self._figure.height - y)
        tip.close()
        self._canvas.setFillColor(arrow.colour)
        self._canvas.drawPath(tip, stroke=0, fill=1)

    def _text(self, text: TextLine) -> None:
        font = self._figure.font
        face = font.bold if text.bold else font.regular
        self._canvas.setFillColor(text.colour)
        x = text.left
        for words, asian in _runs(text.words, face):
            if asian:
                _register_asian(asian)
            self._canvas.setFont(asian or str(face.path), text.size)
            self._canvas.drawString(x, self._figure.height - text.y, words)
            x += face.width(words, text.size)


def _runs(words: str, face: Face) -> Iterator[tuple[str, str]]:
    """Pieces of a line, each with the Asian font it is set in; empty for the face."""

    def font(letter: str) -> str:
        return asian if ASIAN.match(letter) and not face.has(letter) else ""

    asian = next((name for script, name in SCRIPTS if script.search(words)), CHINESE)
    for name, letters in groupby(words, font):
        yield "".join(letters), name
