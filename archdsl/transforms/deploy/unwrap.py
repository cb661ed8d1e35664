"""Blocks of which other transforms left one step or none: that step, or nothing, in their place."""

from collections.abc import Mapping

from msgspec.structs import replace

from archdsl.ir.graph import INPUT, Ref, Scope
from archdsl.transforms.deploy.draft import Draft, DraftNode
from archdsl.transforms.deploy.everywhere import everywhere
from archdsl.transforms.deploy.form import Form, Origins, Saving
from archdsl.transforms.deploy.origin import KeptWeight, under


def unwrap(form: Form) -> Form:
    """The form without blocks around a single step, where the block held more in training."""
    return everywhere(form, "unwrap", _unwrap)


def _unwrap(draft: Draft) -> None:
    for node in list(draft.nodes):
        scope = node.scope
        if scope is None or scope not in draft.known:
            continue  # an op, or a block that no transform has touched
        if not scope.steps and scope.results == (INPUT,):
            draft.note(node, "nothing is left of it", Saving())
            draft.bypass(node)
        elif _wraps(scope) and draft.known[scope].size > 1 and draft.alone(node):
            draft.note(node, f"{scope.steps[0].name} alone is left of it", Saving())
            _take_out(node, scope, draft.known)


def _wraps(scope: Scope) -> bool:
    """True where a scope is one step with its inputs and results."""
    if len(scope.steps) != 1:
        return False
    (step,) = scope.steps
    inputs = tuple(Ref(-1, k) for k in range(len(scope.inputs)))
    results = tuple(Ref(0, k) for k in range(len(step.outputs)))
    return step.inputs == inputs and scope.results == results


def _take_out(node: DraftNode, scope: Scope, known: Mapping[Scope, Origins]) -> None:
    """The block's one step under the block's name."""
    assert isinstance(node.origin, KeptWeight)
    (step,) = scope.steps
    origin = under(node.origin.path, known[scope].by_name[step.name])
    trail = (*node.step.trail, *step.trail)
    node.step = replace(node.step, target=step.target, trail=trail)
    node.origin = origin
