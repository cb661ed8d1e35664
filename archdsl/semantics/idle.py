"""Steps whose results nothing takes: work and weights that are lost without a word."""

from archdsl.base.diagnostics import Severity
from archdsl.ir.graph import Ref
from archdsl.semantics.body import Body
from archdsl.semantics.report import Reporter
from archdsl.semantics.values import brief


def report_idle(body: Body, results: tuple[Ref, ...], reporter: Reporter) -> None:
    """Warns of steps that neither feed another one nor are a result or an auxiliary head."""
    if reporter.failed:
        return  # a mistake may have kept it from being taken
    taken = {ref.step for ref in results}
    taken.update(ref.step for draft in body.drafts for ref in draft.inputs)
    for index, draft in enumerate(body.drafts):
        if index not in taken and not draft.training_only:
            reporter.error(
                "E0816",
                f"nothing takes what `{brief(draft.span)}` gives",
                draft.span,
                hint="name it and use the name, or delete the step",
                severity=Severity.WARNING,
            )
