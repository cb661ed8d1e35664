"""Diagnostics as the page shows them."""

from collections.abc import Iterable, Iterator

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Edit
from archdsl.editing.actions import actions
from archdsl.editing.findings import finding
from archdsl.playground import messages as told
from archdsl.playground.desk import Desk


def findings(
    at: Desk, diagnostics: Iterable[Diagnostic], remedies: bool = False
) -> tuple[told.Finding, ...]:
    """The diagnostics of a text, each once; those of an imported file stand at the text's top. Its
    `remedies` are looked for in all of the text, which takes longer."""
    return tuple(_finding(at, diagnostic, remedies) for diagnostic in dict.fromkeys(diagnostics))


def _finding(at: Desk, diagnostic: Diagnostic, remedies: bool) -> told.Finding:
    shown = finding(diagnostic, at.analysis.source)
    own = shown.span is not None
    return told.Finding(
        diagnostic.severity.value,
        diagnostic.code,
        shown.message,
        at.units.span(shown.span) if shown.span is not None else (0, 0),
        diagnostic.line if own else 1,
        shown.details,
        diagnostic.hint,
        _pieces(at, (Edit(label.span, label.text) for label in shown.related)),
        tuple(_remedies(at, diagnostic)) if own and remedies else (),
        shown.unused,
    )


def _remedies(at: Desk, diagnostic: Diagnostic) -> Iterator[told.Remedy]:
    """The repairs of a diagnostic: its hint, where that can be followed word by word, and what an
    editor proposes."""
    if diagnostic.edits:
        yield told.Remedy(diagnostic.hint, _pieces(at, diagnostic.edits))
    span = diagnostic.primary.span
    for action in actions(at.analysis, span.first, span.last):
        if action.mends == diagnostic and action.edits != diagnostic.edits:
            yield told.Remedy(action.title, _pieces(at, action.edits))


def _pieces(at: Desk, edits: Iterable[Edit]) -> tuple[told.Piece, ...]:
    own = (edit for edit in edits if at.analysis.owns(edit.span))
    return tuple(told.Piece(at.units.span(edit.span), edit.text) for edit in own)
