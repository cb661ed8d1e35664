"""The work behind `parse`, which remembers: a text becomes tokens, lines, and a tree.

A line that cannot be read costs one diagnostic and itself only: the parser is copied before each
line. Where a line fails, the copy takes a `_BROKEN` line in its place, which may have a body and an
`else` like any other, and goes on with the next one.
"""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from lark import Token
from msgspec.structs import replace

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Source
from archdsl.syntax import complaints, grammar, mistakes, tree
from archdsl.syntax.automaton import Unexpected
from archdsl.syntax.logical_lines import LogicalLine, lay_out
from archdsl.syntax.place import StoppingPlace, over, span_of
from archdsl.syntax.tree_builder import TreeBuilder
from archdsl.syntax.unexpected import explain
from archdsl.syntax.walk import children, deepest, is_expression

MAX_CHARACTERS = 500_000
MAX_DEPTH = 100
MAX_ERRORS = 30

_DECLARATIONS = {"_VERSION", "_FROM", "_BLOCK", "_NETWORK", "_FN"}


def read(source: Source) -> tree.Parsed:
    """Reads a whole file."""
    refused = _refuse(source)
    if refused is not None:
        return tree.Parsed(tree.File(source, ()), (refused,))
    layout = lay_out(source, grammar.tokens(source.text))
    reader = LineReader(source)
    file = reader.read_file(layout.lines)
    diagnostics = reader.diagnostics
    if _could_be_deep(layout.lines):
        file, too_deep = _without_deep(file)
        diagnostics += too_deep
    return tree.Parsed(file, _in_order(diagnostics), tuple(layout.comments))


def read_expression(source: Source) -> tuple[tree.Expr | None, tuple[Diagnostic, ...]]:
    """Reads one expression, such as `(3, 4, 6, 3)` or `3x320x320`; None if it cannot be read."""
    refused = _refuse(source)
    if refused is not None:
        return None, (refused,)
    layout = lay_out(source, grammar.tokens(source.text), statements=False)
    if len(layout.lines) != 1:
        return None, (_not_one_value(source, layout.lines),)
    reader = LineReader(source, "expression")
    value = reader.read_expression(layout.lines[0])
    if value is None:
        return None, tuple(reader.diagnostics)
    if _could_be_deep(layout.lines) and deepest(value) > MAX_DEPTH:
        return None, (mistakes.expression_too_deep(MAX_DEPTH, value.span),)
    return (None if reader.diagnostics else value), _in_order(reader.diagnostics)


def _not_one_value(source: Source, lines: list[LogicalLine]) -> Diagnostic:
    if not lines:
        return mistakes.missing_value(source)
    return mistakes.second_value(span_of(source, lines[1].head))


def _refuse(source: Source) -> Diagnostic | None:
    """The reason why a source is not read at all."""
    if "\0" in source.text:
        return mistakes.not_text(source)
    if len(source.text) > MAX_CHARACTERS:
        return mistakes.file_too_long(MAX_CHARACTERS, source)
    return None


def _could_be_deep(lines: list[LogicalLine]) -> bool:
    """A tree is no deeper than its line has tokens: most files need no second look."""
    return any(len(line.tokens) > MAX_DEPTH for line in lines)


def _without_deep(file: tree.File) -> tuple[tree.File, list[Diagnostic]]:
    """Takes out the declarations whose expressions later passes could not walk through."""
    kept: list[tree.Declaration] = []
    diagnostics: list[Diagnostic] = []
    for declaration in file.declarations:
        deep = [e for e in _outermost(declaration) if deepest(e) > MAX_DEPTH]
        diagnostics += [mistakes.expression_too_deep(MAX_DEPTH, e.span) for e in deep]
        if not deep:
            kept.append(declaration)
    return replace(file, declarations=tuple(kept)), diagnostics


def _outermost(node: tree.Node) -> Iterator[tree.Expr]:
    """The expressions below a node that stand in no other expression of their line."""
    waiting = [node]
    while waiting:
        for child in children(waiting.pop()):
            if is_expression(child) and not isinstance(child, tree.Suite):
                yield child
            else:
                waiting.append(child)


