"""A network's diagram in the format asked for."""

from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from archdsl.backends import dot, mermaid
from archdsl.backends.figure import FORMATS as PRINTED
from archdsl.backends.figure import Style, figure_of, printed, style
from archdsl.backends.figure.graphviz import start
from archdsl.backends.html import to_html
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.suggest import did_you_mean
from archdsl.base.told import Told
from archdsl.ir.graph import Program
from archdsl.transforms.picture import Depth, Direction, Heat, Picture, picture

WRITERS = {"dot": dot.write, "mermaid": mermaid.write}
FORMATS = (*PRINTED, "html", *WRITERS)


class UnknownFormat(Told):
    """A format that no diagram is drawn in; the message lists those there are."""


class NotOfFormat(Told):
    """An option that the format has no use for; the message says which formats have."""


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
    """The diagram as svg, png, pdf, html, dot or mermaid; text is UTF-8.

    `depth` opens so many levels of blocks, all (None), or as many as fit a page; `direction` is
    TB (from the top) or LR (from the left); `heat` colours by the share of macs, params or memory;
    `title` stands in the place of the name, and empty there is none; `legend` false leaves that
    out. For svg, png and pdf: `theme` is color, paper, mono or dark; `colors` are fills as #rrggbb
    by kind of box; `font` is a .ttf file; `page` is a4, letter, slide or none. `scale` is of a
    png, 2 being 192 pixels to an inch. `mistakes` are those for which the program is unfinished:
    the first is drawn where it ends.
    Raises `UnknownFormat`, `NotOfFormat` for an option that the format has no use for, `NoStyle`
    or `NoFont` for a value that is none, or `NotLaidOut` where it is too large or
    there is no Graphviz.
    """
    if format not in FORMATS:
        hint = did_you_mean(format, FORMATS) or f"choose from {', '.join(FORMATS)}"
        raise UnknownFormat(f"a diagram cannot be drawn as `{format}`; {hint}")
    if format not in WRITERS:
        start()  # while it is decided what to draw
    looks = {"theme": theme, "colors": colors, "font": font, "page": page}
    _check(format, PRINTED, looks)
    _check(format, ("png",), {"scale": scale})
    if format == "html":
        words = {"title": title, "no legend": None if legend else True}
        _check(format, tuple(name for name in FORMATS if name != "html"), words)
        page_text = to_html(program, depth=depth, direction=direction, heat=heat, mistakes=mistakes)
        return page_text.encode()
    drawn = _worded(picture(program, depth, direction, heat, mistakes), title, legend)
    if format in WRITERS:
        return WRITERS[format](drawn).encode()
    wanted = style(
        theme_name=theme or "color", colours=colors, font=font, page=page or "none", scale=scale
    )
    return _printed(drawn, format, wanted)


def _printed(drawn: Picture, format: str, wanted: Style) -> bytes:
    return printed(figure_of(drawn, wanted, several=format == "pdf"), format, wanted.scale)


def _check(format: str, known: tuple[str, ...], options: Mapping[str, object]) -> None:
    """Refuses the first option that is given, and is of other formats."""
    for name, value in options.items():
        if value is not None and format not in known:
            raise NotOfFormat(f"{name} is an option of {', '.join(known)}, not of {format}")


def _worded(drawn: Picture, title: str | None, legend: bool) -> Picture:
    """With the title and legend that are wanted."""
    if title is not None:
        drawn = replace(drawn, title=(title, *drawn.title[1:]) if title else ())
    if not legend:
        drawn = replace(drawn, items=tuple(i for i in drawn.items if i not in drawn.insets[-1:]))
    return drawn
