"""A picture in Graphviz's DOT language: plain labels, stable ids, the same bytes every time."""

from collections import Counter
from collections.abc import Iterator
from math import atan2, degrees, hypot

from msgspec import Struct
from msgspec.structs import replace

from archdsl.backends.places import Places
from archdsl.base.diagnostics import Diagnostic
from archdsl.ir.graph import Program
from archdsl.transforms import picture as plan
from archdsl.transforms.picture import (
    TINTS,
    Depth,
    Direction,
    Edge,
    Frame,
    Heat,
    Item,
    Node,
    Role,
    Wire,
)
from archdsl.transforms.picture.estimate import LETTER
from archdsl.transforms.picture.geometry import Geometry

Attributes = dict[str, str]

INK = "#1e293b"
GRAPH: Attributes = {
    "fontname": "Helvetica",
    "fontsize": "14",
    "fontcolor": INK,
    "labelloc": "t",
    "nodesep": "0.2",
    "ranksep": "0.25",
    "pad": "0.1",
    "bgcolor": "white",
}
PACKED: Attributes = {"pack": "14"}  # Graphviz loses labels of arrows (not of tails) by it
NODE: Attributes = {
    "shape": "box",
    "style": "rounded,filled",
    "fontname": "Helvetica",
    "fontsize": "10.5",
    "fontcolor": INK,
    "margin": "0.1,0.045",
    "height": "0.3",
    "penwidth": "1.1",
}
EDGE: Attributes = {
    "color": "#64748b",
    "arrowsize": "0.65",
    "penwidth": "1.1",
    "fontname": "Helvetica",
    "fontsize": "10.5",
    "fontcolor": INK,
}
CIRCLE: Attributes = {"shape": "circle", "fixedsize": "true", "width": "0.36"}
OVAL: Attributes = {"shape": "oval", "margin": "0.04,0.02"}
HEADER: Attributes = {"fillcolor": "#dde3ec", "penwidth": "0"}
FRAME: Attributes = {
    "style": "rounded",
    "color": "#94a3b8",
    "penwidth": "1.1",
    "fontsize": "10.5",
    "labeljust": "l",
    "margin": "11",
}
ROOMY: Attributes = {"margin": "16"}
BEHIND, AWAY = 8, 4  # points from a tail and from its arrow to the words beside it
UNTITLED: Attributes = {"label": ""}  # as it would inherit the drawing's title
FAR = 3  # places in running order that a skip reaches without an arc of its own width
INSET: Attributes = {"color": "#cbd5e1", "bgcolor": "#fafafa"}
TWO, FOUR = r"\\", r"\\\\"  # backslashes
WIRES: dict[Wire, Attributes] = {
    Wire.FLOW: {"weight": "1000"},
    Wire.FORK: {"weight": "3"},
    Wire.JOIN: {"weight": "2"},
    Wire.SKIP: {"weight": "1", "color": TINTS[plan.Kind.MERGE].line, "penwidth": "1.3"},
    Wire.TRAINING: {"weight": "1", "style": "dashed"},
}

LOOSE: Attributes = {"weight": "0"}


def to_dot(
    program: Program,
    *,
    depth: Depth = "auto",
    direction: Direction = "TB",
    heat: Heat | None = None,
    mistakes: tuple[Diagnostic, ...] = (),
) -> str:
    """The network's diagram as DOT text."""
    return write(plan.picture(program, depth, direction, heat, mistakes))


def write(picture: plan.Picture, geometry: Geometry | None = None) -> str:
    """A picture as DOT text, for Graphviz to lay out or, where all is placed, to draw so."""
    places = Places(geometry, picture.direction) if geometry else None
    return "\n".join(_Text(picture, places).lines()) + "\n"


def parts(picture: plan.Picture) -> list[str]:
    """The network, each inset and the legend as DOT texts of their own."""
    return [
        write(replace(picture, items=items, edges=_among(items, picture.edges)))
        for items in (picture.network, *((inset,) for inset in picture.insets))
        if items
    ]


