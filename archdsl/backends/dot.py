"""A picture in Graphviz's DOT language: plain labels, stable ids, the same bytes every time."""

from collections.abc import Iterator
from math import atan2, degrees, hypot

from msgspec import Struct

from archdsl.backends.structure import MARGIN, ROOMY, GraphvizArrow, arched, arrows, rows, sinks
from archdsl.transforms.picture import drawing_parts as plan
from archdsl.transforms.picture.drawing_parts import TINTS, Direction, Frame, Item, Node, Role, Wire
from archdsl.transforms.picture.ruler import STANDARD, is_sign

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
}
BEHIND, AWAY = 8, 4  # points from a tail and from its arrow to the words beside it
INSET: Attributes = {"color": "#cbd5e1", "bgcolor": "#fafafa"}
TWO, FOUR = r"\\", r"\\\\"  # backslashes
STYLES: dict[Wire, Attributes] = {
    Wire.FLOW: {},
    Wire.FORK: {},
    Wire.JOIN: {},
    Wire.SKIP: {"color": TINTS[plan.Kind.MERGE].line, "penwidth": "1.3"},
    Wire.TRAINING: {"style": "dashed"},
}


def write(picture: plan.Picture) -> str:
    """A picture as DOT text, for Graphviz to lay out."""
    return "\n".join(_Text(picture).lines()) + "\n"


class _Text(Struct, frozen=True):
    """The statements of a picture."""

    picture: plan.Picture

    def lines(self) -> Iterator[str]:
        picture = self.picture
        graph = GRAPH | {"rankdir": picture.direction, "tooltip": picture.tooltip}
        several = picture.network and picture.insets
        graph |= PACKED if several and picture.direction == "TB" else {}
        yield "// drawn by archdsl"
        yield f"digraph {_quoted(picture.name)} {{"
        yield f"  graph [{_list(graph)}, label={_label(picture.title)}];"
        yield f"  node [{_list(NODE)}];"
        yield f"  edge [{_list(EDGE)}];"
        yield from self._items(picture.items, arched(picture), "  ")
        for arrow in arrows(picture):
            yield from self._arrow(arrow)
        if outputs := sinks(picture):
            yield f"  {outputs}"
        yield "}"

    def _items(self, items: tuple[Item, ...], roomy: frozenset[str], indent: str) -> Iterator[str]:
        for item in items:
            if isinstance(item, Node):
                yield f"{indent}{item.id} [label={_label(item.lines)}, {_list(_node(item))}];"
            else:
                yield from self._frame(item, roomy, indent)

    def _frame(self, frame: Frame, roomy: frozenset[str], indent: str) -> Iterator[str]:
        style = FRAME | (INSET if frame.inset else {}) | {"tooltip": frame.tooltip}
        style |= {"margin": str(ROOMY if frame.id in roomy else MARGIN)}
        style |= {"style": f"{style['style']},dashed"} if frame.dashed else {}
        yield f"{indent}subgraph cluster_{frame.id} {{"
        yield f"{indent}  graph [{_list(style)}, label={_label(frame.lines, left=True)}];"
        yield from self._items(frame.items, roomy, f"{indent}  ")
        for row in rows(frame, self.picture.direction):
            yield f"{indent}  {row}"
        yield f"{indent}}}"

    def _arrow(self, arrow: GraphvizArrow) -> Iterator[str]:
        direction = self.picture.direction
        style = STYLES[arrow.edge.wire] | {"weight": str(arrow.weight)}
        if arrow.back:
            style |= _above(arrow.edge.shape, direction) | {"dir": "back"}
        else:
            style |= _beside(arrow.edge.shape, direction, arrow.left)
        yield f"  {arrow.tail} -> {arrow.head} [{_list(style)}];"
        if arrow.level:
            yield f"  {{rank=same; {arrow.tail}; {arrow.head}}}"


def _beside(shape: str, direction: Direction, left: bool) -> Attributes:
    """Words in the gap below an arrow's tail, to the left where others pass on the right; from
    left to right, where they are longer than the gap, with room of their own."""
    if not shape or direction == "LR":
        return {"label": shape} if shape else {}
    across = STANDARD.words((shape,)).across / 2 + AWAY
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
            style |= CIRCLE if is_sign(node) else OVAL
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
