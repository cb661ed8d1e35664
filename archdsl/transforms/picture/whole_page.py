"""The whole page: the network as deep as fits, insides of its blocks beside it, the legend."""

from archdsl.base.diagnostics import Diagnostic
from archdsl.ir.graph import Program
from archdsl.transforms.picture.drawing_parts import Direction, Picture
from archdsl.transforms.picture.fitting import Depth, bearable, fitting
from archdsl.transforms.picture.heat import Heat
from archdsl.transforms.picture.legend import boxes_of, legend
from archdsl.transforms.picture.scope_drawing import Drawing
from archdsl.transforms.picture.scope_places import ALL
from archdsl.transforms.picture.sketch import Known, Sketch, known_of


def picture(
    program: Program,
    depth: Depth = "auto",
    direction: Direction = "TB",
    heat: Heat | None = None,
    mistakes: tuple[Diagnostic, ...] = (),
) -> Picture:
    """The drawing of a network: `depth` levels of blocks opened, all (None), or as many as fit.

    No more are opened than Graphviz can lay out; the title says so then. With `heat`, colours
    show shares of that figure in the place of kinds of op. Where there are `mistakes`, the program
    holds only what is known in spite of them.
    """
    known = known_of(program, direction, heat, mistakes, alike=depth == "auto")
    return pictured(known, depth)[0]


def pictured(known: Known, depth: Depth) -> tuple[Picture, Drawing]:
    """The drawing of what is known of a network, and what drew it and can draw more."""
    if depth == "auto":
        sketch, title = fitting(known), known.title
    else:
        levels = bearable(known, depth)
        cut = levels != (ALL if depth is None else depth)
        sketch, title = Sketch.of(known, levels), told(known, levels, cut)
    return _picture(known, sketch, title), sketch.drawing


def told(known: Known, levels: float, cut: bool) -> tuple[str, ...]:
    """The title; it says how deep a drawing is that is less deep than was asked for."""
    return (*known.title, f"opened {levels} levels deep") if cut else known.title


def _picture(known: Known, sketch: Sketch, title: tuple[str, ...]) -> Picture:
    items = sketch.items
    key = legend(sketch.drawing, boxes_of(items), known.measure)
    program = known.program
    tooltip = program.doc or program.name
    whole = (*items, key)
    return Picture(
        program.name, title, tooltip, whole, sketch.edges, known.direction, sketch.rising
    )