def _among(items: tuple[Item, ...], edges: tuple[Edge, ...]) -> tuple[Edge, ...]:
    ids = {node.id for node in plan.nodes(items)}
    return tuple(edge for edge in edges if edge.tail in ids)


class _Text(Struct, frozen=True):
    """The statements of a picture, with places where there are any."""

    picture: plan.Picture
    places: Places | None

    def lines(self) -> Iterator[str]:
        picture = self.picture
        graph = GRAPH | {"rankdir": picture.direction, "tooltip": picture.tooltip}
        several = picture.network and picture.insets
        graph |= PACKED if several and picture.direction == "TB" else {}
        graph |= self.places.graph() if self.places else {}
        yield "// drawn by archdsl"
        yield f"digraph {_quoted(picture.name)} {{"
        yield f"  graph [{_list(graph)}, label={_label(picture.title)}];"
        yield f"  node [{_list(NODE)}];"
        yield f"  edge [{_list(EDGE)}];"
        yield from self._items(picture.items, _arched(picture), "  ")
        yield from self._arrows()
        outputs = [i.id for i in picture.items if isinstance(i, Node) and i.tooltip == "output"]
        if len(outputs) > 1 and not picture.rising and not self.places:
            yield f"  {{rank=sink; {'; '.join(outputs)}}}"
        yield "}"

    def _items(self, items: tuple[Item, ...], arched: frozenset[str], indent: str) -> Iterator[str]:
        for item in items:
            if isinstance(item, Node):
                style = _node(item) | (self.places.node(item.id) if self.places else {})
                yield f"{indent}{item.id} [label={_label(item.lines)}, {_list(style)}];"
            else:
                yield from self._frame(item, arched, indent)

    def _frame(self, frame: Frame, arched: frozenset[str], indent: str) -> Iterator[str]:
        style = FRAME | (INSET if frame.inset else {}) | {"tooltip": frame.tooltip}
        style |= ROOMY if frame.id in arched else {}
        style |= {"style": f"{style['style']},dashed"} if frame.dashed else {}
        first, *more = self.places.frame(frame.id) if self.places else [{}]
        for number, place in enumerate(more, 2):
            yield f"{indent}subgraph cluster_{frame.id}_{number} {{"
            yield f"{indent}  graph [{_list(style | place | UNTITLED)}];"
            yield f"{indent}}}"
        yield f"{indent}subgraph cluster_{frame.id} {{"
        yield f"{indent}  graph [{_list(style | first)}, label={_label(frame.lines, left=True)}];"
        yield from self._items(frame.items, arched, f"{indent}  ")
        if frame.row and len(frame.items) > 1 and not self.places:
            yield f"{indent}  {_row(frame.items, self.picture.direction)}"
        yield f"{indent}}}"

    def _arrows(self) -> Iterator[str]:
        """Arrows; a skip past branches pulls at none of them, and so stays inside its frame."""
        edges = self.picture.edges
        branching = {edge.tail for edge in edges if edge.wire is Wire.FORK}
        leaving = Counter(edge.tail for edge in edges)
        skipped = {edge.head for edge in edges if edge.wire is Wire.SKIP}
        for edge in edges:
            loose = edge.wire is Wire.SKIP and edge.tail in branching
            style = WIRES[edge.wire] | (LOOSE if loose else {})
            left = leaving[edge.tail] > 1 or edge.head in skipped
            if self._rises(edge):
                style |= _above(edge.shape, self.picture.direction) | {"dir": "back"}
                yield from self._arrow(edge.head, edge.tail, style)
                continue
            style |= _beside(edge.shape, self.picture.direction, left)
            yield from self._arrow(edge.tail, edge.head, style)
            if not self.places and edge.head in self.picture.rising:
                yield f"  {{rank=same; {edge.tail}; {edge.head}}}"

    def _rises(self, edge: Edge) -> bool:
        return self.picture.rising.issuperset((edge.tail, edge.head))

    def _arrow(self, tail: str, head: str, style: Attributes) -> Iterator[str]:
        style |= self.places.edge(tail, head) if self.places else {}
        yield f"  {tail} -> {head} [{_list(style)}];"


