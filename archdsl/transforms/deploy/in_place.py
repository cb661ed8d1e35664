"""Activations written over their input, where nothing else reads that afterwards.

What a caller handed in may still be needed there, and a view shares the memory of what it is a
view of: only a step's own fresh result is written over.
"""

from archdsl.ir.footprint import Home
from archdsl.ir.graph import Scope
from archdsl.transforms.deploy.draft import Draft, Node, Value
from archdsl.transforms.deploy.everywhere import everywhere
from archdsl.transforms.deploy.form import Form, Saving

Owners = dict[Value, Value | None]  # whose memory a value lies in; None: a weight's


def in_place(form: Form) -> Form:
    """The form whose activations overwrite what nobody needs any more."""
    return everywhere(form, "in_place", _overwrite)


def _overwrite(draft: Draft) -> None:
    owners = _owners(draft)
    for node in draft.nodes:
        op = node.op.overwriting() if node.op is not None else None
        if op is None or op == node.op or not _free(draft, node, owners):
            continue
        if not all(other.name != node.name or _free(draft, other, owners) for other in draft.nodes):
            continue  # a layer used in several places works the same way in all of them
        node.become(op)
        writes = node.step.outputs[0].numel
        draft.note(node, "written over its input", Saving(writes=writes))


def _free(draft: Draft, node: Node, owners: Owners) -> bool:
    """Whether nothing reads the memory of the node's input after it."""
    value = node.inputs[0]
    if owners[value] != value or value.node is None:
        return False
    shared = {other for other, owner in owners.items() if owner == value}
    later = draft.nodes[draft.nodes.index(node) + 1 :]
    return not any(given in shared for other in later for given in other.inputs) and not any(
        result in shared for result in draft.results
    )


def _owners(draft: Draft) -> Owners:
    """For every value the one whose memory it lies in."""
    owners: Owners = {Value(None, k): Value(None, k) for k in range(len(draft.scope.inputs))}
    for node in draft.nodes:
        for output in range(len(node.step.outputs)):
            value = Value(node, output)
            owners[value] = _owner(draft, value, node, owners)
    return owners


def _owner(draft: Draft, value: Value, node: Node, owners: Owners) -> Value | None:
    if node.scope is not None:
        inner = _inner(node.scope, draft, value.output)
        if inner is None:
            return None
        return owners[node.inputs[inner.output]] if inner.node is None else value
    assert node.op is not None
    types, outputs = draft.types(node), node.step.outputs
    match node.op.footprint(types, outputs, training=False).home:
        case Home.OWN:
            return value
        case Home.INPUT:
            return owners[node.inputs[0]]
        case Home.WEIGHT:
            return None


def _inner(scope: Scope, draft: Draft, output: int) -> Value | None:
    """Where a block's result lies, seen from inside."""
    inside = Draft(scope, draft.known)
    return _owners(inside)[inside.results[output]]
