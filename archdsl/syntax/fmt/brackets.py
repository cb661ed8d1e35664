"""A logical line as brackets within brackets: its words, its comments, and which belong together.

Takes the tokens as they were read; says nothing of layout but where a trailing comma asks for it.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Union

from lark import Token
from msgspec import Struct

from archdsl.base.source import Source, Span
from archdsl.syntax.fmt.canonical_quotes import plain_string

_VALUE_ENDS = {"NAME", "NUMBER", "SHAPE", "STRING", "TRUE", "FALSE", "NONE", "PLACE"}
_OPENERS = {"LPAR": "(", "LSQB": "["}
_CLOSERS = {"(": ")", "[": "]"}


class TokenWord(Struct, frozen=True):
    """A token by its kind in the grammar; a sign before its only operand is `UNARY`."""

    kind: str
    text: str


class Remark(Struct, frozen=True):
    """A comment; `own` says that nothing stands before it on its line."""

    text: str
    own: bool


class Template(Struct, frozen=True):
    """`layer{i + 1}`: one text more than values, the braces included."""

    texts: tuple[str, ...]
    values: tuple["Pieces", ...]


class PieceKind(Enum):
    CALL = "arguments or parameters"
    TUPLE = "(a, b)"
    LIST = "[a, b]"
    GROUPING = "(a)"
    GENERATOR = "[a for b in c], brackets of either kind"
    INDEX = "a[b]"


LISTS = {PieceKind.CALL, PieceKind.TUPLE, PieceKind.LIST}


class ListItem(Struct, frozen=True):
    """The text between commas, with the comments before it and the one after it."""

    before: tuple[Remark, ...]
    pieces: "Pieces"
    after: tuple[Remark, ...]


class Bracket(Struct, frozen=True):
    """`head` is the comment behind the opening bracket; `tail` those before the closing one."""

    opening: str
    kind: PieceKind
    head: tuple[Remark, ...]
    items: tuple[ListItem, ...]
    tail: tuple[Remark, ...]
    comma: bool

    @property
    def closing(self) -> str:
        return _CLOSERS[self.opening]

    @property
    def is_single(self) -> bool:
        """`(a,)`, which needs its comma."""
        return self.kind is PieceKind.TUPLE and len(self.items) == 1

    @property
    def commented(self) -> bool:
        """True where comments stand around the items."""
        return bool(self.head or self.tail or any(i.before or i.after for i in self.items))


Piece = Union[TokenWord, Remark, Template, Bracket]
Pieces = tuple[Piece, ...]


def is_word(piece: Piece, *kinds: str) -> bool:
    return isinstance(piece, TokenWord) and piece.kind in kinds


def has_word(pieces: Pieces, *kinds: str) -> bool:
    return any(is_word(piece, *kinds) for piece in pieces)


def ends_value(piece: Piece | None) -> bool:
    """True where a bracket after the piece calls or indexes it, and a sign after it means a sum."""
    if isinstance(piece, TokenWord):
        return piece.kind in _VALUE_ENDS
    return isinstance(piece, Template | Bracket)


def read_line(source: Source, tokens: list[Token], comments: list[Span]) -> Pieces:
    """The pieces of one logical line and the comments inside it."""
    marks = [Token("COMMENT", span.text.rstrip(), span.start) for span in comments]
    in_order = sorted([*tokens, *marks], key=lambda token: token.start_pos or 0)
    return tuple(_Reader(source, in_order).pieces())


def stands_alone(source: Source, start: int) -> bool:
    """True where only blanks stand before a place on its line."""
    return not source.text[source.text.rfind("\n", 0, start) + 1 : start].strip(" \t\f\ufeff")


class _Reader:
    def __init__(self, source: Source, tokens: list[Token]) -> None:
        self.source = source
        self.tokens = tokens
        self.place = 0
        self.before: Piece | None = None  # the piece before this one, comments left out

    @property
    def ahead(self) -> str:
        return self.tokens[self.place].type if self.place < len(self.tokens) else ""

    def pieces(self, *ends: str) -> Iterator[Piece]:
        """The pieces up to a token of one of the kinds, or all that there are."""
        self.before = None
        while self.place < len(self.tokens) and self.ahead not in ends:
            piece = self._piece()
            if not isinstance(piece, Remark):
                self.before = piece
            yield piece

    def _next(self) -> Token:
        self.place += 1
        return self.tokens[self.place - 1]

    def _piece(self) -> Piece:
        before, token = self.before, self._next()
        match token.type:
            case "COMMENT":
                return Remark(str(token), stands_alone(self.source, token.start_pos or 0))
            case "TEMPLATE_OPEN":
                return self._template(token)
            case "LPAR" | "LSQB":
                return self._bracket(_OPENERS[token.type], ends_value(before))
            case "STRING":
                return TokenWord(token.type, plain_string(token))
            case "SIGN" if not ends_value(before):
                return TokenWord("UNARY", str(token))
            case "NOT" if self.ahead == "IN":
                self._next()
                return TokenWord("IN", "not in")
        return TokenWord(token.type, str(token))

    def _template(self, opening: Token) -> Template:
        texts, values = [str(opening)], []
        while texts[-1].endswith("{"):
            values.append(tuple(self.pieces("TEMPLATE_MIDDLE", "TEMPLATE_CLOSE")))
            texts.append(str(self._next()))
        return Template(tuple(texts), tuple(values))

    def _bracket(self, opening: str, postfix: bool) -> Bracket:
        items = _Items()
        end = "RPAR" if opening == "(" else "RSQB"
        while self.ahead != end:
            for piece in self.pieces("COMMA", end):
                if isinstance(piece, Remark):
                    items.remark(piece, self.ahead in ("COMMA", end, "COMMENT"))
                else:
                    items.piece(piece)
            if self.ahead == "COMMA":
                items.comma(self._next())
        self._next()
        comma = bool(items.done) and not items.pieces
        items.end()
        kind = _kind(opening, postfix, items.done, comma)
        done = tuple(items.done)
        return Bracket(opening, kind, tuple(items.head), done, tuple(items.before), comma)


def _kind(opening: str, postfix: bool, items: list[ListItem], comma: bool) -> PieceKind:
    if items and has_word(items[0].pieces, "FOR"):
        return PieceKind.GENERATOR
    if opening == "[":
        return PieceKind.INDEX if postfix else PieceKind.LIST
    if postfix:
        return PieceKind.CALL
    return PieceKind.GROUPING if len(items) == 1 and not comma else PieceKind.TUPLE


class _Items:
    """The items of a bracket while they are read, and whose each comment is."""

    def __init__(self) -> None:
        self.done: list[ListItem] = []
        self.head: list[Remark] = []
        self.before: list[Remark] = []
        self.pieces: list[Piece] = []
        self.after: list[Remark] = []
        self.later: list[Remark] = []  # own lines behind an item, before its comma

    def piece(self, piece: Piece) -> None:
        self.pieces += [*self.after, *self.later, piece]
        self.after, self.later = [], []

    def comma(self, comma: Token) -> None:
        """Ends an item, but not between the names of `for i, n in …`."""
        if has_word(tuple(self.pieces), "FOR"):
            self.piece(TokenWord("COMMA", str(comma)))
        else:
            self.end()

    def end(self) -> None:
        if self.pieces:
            self.done.append(ListItem(tuple(self.before), tuple(self.pieces), tuple(self.after)))
            self.before, self.pieces, self.after, self.later = self.later, [], [], []

    def remark(self, remark: Remark, at_end: bool) -> None:
        if self.pieces:
            self._behind(remark, at_end)
        elif remark.own:
            self.before.append(remark)
        elif not self.done:
            self.head.append(remark)
        elif self.done[-1].after or self.before:  # what stands above it stays above
            self.before.append(Remark(remark.text, own=True))
        else:
            last = self.done[-1]
            self.done[-1] = ListItem(last.before, last.pieces, (remark,))

    def _behind(self, remark: Remark, at_end: bool) -> None:
        """A comment behind pieces of an item: behind all of it, as far as can be seen yet."""
        if not at_end:
            self.pieces += [*self.after, *self.later, remark]
            self.after, self.later = [], []
        elif remark.own or self.after:
            self.later.append(Remark(remark.text, own=True))
        else:
            self.after.append(remark)
