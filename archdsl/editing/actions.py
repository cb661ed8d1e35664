"""The actions of an editor: edits that mend or write, each with a title.

Those of `refactorings` take time, since whole networks are compared: they are for users who ask.
"""

from collections.abc import Iterator
from typing import get_args

from msgspec import Struct
from msgspec.structs import replace

from archdsl.analyses.lints.allowed import next_code
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Edit, Severity
from archdsl.base.source import Span
from archdsl.editing.analysis import Analysis
from archdsl.editing.bindings import binding_at
from archdsl.editing.extracting import extract
from archdsl.editing.hints import written
from archdsl.editing.importing import declaring, importing
from archdsl.editing.inlining import inline
from archdsl.editing.meaning import NewNames, users
from archdsl.editing.places import around, declaration_at, heading_end
from archdsl.editing.refactoring import Refactored
from archdsl.editing.rows import broken_like, row_start
from archdsl.editing.word_signatures import parameters_of
from archdsl.semantics.evaluate.mistakes import UNKNOWN_NAME
from archdsl.syntax import tree
from archdsl.syntax.annotate import can_state
from archdsl.syntax.grammar import tokens

_LINES = (*get_args(tree.Statement), *get_args(tree.Declaration))


class Action(Struct, frozen=True):
    """Something to do at a place; `mends` is the diagnostic that it is the remedy of, `renamed`
    the keys of saved weights that it changes, `kind` a word of the protocol."""

    title: str
    edits: tuple[Edit, ...]
    mends: Diagnostic | None = None
    renamed: NewNames = {}
    kind: str = "rewrite"


def actions(analysis: Analysis, start: int, end: int) -> tuple[Action, ...]:
    """The actions for a piece of the text."""
    nodes = around(analysis.file, start)
    possible = (
        *_remedies(analysis, start, end),
        *_state_shape(analysis, nodes),
        *_allow(analysis, start, end),
        *_named_arguments(analysis, nodes),
    )
    return tuple(_broken_like(analysis.source.text, action) for action in possible)


def refactorings(analysis: Analysis, start: int, end: int) -> tuple[Action, ...]:
    """Lines into a block, where some are selected; a block's lines in its place, where none is.
    None in a text of which lines cannot be read: they would be left behind."""
    action: Action | None = None
    if not analysis.readable:
        return ()
    if start < end:
        extracted = extract(analysis, start, end)
        if extracted is not None:
            title = f"extract into the block `{extracted.name}`"
            action = _refactoring("extract", title, extracted.refactored)
    else:
        inlined = inline(analysis, start)
        if inlined is not None:
            action = _refactoring("inline", "put the block's lines here", inlined)
    return () if action is None else (_broken_like(analysis.source.text, action),)


def _refactoring(kind: str, title: str, result: Refactored) -> Action:
    count = len(result.renamed)
    keys = f"{count} key{'s' if count > 1 else ''} of saved weights"
    told = f" (renames {keys})" if count else ""
    return Action(f"{title}{told}", result.edits, renamed=result.renamed, kind=kind)


def _broken_like(text: str, action: Action) -> Action:
    edits = (Edit(edit.span, broken_like(text, edit.text)) for edit in action.edits)
    return replace(action, edits=tuple(edits))


def _touched(analysis: Analysis, start: int, end: int) -> Iterator[Diagnostic]:
    for diagnostic in analysis.diagnostics if analysis.complete else analysis.so_far:
        span = diagnostic.primary.span
        if analysis.owns(span) and span.first <= end and start <= span.last:
            yield diagnostic


def _remedies(analysis: Analysis, start: int, end: int) -> Iterator[Action]:
    """The edits that the messages of mistakes propose."""
    for diagnostic in _touched(analysis, start, end):
        hint, edits = diagnostic.hint, diagnostic.edits
        if hint.startswith("did you mean `") and hint.endswith("`?"):
            better = hint[len("did you mean `") : -2]
            edits = edits or (Edit(_word(diagnostic.primary.span), better),)
            yield Action(f"change to `{better}`", edits, diagnostic)
        elif edits and all(analysis.owns(edit.span) for edit in edits):
            yield Action(hint.partition("\n")[0], edits, diagnostic)
        if diagnostic.code == UNKNOWN_NAME:
            name = _word(diagnostic.primary.span).text
            for path in declaring(analysis, name, analysis.read):
                edit = importing(analysis, path, name)
                yield Action(f'import `{name}` from "{path}"', (edit,), diagnostic)


