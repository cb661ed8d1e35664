"""The parts of a diagnostic: how bad it is, places with words, and the remedy."""

from enum import Enum

from msgspec import Struct

from archdsl.base.source import Span


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Label(Struct, frozen=True):
    """A place and what to say under its caret; the text may be empty."""

    span: Span
    text: str = ""


class Edit(Struct, frozen=True):
    """A text to put in the place of another; where the place is empty, between two characters."""

    span: Span
    text: str


class Remedy(Struct, frozen=True):
    """One thing to do: a sentence, and the changes of the text that it stands for, if it is the
    whole of it."""

    hint: str = ""
    edits: tuple[Edit, ...] = ()


def replaced(span: Span, text: str, hint: str = "") -> Remedy:
    """Another text in the place of one: ``write `text` ``, unless the sentence is given."""
    return Remedy(hint or f"write `{text}`", (Edit(span, text),))
