"""The answers to the page's messages: `answer` takes one as JSON and gives one as JSON."""

from collections.abc import Callable
from traceback import extract_tb
from typing import Any

import msgspec

from archdsl import driver
from archdsl.analyses.figures.costs import costs
from archdsl.analyses.figures.report import audit
from archdsl.backends.audit.documents import html_table
from archdsl.backends.diagram_formats import draw
from archdsl.backends.python import emit
from archdsl.base.diagnostics import edited
from archdsl.base.exceptions import Explained
from archdsl.base.quantities import scaled
from archdsl.base.source import Source
from archdsl.base.stack import deep_recursion
from archdsl.editing.completion import completion
from archdsl.editing.formatting import layout_edits
from archdsl.editing.hints import hints
from archdsl.editing.hover import hover
from archdsl.ir.graph import Program
from archdsl.ir.shape import format_shape
from archdsl.playground import messages as told
from archdsl.playground.desk import NAME, Desk, desk
from archdsl.playground.findings import findings
from archdsl.semantics.elaborate.network_lines import Overrides
from archdsl.semantics.elaborate.resized import Trials
from archdsl.transforms.picture import Depth

_asked: msgspec.json.Decoder[told.Asked] = msgspec.json.Decoder(told.Asked)


def answer(message: bytes) -> bytes:
    """The answer to a message of the page, whatever it holds."""
    return msgspec.json.encode(_answered(message))


def _answered(message: bytes) -> told.Answer:
    try:
        asked = _asked.decode(message)
        with deep_recursion():
            return ANSWERS[type(asked)](asked)
    except (Explained, msgspec.DecodeError) as why:
        return told.Refused(str(why))
    except Exception as error:  # a fault of archdsl must not leave the page waiting
        return told.Refused(f"{type(error).__name__}{_where(error)}", fault=True)


def _where(error: Exception) -> str:
    frames = extract_tb(error.__traceback__)
    return f" in {frames[-1].name}" if frames else ""


# --- findings, hints ---------------------------------------------------------------------------


def _read(asked: told.Read) -> told.Reading:
    at = desk(asked.text, asked.network)
    diagnostics = list(at.analysis.so_far)
    figures: tuple[str, ...] = ()
    if at.sound:
        diagnostics += at.findings
        figures = _figures(at.program)
    shown = tuple(
        told.Hint(at.units.of(hint.offset), hint.text, hint.kind.value, hint.tooltip)
        for hint in hints(at.analysis)
    )
    return told.Reading(
        at.analysis.networks, at.network, at.sound, findings(at, diagnostics), shown, figures
    )


def _check(asked: told.Check) -> told.Checked:
    at = desk(asked.text, asked.network)
    return told.Checked(findings(at, at.analysis.diagnostics, remedies=True))


def _figures(program: Program) -> tuple[str, ...]:
    total = costs(program).total
    root = program.root
    inputs, outputs = (
        ", ".join(format_shape(t.shape) or "()" for t in types)
        for types in (root.inputs, root.outputs)
    )
    work = scaled(total.macs) or "0"
    return (f"{inputs} → {outputs}", f"{total.params:,} params", f"{work} MACs")


# --- views -------------------------------------------------------------------------------------


def _draw(asked: told.Draw) -> told.Drawing:
    at = desk(asked.text, asked.network)
    look = asked.theme if asked.format == "svg" else None
    drawn = draw(at.program, asked.format, depth=_depth(asked.depth), theme=look)
    return told.Drawing(drawn.decode(), _places(at))


def _depth(levels: int | None) -> Depth:
    if levels is None:
        return "auto"
    return levels if levels >= 0 else None


def _places(at: Desk) -> dict[str, told.Place]:
    """The lines of modules, by their paths in a drawing."""
    uses = at.traced.uses if at.traced is not None else ()
    own = ((use.path, use.step.span) for use in uses if at.analysis.owns(use.step.span))
    return {path: at.units.span(span) for path, span in own}


def _audit(asked: told.Audit) -> told.Table:
    figures = audit(desk(asked.text, asked.network).program)
    deepest = max((row.path.count(".") + 1 for row in figures.layers), default=1)
    return told.Table(html_table(figures, depth=asked.depth), deepest)


def _emit(asked: told.Emit) -> told.Source:
    at = desk(asked.text, asked.network)
    trials = Trials(at.analysis.module, at.network, Overrides())
    return told.Source(emit(at.program, siblings=driver.siblings(at.program, trials)))


def _count(asked: told.Count) -> told.Counted:
    total = costs(desk(asked.text, asked.network).program).total
    return told.Counted(total.params, total.macs)


def _format(asked: told.Format) -> told.Source:
    return told.Source(edited(asked.text, layout_edits(Source(NAME, asked.text))))


# --- words -------------------------------------------------------------------------------------


def _complete(asked: told.Complete) -> told.Proposals:
    at = desk(asked.text, asked.network)
    proposals = completion(at.analysis, at.units.offset(asked.at))
    return told.Proposals(
        tuple(
            told.Proposal(i.label, i.kind.value, i.detail, i.doc, i.insert, i.snippet)
            for i in proposals
        )
    )


def _hover(asked: told.Hover) -> told.Told:
    at = desk(asked.text, asked.network)
    answer = hover(at.analysis, at.units.offset(asked.at))
    return told.Told() if answer is None else told.Told(answer.text, at.units.span(answer.span))


ANSWERS: dict[type, Callable[[Any], told.Answer]] = {
    told.Read: _read,
    told.Check: _check,
    told.Draw: _draw,
    told.Audit: _audit,
    told.Emit: _emit,
    told.Count: _count,
    told.Format: _format,
    told.Complete: _complete,
    told.Hover: _hover,
}
