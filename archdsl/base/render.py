"""A diagnostic for people, for programs and for GitHub: text, JSON fields, an annotation.

Nothing of a source reaches the terminal that could steer it: control characters and those that
turn the direction of text are written as their numbers.
"""

import unicodedata
from enum import Enum
from itertools import groupby
from typing import Any, Protocol

from msgspec import Struct

from archdsl.base.escape import one_line, visible
from archdsl.base.labels import Edit, Label, Severity
from archdsl.base.source import Source, Span

WIDTH = 100
TAB = 4


class Ink(Enum):
    """The meanings of the text's colours, with their numbers in a terminal."""

    ERROR = "1;31"
    WARNING = "1;33"
    NOTE = "1;36"
    STRONG = "1"
    FRAME = "34"


_STYLES = {
    Severity.ERROR: Ink.ERROR,
    Severity.WARNING: Ink.WARNING,
    Severity.NOTE: Ink.NOTE,
}


class Renderable(Protocol):
    """The thing to render: a `Diagnostic` of `base.diagnostics`, where the words are explained."""

    @property
    def code(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def message(self) -> str: ...
    @property
    def primary(self) -> Label: ...
    @property
    def others(self) -> tuple[Label, ...]: ...
    @property
    def calls(self) -> tuple[Label, ...]: ...
    @property
    def path(self) -> str: ...
    @property
    def arithmetic(self) -> tuple[str, ...]: ...
    @property
    def hint(self) -> str: ...
    @property
    def edits(self) -> tuple[Edit, ...]: ...


def render(diagnostic: Renderable, *, colour: bool = False) -> str:
    """The message, the places with carets, the path and the calls, the sum, and one thing to do."""
    return "\n".join(_Page(diagnostic, colour).lines())


def to_json(diagnostic: Renderable) -> dict[str, Any]:
    """The facts of a diagnostic under the names that scripts rely on."""
    return {
        "severity": diagnostic.severity.value,
        "code": diagnostic.code,
        "message": diagnostic.message,
        **_place(diagnostic.primary.span),
        "label": diagnostic.primary.text,
        "path": diagnostic.path,
        "related": [_related(label) for label in diagnostic.others],
        "calls": [_related(label) for label in diagnostic.calls],
        "arithmetic": list(diagnostic.arithmetic),
        "hint": diagnostic.hint,
        "edits": [{**_place(edit.span), "text": edit.text} for edit in diagnostic.edits],
    }


def to_github(diagnostic: Renderable) -> str:
    """A workflow command that annotates the line."""
    place = _place(diagnostic.primary.span)
    command = "notice" if diagnostic.severity is Severity.NOTE else diagnostic.severity.value
    properties = {"file": place["file"], "line": place["line"], "endLine": place["end_line"]}
    if place["line"] == place["end_line"]:
        properties |= {"col": place["column"], "endColumn": place["end_column"]}
    properties["title"] = diagnostic.code
    listed = ",".join(f"{name}={_escape_property(str(v))}" for name, v in properties.items())
    parts = (diagnostic.message, *diagnostic.arithmetic, diagnostic.path, diagnostic.hint)
    return f"::{command} {listed}::{_escape_data(chr(10).join(p for p in parts if p))}"


# --- text ------------------------------------------------------------------------------------


class _Page(Struct, frozen=True):
    """One diagnostic on its way to text."""

    diagnostic: Renderable
    colour: bool

    def lines(self) -> list[str]:
        d = self.diagnostic
        head = self._paint(f"{d.severity.value}[{d.code}]", _STYLES[d.severity])
        lines = [head + self._paint(f": {one_line(d.message)}", Ink.STRONG)]
        labels = [d.primary, *d.others]
        for source in dict.fromkeys(label.span.source for label in labels):
            lines += self._source(source, [x for x in labels if x.span.source is source])
        return lines + [self._note(word, text) for word, text in self._notes()]

    def _source(self, source: Source, labels: list[Label]) -> list[str]:
        """The lines of one source that have labels, with a mark under each."""
        first = labels[0].span
        arrow = "-->" if first is self.diagnostic.primary.span else ":::"
        place = f"{visible(source.shown)}:{first.line}:{first.column}"
        lines = [f"{self._pad(arrow)} {place}", self._frame("")]
        before = None
        in_order = sorted(labels, key=lambda label: label.span.start)
        for number, group in groupby(in_order, key=lambda label: label.span.line):
            if before is not None and number > before + 1:
                lines.append(self._paint("...", Ink.FRAME))
            lines += self._marked(source, number, list(group))
            before = number
        return lines

    def _marked(self, source: Source, number: int, labels: list[Label]) -> list[str]:
        line = _Line(source, number)
        window = line.window([label.span for label in labels])
        lines = [self._frame(str(number), line.cut(window))]
        for label in labels:
            primary = label is self.diagnostic.primary
            style = _STYLES[self.diagnostic.severity] if primary else Ink.FRAME
            start, width = line.extent(label.span, window)
            mark = ("^" if primary else "-") * width
            marked = self._paint(f"{mark} {one_line(label.text)}".rstrip(), style)
            lines.append(self._frame("", " " * start + marked))
        return lines

    def _notes(self) -> list[tuple[str, str]]:
        """The lines below the source: a word and a text for each."""
        d = self.diagnostic
        notes = [("in", d.path)] if d.path else []
        for call in d.calls:
            text = f" ({call.text})" if call.text else ""
            place = f"{call.span.source.shown}:{call.span.line}:{call.span.column}"
            notes.append(("called at", f"{place}{text}"))
        notes += [("", line) for line in d.arithmetic]
        shown = ", ".join(f"`archdsl show {source.stem}`" for source in self._shipped())
        notes += [("see", shown)] if shown else []
        return [*notes, ("help:", d.hint)] if d.hint else notes

    def _shipped(self) -> list[Source]:
        """The files of archdsl's own that it mentions."""
        d = self.diagnostic
        named = (label.span.source for label in (d.primary, *d.others, *d.calls))
        return [source for source in dict.fromkeys(named) if source.shipped]

    def _note(self, word: str, text: str) -> str:
        strong = self._paint(word, Ink.STRONG)
        plain = one_line(text)
        return f"{self._pad('=')} {strong} {plain}" if word else f"{self._pad('=')} {plain}"

    @property
    def _gutter(self) -> int:
        labels = (self.diagnostic.primary, *self.diagnostic.others)
        return max(len(str(label.span.line)) for label in labels)

    def _pad(self, mark: str) -> str:
        indent = self._gutter if mark.startswith(("-", ":")) else self._gutter + 1
        return " " * indent + self._paint(mark, Ink.FRAME)

    def _frame(self, number: str, text: str = "") -> str:
        bar = self._paint(f"{number:>{self._gutter}} |", Ink.FRAME)
        return f"{bar} {text}".rstrip()

    def _paint(self, text: str, style: Ink) -> str:
        return f"\x1b[{style.value}m{text}\x1b[0m" if self.colour and text else text


class _Line:
    """A line of a source as it looks: what each character shows, and at which column."""

    def __init__(self, source: Source, number: int) -> None:
        self.number = number
        self.source = source
        self.cells: list[str] = []
        self.columns = [0]
        for character in source.line(number):
            cell = self._cell(character)
            self.cells.append(cell)
            self.columns.append(self.columns[-1] + sum(map(_columns, cell)))

    def _cell(self, character: str) -> str:
        if character == "\t":
            return " " * (TAB - self.columns[-1] % TAB)
        return visible(character)

    def window(self, spans: list[Span]) -> tuple[int, int]:
        """The characters to show: all of a line that fits, else those around the first mark."""
        if self.columns[-1] <= WIDTH:
            return 0, len(self.cells)
        start = max(0, min(self._index(span.start) for span in spans) - WIDTH // 4)
        end = start
        while end < len(self.cells) and self.columns[end + 1] - self.columns[start] <= WIDTH:
            end += 1
        return start, end

    def cut(self, window: tuple[int, int]) -> str:
        start, end = window
        left, right = "…" * (start > 0), "…" * (end < len(self.cells))
        return f"{left}{''.join(self.cells[start:end])}{right}"

    def extent(self, span: Span, window: tuple[int, int]) -> tuple[int, int]:
        """The column and width of a span's mark in the cut line; at least one wide."""
        start, end = window
        first = min(max(self._index(span.start), start), end)
        last = min(max(self._index(span.end), first), end)
        shift = (start > 0) - self.columns[start]
        width = self.columns[last] - self.columns[first]
        return self.columns[first] + shift, max(width, 1)

    def _index(self, offset: int) -> int:
        """The place of an offset in this line; one on a later line is this line's end."""
        start = self.source.line_starts[self.number - self.source.above - 1]
        return min(max(offset - start, 0), len(self.cells))


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


# --- fields ----------------------------------------------------------------------------------


def _place(span: Span) -> dict[str, Any]:
    end_line, end_column = span.source.position(span.end)
    return {
        "file": span.source.name,
        "line": span.line,
        "column": span.column,
        "end_line": end_line,
        "end_column": end_column,
    }


def _related(label: Label) -> dict[str, Any]:
    return {**_place(label.span), "message": label.text}


def _escape_data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
