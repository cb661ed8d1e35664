"""The look of a figure: words as a user gives them → a `Style`, or `NoStyle` with the reason."""

import re
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from archdsl.backends.figure.themes import THEMES, Theme, ThemeName, theme
from archdsl.base.exceptions import Explained
from archdsl.base.font import font_of
from archdsl.base.suggest import did_you_mean
from archdsl.transforms.picture.drawing_parts import Kind
from archdsl.transforms.picture.paper import PAPERS, PageName
from archdsl.transforms.picture.ruler import STANDARD, Ruler

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
KINDS = {kind.name.lower(): kind for kind in Kind}
SCALE = 2.0  # of a png: enough for print
DPI = 96.0  # of an SVG at its own size, which is scale 1
MOST = 20.0  # times


class NoStyle(Explained):
    """Raised for an unknown theme, colour, page or scale; the message lists the known ones."""


class Style(Struct, frozen=True):
    """Colours, the font in which words are measured, the page, and the pixels of a png."""

    theme: Theme
    ruler: Ruler
    page: PageName
    scale: float


def style(
    *,
    theme_name: str = "color",
    colours: Mapping[str, str] | None = None,
    font: str | Path | None = None,
    page: str = "none",
    scale: float | None = None,
) -> Style:
    """A style of the names that a user gives. Raises `NoStyle`, or `NoFont` for a font's file."""
    fills = {_kind(kind): _colour(colour) for kind, colour in (colours or {}).items()}
    return Style(
        theme(_theme(theme_name), fills),
        Ruler(font_of(Path(font))) if font is not None else STANDARD,
        _page(page),
        _scale(SCALE if scale is None else scale),
    )


def _theme(name: str) -> ThemeName:
    for known in THEMES:
        if known == name:
            return known
    raise NoStyle(_none("theme", name, THEMES))


def _page(name: str) -> PageName:
    for known in PAPERS:
        if known == name:
            return known
    raise NoStyle(_none("page", name, tuple(PAPERS)))


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise NoStyle(_none("kind of box", name, tuple(KINDS)))
    return KINDS[name]


def _colour(text: str) -> str:
    if not COLOUR.fullmatch(text):
        raise NoStyle(f"`{text}` is no colour; write one as #rrggbb, e.g. #ffd166")
    return text.lower()


def _scale(value: float) -> float:
    if not 0 < value <= MOST:
        raise NoStyle(f"a scale is above 0 and at most {MOST:g}, not {value:g}")
    return value


def _none(what: str, name: str, known: tuple[str, ...]) -> str:
    hint = did_you_mean(name, known) or f"choose from {', '.join(known)}"
    return f"there is no {what} `{name}`; {hint}"


PLAIN = style()
