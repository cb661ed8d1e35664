"""Documents: text that knows where it may be broken, and the lines that come of it.

A group stands on one line where it fits, else each of its own breaks becomes a line's end. After
a comment whatever follows begins a new line, so nothing is ever swallowed by one.
"""

from collections.abc import Iterator
from typing import Union

from msgspec import Struct

WIDTH = 100
STEP = 4


class Break(Struct, frozen=True):
    """The end of a line in a broken group, and `flat` in one that fits."""

    flat: str = " "


class IfBroken(Struct, frozen=True):
    """Text that only a broken group has: a trailing comma, a bracket."""

    text: str


class Comment(Struct, frozen=True):
    """A comment: on a line of its own, or two blanks behind what it belongs to."""

    text: str
    own: bool


class Nest(Struct, frozen=True):
    doc: "Doc"
    by: int = STEP


class FitsOrBreaks(Struct, frozen=True):
    """`forced` groups are broken though they may fit."""

    doc: "Doc"
    forced: bool


Doc = Union[str, Break, IfBroken, Comment, Nest, FitsOrBreaks, "tuple[Doc, ...]"]

SOFT = Break("")


def group(doc: Doc, *, forced: bool = False) -> FitsOrBreaks:
    """A group that is broken where something inside cannot stand on one line."""
    return FitsOrBreaks(doc, forced or _has_lines(doc))


def _has_lines(doc: Doc) -> bool:
    match doc:
        case Comment():
            return True
        case FitsOrBreaks():
            return doc.forced
        case Nest():
            return _has_lines(doc.doc)
        case tuple():
            return any(map(_has_lines, doc))
    return False


def render(doc: Doc, indent: int = 0) -> list[str]:
    """The lines of a document, none longer than `WIDTH` where its breaks allow that."""
    return _Printer().run(doc, indent)


class _Piece(Struct, frozen=True):
    """A document still to be printed, how deep, and whether its breaks are lines' ends."""

    doc: Doc
    indent: int
    broken: bool

    def opened(self) -> Iterator["_Piece"]:
        """The parts of a document that has some, last first."""
        match self.doc:
            case tuple():
                for part in reversed(self.doc):
                    yield _Piece(part, self.indent, self.broken)
            case Nest():
                yield _Piece(self.doc.doc, self.indent + self.doc.by, self.broken)
            case FitsOrBreaks():
                yield _Piece(self.doc.doc, self.indent, self.broken)


class _Printer:
    """`line` is the line at hand; None where it has nothing yet, not even its indentation."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: str | None = None
        self.commented = False

    def run(self, doc: Doc, indent: int) -> list[str]:
        waiting = [_Piece(doc, indent, True)]
        while waiting:
            piece = waiting.pop()
            match piece.doc:
                case str():
                    self._text(piece.doc, piece.indent)
                case Break():
                    self._break(piece.doc, piece)
                case IfBroken():
                    self._text(piece.doc.text if piece.broken else "", piece.indent)
                case Comment():
                    self._comment(piece.doc, piece.indent)
                case FitsOrBreaks() if piece.broken and not piece.doc.forced:
                    inner = _Piece(piece.doc.doc, piece.indent, False)
                    broken = not _fits(inner, waiting, self._column(piece.indent))
                    if not broken:
                        self._begin(piece.indent)
                    waiting.append(_Piece(piece.doc.doc, piece.indent, broken))
                case _:
                    waiting.extend(piece.opened())
        self._end()
        return self.lines

    def _column(self, indent: int) -> int:
        return indent if self.line is None or self.commented else len(self.line)

    def _text(self, text: str, indent: int) -> None:
        if not text:
            return
        if self.commented:
            self._end()
        if self.line is None:
            self.line, text = " " * indent, text.lstrip()
        self.line += text

    def _begin(self, indent: int) -> None:
        """Indents a line. A group on one line begins at its own depth, however deep its first text
        is nested: its breaks end no line."""
        if self.commented:
            self._end()
        if self.line is None:
            self.line = " " * indent

    def _break(self, doc: Break, piece: _Piece) -> None:
        if piece.broken or self.commented:
            self._end()
        else:
            self._text(doc.flat, piece.indent)

    def _comment(self, comment: Comment, indent: int) -> None:
        if self.commented or comment.own:
            self._end()
        before = " " * indent if self.line is None else f"{self.line.rstrip()}  "
        self.line = before + comment.text
        self.commented = True

    def _end(self) -> None:
        if self.line is not None:
            self.lines.append(self.line.rstrip())
        self.line = None
        self.commented = False


def _fits(piece: _Piece, rest: list[_Piece], column: int) -> bool:
    """True where a document and its rest, up to the next possible line end, fit the width."""
    waiting, behind = [piece], len(rest)
    while column <= WIDTH:
        if not waiting:
            if not behind:
                return True
            behind -= 1
            waiting = [rest[behind]]
        here = waiting.pop()
        match here.doc:
            case str():
                column += len(here.doc)
            case IfBroken():
                column += len(here.doc.text) if here.broken else 0
            case Break() if not here.broken:
                column += len(here.doc.flat)
            case Break() | Comment():
                return True
            case _:
                waiting.extend(here.opened())
    return False
