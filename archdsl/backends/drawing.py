"""A network's diagram in the format asked for."""

from archdsl.backends.dot import to_dot
from archdsl.backends.mermaid import to_mermaid
from archdsl.backends.render_dot import FORMATS as RENDERED
from archdsl.backends.render_dot import render
from archdsl.base.suggest import did_you_mean
from archdsl.ir.graph import Program
from archdsl.transforms.picture import Depth, Direction

FORMATS = (*RENDERED, "dot", "mermaid")


class UnknownFormat(Exception):
    """A format that no diagram is drawn in; the message lists those there are."""


def draw(
    program: Program, format: str, *, depth: Depth = "auto", direction: Direction = "TB"
) -> bytes:
    """The diagram as svg, png, pdf, dot or mermaid; text is UTF-8."""
    if format == "mermaid":
        return to_mermaid(program, depth=depth, direction=direction).encode()
    if format not in FORMATS:
        hint = did_you_mean(format, FORMATS) or f"choose from {', '.join(FORMATS)}"
        raise UnknownFormat(f"a diagram cannot be drawn as `{format}`; {hint}")
    text = to_dot(program, depth=depth, direction=direction)
    return text.encode() if format == "dot" else render(text, format)
