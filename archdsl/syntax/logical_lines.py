"""From tokens to lines: what belongs together, how deep it stands, and what cannot be read at all.

A line goes on inside brackets, and when the next one stands deeper and begins with `->`. A bracket
that nobody closes ends where the next statement begins, so that it costs one message and one line.
"""

import re
from collections.abc import Iterable, Iterator

from lark import Token
from msgspec import Struct
from msgspec.structs import replace

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Source, Span
from archdsl.base.suggest import nearest
from archdsl.syntax import complaints, mistakes
from archdsl.syntax.grammar import UNREADABLE
from archdsl.syntax.place import span_of
from archdsl.syntax.words import CLOSING, OPENING, PYTHON, opens_statement, promote

_STATEMENTS = ("class", "def", "pass", "global", "with", "return")
_ABOVE = 2_000  # characters above a word that are searched for the name that was meant
MAX_BRACKETS = 64
MAX_TOKENS = 10_000
MAX_LEVELS = 40

_CLOSER = dict(zip(OPENING, CLOSING, strict=True))


class LogicalLine(Struct):
    """One logical line: its tokens, its depth, and the first thing wrong with it."""

    tokens: list[Token]
    level: int = 0
    fault: Diagnostic | None = None

    @property
    def head(self) -> Token:
        return self.tokens[0]

    def blame(self, diagnostic: Diagnostic) -> None:
        """The first fault of a line stands; what follows from it is not reported."""
        self.fault = self.fault or diagnostic


class Layout(Struct, frozen=True):
    """The lines of a source and its comments."""

    lines: list[LogicalLine]
    comments: list[Span]


def lay_out(source: Source, tokens: Iterable[Token], *, statements: bool = True) -> Layout:
    """Joins, measures and checks the lines of a whole source: statements, or mere expressions."""
    comments: list[Span] = []
    physical = list(_physical(source, tokens, comments))
    lines = _Joiner(source, _never_closed(physical)).join(physical)
    for number, line in enumerate(lines):
        _check_words(source, line)
        if statements:
            line.tokens = promote(line.tokens, first_of_file=number == 0)
    return _Levels(source).measure(Layout(lines, comments))


def indentation(source: Source, token: Token) -> str:
    """The blanks between the start of a token's line, or a form feed in it, and the token."""
    position = token.start_pos or 0
    start = source.text.rfind("\n", 0, position) + 1
    return source.text[start:position].lstrip("\ufeff").rpartition("\f")[2]


def _physical(
    source: Source, tokens: Iterable[Token], comments: list[Span]
) -> Iterator[list[Token]]:
    """The tokens of each line of text that has any; comments go to their own list."""
    line: list[Token] = []
    for token in tokens:
        if token.type == "COMMENT":
            comments.append(span_of(source, token))
        elif token.type != "LINE_END":
            line.append(token)
        elif line:
            yield line
            line = []
    if line:
        yield line


def _never_closed(physical: list[list[Token]]) -> set[int]:
    """The positions of opening brackets that stay open to the end of the text."""
    stack: list[int] = []
    lost: list[int] = []
    for token in (token for line in physical for token in line):
        if token.type in _CLOSER:
            stack.append(token.start_pos or 0)
        elif token.type in CLOSING and stack:
            stack.pop()
        elif token.type == "OPEN_STRING":
            lost += stack
            stack = []
    return {*stack, *lost}