def _word(span: Span) -> Span:
    """The word that a place begins with."""
    text = span.text
    length = next((i for i, c in enumerate(text) if not (c.isalnum() or c == "_")), len(text))
    return Span(span.source, span.start, span.start + length)


def _state_shape(analysis: Analysis, nodes: tuple[tree.Node, ...]) -> Iterator[Action]:
    line = next((n for n in nodes[::-1] if isinstance(n, tree.Flow)), None)
    if line is None or line.shape is not None or not can_state(line):
        return
    declaration = declaration_at(analysis.file, line.span.first)
    networks = users(analysis, declaration) if declaration is not None else ()
    if not all(map(analysis.known, networks)):
        return  # one may have another shape here
    for network in networks:
        analysis.trace(network)
    shapes = {after for _, after in analysis.changes(line)}
    shape = shapes.pop() if len(shapes) == 1 else None
    if shape is not None:
        at = Span(line.span.source, line.span.end, line.span.end)
        yield Action("write the shape down", (Edit(at, f" :: {written(shape)}"),))


def _allow(analysis: Analysis, start: int, end: int) -> Iterator[Action]:
    """`# allow: CODE` at the end of the line of a warning, or in the comment that is there; above
    the line, where its comment says something else."""
    for diagnostic in _touched(analysis, start, end):
        if diagnostic.severity is Severity.WARNING:
            code, span = diagnostic.code, diagnostic.primary.span
            yield Action(f"allow {code} here", (_allowing(analysis, span, code),), diagnostic)


def _allowing(analysis: Analysis, span: Span, code: str) -> Edit:
    source, end = analysis.source, heading_end(span)
    comment = next((c for c in _comments(source.text) if c.start < end <= c.stop), None)
    if comment is None:
        return Edit(Span(source, end, end), f"  # allow: {code}")
    place = next_code(source.text[comment.start : comment.stop])
    if place is not None:
        at = comment.start + place
        return Edit(Span(source, at, at), f", {code}")
    lines = [n for n in around(analysis.file, span.first) if isinstance(n, _LINES)]
    first = lines[-1].span.first if lines else span.first
    at = row_start(source.text, first)
    return Edit(Span(source, at, at), f"{source.text[at:first]}# allow: {code}\n")


def _comments(text: str) -> Iterator[range]:
    comments = (token for token in tokens(text) if token.type == "COMMENT")
    return (range(int(t.start_pos or 0), int(t.end_pos or 0)) for t in comments)


def _named_arguments(analysis: Analysis, nodes: tuple[tree.Node, ...]) -> Iterator[Action]:
    """Arguments by place given their names, and the other way round."""
    call = next((n for n in nodes[::-1] if isinstance(n, tree.Call)), None)
    declaration = declaration_at(analysis.file, call.span.first) if call is not None else None
    if call is None or declaration is None or not isinstance(call.callee, tree.Name):
        return
    if binding_at(declaration, call.callee) is not None:
        return  # a block that the body is given: its parameters are not known
    names = parameters_of(analysis, call.callee.id)
    placed = [a for a in call.arguments if a.name is None]
    if placed and len(placed) <= len(names):
        edits = tuple(
            Edit(Span(a.span.source, a.span.start, a.span.start), f"{name}=")
            for name, a in zip(names, placed, strict=False)
        )
        yield Action("name the arguments", edits)
    given = tuple(a.name.id for a in call.arguments[len(placed) :] if a.name is not None)
    wanted = names[len(placed) : len(placed) + len(given)]
    if given and given == wanted:
        named = call.arguments[len(placed) :]
        edits = tuple(
            Edit(Span(a.span.source, a.span.start, a.value.span.start), "") for a in named
        )
        yield Action("leave out the arguments' names", edits)
