"""How deep to draw, and which blocks to show inside, so that a page stays readable."""

from typing import Literal

from archdsl.transforms.picture.columns import Trunk
from archdsl.transforms.picture.drawing import ALL
from archdsl.transforms.picture.estimate import estimated
from archdsl.transforms.picture.legend import boxes_of, legend
from archdsl.transforms.picture.measure import STANDARD
from archdsl.transforms.picture.page import Parts, Size, readable
from archdsl.transforms.picture.sketch import Known, Sketch
from archdsl.transforms.picture.values import nodes

Depth = int | Literal["auto"] | None
FULL_PAGE = 28  # boxes one below the other that are taken in
SPARSE = 8  # fewer than this say too little …
CROWDED = 40  # … and then so many are borne
BOXES = 80  # in a drawing
MOST_BOXES = 2000  # that Graphviz lays out within a minute
SAFE = 7.15  # points that letters are to have by an estimate that is a little wrong
INSETS = 3  # blocks shown inside


def fitting(known: Known) -> Sketch:
    """The deepest drawing that can be read on a page, with the insides of its closed blocks, most
    frequent first, while it still can; of the first in any case."""
    sketch = _with_one_inside(known)
    for closed, more in sketch.designs(known.folding)[1:]:
        fuller = sketch.with_inside(known, closed, more)
        if _fits(known, fuller):
            sketch = fuller
        if len(sketch.insets) == INSETS:
            break
    return sketch


def levels_that_fit(known: Known) -> float:
    """The most levels of blocks that a page has room for, one block's inside included."""
    return _with_one_inside(known).levels


def _with_one_inside(known: Known) -> Sketch:
    """The deepest sketch that fits with the most frequent block's inside, or the least deep."""
    for sketch in reversed(_at_a_glance(known)):
        for closed, more in sketch.designs(known.folding)[:1]:
            sketch = sketch.with_inside(known, closed, more)
        if sketch.levels == 0 or _fits(known, sketch):
            return sketch
    raise AssertionError("the least deep is taken in any case")


def _fits(known: Known, sketch: Sketch) -> bool:
    """Whether letters will be large enough on paper, as far as can be estimated."""
    laid = estimated(sketch.items, sketch.edges, known.direction, sketch.rising)
    ways = Trunk(sketch.network, sketch.edges, laid).cuttings()
    key = legend(known.drawing(), boxes_of(sketch.items), known.measure)
    entries = [
        *((STANDARD.words(key.lines, bold=True),) if key.lines else ()),
        *map(STANDARD.box, nodes((key,))),
    ]
    parts = Parts(
        (tuple(piece.column(len(way)) for piece in way) for way in ways),
        tuple(laid.frames[inset.id][0].size for inset in sketch.insets),
        tuple(entry if known.direction == "TB" else Size(*entry[::-1]) for entry in entries),
        STANDARD.title(known.title),
        known.direction,
    )
    return readable(parts, SAFE)


def _at_a_glance(known: Known) -> list[Sketch]:
    """Sketches of growing depth, while a reader takes in the boxes."""
    root = known.program.root
    found = [Sketch.of(known, 0)]
    height = found[0].height
    for level in range(1, known.folding.levels(root) + 1):
        if known.folding.size(root, level) > BOXES:
            break
        deeper = Sketch.of(known, level)
        if deeper.height > (CROWDED if height < SPARSE else FULL_PAGE):
            break
        found.append(deeper)
        height = deeper.height
    return found


def bearable(known: Known, depth: int | None) -> float:
    """The levels asked for, less where their boxes would be too many."""
    root = known.program.root
    wanted = ALL if depth is None else depth
    if known.folding.size(root, wanted) <= MOST_BOXES:
        return wanted
    levels = known.folding.levels(root)
    while known.folding.size(root, levels) > MOST_BOXES and levels > 0:
        levels -= 1
    return levels
