"""A network's diagram in the format asked for."""

from archdsl.backends.dot import to_dot
from archdsl.backends.html import to_html
from archdsl.backends.mermaid import to_mermaid
from archdsl.backends.render_dot import FORMATS as RENDERED
from archdsl.backends.render_dot import render
from archdsl.base.suggest import did_you_mean
from archdsl.ir.graph import Program
from archdsl.transforms.picture import Depth, Direction, Heat

FORMATS = (*RENDERED, "html", "dot", "mermaid")


class UnknownFormat(Exception):
    """A format that no diagram is drawn in; the message lists those there are."""


def draw(
    program: Program,
    format: str,
    *,
    depth: Depth = "auto",
    direction: Direction = "TB",
    heat: Heat | None = None,
) -> bytes:
    """The diagram as svg, png, pdf, html, dot or mermaid; text is UTF-8.

    `depth` opens so many levels of blocks, all (None), or as many as fit a page; `direction` is
    TB (from the top) or LR (from the left); `heat` colours by the share of macs, params or memory.
    Raises `UnknownFormat`, or `GraphvizMissing` for svg, png and pdf where there is no Graphviz.
    """
    match format:
        case "html":
            return to_html(program, depth=depth, direction=direction, heat=heat).encode()
        case "mermaid":
            return to_mermaid(program, depth=depth, direction=direction, heat=heat).encode()
        case "dot":
            return to_dot(program, depth=depth, direction=direction, heat=heat).encode()
        case _ if format in RENDERED:
            return render(to_dot(program, depth=depth, direction=direction, heat=heat), format)
    hint = did_you_mean(format, FORMATS) or f"choose from {', '.join(FORMATS)}"
    raise UnknownFormat(f"a diagram cannot be drawn as `{format}`; {hint}")
