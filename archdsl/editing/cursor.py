"""The place of the cursor in a line that is being typed: read from its words, not from the tree."""

from enum import Enum

from lark import Token
from msgspec import Struct

from archdsl.syntax.grammar import tokens
from archdsl.syntax.words import DECLARED

_OPEN = {"LPAR": "RPAR", "LSQB": "RSQB"}
_CLOSE = set(_OPEN.values())
_IN_PATHS = {"NAME", "DOT", "PLACE"}
_CONTINUES = {"ARROW", "ASSIGN", "COLON"}


class CursorPlace(Enum):
    """The kind of text that can be written at the cursor."""

    STATEMENT = "statement"  # the beginning of a body's line
    DECLARATION = "declaration"  # the beginning of a file's line
    STEP = "step"  # behind `->`, `=`, or as a branch
    ARGUMENT = "argument"  # inside the parentheses of a call
    VALUE = "value"  # behind `NAME=` there
    ATTRIBUTE = "attribute"  # behind a dot
    PATH = "path"  # in the string of `from`
    IMPORT = "import"  # behind `import`
    EXPECT = "expect"
    FIGURE = "figure"  # behind a dot there
    TYPE = "type"  # behind the colon of a parameter
    INITIALISER = "initialiser"
    NOWHERE = "nowhere"  # in a comment, a docstring, a number, a new name


class Cursor(Struct, frozen=True):
    """A place, what is typed of the word there, and the call around it.

    `callee` is the word that is called, `given` the names of its arguments so far, `index` the
    number of the argument by place, `argument` the name whose value is typed; `owner` is what
    stands before a dot, in a promise the whole path.
    """

    place: CursorPlace
    prefix: str = ""
    callee: str = ""
    index: int = 0
    given: tuple[str, ...] = ()
    argument: str = ""
    owner: str = ""


def cursor(text: str, offset: int) -> Cursor:
    """The place of an offset in a text that may be broken there."""
    line = _line(text[:offset])
    if line and line[-1].type in ("COMMENT", "OPEN_DOCSTRING", "DOCSTRING"):
        return Cursor(CursorPlace.NOWHERE)
    if line and line[0] == "from" and line[-1].type == "OPEN_STRING":
        return Cursor(CursorPlace.PATH, str(line[-1])[1:])
    if line and line[-1].type in ("OPEN_STRING", "BAD_NUMBER", "NUMBER", "SHAPE"):
        return Cursor(CursorPlace.NOWHERE)
    prefix, line = _prefix(line, offset)
    start = text.rfind("\n", 0, offset) + 1
    return _place(line, prefix, indented=text[start : start + 1].isspace())


def _line(before: str) -> list[Token]:
    """The tokens of the logical line that a text ends in."""
    line: list[Token] = []
    depth = 0
    for token in tokens(before):
        if token.type == "LINE_END":
            if depth == 0:
                line = []
            continue
        depth += (token.type in _OPEN) - (token.type in _CLOSE)
        depth = max(depth, 0)
        line.append(token)
    return line


def _prefix(line: list[Token], offset: int) -> tuple[str, list[Token]]:
    """The word that is being typed, and the line without it."""
    if line and line[-1].type == "NAME" and line[-1].end_pos == offset:
        return str(line[-1]), line[:-1]
    return "", line


def _place(line: list[Token], prefix: str, indented: bool) -> Cursor:
    if not line:
        return Cursor(CursorPlace.STATEMENT if indented else CursorPlace.DECLARATION, prefix)
    last, head = line[-1], str(line[0])
    if last.type == "DOT" and head == "expect":
        return Cursor(CursorPlace.FIGURE, prefix, owner=_path(line[:-1]))
    if last.type == "DOT":
        return Cursor(CursorPlace.ATTRIBUTE, prefix, owner=str(line[-2]) if len(line) > 1 else "")
    if head == "from":
        named = any(token == "import" for token in line)
        return Cursor(CursorPlace.IMPORT if named else CursorPlace.NOWHERE, prefix)
    opened = _innermost(line)
    if head in (*DECLARED, "layer", "let", "for") and len(line) == 1:
        return Cursor(CursorPlace.NOWHERE, prefix)
    if head in DECLARED and opened == 2:
        return _parameter(line, prefix)
    if opened is not None:
        return _inside(line, opened, prefix)
    if head == "expect":
        return Cursor(CursorPlace.EXPECT, prefix)
    if head == "init" and any(token.type == "COLON" for token in line):
        return Cursor(CursorPlace.INITIALISER, prefix)
    if last.type in _CONTINUES or head in ("output", "if", "elif", "init") or prefix == "":
        return Cursor(CursorPlace.STEP, prefix)
    return Cursor(CursorPlace.STEP, prefix)


def _path(line: list[Token]) -> str:
    """The words and dots that a line ends in: `layer3.0.conv1`."""
    start = len(line)
    while start and line[start - 1].type in _IN_PATHS:
        start -= 1
        if line[start].type == "NAME" and line[start - 1].type != "DOT":
            break
    return "".join(map(str, line[start:]))


def _parameter(line: list[Token], prefix: str) -> Cursor:
    last = line[-1].type
    if last == "COLON":
        return Cursor(CursorPlace.TYPE, prefix)
    return Cursor(CursorPlace.VALUE if last == "ASSIGN" else CursorPlace.NOWHERE, prefix)


def _innermost(line: list[Token]) -> int | None:
    """The index of the bracket that the line's end stands in."""
    open_: list[int] = []
    for index, token in enumerate(line):
        if token.type in _OPEN:
            open_.append(index)
        elif token.type in _CLOSE and open_:
            open_.pop()
    return open_[-1] if open_ else None


def _inside(line: list[Token], opened: int, prefix: str) -> Cursor:
    """Inside brackets: of a call, if a name stands before them."""
    before = line[opened - 1] if opened else None
    if line[opened].type != "LPAR" or before is None or before.type != "NAME":
        return Cursor(CursorPlace.STEP, prefix)
    parts = _parts(line[opened + 1 :])
    names = tuple(str(p[0]) for p in parts if len(p) > 1 and p[1].type == "ASSIGN")
    index = sum(1 for p in parts[:-1] if not (len(p) > 1 and p[1].type == "ASSIGN"))
    last = parts[-1]
    callee = str(before)
    if len(last) > 1 and last[1].type == "ASSIGN":
        return Cursor(CursorPlace.VALUE, prefix, callee, index, names, str(last[0]))
    if last:
        return Cursor(CursorPlace.STEP, prefix, callee, index, names)
    return Cursor(CursorPlace.ARGUMENT, prefix, callee, index, names)


def _parts(line: list[Token]) -> list[list[Token]]:
    """The tokens between the commas of one pair of brackets."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in line:
        depth += (token.type in _OPEN) - (token.type in _CLOSE)
        if token.type == "COMMA" and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts
