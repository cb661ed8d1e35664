"""A picture as a Mermaid flowchart, which Markdown pages draw where they stand."""

import json
from collections.abc import Iterator

from archdsl.ir.graph import Program
from archdsl.transforms import picture as plan
from archdsl.transforms.picture import TINTS, Depth, Direction, Item, Kind, Node, Role, Wire

ARROWS = {
    Wire.FLOW: "-->",
    Wire.FORK: "-->",
    Wire.JOIN: "-->",
    Wire.SKIP: "==>",
    Wire.TRAINING: "-.->",
    Wire.BELOW: "~~~",
}
OUTLINES = {Role.BOX: ("(", ")"), Role.HEADER: ("[", "]"), Role.MERGE: ("([", "])")}
ENTITIES = {'"': "#quot;", "#": "#35;", "&": "#amp;", "<": "#lt;", ">": "#gt;", "`": "#96;"}


def to_mermaid(program: Program, *, depth: Depth = "auto", direction: Direction = "TB") -> str:
    """The network's diagram as Mermaid text."""
    return write(plan.picture(program, depth, direction))


def write(picture: plan.Picture) -> str:
    """A picture as Mermaid text."""
    kinds = {node.kind for node in plan.nodes(picture.items)}
    lines = [
        "---",
        f"title: {json.dumps(' · '.join(picture.title), ensure_ascii=False)}",
        "---",
        f"flowchart {picture.direction}",
        *_items(picture.items, "  "),
        *(f"  {edge.tail} {ARROWS[edge.wire]} {edge.head}" for edge in picture.edges),
        *(_class(kind) for kind in Kind if kind in kinds),
        "  classDef training stroke-dasharray:4",
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
    dashed = f"\n  class {node.id} training" if node.dashed else ""
    return f"{node.id}{left}{_label(node.lines)}{right}:::{node.kind.name.lower()}{dashed}"


def _class(kind: Kind) -> str:
    tint = TINTS[kind]
    return f"  classDef {kind.name.lower()} fill:{tint.fill},stroke:{tint.line},color:#1e293b"


def _label(lines: tuple[str, ...]) -> str:
    return '"' + "<br/>".join(_escaped(line) for line in lines) + '"'


def _escaped(text: str) -> str:
    """Text with nothing in it that Mermaid, Markdown or HTML would take for their own."""
    safe = "".join(ENTITIES.get(c, c) for c in text)
    return "".join("<br/>" if c == "\n" else c if c.isprintable() else " " for c in safe)
