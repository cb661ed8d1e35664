"""The parts of a drawing. Everything is decided here; a backend only writes it down."""

from collections.abc import Iterator
from enum import Enum
from typing import Literal, Union

from msgspec import Struct

from archdsl.analyses.figures.costs import Cost
from archdsl.base.source import Span

Direction = Literal["TB", "LR"]


class Kind(Enum):
    """The meaning of a box: one colour each."""

    INPUT = "input, output"
    BLOCK = "block"
    CONVOLUTION = "convolution"
    POOLING = "pooling"
    LINEAR = "linear"
    NORMALISATION = "normalisation"
    ACTIVATION = "activation"
    REGULARISATION = "regularisation"
    SHAPE = "shape"
    REDUCTION = "reduction"
    ATTENTION = "attention"
    MERGE = "merge"
    TENSOR = "tensor"
    MISTAKE = "mistake"


class Tint(Struct, frozen=True):
    """A light fill on which black text reads in print, and a border that the colour-blind tell."""

    fill: str
    line: str


TINTS: dict[Kind, Tint] = {
    Kind.INPUT: Tint("#ffffff", "#334155"),
    Kind.BLOCK: Tint("#eef1f6", "#334155"),
    Kind.CONVOLUTION: Tint("#d3e5f5", "#0072b2"),
    Kind.POOLING: Tint("#fbf2b6", "#a08a00"),
    Kind.LINEAR: Tint("#fbdcc4", "#d55e00"),
    Kind.NORMALISATION: Tint("#e3f0d8", "#5b8c2a"),
    Kind.ACTIVATION: Tint("#e3f0d8", "#5b8c2a"),
    Kind.REGULARISATION: Tint("#ececec", "#8a8a8a"),
    Kind.SHAPE: Tint("#ececec", "#8a8a8a"),
    Kind.REDUCTION: Tint("#fbf2b6", "#a08a00"),
    Kind.ATTENTION: Tint("#e6daf2", "#7b4ba6"),
    Kind.MERGE: Tint("#ffffff", "#c0392b"),
    Kind.TENSOR: Tint("#cdeee5", "#008f6b"),
    Kind.MISTAKE: Tint("#fef2f2", "#c81e1e"),
}


class Shade(Struct, frozen=True):
    """The colour of shares that are greater than those of the shade before, and at most `most`."""

    most: float
    words: str
    tint: Tint


# One hue that darkens evenly, so that a grey print and the colour-blind have the same order;
# black text reads on the darkest.
SHADES = (
    Shade(0, "nothing", Tint("#ffffff", "#94a3b8")),
    Shade(0.01, "up to 1%", Tint("#fff7ec", "#b8937a")),
    Shade(0.03, "1 to 3%", Tint("#fee8c8", "#a8785a")),
    Shade(0.1, "3 to 10%", Tint("#fdd49e", "#98603c")),
    Shade(0.3, "10 to 30%", Tint("#fdb069", "#884a20")),
    Shade(float("inf"), "over 30%", Tint("#f48144", "#7c3a10")),
)


class Role(Enum):
    """The role of a node in the drawing, and so its outline."""

    BOX = "box"
    MERGE = "merge"  # a circle
    HEADER = "header"  # a frame's title, where the flow enters it


class Details(Struct, frozen=True):
    """The answers for a reader who asks about a box or block; `span` is its place in the spec.

    `steps` are the paths of all that it stands for, equal copies too; `inside` that of the copy
    whose insides are drawn. `written` has each op with its arguments; `activation` counts the
    elements of all results; `field` is the receptive field of the last. `counted` is the cost as
    the network's total counts it.
    """

    steps: tuple[str, ...]
    inside: str
    path: str
    written: tuple[str, ...]
    inputs: str
    outputs: str
    params: int
    macs: int
    activation: int
    field: str
    span: Span
    doc: str = ""
    counted: Cost = Cost()


class Node(Struct, frozen=True):
    """Some lines of text in an outline; dashed: only training runs it, or it is a mistake.

    `shade` is an index into `SHADES`, where the drawing shows shares. The `shape` that leaves it
    and the `figures` of the cost join the lines last, when it is known where the shape is told.
    """

    id: str
    kind: Kind
    lines: tuple[str, ...]
    tooltip: str
    dashed: bool = False
    role: Role = Role.BOX
    shade: int | None = None
    facts: Details | None = None
    figures: tuple[str, ...] = ()
    shape: str = ""
    several: bool = False  # ops of which several results leave

    @property
    def tint(self) -> Tint:
        return TINTS[self.kind] if self.shade is None else SHADES[self.shade].tint


class Frame(Struct, frozen=True):
    """A border around the insides of a block; `inset`: a detail beside the drawing.

    The title is in `lines`, or in a header among the items. Where the format lets a reader close
    the frame, it becomes a box with the lines `shut`.
    """

    id: str
    lines: tuple[str, ...]
    items: tuple["Item", ...]
    tooltip: str
    dashed: bool = False
    inset: bool = False
    row: bool = False  # its items stand side by side, in order
    facts: Details | None = None
    shut: tuple[str, ...] = ()


Item = Union[Node, Frame]


class Wire(Enum):
    """The meaning of an arrow."""

    FLOW = "flow"  # the only way on, drawn straight
    FORK = "fork"  # to one of several branches
    JOIN = "join"  # a branch's end, into a merge of branches
    SKIP = "skip"  # past other steps, into a merge
    TRAINING = "training"  # to what only training runs


class Edge(Struct, frozen=True):
    """An arrow; `shape` is what flows there, where it is told beside the arrow."""

    tail: str
    head: str
    wire: Wire = Wire.FLOW
    shape: str = ""


class Picture(Struct, frozen=True):
    """A whole drawing: a title, then the network, its insets and the legend in order."""

    name: str
    title: tuple[str, ...]
    tooltip: str
    items: tuple[Item, ...]
    edges: tuple[Edge, ...]
    direction: Direction
    rising: frozenset[str] = frozenset()  # boxes drawn against the direction, the flow being a U

    @property
    def network(self) -> tuple[Item, ...]:
        return tuple(i for i in self.items if not (isinstance(i, Frame) and i.inset))

    @property
    def insets(self) -> tuple[Frame, ...]:
        """The frames beside the network, the legend last."""
        return tuple(i for i in self.items if isinstance(i, Frame) and i.inset)


class Inside(Struct, frozen=True):
    """The inside of the closed box with this id: a frame and its arrows. The first box of the frame
    is its title, the last tells its results. In a `rising` frame, drawn from the bottom up, the
    first tells its inputs, and the last is the title."""

    box: str
    frame: Frame
    edges: tuple[Edge, ...]
    rising: bool


class Exploration(Struct, frozen=True):
    """A figure, and what can be opened in it; boxes and frames have facts."""

    picture: Picture
    insides: tuple[Inside, ...]


def nodes(items: tuple[Item, ...]) -> Iterator[Node]:
    """Every box and circle, in drawing order."""
    for item in items:
        if isinstance(item, Frame):
            yield from nodes(item.items)
        else:
            yield item


def frames_of(items: tuple[Item, ...]) -> Iterator[Frame]:
    """Every frame, the outer before the inner."""
    for item in items:
        if isinstance(item, Frame):
            yield item
            yield from frames_of(item.items)
