"""A network's diagram in the format asked for."""

from collections.abc import Callable

from archdsl.backends.dot import to_dot
from archdsl.backends.figure import FORMATS as PRINTED
from archdsl.backends.figure import figure_of, printed
from archdsl.backends.html import to_html
from archdsl.backends.mermaid import to_mermaid
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.suggest import did_you_mean
from archdsl.ir.graph import Program
from archdsl.transforms.picture import Depth, Direction, Heat, picture

WRITERS: dict[str, Callable[..., str]] = {"html": to_html, "dot": to_dot, "mermaid": to_mermaid}
FORMATS = (*PRINTED, *WRITERS)


class UnknownFormat(Exception):
    """A format that no diagram is drawn in; the message lists those there are."""


def draw(
    program: Program,
    format: str,
    *,
    depth: Depth = "auto",
    direction: Direction = "TB",
    heat: Heat | None = None,
    mistakes: tuple[Diagnostic, ...] = (),
) -> bytes:
    """The diagram as svg, png, pdf, html, dot or mermaid; text is UTF-8.

    `depth` opens so many levels of blocks, all (None), or as many as fit a page; `direction` is
    TB (from the top) or LR (from the left); `heat` colours by the share of macs, params or memory;
    `mistakes` are those for which the program is unfinished: the first is drawn where it ends.
    Raises `UnknownFormat`, or `GraphvizMissing` for svg, png and pdf where there is no Graphviz.
    """
    if format in PRINTED:
        return printed(figure_of(picture(program, depth, direction, heat, mistakes)), format)
    if format in WRITERS:
        write = WRITERS[format]
        text = write(program, depth=depth, direction=direction, heat=heat, mistakes=mistakes)
        return text.encode()
    hint = did_you_mean(format, FORMATS) or f"choose from {', '.join(FORMATS)}"
    raise UnknownFormat(f"a diagram cannot be drawn as `{format}`; {hint}")
