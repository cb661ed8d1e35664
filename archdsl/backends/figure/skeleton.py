"""A picture as DOT text without words: boxes and titles of known sizes, for Graphviz to place."""

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from archdsl.backends.figure.bounds import is_tangled
from archdsl.backends.structure import (
    MARGIN,
    ROOMY,
    GraphvizArrow,
    arched,
    arrows,
    rows,
    sinks,
    streams,
)
from archdsl.transforms.picture import drawing_parts as plan
from archdsl.transforms.picture.drawing_parts import Edge, Frame, Item, Node, Wire
from archdsl.transforms.picture.page_layout import Size
from archdsl.transforms.picture.paper import INCH
from archdsl.transforms.picture.ruler import Ruler, is_sign

ROOM, BESIDE = 0.25, 0.2  # inches between boxes along the flow, and across it
MANY = 6  # arcs
HURRIED = '  graph [nslimit="0.1"];'  # moves few boxes about, in seconds for minutes
TITLES = 'labelloc="t", labeljust="l"'
ORDERED = 'graph [remincross="false"];'  # the last pass of Graphviz forgets orders within frames
TABLE = 'TABLE BORDER="0" CELLPADDING="0" CELLSPACING="0" FIXEDSIZE="TRUE"'


def skeletons(picture: plan.Picture, ruler: Ruler, room: Sequence[float]) -> list[str]:
    """The network, each inset and the legend as DOT texts of their own; `room` is that between
    the boxes of each."""
    return [
        skeleton(replace(picture, items=items, edges=_among(items, picture.edges)), ruler, between)
        for items, between in zip(parts(picture), room, strict=True)
    ]


def parts(picture: plan.Picture) -> list[tuple[Item, ...]]:
    """The parts that are laid out alone: the network, each inset and the legend."""
    groups = (picture.network, *((inset,) for inset in picture.insets))
    return [items for items in groups if items]


def skeleton(picture: plan.Picture, ruler: Ruler, room: float = ROOM) -> str:
    """The text from which Graphviz lays a picture out."""
    return "\n".join(_Skeleton(picture, ruler, arched(picture), room).lines()) + "\n"


def _among(items: tuple[Item, ...], edges: tuple[Edge, ...]) -> tuple[Edge, ...]:
    ids = {node.id for node in plan.nodes(items)}
    return tuple(edge for edge in edges if edge.tail in ids)


class _Skeleton(Struct, frozen=True):
    picture: plan.Picture
    ruler: Ruler
    arched: frozenset[str]
    room: float

    def lines(self) -> Iterator[str]:
        yield "digraph {"
        spacing = f'nodesep="{self._beside():.4g}", ranksep="{self.room:.4f}"'
        yield f'  graph [rankdir="{self.picture.direction}", {spacing}, {TITLES}];'
        if is_tangled(self.picture):
            yield HURRIED
        if any(map(streams, plan.frames_of(self.picture.items))):
            yield f"  {ORDERED}"
        yield '  node [shape="box", fixedsize="true", label=""];'
        yield '  edge [arrowsize="0.65"];'
        yield from self._items(self.picture.items)
        for arrow in arrows(self.picture):
            yield from self._arrow(arrow)
        yield f"  {sinks(self.picture)}"
        yield "}"

    def _beside(self) -> float:
        """The room across the flow; less where many arcs lead to one box, side by side."""
        arcs = Counter(edge.head for edge in self.picture.edges if edge.wire is Wire.SKIP)
        return BESIDE * min(1, MANY / max(arcs.values(), default=1))

    def _items(self, items: tuple[Item, ...]) -> Iterator[str]:
        for item in items:
            if isinstance(item, Node):
                wide, high = self.ruler.box(item)
                shape = ', shape="circle"' if is_sign(item) else ""
                yield f'  {item.id} [width="{wide / INCH:.4f}", height="{high / INCH:.4f}"{shape}];'
            else:
                yield from self._frame(item)

    def _frame(self, frame: Frame) -> Iterator[str]:
        margin = ROOMY if frame.id in self.arched else MARGIN
        title = _room(self.ruler.words(frame.lines, bold=True)) if frame.lines else '""'
        yield f"  subgraph cluster_{frame.id} {{"
        yield f'  graph [margin="{margin}", label={title}];'
        yield from self._items(frame.items)
        yield from rows(frame, self.picture.direction)
        yield "  }"

    def _arrow(self, arrow: GraphvizArrow) -> Iterator[str]:
        style = f'weight="{arrow.weight}"' + (', dir="back"' if arrow.back else "")
        if arrow.edge.shape and self.picture.direction == "LR":
            style += f", label={_room(self.ruler.words((arrow.edge.shape,)))}"
        yield f"  {arrow.tail} -> {arrow.head} [{style}];"
        if arrow.level:
            yield f"  {{rank=same; {arrow.tail}; {arrow.head}}}"


def _room(size: Size) -> str:
    """Words of a size, whatever they are and whatever fonts are installed."""
    sides = f'WIDTH="{size.across:.0f}" HEIGHT="{size.along:.0f}"'
    return f"<<{TABLE} {sides}><TR><TD></TD></TR></TABLE>>"
