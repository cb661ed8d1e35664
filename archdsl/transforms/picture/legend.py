"""The meaning of a drawing's colours and dashes."""

from msgspec.structs import replace

from archdsl.transforms.picture.caption import wrapped
from archdsl.transforms.picture.drawing_parts import (
    SHADES,
    TINTS,
    Frame,
    Item,
    Kind,
    Node,
    Role,
    Tint,
    nodes,
)
from archdsl.transforms.picture.heat import Measure
from archdsl.transforms.picture.scope_drawing import Drawing

SELF_EVIDENT = (Kind.INPUT, Kind.MISTAKE)  # kinds that say in words what they are


def boxes_of(items: tuple[Item, ...]) -> list[Node]:
    """The boxes: all nodes but the titles of opened blocks."""
    return [node for node in nodes(items) if node.role is not Role.HEADER]


def legend(drawing: Drawing, boxes: list[Node], measure: Measure | None) -> Frame:
    """The legend of the colours and dashes on the page."""
    frame = drawing.id("f")
    entries = _kinds(drawing, boxes) if measure is None else _scale(drawing)
    if any(node.dashed and node.kind is not Kind.MISTAKE for node in boxes):
        entries.append(drawing.node(Kind.INPUT, ("training only",), "legend", dashed=True))
    title = (measure.heading,) if measure is not None else ()
    return Frame(frame, title, tuple(entries), "legend", inset=True, row=True)


def _kinds(drawing: Drawing, boxes: list[Node]) -> list[Node]:
    """An entry for each colour of the boxes; kinds of one colour share it."""
    words: dict[Tint, list[Kind]] = {}
    for kind in Kind:
        if kind not in SELF_EVIDENT and any(node.kind is kind for node in boxes):
            words.setdefault(TINTS[kind], []).append(kind)
    return [
        drawing.node(kinds[0], wrapped((kind.value for kind in kinds), ", ", 28), "legend")
        for kinds in words.values()
    ]


def _scale(drawing: Drawing) -> list[Node]:
    """The whole scale of shares, from nothing to the most."""
    entries = (drawing.node(Kind.BLOCK, (shade.words,), "legend") for shade in SHADES)
    return [replace(entry, shade=index) for index, entry in enumerate(entries)]