def _row(items: tuple[Item, ...], direction: Direction) -> str:
    """Side by side, in order; from left to right Graphviz stacks upwards."""
    ids = [item.id for item in items][:: 1 if direction == "TB" else -1]
    return f"{{rank=same; {' -> '.join(ids)} [style=invis]}}"


def _arched(picture: plan.Picture) -> frozenset[str]:
    """The frames inside which a skip passes so many boxes that its arc needs more room."""
    order = {node.id: place for place, node in enumerate(plan.nodes(picture.items))}
    long = [
        (edge.tail, edge.head)
        for edge in picture.edges
        if edge.wire is Wire.SKIP and order[edge.head] - order[edge.tail] > FAR
    ]
    frames = [item for item in picture.items if isinstance(item, Frame)]
    innermost: dict[tuple[str, str], str] = {}
    for frame in frames:  # grows by the frames inside, which come later
        frames += [item for item in frame.items if isinstance(item, Frame)]
        inside = {node.id for node in plan.nodes(frame.items)}
        innermost |= {ends: frame.id for ends in long if inside.issuperset(ends)}
    return frozenset(innermost.values())


def _beside(shape: str, direction: Direction, left: bool) -> Attributes:
    """Words in the gap below an arrow's tail, to the left where others pass on the right; from
    left to right, where they are longer than the gap, with room of their own."""
    if not shape or direction == "LR":
        return {"label": shape} if shape else {}
    across = len(shape) * LETTER / 2 + AWAY
    angle = degrees(atan2(across, BEHIND))
    return {
        "taillabel": shape,
        "labeldistance": f"{hypot(across, BEHIND) / 10:.2f}",
        "labelangle": f"{-angle if left else angle:.1f}",
    }


def _above(shape: str, direction: Direction) -> Attributes:
    """Words above the tail of an arrow that rises, whose tail is its head to Graphviz."""
    style = _beside(shape, direction, left=True)
    return {"headlabel" if name == "taillabel" else name: text for name, text in style.items()}


def _node(node: Node) -> Attributes:
    style = {
        "fillcolor": node.tint.fill,
        "color": node.tint.line,
        "tooltip": node.tooltip,
    }
    match node.role:
        case Role.MERGE:
            sign = len(node.lines) == 1 and len(node.lines[0]) <= 3
            style |= CIRCLE if sign else OVAL
        case Role.HEADER:
            style |= HEADER if node.shade is None else {}
        case Role.BOX:
            pass
    if node.dashed:
        style["style"] = f"{NODE['style']},dashed"
    return style


def _list(attributes: Attributes) -> str:
    return ", ".join(f"{name}={_quoted(value)}" for name, value in attributes.items())


def _label(lines: tuple[str, ...], left: bool = False) -> str:
    """Lines of text, centred or aligned to the left, as DOT's escapes for line ends say."""
    text = "".join(f"{_escaped(line)}\\l" for line in lines)
    return f'"{text}"' if left else '"' + "\\n".join(_escaped(line) for line in lines) + '"'


def _quoted(text: str) -> str:
    """An attribute that reads as the text, whatever is in it.

    Graphviz reads the backslashes of a tooltip twice: four stand for one.
    """
    return f'"{_escaped(text, FOUR)}"'


def _escaped(text: str, backslash: str = TWO) -> str:
    """Backslashes, quotes, entities and line ends escaped; other control characters blanked."""
    text = text.replace("\\", backslash).replace('"', '\\"').replace("&", "&amp;")
    return "".join("\\n" if c == "\n" else c if c.isprintable() else " " for c in text)
