"""What a user may choose of a figure: title, legend, theme, colours, font, page, pixels."""

import struct
from pathlib import Path

import networks
import pypdfium2
import pytest
from printed import Svg, printed, texts

import archdsl
from archdsl.backends.diagram_formats import NotOfFormat, draw
from archdsl.backends.figure import NoStyle, style
from archdsl.backends.figure.figure_of import figure_of
from archdsl.backends.figure.pdf import CHINESE, JAPANESE, KOREAN
from archdsl.backends.figure.themes import THEMES, contrast
from archdsl.base.font import FOLDER, NoFont, standard
from archdsl.cli import main
from archdsl.transforms.picture import picture
from archdsl.transforms.picture.drawing_parts import Kind, Node, Picture
from archdsl.transforms.picture.paper import PAPERS

DENSE = networks.program(networks.DENSE)
BOLD = FOLDER / "Arimo-Bold.ttf"


def size(png: bytes) -> tuple[int, int]:
    return struct.unpack(">II", png[16:24])


def test_a_title_of_ones_own_and_none() -> None:
    assert texts(draw(DENSE, "svg"))[0] == "Dense"
    own = texts(draw(DENSE, "svg", title="A dense net"))
    assert own[0] == "A dense net" and own[1].startswith("input 3x32x32")
    bare = draw(DENSE, "svg", title="")
    assert not any(text.startswith(("Dense", "input 3x32x32 ·")) for text in texts(bare))
    assert Svg(bare).size[1] < Svg(draw(DENSE, "svg")).size[1]
    assert 'label="A dense net' in draw(DENSE, "dot", title="A dense net").decode()


@pytest.mark.parametrize("format", ["svg", "dot", "mermaid"])
def test_without_a_legend(format: str) -> None:
    assert b"convolution" in draw(DENSE, format).replace(b"classDef", b"")
    bare = draw(DENSE, format, legend=False)
    assert b"legend" not in bare


@pytest.mark.parametrize("theme", THEMES)
def test_words_can_be_read_in_every_theme(theme: str) -> None:
    figure = figure_of(picture(DENSE), style(theme_name=theme))
    for shape in figure.shapes:
        assert all(contrast(text.colour, shape.fill) >= 4.5 for text in shape.texts)
    assert all(contrast(text.colour, figure.background) >= 4.5 for text in figure.titles)
    if theme == "mono":
        colours = {shape.fill for shape in figure.shapes} | {shape.line for shape in figure.shapes}
        assert all(len({c[1:3], c[3:5], c[5:7]}) == 1 for c in colours)


def test_colours_of_ones_own() -> None:
    wanted = style(theme_name="dark", colours={"convolution": "#FFD166"})
    shapes = figure_of(picture(DENSE), wanted).shapes
    fills = {shape.fill for shape in shapes if shape.kind == "convolution"}
    assert fills == {"#ffd166"}
    assert all(t.colour == "#000000" for s in shapes if s.fill == "#ffd166" for t in s.texts)


def test_a_font_of_ones_own(tmp_path: Path) -> None:
    wide = figure_of(picture(DENSE), style(font=BOLD))
    plain = figure_of(picture(DENSE))
    assert wide.width > plain.width
    face = standard().bold
    assert all(abs(t.width - face.width(t.words, t.size)) < 0.06 for t in wide.texts())
    assert draw(DENSE, "png", font=str(BOLD)) != draw(DENSE, "png")
    assert draw(DENSE, "pdf", font=BOLD).startswith(b"%PDF")
    with pytest.raises(NoFont, match="cannot be read"):
        draw(DENSE, "svg", font=tmp_path / "missing.ttf")
    (tmp_path / "no.ttf").write_bytes(b"\0\1\0\0\0\1 no font at all, though it begins as one")
    with pytest.raises(NoFont, match=r"no\.ttf is no TrueType font"):
        draw(DENSE, "svg", font=tmp_path / "no.ttf")


