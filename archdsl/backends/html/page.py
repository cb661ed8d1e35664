"""A network as one HTML file that needs nothing else: style, script, drawing and source inside.

The script draws what stands in the page as data. Its policy lets it run itself alone, by its hash,
and fetch nothing; the user's text stands in the data, where it is text and never markup.
"""

import base64
import hashlib
from collections.abc import Iterator
from html import escape
from importlib.resources import files

import msgspec

from archdsl.backends.figure.style import PLAIN, Style
from archdsl.backends.figure.themes import Theme, theme
from archdsl.backends.html.data import Network, network
from archdsl.backends.html.plates import plates
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.escape import visible
from archdsl.ir.graph import Program
from archdsl.transforms.picture import Depth, Heat, exploration
from archdsl.transforms.picture.drawing_parts import Direction, Exploration, Tint

SCRIPTS = (
    *("data.js", "space.js", "curves.js", "layout.js", "canvas.js", "gestures.js", "view.js"),
    *("panel.js", "chosen.js", "search.js", "export.js", "keys.js", "start.js"),
)


def to_html(
    program: Program,
    *,
    depth: Depth = "auto",
    direction: Direction = "TB",
    heat: Heat | None = None,
    mistakes: tuple[Diagnostic, ...] = (),
) -> str:
    """The network's figure as an HTML page to look around in; `heat` is shown at first."""
    explored = exploration(program, depth, direction, mistakes)
    return write(told(program, explored, heat))


def told(
    program: Program, explored: Exploration, heat: Heat | None = None, wanted: Style = PLAIN
) -> Network:
    """The data of an exploration for the page, laid out."""
    return network(program, explored, plates(explored, wanted), heat, wanted.ruler)


def write(shown: Network) -> str:
    """The page that shows a network."""
    return "\n".join(_page(shown)) + "\n"


def _page(shown: Network) -> Iterator[str]:
    styles = "\n" + _colours() + asset("page.css")
    script = '\n"use strict";\n' + "\n".join(map(asset, SCRIPTS))
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_policy(styles, script)}">'
    yield '<meta name="generator" content="archdsl">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">'
    yield f"<title>{escape(visible(shown.name))}</title>"
    yield f"<style>{styles}</style>"
    yield "</head>"
    yield "<body>"
    yield asset("page.html").rstrip("\n")
    yield f'<script type="application/json" id="data">{_data(shown)}</script>'
    yield f"<script>{script}</script>"
    yield "</body>"
    yield "</html>"


def _policy(styles: str, script: str) -> str:
    """Its own style and script and nothing else; images it makes itself, to save them as PNG."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(styles)}'; "
        "img-src blob: data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _data(shown: Network) -> str:
    """JSON in which nothing can end the element or begin another."""
    text = msgspec.json.encode(shown).decode()
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def asset(name: str) -> str:
    """A piece of the page."""
    return files(__package__).joinpath("assets", name).read_text(encoding="utf-8")


# --- the themes of figures as variables of a style sheet -----------------------------------------


def _colours() -> str:
    """Variables for each kind of box and each share, as the system or the reader wants them."""
    light, dark = ("; ".join(_variables(theme(name))) for name in ("color", "dark"))
    return (
        f":root {{ color-scheme: light; {light} }}\n"
        "@media (prefers-color-scheme: dark) {\n"
        f"  :root:not([data-theme=light]) {{ color-scheme: dark; {dark} }}\n}}\n"
        f":root[data-theme=dark] {{ color-scheme: dark; {dark} }}\n"
    )


def _variables(of: Theme) -> Iterator[str]:
    yield f"--paper: {of.background}; --ink: {of.ink}"
    yield f"--arrow: {of.arrow}; --skip: {of.skip}; --frame: {of.frame}"
    yield _tint("inset", of.inset, of)
    yield _tint("header", Tint(of.header, of.header), of)
    yield from (_tint(kind.name.lower(), tint, of) for kind, tint in of.tints.items())
    yield from (_tint(f"share{index}", tint, of) for index, tint in enumerate(of.shades))


def _tint(name: str, tint: Tint, of: Theme) -> str:
    ink = of.ink_on(tint.fill)
    return f"--{name}: {tint.fill}; --{name}-line: {tint.line}; --{name}-ink: {ink}"
