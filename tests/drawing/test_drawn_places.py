"""Every box, word, frame and arrow of svg, png and pdf is where the geometry says."""

import drawn
import networks
import pypdfium2
import pytest
from printed import Pixels, Svg, printed

from archdsl.backends.figure.figure_of import figure_of, sheet_of
from archdsl.backends.figure.primitives import Figure
from archdsl.transforms.picture import picture
from archdsl.transforms.picture.drawing_parts import Direction, Picture, frames_of, nodes
from archdsl.transforms.picture.geometry import Geometry, Point
from archdsl.transforms.picture.page_layout import EDGE, Rect

NAMES = ["resnet18", "googlenet", "unet", "inception_v4"]
CLOSE = 0.16  # places are written in tenths, of sums of tenths


class Expected:
    """Where on the page the parts of a sheet are: the drawing is below its title, in the middle."""

    def __init__(self, plan: Picture, sheet: Geometry) -> None:
        across, _ = sheet.size if plan.direction == "TB" else sheet.size[::-1]
        self.turned = plan.direction == "LR"
        self.left = (max(across, sheet.title.across) + EDGE - across) / 2
        self.top = EDGE / 2 + sheet.title.along

    def point(self, place: Point) -> Point:
        x, y = place[::-1] if self.turned else place
        return x + self.left, y + self.top

    def sides(self, box: Rect) -> tuple[float, float, float, float]:
        size = box.size[::-1] if self.turned else box.size
        return (*self.point((box.across, box.along)), *size)


def svg_of(name: str, direction: Direction = "TB") -> bytes:
    return printed(drawn.figure(name, direction), "svg")


def check_svg(name: str, direction: Direction) -> None:
    plan, sheet = sheet_of(drawn.plan(name, direction))
    svg, expected = Svg(svg_of(name, direction)), Expected(plan, sheet)
    near = lambda values: pytest.approx(values, abs=CLOSE)  # noqa: E731
    for node in nodes(plan.items):
        x, y, wide, high = expected.sides(sheet.boxes[node.id])
        assert svg.rectangles(node.id) == [near((x, y, wide, high))]
        words = list(svg.words(node.id))
        assert [line for line, _, _ in words] == list(node.lines)
        assert all(across == near(x + wide / 2) for _, across, _ in words)
        assert all(y + 7 < base < y + high for _, _, base in words)
        assert [base for _, _, base in words] == sorted(base for _, _, base in words)
    for frame in frames_of(plan.items):
        pieces = [near(expected.sides(box)) for box in sheet.frames[frame.id]]
        assert svg.rectangles(frame.id) == pieces
    for edge in plan.edges:
        curve = sheet.curves[edge.tail, edge.head]
        id_ = f"{edge.tail}-{edge.head}"
        assert svg.curve(id_) == [near(expected.point(point)) for point in curve.points]
        assert svg.tip(id_) == near(expected.point(curve.tip))
        if edge.shape:
            assert curve.label is not None
            x, y, wide, high = expected.sides(curve.label)
            ((line, across, base),) = svg.words(id_)
            assert line == edge.shape and across == near(x + wide / 2) and y < base < y + high


def check_pixels(name: str, pixels: Pixels, text: bytes, figure: Figure) -> None:
    """The fill beside the words, the line around, and the tips of arrows."""
    svg = Svg(text)
    for shape in figure.shapes:
        ((x, y, wide, high),) = svg.rectangles(shape.id)
        fill, line = svg.colours(shape.id)
        if shape.radius < 10:
            assert pixels.has(fill, x + 2.5, y + high / 2), name
        if shape.radius < 10 and not shape.dashed:
            below = (x + 5, y + high), (x + wide - 5, y + high)
            for place in ((x, y + high / 2), (x + wide, y + high / 2), *below):
                assert pixels.has(line, *place), name
    for border in figure.borders:
        for x, y, wide, high in svg.rectangles(border.id):
            if not border.dashed:
                assert pixels.has(border.line, x, y + high - 8) and pixels.has(
                    border.line, x + wide, y + high - 8
                )
    for arrow in figure.arrows:
        (ax, ay), (bx, by), (cx, cy) = arrow.tip
        assert pixels.has(arrow.colour, (ax + bx + cx) / 3, (ay + by + cy) / 3), name


def check_words_of_pdf(pdf: bytes, figure: Figure) -> None:
    """Each line's letters stand between its start and its end, on its base line."""
    page = pypdfium2.PdfDocument(pdf)[0]
    height, printed_text = page.get_size()[1], page.get_textpage()
    for text in figure.texts():
        bottom, top = height - text.y - 3, height - text.y + text.size / 2
        said = printed_text.get_text_bounded(text.left - 1, bottom, text.left + text.width + 1, top)
        assert said.split() == text.words.split()  # a reader of PDFs joins two spaces


@pytest.mark.parametrize("direction", ["TB", "LR"])
@pytest.mark.parametrize("name", NAMES)
def test_svg(name: str, direction: Direction) -> None:
    check_svg(name, direction)


def check_png(name: str, scale: float) -> None:
    figure = drawn.figure(name)
    png = printed(figure, "png", scale)
    check_pixels(name, Pixels.of_png(png, scale), svg_of(name), figure)


def check_pdf(name: str) -> None:
    figure = drawn.figure(name)
    pdf = printed(figure, "pdf")
    check_pixels(name, Pixels.of_pdf(pdf), svg_of(name), figure)
    check_words_of_pdf(pdf, figure)


@pytest.mark.parametrize(("name", "scale"), [("resnet18", 2.0), ("googlenet", 1.5)])
def test_png(name: str, scale: float) -> None:
    check_png(name, scale)


@pytest.mark.parametrize("name", NAMES)
def test_pdf(name: str) -> None:
    check_pdf(name)


def test_places_are_looked_at() -> None:
    """What is somewhere else is noticed."""
    plan, figure, svg = drawn.plan("resnet18"), drawn.figure("resnet18"), svg_of("resnet18")
    other = figure_of(picture(networks.program(networks.RESIDUAL), depth=0))
    pixels = Pixels.of_png(printed(other, "png"))
    with pytest.raises((AssertionError, IndexError)):
        check_pixels("resnet18", pixels, svg, figure)
    told, sheet = sheet_of(plan)
    expected = Expected(told, sheet)
    first, second, *_ = (expected.sides(sheet.boxes[node.id]) for node in nodes(told.items))
    assert Svg(svg).rectangles("n1") != [pytest.approx(second, abs=CLOSE)]
    assert Svg(svg).rectangles("n1") == [pytest.approx(first, abs=CLOSE)]
