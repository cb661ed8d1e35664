"""How deep to draw, and which blocks to show inside, so that a page stays readable."""

from typing import Literal

from archdsl.transforms.picture.columns import Trunk
from archdsl.transforms.picture.drawing import ALL
from archdsl.transforms.picture.estimate import box_size, estimated, title_size
from archdsl.transforms.picture.legend import boxes_of, legend
from archdsl.transforms.picture.page import Parts, Size, arranged
from archdsl.transforms.picture.sketch import Known, Sketch
from archdsl.transforms.picture.values import nodes
from archdsl.transforms.picture.wires import ranks

Depth = int | Literal["auto"] | None
FULL_PAGE = 28  # boxes one below the other that are taken in
SPARSE = 8  # fewer than this say too little …
CROWDED = 40  # … and then so many are borne
BOXES = 80  # in a drawing
MOST_BOXES = 2000  # that Graphviz lays out within a minute
SAFE = 7.3  # points that letters are to have by an estimate that is a little wrong
INSETS = 3  # blocks shown inside


def fitting(known: Known) -> Sketch:
    """The deepest drawing that can be read on a page, with the insides of its closed blocks, most
    frequent first, while it still can; of the first in any case."""
    sketch = _with_one_inside(known, levels_that_fit(known))
    for closed, more in sketch.designs(known.folding)[len(sketch.insets) : INSETS]:
        fuller = sketch.with_inside(known, closed, more)
        if _letters(known, fuller) >= SAFE:
            sketch = fuller
    return sketch


def levels_that_fit(known: Known) -> int:
    """The most levels of blocks that a page has room for, one block's inside included."""
    levels = _levels_at_a_glance(known)
    while levels > 0 and _letters(known, _with_one_inside(known, levels)) < SAFE:
        levels -= 1
    return levels


def _with_one_inside(known: Known, levels: int) -> Sketch:
    sketch = Sketch.of(known, levels)
    for closed, more in sketch.designs(known.folding)[:1]:
        sketch = sketch.with_inside(known, closed, more)
    return sketch


def _letters(known: Known, sketch: Sketch) -> float:
    """How large the letters will be on paper."""
    laid = estimated(sketch.items, sketch.edges, known.direction, sketch.rising)
    ways = Trunk(sketch.network, sketch.edges, laid).cuttings()
    title = title_size(known.title)
    key = legend(known.drawing(), boxes_of(sketch.items), known.measure)
    entries = [box_size(entry) for entry in nodes((key,))]
    parts = Parts(
        tuple(tuple(piece.column(len(way)) for piece in way) for way in ways),
        tuple(laid.frames[f"cluster_{inset.id}"][0].size for inset in sketch.insets),
        tuple(entry if known.direction == "TB" else Size(*entry[::-1]) for entry in entries),
        title,
        known.direction,
    )
    return arranged(parts)[1].letters(title, known.direction)


def _levels_at_a_glance(known: Known) -> int:
    """The most levels of which a reader takes in the boxes."""
    root = known.program.root
    height = _height(known, 0)
    deepest = known.folding.levels(root)
    for level in range(1, deepest + 1):
        if known.folding.size(root, level) > BOXES:
            return level - 1
        deeper = _height(known, level)
        if deeper > (CROWDED if height < SPARSE else FULL_PAGE):
            return level - 1
        height = deeper
    return deepest


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


def _height(known: Known, levels: int) -> int:
    sketch = Sketch.of(known, levels)
    return ranks(sketch.network, sketch.edges)
