"""Diagnostics as values: what is wrong, where, and the one thing to do about it."""

from collections.abc import Iterable

from msgspec import Struct

from archdsl.base.labels import Edit, Label, Remedy, Severity
from archdsl.base.render import render
from archdsl.base.source import Span


class Diagnostic(Struct, frozen=True):
    """One mistake (or note). `code` is stable and explained in `archdsl/codes/CODE.md`.

    `others` are further places with their shapes or the first definition; `calls` are the
    places where the block instance at fault was called, innermost first; `path` is the instance
    path (`ResNet50 / layer2.0 (bottleneck)`); `arithmetic` the sum that came out wrong. `edits`
    are the hint as changes of the text, where it can be followed word by word.
    """

    code: str
    message: str
    primary: Label
    others: tuple[Label, ...] = ()
    calls: tuple[Label, ...] = ()
    path: str = ""
    arithmetic: tuple[str, ...] = ()
    hint: str = ""
    severity: Severity = Severity.ERROR
    edits: tuple[Edit, ...] = ()

    @property
    def file(self) -> str:
        """The name of the source."""
        return self.primary.span.source.name

    @property
    def line(self) -> int:
        """The line of the first character, counted from 1."""
        return self.primary.span.line

    @property
    def column(self) -> int:
        """The column of the first character, counted from 1."""
        return self.primary.span.column

    def __str__(self) -> str:
        """The text that a terminal shows, without colours."""
        return render(self)


def mistake(
    code: str,
    message: str,
    span: Span,
    remedy: str | Remedy = "",
    *,
    label: str = "",
    others: tuple[Label, ...] = (),
    arithmetic: tuple[str, ...] = (),
    path: str = "",
) -> Diagnostic:
    """A mistake from its parts; a remedy that changes no text is its sentence alone."""
    hint, edits = (remedy, ()) if isinstance(remedy, str) else (remedy.hint, remedy.edits)
    primary = Label(span, label)
    return Diagnostic(
        code, message, primary, others, path=path, arithmetic=arithmetic, hint=hint, edits=edits
    )


class Unplaced(Exception):
    """A mistake that is found where its place is not known; who catches it says `at` which."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint

    def at(self, span: Span) -> Diagnostic:
        return mistake(self.code, self.message, span, self.hint)


def edited(text: str, edits: Iterable[Edit]) -> str:
    """A source's text after edits of it, none of which overlap."""
    for edit in sorted(edits, key=lambda e: (e.span.first, e.span.last), reverse=True):
        text = text[: edit.span.first] + edit.text + text[edit.span.last :]
    return text
