"""The data of the page's script, as values that become JSON: places, words, facts and sources.

All of the user's text is visible text here; the script makes text of it, and never markup.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from archdsl.analyses.figures.costs import Cost, costs
from archdsl.backends.figure.primitives import Arrow, Outline, Rectangle, TextLine, rounded
from archdsl.backends.html.plates import Plate, Plates
from archdsl.backends.html.sources import ShownFile, Sources
from archdsl.base.escape import visible
from archdsl.ir.graph import Program
from archdsl.transforms.picture.caption import figures
from archdsl.transforms.picture.drawing_parts import (
    SHADES,
    TINTS,
    Details,
    Exploration,
    Frame,
    Item,
    Kind,
    Node,
)
from archdsl.transforms.picture.heat import Heat, Measure, percent
from archdsl.transforms.picture.page_layout import LETTERS
from archdsl.transforms.picture.ruler import LEADING as LINES
from archdsl.transforms.picture.ruler import STANDARD, Ruler

LEADING = LETTERS * LINES  # from line to line
BASE = LETTERS * 0.35  # a base line below the middle of its line
HEATS: tuple[Heat, ...] = ("params", "macs", "memory")
Sides = tuple[float, float, float, float]  # x, y, width, height
Words = tuple[str, float, float, float]  # a line, its start or middle, its base line, its width


class Wire(Struct, frozen=True, omit_defaults=True):
    """An arrow: the points of its curve one after the other, its tip, the words beside it."""

    tail: str
    head: str
    kind: str
    curve: tuple[float, ...]
    tip: tuple[float, float]
    words: Words | None = None


class Sheet(Struct, frozen=True):
    """The places of everything; `parts` are the ids of boxes that move as one."""

    parts: tuple[tuple[str, ...], ...]
    boxes: dict[str, Sides]
    frames: dict[str, tuple[Sides, ...]]
    titles: tuple[tuple[str, Words], ...]
    wires: tuple[Wire, ...]


class BoxFacts(Struct, frozen=True, omit_defaults=True):
    """The facts of a box or a block."""

    path: str
    steps: tuple[str, ...]
    source: tuple[int, int, int]
    shares: tuple[tuple[int, str], ...]  # shade and words, in the order of `HEATS`
    inside: str = ""
    written: tuple[str, ...] = ()
    inputs: str = ""
    outputs: str = ""
    params: int = 0
    macs: int = 0
    memory: int = 0
    field: str = ""
    about: str = ""


class Thing(Struct, frozen=True, omit_defaults=True):
    """A box; or a frame, with what it `holds`, and the lines and the size of the box that it is
    when it is closed."""

    kind: str
    role: str
    lines: tuple[Words, ...] = ()  # from the middle of the top on
    radius: float = 4.0
    dashed: bool = False
    figures: str = ""  # what the last line says of the cost
    facts: BoxFacts | None = None
    holds: tuple[str, ...] = ()
    size: tuple[float, float] | None = None


class Network(Struct, frozen=True):
    """All that the page shows."""

    name: str
    title: tuple[str, ...]
    heat: str
    upright: bool
    heats: dict[str, str]
    shades: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]
    dashed: bool
    things: dict[str, Thing]
    tall: Sheet
    wide: Sheet
    insides: dict[str, Sheet]
    files: tuple[ShownFile, ...]


def network(
    program: Program,
    explored: Exploration,
    laid: Plates,
    heat: Heat | None,
    ruler: Ruler = STANDARD,
) -> Network:
    """The data of a network that was explored and laid out; `heat` is shown at first."""
    total = costs(program).total
    picture = explored.picture
    book = _Book(total, Sources(), ruler)
    shapes = {shape.id: shape for plate in laid.all() for shape in plate.figure.shapes}
    items = (*picture.items[:-1], *(inside.frame for inside in explored.insides))
    things = dict(book.things(items, shapes))
    return Network(
        name=_text(picture.name),
        title=tuple(map(_text, picture.title)),
        heat=heat or "",
        upright=picture.direction == "TB",
        heats={name: Measure(name, total).heading for name in HEATS},
        shades=tuple(shade.words for shade in SHADES),
        kinds=_legend(things),
        dashed=any(thing.dashed and thing.kind != "mistake" for thing in things.values()),
        things=things,
        tall=_sheet(laid.tall, things),
        wide=_sheet(laid.wide, things),
        insides={box: _sheet(plate, things) for box, plate in laid.insides.items()},
        files=book.sources.files(),
    )


class _Book(Struct, frozen=True):
    total: Cost
    sources: Sources
    ruler: Ruler

    def things(
        self, items: tuple[Item, ...], shapes: Mapping[str, Outline]
    ) -> Iterator[tuple[str, Thing]]:
        """Every box and frame by its id."""
        for item in items:
            if isinstance(item, Node):
                yield item.id, self._box(item, shapes[item.id])
            else:
                yield item.id, self._frame(item)
                yield from self.things(item.items, shapes)

    def _box(self, node: Node, shape: Outline) -> Thing:
        return Thing(
            kind=shape.kind,
            role=node.role.value,
            lines=tuple(_line(text, shape.outline) for text in shape.texts),
            radius=shape.radius,
            dashed=shape.dashed,
            figures=" · ".join(node.figures),
            facts=self._box_facts(node.facts) if node.facts else None,
        )

    def _frame(self, frame: Frame) -> Thing:
        """A frame, and the box of the same words that it becomes."""
        shut = Node(frame.id, Kind.BLOCK, frame.shut, "")
        wide, high = self.ruler.box(shut)
        top = (high - len(frame.shut) * LEADING) / 2
        lines = (
            (_text(line), 0.0, rounded(top + LEADING * (at + 0.5) + BASE), self._width(line))
            for at, line in enumerate(frame.shut)
        )
        return Thing(
            kind="block",
            role="inset" if frame.inset else "frame",
            dashed=frame.dashed,
            lines=tuple(lines),
            figures=" · ".join(figures(frame.facts.counted)) if frame.facts else "",
            facts=self._box_facts(frame.facts) if frame.facts else None,
            holds=tuple(item.id for item in frame.items),
            size=(wide, high) if frame.shut else None,
        )

    def _width(self, line: str) -> float:
        return rounded(self.ruler.words((line,)).across)

    def _box_facts(self, facts: Details) -> BoxFacts:
        return BoxFacts(
            path=_text(facts.path),
            steps=tuple(map(_text, facts.steps)),
            source=self.sources.place(facts.span),
            shares=tuple(self._share(name, facts.counted) for name in HEATS),
            inside=_text(facts.inside),
            written=tuple(map(_text, facts.written)),
            inputs=facts.inputs,
            outputs=facts.outputs,
            params=facts.params,
            macs=facts.macs,
            memory=facts.activation,
            field=facts.field,
            about=_text(facts.doc),
        )

    def _share(self, heat: Heat, cost: Cost) -> tuple[int, str]:
        measure = Measure(heat, self.total)
        return measure.shade(cost), percent(measure.share(cost)) if measure.amount(cost) else "0%"


def _sheet(plate: Plate, things: Mapping[str, Thing]) -> Sheet:
    """A figure's places, without its title and legend."""
    figure = plate.figure
    return Sheet(
        parts=plate.parts,
        boxes={s.id: _sides(s.outline) for s in figure.shapes if s.id in things},
        frames={b.id: tuple(map(_sides, b.pieces)) for b in figure.borders if b.id in things},
        titles=tuple(
            (border.id, _words(text))
            for border in figure.borders
            if border.id in things
            for text in border.texts
        ),
        wires=tuple(map(_wire, figure.arrows)),
    )


