"""Batch norms worked into the convolution or linear layer before them.

With statistics that stand still a batch norm is a factor and a shift per channel, so the layer's
filters take the factor and its bias the shift. That needs a layer whose result only the norm
reads; it may be the last of a block, which then ends with the norm's work done.
"""

from collections import ChainMap

from archdsl.ir.graph import Scope
from archdsl.transforms.deploy.draft import Draft, DraftNode, DraftValue, spare
from archdsl.transforms.deploy.everywhere import everywhere
from archdsl.transforms.deploy.form import Form, Origins
from archdsl.transforms.deploy.origin import UP, FoldedWeight, KeptWeight, Path, joined


def fold_norms(form: Form) -> Form:
    """The form without the norms that a layer before them can stand in for."""
    folded: dict[Scope, Origins] = {}

    def fold(draft: Draft) -> None:
        draft.known = ChainMap(folded, draft.known)
        for norm in list(draft.nodes):
            if _follows(draft, norm) and absorb(draft, norm.inputs[0], norm, folded):
                before = norm.inputs[0].node
                assert before is not None
                draft.note(norm, f"worked into {before.name}", spare(draft, [norm], []))
                draft.bypass(norm)

    rewritten = everywhere(form, "fold_norms", fold)
    return Form(rewritten.program, {**rewritten.origins, **folded}, rewritten.changes)


def _follows(draft: Draft, norm: DraftNode) -> bool:
    """True where a node is a norm with fixed statistics, and the only reader of its input."""
    return (
        norm.op is not None
        and norm.op.channel_map() is not None
        and isinstance(norm.origin, KeptWeight)
        and draft.alone(norm)
        and draft.sole_reader(norm.inputs[0]) is norm
    )


def absorb(draft: Draft, value: DraftValue, norm: DraftNode, folded: dict[Scope, Origins]) -> bool:
    """Works a norm into what gives the value; whether that could be done."""
    assert isinstance(norm.origin, KeptWeight) and norm.op is not None
    fixed = norm.op.channel_map()
    assert fixed is not None
    return _into(draft, value, norm.origin.path, fixed.eps, folded)


def _into(
    draft: Draft, value: DraftValue, norm: Path, eps: float, folded: dict[Scope, Origins]
) -> bool:
    """The same for a norm at a path, seen from the draft's scope."""
    node = value.node
    if node is None or not draft.alone(node) or not isinstance(node.origin, KeptWeight):
        return False
    if node.op is not None:
        linear = node.op.linear_map(draft.types(node))
        if linear is None:
            return False
        origin = FoldedWeight(node.origin.path, norm, eps, linear.groups)
        node.become(linear.biased, origin)
        return True
    assert node.scope is not None
    inner = Draft(node.scope, draft.known)
    result = inner.results[value.output]
    if inner.readers(result) or inner.results.count(result) > 1:
        return False
    way = joined((UP,) * len(node.origin.path), norm)
    if not _into(inner, result, way, eps, folded):
        return False
    scope, origins = inner.done()
    folded[scope] = origins
    node.become(scope)
    return True
