"""The messages between the page and archdsl: what can be asked, and what is answered.

Each is JSON whose `ask` says which one it is. Places in a text are counted in units of UTF-16 from
its beginning, as JavaScript counts.
"""

from typing import Literal

from msgspec import Struct

Place = tuple[int, int]  # where a piece of the text begins and ends


class Message(Struct, frozen=True, tag_field="ask"):
    """A message about a text; `network` is the one to take of several."""

    text: str
    network: str = ""


class Read(Message, frozen=True, tag="read"):
    """Asks for the mistakes of the network, its hints and its figures: `Reading`."""


class Check(Message, frozen=True, tag="check"):
    """Asks for everything there is to say of the whole text, with remedies: `Checked`."""


class Draw(Message, frozen=True, tag="draw"):
    """Asks for the diagram: `Drawing`. `depth` levels of blocks are opened, all (-1), or as
    many as fit a page (None); with `format` html it is the page to look around in."""

    depth: int | None = None
    theme: Literal["color", "dark"] = "color"
    format: Literal["svg", "html"] = "svg"


class Audit(Message, frozen=True, tag="audit"):
    """Asks for the table of figures, with `depth` levels of blocks: `Table`."""

    depth: int = 1


class Emit(Message, frozen=True, tag="emit"):
    """Asks for the PyTorch: `Source`."""


class Count(Message, frozen=True, tag="count"):
    """Asks for the network's figures as numbers: `Counted`."""


class Format(Message, frozen=True, tag="format"):
    """Asks for the text in its canonical layout: `Source`; as it is if it has errors."""


class Complete(Message, frozen=True, tag="complete"):
    """Asks for the proposals at a place: `Proposals`."""

    at: int = 0


class Hover(Message, frozen=True, tag="hover"):
    """Asks for what there is to tell of the word at a place: `Told`."""

    at: int = 0


Asked = Read | Check | Draw | Audit | Emit | Count | Format | Complete | Hover


class Piece(Struct, frozen=True):
    """A piece of the text with a text of its own: what to say of it, or to write in its place."""

    place: Place
    text: str


class Remedy(Struct, frozen=True):
    """A thing to do, and the changes of the text that do it."""

    title: str
    changes: tuple[Piece, ...]


class Finding(Struct, frozen=True):
    """A diagnostic; `remedies` are what a press of a button can do about it."""

    severity: str
    code: str
    message: str
    place: Place
    line: int
    details: tuple[str, ...] = ()
    hint: str = ""
    related: tuple[Piece, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    unused: bool = False


class Hint(Struct, frozen=True):
    """A text that is shown at a place and is no part of the spec."""

    at: int
    text: str
    kind: str
    tooltip: str = ""


class Reading(Struct, frozen=True):
    """All that is known at once; `sound` where the network has no error, and can be drawn."""

    networks: tuple[str, ...]
    network: str
    sound: bool
    findings: tuple[Finding, ...]
    hints: tuple[Hint, ...] = ()
    figures: tuple[str, ...] = ()


class Checked(Struct, frozen=True):
    """All diagnostics of the text."""

    findings: tuple[Finding, ...]


class Drawing(Struct, frozen=True):
    """A picture, and the place in the text of each module that is drawn, by its path."""

    picture: str
    places: dict[str, Place]


class Table(Struct, frozen=True):
    """The audit as HTML; `deepest` is how many levels of blocks there are."""

    html: str
    deepest: int


class Counted(Struct, frozen=True):
    """Parameters, and multiply-adds of one sample."""

    params: int
    macs: int


class Source(Struct, frozen=True):
    """A text: Python, or a spec."""

    text: str


class Proposal(Struct, frozen=True):
    """One proposal of a completion; `insert` may have places to fill, `${1:name}`."""

    label: str
    kind: str
    detail: str = ""
    doc: str = ""
    insert: str = ""
    snippet: bool = False


class Proposals(Struct, frozen=True):
    """The proposals at a place, best first."""

    items: tuple[Proposal, ...]


class Told(Struct, frozen=True):
    """Markdown about a piece of the text; empty where there is nothing to tell."""

    text: str = ""
    place: Place = (0, 0)


class Refused(Struct, frozen=True):
    """The reason for no answer; `fault` where it is archdsl's own."""

    refused: str
    fault: bool = False


Answer = Reading | Checked | Drawing | Table | Source | Counted | Proposals | Told | Refused
