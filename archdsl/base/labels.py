"""What a diagnostic is made of: how bad it is, places with words, and changes of the text."""

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
