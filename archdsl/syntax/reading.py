"""From text to tree: tokens, lines, the tree."""

from collections.abc import Iterator

from msgspec.structs import replace

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Source
from archdsl.syntax import mistakes, tree
from archdsl.syntax.grammar import tokens
from archdsl.syntax.layout import Line, lay_out
from archdsl.syntax.parsed import Parsed
from archdsl.syntax.place import span_of
from archdsl.syntax.reader import Reader
from archdsl.syntax.walk import children, deepest, is_expression

MAX_CHARACTERS = 500_000
MAX_DEPTH = 100


def read(source: Source) -> Parsed:
    """Reads a whole file."""
    refused = _refuse(source)
    if refused is not None:
        return Parsed(tree.File(source, ()), (refused,))
    layout = lay_out(source, tokens(source.text))
    reader = Reader(source)
    file = reader.read_file(layout.lines)
    found = reader.diagnostics
    if _could_be_deep(layout.lines):
        file, too_deep = _without_deep(file)
        found += too_deep
    return Parsed(file, _in_order(found), tuple(layout.comments))


def read_expression(source: Source) -> tuple[tree.Expr | None, tuple[Diagnostic, ...]]:
    """Reads one expression, such as `(3, 4, 6, 3)` or `3x320x320`; None if it cannot be read."""
    refused = _refuse(source)
    if refused is not None:
        return None, (refused,)
    layout = lay_out(source, tokens(source.text), statements=False)
    if len(layout.lines) != 1:
        return None, (_not_one_value(source, layout.lines),)
    reader = Reader(source, "expression")
    value = reader.read_expression(layout.lines[0])
    if value is None:
        return None, tuple(reader.diagnostics)
    if _could_be_deep(layout.lines) and deepest(value) > MAX_DEPTH:
        return None, (mistakes.expression_too_deep(MAX_DEPTH, value.span),)
    return (None if reader.diagnostics else value), _in_order(reader.diagnostics)


def _not_one_value(source: Source, lines: list[Line]) -> Diagnostic:
    if not lines:
        return mistakes.missing_value(source)
    return mistakes.second_value(span_of(source, lines[1].head))


def _refuse(source: Source) -> Diagnostic | None:
    """Why a source is not read at all."""
    if "\0" in source.text:
        return mistakes.not_text(source)
    if len(source.text) > MAX_CHARACTERS:
        return mistakes.file_too_long(MAX_CHARACTERS, source)
    return None


def _could_be_deep(lines: list[Line]) -> bool:
    """A tree is no deeper than its line has tokens: most files need no second look."""
    return any(len(line.tokens) > MAX_DEPTH for line in lines)


def _without_deep(file: tree.File) -> tuple[tree.File, list[Diagnostic]]:
    """Takes out the declarations whose expressions later passes could not walk through."""
    kept: list[tree.Declaration] = []
    found: list[Diagnostic] = []
    for declaration in file.declarations:
        deep = [e for e in _outermost(declaration) if deepest(e) > MAX_DEPTH]
        found += [mistakes.expression_too_deep(MAX_DEPTH, e.span) for e in deep]
        if not deep:
            kept.append(declaration)
    return replace(file, declarations=tuple(kept)), found


def _outermost(node: tree.Node) -> Iterator[tree.Expr]:
    """The expressions below a node that stand in no other expression of their line."""
    waiting = [node]
    while waiting:
        for child in children(waiting.pop()):
            if is_expression(child) and not isinstance(child, tree.Suite):
                yield child
            else:
                waiting.append(child)


def _in_order(found: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By place in the text, and only the first of those that begin at the same one."""
    first: dict[int, Diagnostic] = {}
    for diagnostic in found:
        first.setdefault(diagnostic.primary.span.start, diagnostic)
    return tuple(first[start] for start in sorted(first))
