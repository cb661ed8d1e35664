"""Diagnostics as the page shows them."""

from collections.abc import Iterable, Iterator

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Edit
from archdsl.editing.actions import actions
from archdsl.editing.findings import finding
from archdsl.playground import messages as told
from archdsl.playground.desk import Desk


def findings(
    at: Desk, found: Iterable[Diagnostic], remedies: bool = False
) -> tuple[told.Finding, ...]:
    """The diagnostics of a text, each once; those of an imported file stand at the text's top. Its
    `remedies` are looked for in all of the text, which takes longer."""
    return tuple(_finding(at, diagnostic, remedies) for diagnostic in dict.fromkeys(found))


def _finding(at: Desk, found: Diagnostic, remedies: bool) -> told.Finding:
    shown = finding(found, at.analysis.source)
    own = shown.span is not None
    return told.Finding(
        found.severity.value,
        found.code,
        shown.message,
        at.units.span(shown.span) if shown.span is not None else (0, 0),
        found.line if own else 1,
        shown.details,
        found.hint,
        _pieces(at, (Edit(label.span, label.text) for label in shown.related)),
        tuple(_remedies(at, found)) if own and remedies else (),
        shown.unused,
    )


def _remedies(at: Desk, found: Diagnostic) -> Iterator[told.Remedy]:
    """The repairs of a diagnostic: its hint, where that can be followed word by word, and what an
    editor proposes."""
    if found.edits:
        yield told.Remedy(found.hint, _pieces(at, found.edits))
    span = found.primary.span
    for action in actions(at.analysis, span.first, span.last):
        if action.mends == found and action.edits != found.edits:
            yield told.Remedy(action.title, _pieces(at, action.edits))


def _pieces(at: Desk, edits: Iterable[Edit]) -> tuple[told.Piece, ...]:
    own = (edit for edit in edits if at.analysis.owns(edit.span))
    return tuple(told.Piece(at.units.span(edit.span), edit.text) for edit in own)