class _Joiner:
    """Joins lines of text to logical lines by their brackets and leading arrows."""

    def __init__(self, source: Source, never_closed: set[int]) -> None:
        self.source = source
        self.never_closed = never_closed
        self.lines: list[LogicalLine] = []
        self.open: list[Token] = []

    def join(self, physical: list[list[Token]]) -> list[LogicalLine]:
        for tokens in physical:
            if not self._goes_on(tokens):
                self._end_line()
                self.lines.append(LogicalLine([]))
            line = self.lines[-1]
            line.tokens += tokens
            for token in tokens:
                self._token(line, token)
        self._end_line()
        return self.lines

    def _goes_on(self, tokens: list[Token]) -> bool:
        """True where the last logical line continues with these tokens."""
        if not self.lines:
            return False
        before = self.lines[-1].tokens
        deeper = self._width(tokens[0]) > self._width(before[0])
        if self.open:
            return not self._must_have_ended(before[-1], tokens, deeper)
        return tokens[0].type == "ARROW" and deeper and before[-1].type != "COLON"

    def _must_have_ended(self, last: Token, tokens: list[Token], deeper: bool) -> bool:
        """True where an open bracket was forgotten, rather than continued on this line."""
        forgotten = self.open[0].start_pos in self.never_closed
        if last.type == "OPEN_STRING" or (forgotten and last.type == "COLON"):
            return True
        if deeper or tokens[0].type in CLOSING:
            return False
        return forgotten or opens_statement(tokens) or _is_header(tokens)

    def _width(self, token: Token) -> int:
        return len(indentation(self.source, token).expandtabs())

    def _end_line(self) -> None:
        if self.lines and len(self.lines[-1].tokens) > MAX_TOKENS:
            line = self.lines[-1]
            line.blame(mistakes.too_many_words(MAX_TOKENS, span_of(self.source, line.head)))
        if self.open:
            opener = self.open[-1]
            self.lines[-1].blame(complaints.never_closed(self.source, opener))
        self.open = []

    def _token(self, line: LogicalLine, token: Token) -> None:
        """Keeps the open brackets, and blames the line for what can stand in none."""
        if token.type in UNREADABLE:
            line.blame(complaints.unreadable(self.source, token))
        elif token.type in _CLOSER:
            self.open.append(token)
            if len(self.open) > MAX_BRACKETS:
                span = span_of(self.source, token)
                line.blame(mistakes.too_many_brackets(MAX_BRACKETS, span))
        elif token.type in CLOSING:
            opener = self.open.pop() if self.open else None
            if opener is None or _CLOSER[opener.type] != token.type:
                line.blame(complaints.wrong_closer(self.source, opener, token))


def _is_header(tokens: list[Token]) -> bool:
    return tokens[0].type in ("IF", "ELIF", "ELSE", "FOR") and tokens[-1].type == "COLON"


def _check_words(source: Source, line: LogicalLine) -> None:
    """Blames a line for the first word of Python that stands for what it means there."""
    for index, token in enumerate(line.tokens):
        if token.type == "NAME" and token in PYTHON and _stands_for_python(line.tokens, index):
            word, span = str(token), span_of(source, token)
            line.blame(_python(source, index, word, span))
            return


def _python(source: Source, index: int, word: str, span: Span) -> Diagnostic:
    """A word of Python: a name cut short inside a line, else what is written for it here."""
    above = source.text[max(0, span.start - _ABOVE) : span.start] if word in _STATEMENTS else ""
    meant = nearest(word, set(re.findall(r"\w+", above)) - set(PYTHON)) if index else None
    if meant is not None:
        return mistakes.python_word_inside(word, span, meant)
    return mistakes.python_word(word, span, PYTHON[word])


def _stands_for_python(tokens: list[Token], index: int) -> bool:
    """False where the word names something: an argument, a step, an attribute."""
    after = tokens[index + 1].type if index + 1 < len(tokens) else ""
    before = tokens[index - 1].type if index else ""
    return after != "ASSIGN" and before != "DOT"


class _Levels:
    """Measures how deep each line stands, as Python does: by equal beginnings of the blanks."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.stack = [""]
        self.mixed = False

    def measure(self, layout: Layout) -> Layout:
        """Places all lines; what stands too deep is left out, and the line above it is to blame."""
        kept: list[LogicalLine] = []
        for line in layout.lines:
            self._place(line)
            if line.level <= MAX_LEVELS:
                kept.append(line)
            else:
                head = span_of(self.source, kept[-1].head)
                kept[-1].blame(mistakes.bodies_too_deep(MAX_LEVELS, head))
        return replace(layout, lines=kept)

    def _place(self, line: LogicalLine) -> None:
        """Sets a line's level, and blames it for an indentation that fits no other line."""
        blanks = indentation(self.source, line.head)
        if blanks in self.stack:
            del self.stack[self.stack.index(blanks) + 1 :]
        elif blanks.startswith(self.stack[-1]):
            self.stack.append(blanks)
        else:
            self._misplaced(line, blanks)
        line.level = len(self.stack) - 1

    def _misplaced(self, line: LogicalLine, blanks: str) -> None:
        """A line whose blanks fit no open level counts to the nearest one."""
        widths = [len(level.expandtabs()) for level in self.stack]
        width = len(blanks.expandtabs())
        nearest = min(range(len(widths)), key=lambda level: (abs(widths[level] - width), -level))
        span = complaints.blanks(self.source, line.head)
        if "\t" not in blanks + self.stack[-1]:
            line.blame(mistakes.uneven_dedent(span, widths[nearest]))
        elif not self.mixed:
            self.mixed = True
            line.blame(mistakes.mixed_blanks(span))
        del self.stack[nearest + 1 :]
