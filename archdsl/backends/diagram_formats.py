"""A network's diagram in the format asked for: the table of the formats, and `draw`.

The choices of the command line and the endings of files follow the table.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from archdsl.backends import dot, mermaid
from archdsl.backends.figure import Figure, Style, figure_of, style
from archdsl.backends.figure.graphviz import start
from archdsl.backends.figure.pdf import to_pdf
from archdsl.backends.figure.png import to_png
from archdsl.backends.figure.svg import to_svg
from archdsl.backends.html import to_html
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.exceptions import Explained
from archdsl.base.suggest import did_you_mean
from archdsl.ir.graph import Program
from archdsl.transforms.picture import Depth, Heat, picture
from archdsl.transforms.picture.drawing_parts import Direction, Picture


class UnknownFormat(Explained):
    """A format that no diagram is drawn in; the message lists those there are."""


class NotOfFormat(Explained):
    """An option that the format has no use for; the message says which formats have."""


class DrawingWishes(Struct, frozen=True):
    """The wishes for a drawing: the part of the program, the words, and the look."""

    program: Program
    depth: Depth
    direction: Direction
    heat: Heat | None
    mistakes: tuple[Diagnostic, ...]
    title: str | None
    legend: bool
    theme: str | None
    colors: Mapping[str, str] | None
    font: str | Path | None
    page: str | None
    scale: float | None

    def picture(self) -> Picture:
        """With the title and legend that are wanted."""
        drawn = picture(self.program, self.depth, self.direction, self.heat, self.mistakes)
        if self.title is not None:
            drawn = replace(drawn, title=(self.title, *drawn.title[1:]) if self.title else ())
        if not self.legend:
            items = tuple(item for item in drawn.items if item not in drawn.insets[-1:])
            drawn = replace(drawn, items=items)
        return drawn

    def figure(self, *, several: bool = False) -> Figure:
        """On a sheet or a page, or on `several` pages if it could not be read on one."""
        return figure_of(self.picture(), self.style(), several)

    def style(self) -> Style:
        return style(
            theme_name=self.theme or "color",
            colours=self.colors,
            font=self.font,
            page=self.page or "none",
            scale=self.scale,
        )

    def html(self) -> str:
        return to_html(
            self.program,
            depth=self.depth,
            direction=self.direction,
            heat=self.heat,
            mistakes=self.mistakes,
        )

    @property
    def options(self) -> dict[str, object]:
        """The options that only some formats use; None where they are not asked for."""
        looks = {"theme": self.theme, "colors": self.colors, "font": self.font, "page": self.page}
        words = {"title": self.title, "no legend": None if self.legend else True}
        return {**looks, "scale": self.scale, **words}


WORDS = ("title", "no legend")
LOOKS = ("theme", "colors", "font", "page")


class Format(Struct, frozen=True):
    """The writer of a format, the options that it uses, and its files' endings besides its name.

    `laid_out`: its boxes are given their places here. `text`: a terminal can show it.
    """

    write: Callable[[DrawingWishes], bytes]
    options: tuple[str, ...]
    endings: tuple[str, ...] = ()
    laid_out: bool = True
    text: bool = True


FORMATS: dict[str, Format] = {
    "svg": Format(lambda asked: to_svg(asked.figure()).encode(), (*WORDS, *LOOKS)),
    "png": Format(
        lambda asked: to_png(asked.figure(), asked.style().scale),
        (*WORDS, *LOOKS, "scale"),
        text=False,
    ),
    "pdf": Format(lambda asked: to_pdf(asked.figure(several=True)), (*WORDS, *LOOKS), text=False),
    "html": Format(lambda asked: asked.html().encode(), ()),
    "dot": Format(
        lambda asked: dot.write(asked.picture()).encode(),
        WORDS,
        endings=("gv",),
        laid_out=False,
    ),
    "mermaid": Format(
        lambda asked: mermaid.write(asked.picture()).encode(),
        WORDS,
        endings=("mmd",),
        laid_out=False,
    ),
}
ENDINGS = {f".{name}": name for name in FORMATS} | {
    f".{ending}": name for name, format in FORMATS.items() for ending in format.endings
}


def draw(
    program: Program,
    format: str,
    *,
    depth: Depth = "auto",
    direction: Direction = "TB",
    heat: Heat | None = None,
    title: str | None = None,
    legend: bool = True,
    theme: str | None = None,
    colors: Mapping[str, str] | None = None,
    font: str | Path | None = None,
    page: str | None = None,
    scale: float | None = None,
    mistakes: tuple[Diagnostic, ...] = (),
) -> bytes:
    """The diagram in one of `FORMATS`; text is UTF-8.

    `depth` levels of blocks are opened, all (None), or as many as fit a page; `direction` is
    TB (from the top) or LR (from the left); `heat` colours by the share of macs, params or memory;
    `title` stands in place of the name (empty: no title); without `legend` there is none.
    For svg, png and pdf: `theme` is color, paper, mono or dark; `colors` are fills as #rrggbb
    by kind of box; `font` is a .ttf file; `page` is a4, letter, slide or none. `scale` is for
    png: 2 gives 192 pixels to an inch. `mistakes` are the reason why a program is unfinished:
    the first is drawn where the program ends.
    Raises `UnknownFormat`, `NotOfFormat` for an option that the format has no use for, `NoStyle`
    or `NoFont` for a value that is none, or `NotLaidOut` where it is too large or
    there is no Graphviz.
    """
    if format not in FORMATS:
        hint = did_you_mean(format, FORMATS) or f"choose from {', '.join(FORMATS)}"
        raise UnknownFormat(f"a diagram cannot be drawn as `{format}`; {hint}")
    asked = DrawingWishes(
        program, depth, direction, heat, mistakes, title, legend, theme, colors, font, page, scale
    )
    if FORMATS[format].laid_out:
        start()  # while it is decided what to draw
    _check(format, asked)
    return FORMATS[format].write(asked)


def _check(format: str, asked: DrawingWishes) -> None:
    """Refuses the first option that is given, and is of other formats."""
    for option, value in asked.options.items():
        if value is not None and option not in FORMATS[format].options:
            known = (name for name, other in FORMATS.items() if option in other.options)
            raise NotOfFormat(f"{option} is an option of {', '.join(known)}, not of {format}")
