"""A picture as a Mermaid flowchart, which Markdown pages draw where they stand."""

import json
from collections.abc import Iterator

from archdsl.transforms.picture import drawing_parts as plan
from archdsl.transforms.picture.drawing_parts import (
    SHADES,
    Edge,
    Item,
    Kind,
    Node,
    Role,
    Tint,
    Wire,
)

ARROWS = {
    Wire.FLOW: "-->",
    Wire.FORK: "-->",
    Wire.JOIN: "-->",
    Wire.SKIP: "==>",
    Wire.TRAINING: "-.->",
}
OUTLINES = {Role.BOX: ("(", ")"), Role.HEADER: ("[", "]"), Role.MERGE: ("([", "])")}
CLASSES = (
    *(kind.name.lower() for kind in Kind),
    *(f"share{index}" for index in range(len(SHADES))),
)
ENTITIES = {'"': "#quot;", "#": "#35;", "&": "#amp;", "<": "#lt;", ">": "#gt;", "`": "#96;"}


def write(picture: plan.Picture) -> str:
    """A picture as Mermaid text."""
    tints = {_class(node): node.tint for node in plan.nodes(picture.items)}
    lines = [
        "---",
        f"title: {json.dumps(' · '.join(picture.title), ensure_ascii=False)}",
        "---",
        "%% drawn by archdsl",
        f"flowchart {picture.direction}",
        *_items(picture.items, "  "),
        *(_arrow(edge) for edge in picture.edges),
        *(_definition(name, tints[name]) for name in CLASSES if name in tints),
        "  classDef dashed stroke-dasharray:4",
    ]
    return "\n".join(lines) + "\n"


def _items(items: tuple[Item, ...], indent: str) -> Iterator[str]:
    for item in items:
        if isinstance(item, Node):
            yield f"{indent}{_node(item)}"
            continue
        yield f"{indent}subgraph {item.id} [{_label(item.lines or (' ',))}]"
        yield from _items(item.items, f"{indent}  ")
        yield f"{indent}end"


def _node(node: Node) -> str:
    left, right = OUTLINES[node.role]
    dashed = f"\n  class {node.id} dashed" if node.dashed else ""
    return f"{node.id}{left}{_label(node.lines)}{right}:::{_class(node)}{dashed}"


def _arrow(edge: Edge) -> str:
    words = f"|{_label((edge.shape,))}|" if edge.shape else ""
    return f"  {edge.tail} {ARROWS[edge.wire]}{words} {edge.head}"


def _class(node: Node) -> str:
    """The name under which a node's colours are defined."""
    return node.kind.name.lower() if node.shade is None else f"share{node.shade}"


def _definition(name: str, tint: Tint) -> str:
    return f"  classDef {name} fill:{tint.fill},stroke:{tint.line},color:#1e293b"


def _label(lines: tuple[str, ...]) -> str:
    return '"' + "<br/>".join(_escaped(line) for line in lines) + '"'


def _escaped(text: str) -> str:
    """Text with nothing in it that Mermaid, Markdown or HTML would take for their own."""
    safe = "".join(ENTITIES.get(c, c) for c in text)
    return "".join("<br/>" if c == "\n" else c if c.isprintable() else " " for c in safe)
