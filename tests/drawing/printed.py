"""What a reader of svg, png and pdf finds: where boxes, words, frames and tips of arrows are."""

import re
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree

import pypdfium2
from PIL import Image

from archdsl.backends.figure import Figure
from archdsl.backends.figure.pdf import to_pdf
from archdsl.backends.figure.png import to_png
from archdsl.backends.figure.style import SCALE
from archdsl.backends.figure.svg import to_svg

SVG = "{http://www.w3.org/2000/svg}"
Rectangle = tuple[float, float, float, float]


def printed(figure: Figure, format: str, scale: float = SCALE) -> bytes:
    """A figure as svg, png or pdf."""
    if format == "png":
        return to_png(figure, scale)
    return to_pdf(figure) if format == "pdf" else to_svg(figure).encode()


def texts(svg: bytes) -> list[str]:
    root = ElementTree.fromstring(svg)
    return ["".join(e.itertext()) for e in root.iter(f"{SVG}text")]


class Svg:
    """An SVG of archdsl's, read by its ids."""

    def __init__(self, svg: bytes) -> None:
        self.root = ElementTree.fromstring(svg)
        self.groups = {e.attrib["id"]: e for e in self.root.iter(f"{SVG}g") if "id" in e.attrib}

    @property
    def size(self) -> tuple[float, float]:
        _, _, width, height = map(float, self.root.attrib["viewBox"].split())
        return width, height

    def rectangles(self, id_: str) -> list[Rectangle]:
        return [_sides(e) for e in self.groups[id_].iter(f"{SVG}rect")]

    def curve(self, id_: str) -> list[tuple[float, float]]:
        (path,) = self.groups[id_].iter(f"{SVG}path")
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", path.attrib["d"])]
        return list(zip(numbers[::2], numbers[1::2], strict=True))

    def tip(self, id_: str) -> tuple[float, float]:
        (polygon,) = self.groups[id_].iter(f"{SVG}polygon")
        x, y = polygon.attrib["points"].split()[1].split(",")
        return float(x), float(y)

    def words(self, id_: str) -> Iterator[tuple[str, float, float]]:
        """Each line with its place."""
        for text in self.groups[id_].iter(f"{SVG}text"):
            yield "".join(text.itertext()), float(text.attrib["x"]), float(text.attrib["y"])

    def colours(self, id_: str) -> tuple[str, str]:
        """The fill and the line of a box."""
        (box,) = self.groups[id_].iter(f"{SVG}rect")
        return box.attrib["fill"], box.attrib.get("stroke", box.attrib["fill"])


def _sides(element: ElementTree.Element) -> Rectangle:
    x, y, wide, high = (float(element.attrib[n]) for n in ("x", "y", "width", "height"))
    return x, y, wide, high


class Pixels:
    """A drawing in pixels, asked in points."""

    def __init__(self, image: Image.Image, scale: float) -> None:
        self.image, self.scale = image.convert("RGB"), scale

    @classmethod
    def of_png(cls, png: bytes, scale: float = 2.0) -> "Pixels":
        """A png; at its usual scale it has 192 pixels to an inch."""
        return cls(Image.open(BytesIO(png)), scale * 96 / 72)

    @classmethod
    def of_pdf(cls, pdf: bytes) -> "Pixels":
        page = pypdfium2.PdfDocument(pdf)[0]
        return cls(page.render(scale=3).to_pil(), 3)

    def at(self, x: float, y: float) -> tuple[int, ...]:
        point = int(x * self.scale), int(y * self.scale)
        return tuple(self.image.getpixel(point))

    def has(self, colour: str, x: float, y: float, within: float = 1.0) -> bool:
        """Whether a place, or one so many points from it, has a colour."""
        steps = (-within, -within / 2, 0, within / 2, within)
        pixels = (self.at(x + a, y + b) for a in steps for b in steps)
        wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        return any(max(abs(a - b) for a, b in zip(f, wanted, strict=True)) < 40 for f in pixels)