def _wire(arrow: Arrow) -> Wire:
    points = tuple(value for point in arrow.curve for value in point)
    words = _words(arrow.texts[0]) if arrow.texts else None
    return Wire(arrow.tail, arrow.head, arrow.wire, points, arrow.tip[1], words)


def _legend(things: Mapping[str, Thing]) -> tuple[tuple[str, str], ...]:
    """The kinds of box that are there and say not themselves what they are; a colour once."""
    there = {thing.kind for thing in things.values() if thing.role in ("box", "merge")}
    words: dict[str, tuple[str, str]] = {}
    for kind in Kind:
        name = kind.name.lower()
        if name in there and kind not in (Kind.INPUT, Kind.MISTAKE):
            first, before = words.get(TINTS[kind].fill + TINTS[kind].line, (name, ""))
            said = f"{before}, {kind.value}" if before else kind.value
            words[TINTS[kind].fill + TINTS[kind].line] = first, said
    return tuple(words.values())


def _line(text: TextLine, box: Rectangle) -> Words:
    """A line of a box, from the middle of its top on."""
    x = text.x - box.x - box.width / 2
    return _text(text.words), rounded(x), rounded(text.y - box.y), text.width


def _words(text: TextLine) -> Words:
    return _text(text.words), text.x, text.y, text.width


def _sides(box: Rectangle) -> Sides:
    return box.x, box.y, box.width, box.height


def _text(text: str) -> str:
    """Text that can be seen, control characters and direction marks told."""
    return visible(text)
