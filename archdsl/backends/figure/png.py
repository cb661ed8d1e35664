"""SVG → PNG, by resvg, in the very letters that the boxes were measured with."""

from archdsl.backends.figure.primitives import Figure
from archdsl.backends.figure.style import DPI
from archdsl.backends.figure.svg import to_svg
from archdsl.base.exceptions import needs

DENSITY = b"pHYs"


def to_png(figure: Figure, scale: float) -> bytes:
    """The drawing in pixels, of which `scale` 1 has 96 to an inch. Raises `NotInstalled`."""
    with needs("drawing png", "resvg_py", "resvg", "resvg-py"):
        import resvg_py

    faces = {str(face.path) for face in (figure.font.regular, figure.font.bold)}
    known = all(figure.font.regular.has(text.words) for text in figure.texts())
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=to_svg(figure),
            skip_system_fonts=known,
            font_files=sorted(faces),
            sans_serif_family=figure.font.family,
            zoom=scale,
            dpi=DPI,
        )
    )