def _in_order(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By place in the text; only the first of several that begin at the same place."""
    first: dict[int, Diagnostic] = {}
    for diagnostic in diagnostics:
        first.setdefault(diagnostic.primary.span.start, diagnostic)
    return tuple(first[start] for start in sorted(first))


# --- lines -----------------------------------------------------------------------------------


class LineReader:
    """Feeds the lines of one source to the parser."""

    def __init__(self, source: Source, rule: str = "file") -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []
        self._builder = TreeBuilder(source)
        self._parser = grammar.start(rule, self._builder)
        self._level = 0
        self._outside = False  # a stray line at the left edge was reported; its fellows are not

    def read_file(self, lines: list[LogicalLine]) -> tree.File:
        """The tree of all lines that can be read."""
        end = Token("_NEWLINE", "", 0, 1, 1, 1, 1, 0)
        for line, below in zip_longest(lines, lines[1:]):
            self._line(line, end, has_body=below is not None and below.level > line.level)
            end = line.tokens[-1]
            if len(self.diagnostics) > MAX_ERRORS:
                excess = self.diagnostics[MAX_ERRORS].primary.span
                self.diagnostics[MAX_ERRORS:] = [mistakes.too_many_mistakes(MAX_ERRORS, excess)]
                break
        self._move_to(0, end)
        file: tree.File = self._finish()
        return file

    def read_expression(self, line: LogicalLine) -> tree.Expr | None:
        """The tree of a single line, or nothing if it cannot be read."""
        problem = line.fault or self._feed(line, has_body=False)
        if problem is not None:
            self.diagnostics.append(problem)
            return None
        value: tree.Expr = self._finish()
        return value

    def _finish(self) -> Any:
        value = self._parser.finish()
        self.diagnostics += self._builder.diagnostics
        return value

    def _line(self, line: LogicalLine, above: Token, has_body: bool) -> None:
        if line.level > self._level and "_INDENT" not in self._parser.choices():
            self._unexpected_indent(line.head, above)
        self._move_to(line.level, above)
        before, known = self._parser.copy(), len(self._builder.diagnostics)
        if self._is_stray(line):
            problem = line.fault or self._stray(line)
        else:
            self._outside = self._outside and line.level > 0
            problem = line.fault or self._feed(line, has_body)
            if problem is None:
                return
        if problem is not None:
            self.diagnostics.append(problem)
        self._parser = before
        del self._builder.diagnostics[known:]
        self._broken(line.tokens[-1])

    def _feed(self, line: LogicalLine, has_body: bool) -> Diagnostic | None:
        """Gives a line to the parser; says why it does not take it."""
        end = _mark("_NEWLINE", line.tokens[-1])
        for index, token in enumerate([*line.tokens, end]):
            try:
                self._parser.feed(token)
            except Unexpected:
                return explain(
                    StoppingPlace(self.source, line.tokens, index, self._parser.accepts())
                )
        if "_INDENT" in self._parser.choices() and not has_body:
            self._outside = line.level == 0
            return mistakes.missing_body(over(self.source, line.tokens))
        return None

    def _is_stray(self, line: LogicalLine) -> bool:
        return line.level == 0 and line.head.type not in _DECLARATIONS

    def _stray(self, line: LogicalLine) -> Diagnostic | None:
        """A statement at the left edge: the first of several is reported."""
        if line.head == "import":
            word = span_of(self.source, line.head)
            return mistakes.python_import(over(self.source, line.tokens), word)
        repeated, self._outside = self._outside, True
        return None if repeated else complaints.stray_statement(self.source, line.tokens)

    def _unexpected_indent(self, head: Token, above: Token) -> None:
        first = above.end_pos == 0
        place = None if first else above
        self.diagnostics.append(complaints.unexpected_indent(self.source, head, place))
        self._broken(above)

    def _broken(self, near: Token) -> None:
        self._parser.feed(_mark("_BROKEN", near))
        self._parser.feed(_mark("_NEWLINE", near))

    def _move_to(self, level: int, near: Token) -> None:
        while self._level != level:
            deeper = level > self._level
            self._parser.feed(_mark("_INDENT" if deeper else "_DEDENT", near))
            self._level += 1 if deeper else -1


def _mark(kind: str, near: Token) -> Token:
    """A token without text at the end of another."""
    end = near.end_pos
    return Token(kind, "", end, near.end_line, near.end_column, near.end_line, near.end_column, end)