@pytest.mark.parametrize(
    ("words", "font"),
    [
        ("卷积层 3x3", "STSong-Light"),
        ("畳み込み conv", "HeiseiKakuGo-W5"),
        ("합성곱 conv", "HYGothic-Medium"),
    ],
)
def test_asian_letters_in_a_pdf(words: str, font: str) -> None:
    """They are there, where they were measured, in fonts that every reader knows by name."""
    node = Node("n1", Kind.INPUT, (words,), words)
    figure = figure_of(Picture("N", (), "N", (node,), (), "TB"))
    pdf = printed(figure, "pdf")
    assert f"/{font}".encode() in pdf
    (text,) = figure.texts()
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    assert page.get_text_bounded().strip() == words
    boxes = [page.get_charbox(at) for at in range(page.count_chars())]
    assert min(left for left, _, _, _ in boxes) >= text.left - 1
    assert max(right for _, _, right, _ in boxes) <= text.left + text.width + 1


def test_no_asian_font_where_it_is_not_needed() -> None:
    pdf = printed(figure_of(picture(networks.program(networks.DENSE))), "pdf")
    assert not any(name.encode() in pdf for name in (CHINESE, JAPANESE, KOREAN))


@pytest.mark.parametrize(("page", "sides"), [("a4", (595.3, 841.9)), ("slide", (960, 540))])
def test_a_page(page: str, sides: tuple[float, float]) -> None:
    """The whole drawing stands on the page, within its margins."""
    figure = figure_of(picture(DENSE), style(page=page))
    (on,) = figure.pages
    assert sorted((on.width, on.height)) == sorted(sides)
    margin = PAPERS[page].margin - 0.1
    assert on.left >= margin and on.top >= margin
    right = on.left + on.scale * figure.width
    assert right <= on.width - margin
    svg = draw(DENSE, "svg", page=page)
    assert Svg(svg).size == pytest.approx((on.width, on.height))
    printed = pypdfium2.PdfDocument(draw(DENSE, "pdf", page=page))[0].get_size()
    assert printed == pytest.approx((on.width, on.height), abs=0.01)


def test_pixels() -> None:
    points = Svg(draw(DENSE, "svg")).size
    for scale in (0.5, 2, 3):
        pixels = size(draw(DENSE, "png", scale=scale))
        assert pixels == pytest.approx([side * 96 / 72 * scale for side in points], abs=2)
    assert draw(DENSE, "png") == draw(DENSE, "png", scale=2)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"theme": "darc"}, "no theme `darc`; did you mean `dark`"),
        ({"page": "a5"}, "no page `a5`"),
        ({"colors": {"conv": "#112233"}}, "no kind of box `conv`; did you mean `convolution`"),
        ({"colors": {"linear": "red"}}, "`red` is no colour; write one as #rrggbb"),
    ],
)
def test_what_is_none(options: dict[str, str], words: str) -> None:
    with pytest.raises(NoStyle, match=words):
        draw(DENSE, "svg", **options)
    with pytest.raises(NoStyle, match="above 0"):
        draw(DENSE, "png", scale=0)


@pytest.mark.parametrize(
    ("format", "options"),
    [
        ("dot", {"theme": "dark"}),
        ("html", {"page": "a4"}),
        ("svg", {"scale": 2.0}),
        ("html", {"title": "x"}),
        ("html", {"legend": False}),
        ("mermaid", {"font": "x.ttf"}),
    ],
)
def test_options_are_refused_where_they_do_nothing(format: str, options: dict[str, object]) -> None:
    with pytest.raises(NotOfFormat, match=f"not of {format}"):
        draw(DENSE, format, **options)


def test_python_and_the_command_give_the_same(tmp_path: Path) -> None:
    net = archdsl.load("lenet5")
    by_python = net.draw(
        tmp_path / "a.png", theme="mono", colors={"linear": "#ffd166"}, legend=False, title="LeNet",
        page="slide", scale=1.5, direction="LR", depth=0,
    )  # fmt: skip
    command = (
        "draw lenet5 --theme mono --color linear=#ffd166 --no-legend --title LeNet --page slide"
    )
    file = str(tmp_path / "b.png")
    assert (
        main([*command.split(), *["--dpi", "144", "--direction", "LR", "--depth", "0", "-o"], file])
        == 0
    )
    assert (tmp_path / "a.png").read_bytes() == Path(file).read_bytes() == by_python


def test_the_legend_names_these_kinds_of_box() -> None:
    assert {kind.name.lower() for kind in Kind} >= {"convolution", "block", "merge"}


@pytest.mark.parametrize("words", ["--color linear", "--scale x", "--scale 1 --dpi 2"])
def test_what_the_command_refuses(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "lenet5", "--format", "png", *words.split()]) == 2
    assert capsys.readouterr().err.startswith("archdsl: ")
