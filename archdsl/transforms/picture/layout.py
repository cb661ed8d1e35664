"""The whole page: the network as deep as fits, insides of its blocks beside it, the legend."""

from msgspec.structs import replace

from archdsl.analyses.receptive_field import receptive_fields
from archdsl.base.diagnostics import Diagnostic
from archdsl.ir.graph import Program
from archdsl.transforms.picture.drawing import ALL
from archdsl.transforms.picture.facts import FactsBook
from archdsl.transforms.picture.fitting import Depth, bearable, fitting, levels_that_fit
from archdsl.transforms.picture.heat import Heat
from archdsl.transforms.picture.legend import boxes_of, legend
from archdsl.transforms.picture.sketch import Known, Sketch, known_of
from archdsl.transforms.picture.values import Direction, Picture, nodes


def picture(
    program: Program,
    depth: Depth = "auto",
    direction: Direction = "TB",
    heat: Heat | None = None,
    mistakes: tuple[Diagnostic, ...] = (),
) -> Picture:
    """The drawing of a network: `depth` levels of blocks opened, all (None), or as many as fit.

    No more are opened than Graphviz can lay out; the title says so then. With `heat`, colours
    show shares of that figure in the place of kinds of op. `mistakes` are those for which the
    program is no more than what is known of it.
    """
    known = known_of(program, direction, heat, mistakes, alike=depth == "auto")
    if depth == "auto":
        return _picture(known, fitting(known), known.title)
    levels = bearable(known, depth)
    cut = levels != (ALL if depth is None else depth)
    return _picture(known, Sketch.of(known, levels), _told(known, levels, cut))


def explorable(
    program: Program,
    depth: Depth = "auto",
    direction: Direction = "TB",
    heat: Heat | None = None,
    mistakes: tuple[Diagnostic, ...] = (),
) -> Picture:
    """The whole drawing for a reader who can fold it and ask: `depth` levels are open at first.

    Boxes and frames have facts; there are no insets, since every block can be opened.
    """
    plain = known_of(program, direction, heat, mistakes, alike=depth == "auto")
    known = replace(plain, book=FactsBook(receptive_fields(program)))
    levels = bearable(known, None)
    match depth:
        case None:
            shown = ALL
        case "auto":
            shown = levels_that_fit(plain)
        case _:
            shown = depth
    sketch = Sketch.of(known, levels, shown)
    return _picture(known, sketch, _told(known, levels, levels < ALL))


def _told(known: Known, levels: float, cut: bool) -> tuple[str, ...]:
    """The title; it says how deep a drawing is that is less deep than was asked for."""
    return (*known.title, f"opened {levels} levels deep") if cut else known.title


def _picture(known: Known, sketch: Sketch, title: tuple[str, ...]) -> Picture:
    items = sketch.items
    boxes = list(nodes(items)) if known.book else boxes_of(items)
    key = legend(sketch.drawing, boxes, known.measure)
    program = known.program
    tooltip = program.doc or program.name
    whole = (*items, key)
    return Picture(
        program.name, title, tooltip, whole, sketch.edges, known.direction, sketch.rising
    )
