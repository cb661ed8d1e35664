"""Steps whose results nothing takes: work and weights that are lost without a word.

A tensor that is asked for the size of its batch alone is lost as well: `parameter` takes no more of
the flow, and a block may not look at what flows into it at all.
"""

from weakref import WeakKeyDictionary

from archdsl.ir.graph import Primitive, Ref, Scope, Step
from archdsl.ir.shape import Types
from archdsl.semantics.elaborate import mistakes
from archdsl.semantics.elaborate.body import Body, DraftStep
from archdsl.semantics.reporter import Reporter
from archdsl.semantics.values import excerpt

_read: WeakKeyDictionary[Scope, frozenset[int]] = WeakKeyDictionary()


def report_idle(body: Body, results: tuple[Ref, ...], reporter: Reporter) -> None:
    """Warns of steps whose values feed no other one, and are no result or auxiliary head."""
    if reporter.failed or not reporter.warns:
        return  # a mistake may have kept it from being taken
    taken = {ref.step for ref in results}
    for draft in body.drafts:
        taken.update(ref.step for ref in _values_of(draft, body.types_of(draft.inputs)))
    for index, draft in enumerate(body.drafts):
        if index not in taken and not draft.training_only:
            _report(index, draft, body, reporter)


def _values_of(step: DraftStep | Step, inputs: Types) -> tuple[Ref, ...]:
    """Those of a step's inputs of which it takes the values."""
    if isinstance(step.target, Scope):
        read = values_read(step.target)
        return tuple(ref for k, ref in enumerate(step.inputs) if k in read)
    return () if _counts_samples(step.target, inputs) else step.inputs


def _counts_samples(op: Primitive, inputs: Types) -> bool:
    return bool(inputs) and all(look is None for look in op.reach(inputs))


def values_read(scope: Scope) -> frozenset[int]:
    """The inputs of a scope whose values one of its steps takes, or its result is."""
    if scope not in _read:
        refs = [*scope.results]
        for step in scope.steps:
            refs += _values_of(step, scope.types_of(step.inputs))
        _read[scope] = frozenset(ref.output for ref in refs if ref.step < 0)
    return _read[scope]


# --- words ---------------------------------------------------------------------------------------


def _report(index: int, draft: DraftStep, body: Body, reporter: Reporter) -> None:
    counted = next((d for d in body.drafts if index in {ref.step for ref in d.inputs}), None)
    hint = _repair(draft, counted, body)
    if counted is None:
        reporter.warn(mistakes.unused_step(draft.span, hint))
    elif isinstance(counted.target, Scope):
        reporter.warn(mistakes.unused_in_block(draft.span, counted.span, hint))
    else:
        reporter.warn(mistakes.counted_only(draft.span, counted.span, hint))


def _repair(draft: DraftStep, counted: DraftStep | None, body: Body) -> str:
    if counted is not None and not isinstance(counted.target, Scope):
        merge = _merge_behind(counted, body)
        named = f"{counted.name}=" if counted.name is not None else ""
        if merge is None or not merge.span.covers(counted.span):
            branch = f"{merge.word if merge else 'add'}(identity, {named}{excerpt(counted.span)})"
            return f"write it as a branch beside the flow: `{branch}`"
    if draft.name is not None:
        return f"use `{draft.name}` further down, or delete the step"
    return "name it and use the name, or delete the step"


def _merge_behind(counted: DraftStep, body: Body) -> DraftStep | None:
    """The merge that a tensor beside the flow goes into."""
    index = body.drafts.index(counted)
    takers = (d for d in body.drafts if index in {ref.step for ref in d.inputs})
    return next((d for d in takers if len(d.inputs) > 1), None)
