"""The depth of a drawing, and the blocks to show inside, so that a page stays readable."""

from collections.abc import Iterator
from itertools import tee
from typing import Literal

from archdsl.transforms.picture.cutting import Trunk, folded
from archdsl.transforms.picture.drawing_parts import Edge, Frame, nodes
from archdsl.transforms.picture.estimate import estimated
from archdsl.transforms.picture.legend import boxes_of, legend
from archdsl.transforms.picture.page_layout import Parts, Size, readable
from archdsl.transforms.picture.ruler import STANDARD
from archdsl.transforms.picture.scope_places import ALL
from archdsl.transforms.picture.sketch import Known, Sketch

Depth = int | Literal["auto"] | None
FULL_PAGE = 28  # boxes one below the other that are taken in
SPARSE = 8  # a drawing of fewer boxes says too little …
CROWDED = 40  # … and is opened further, up to this many
BOXES = 80  # in a drawing
MOST_BOXES = 2000  # that Graphviz lays out within a minute
SAFE = 7.05  # points that letters are to have by an estimate that is a little wrong
MUCH = 0.1  # more that a deeper drawing has to tell
PATIENCE = 3  # insides that are tried in vain
INSETS = 3  # blocks shown inside


def fitting(known: Known) -> Sketch:
    """The drawing that tells most on a readable page. Where several tell about as much, it opens
    least of the network itself."""
    best: Sketch | None = None
    bare_value = 0.0
    for bare in _at_a_glance(known):
        more = bare.value(known) - bare_value  # a deeper one has less room for insides
        if best is not None and not best.is_closed and more <= MUCH * best.value(known):
            continue
        sketch = _with_insides(known, bare)
        if sketch is None:
            continue
        opens = best is not None and best.is_closed and not sketch.is_closed
        if best is None or opens or sketch.value(known) > (1 + MUCH) * best.value(known):
            best, bare_value = sketch, bare.value(known)
    assert best is not None, "the least deep is drawn in any case"
    return best


def _with_insides(known: Known, sketch: Sketch) -> Sketch | None:
    """With the insides that tell most while there is room; None if there is none for the network,
    which the least deep is drawn in all the same."""
    trial = _Trial(known, sketch)
    if sketch.levels > 0 and not trial.fits(sketch):
        return None
    refused: set[str] = set()
    while len(sketch.insets) < INSETS and len(refused) < PATIENCE:
        untold = (
            instances for _, instances in sketch.untold(known) if instances.path not in refused
        )
        instance = next(untold, None)
        if instance is None:
            break
        outer = sketch.outermost(known, instance)
        instance = instance if outer.path in refused else outer
        fuller = sketch.with_inside(known, instance)
        if trial.fits(fuller) or (sketch.levels == 0 and not sketch.insets):
            sketch = fuller
        else:
            refused.add(instance.path)
    return sketch


class _Trial:
    """A network's sketches with ever other insides on a page; each part is estimated once."""

    def __init__(self, known: Known, bare: Sketch) -> None:
        self._known = known
        laid = estimated(bare.network, bare.edges, known.direction, bare.rising)
        ways = Trunk(bare.network, bare.edges, laid).cuttings()
        self._ways: Iterator[tuple[Size, ...]] = (
            tuple(piece.column(len(way)) for piece in way) for way in ways
        )
        self._insets: dict[str, Size] = {}

    def fits(self, sketch: Sketch) -> bool:
        """True where letters will be large enough on paper, by an estimate."""
        known = self._known
        self._ways, ways = tee(self._ways)  # each is found when it is first asked for
        key = legend(known.drawing(), boxes_of(sketch.items), known.measure)
        entries = [
            *((STANDARD.words(key.lines, bold=True),) if key.lines else ()),
            *map(STANDARD.box, nodes((key,))),
        ]
        parts = Parts(
            ways,
            tuple(self._inset(inset, sketch.edges) for inset in sketch.insets),
            tuple(entry if known.direction == "TB" else Size(*entry[::-1]) for entry in entries),
            STANDARD.title(known.title),
            known.direction,
        )
        return readable(parts, SAFE)

    def _inset(self, inset: Frame, edges: tuple[Edge, ...]) -> Size:
        if inset.id not in self._insets:
            ids = {node.id for node in nodes((inset,))}
            held = tuple(edge for edge in edges if edge.tail in ids)
            laid = estimated((inset,), held, self._known.direction)
            self._insets[inset.id] = folded(inset, held, laid).size
        return self._insets[inset.id]


def _at_a_glance(known: Known) -> Iterator[Sketch]:
    """Sketches of growing depth, while a reader takes in the boxes."""
    root = known.program.root
    sketch = Sketch.of(known, 0)
    yield sketch
    for level in range(1, known.folding.levels(root) + 1):
        if known.folding.size(root, level) > BOXES:
            return
        deeper = Sketch.of(known, level)
        if deeper.height > (CROWDED if sketch.height < SPARSE else FULL_PAGE):
            return
        sketch = deeper
        yield sketch


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
