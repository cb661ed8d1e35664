"""Convolutions of the same input whose results are added up: one convolution (RepVGG).

A 1x1 window is a 3x3 one with zeros around it, and a batch norm of the input, or the input
itself, is a 1x1 convolution too. It is done where it costs no more than the branches did. A block
that gives its results to the sum alone is opened where its branches become part of it (MobileOne).
"""

from msgspec import Struct

from archdsl.ops.base import Op
from archdsl.ops.families.elementwise import Add
from archdsl.transforms.deploy.draft import Draft, DraftNode, DraftValue, spare
from archdsl.transforms.deploy.everywhere import everywhere
from archdsl.transforms.deploy.form import Form
from archdsl.transforms.deploy.origin import KeptWeight, Origin, PassingWeight, SummedWeight


def sum_branches(form: Form) -> Form:
    """The form with one convolution for branches that are added and could be one."""
    return everywhere(form, "sum_branches", _sum)


class LinearBranch(Struct, frozen=True):
    """A branch as a convolution of the source; `node` is None for the source itself."""

    value: DraftValue
    node: DraftNode | None
    op: Op
    origin: Origin


def _sum(draft: Draft) -> None:
    for add in [node for node in draft.nodes if isinstance(node.op, Add)]:
        _sum_into(draft, add)
        if len(add.inputs) == 1:
            draft.bypass(add)


def _sum_into(draft: Draft, add: DraftNode) -> None:
    """All that can become one in a sum, what stands in blocks last."""
    for kernel in [value.node for value in add.inputs]:
        if draft.holds(kernel) and _is_kernel(draft, kernel, add):
            _merge(draft, add, kernel)
    for block in dict.fromkeys(value.node for value in add.inputs):
        if draft.holds(block) and _gives_branches(draft, block, add):
            _open(draft, add, block)


def _gives_branches(draft: Draft, block: DraftNode, add: DraftNode) -> bool:
    """True where a node is a block that only the sum reads, one step from input to result."""
    if block.scope is None or not isinstance(block.origin, KeptWeight) or not draft.alone(block):
        return False
    results = [DraftValue(block, k) for k in range(len(block.step.outputs))]
    if any(draft.sole_reader(result) is not add for result in results):
        return False
    last = [value.node for value in Draft(block.scope, draft.known).results]
    return any(node and all(value.node is None for value in node.inputs) for node in last)


def _open(draft: Draft, add: DraftNode, block: DraftNode) -> None:
    """The block's steps in its place, where one of them becomes part of another's filters."""
    undo, before = draft.kept(), len(draft.notes)
    draft.inline(block)
    _sum_into(draft, add)
    if len(draft.notes) == before:
        undo()


def _is_kernel(draft: Draft, node: DraftNode | None, add: DraftNode) -> bool:
    """True where a node is a convolution that only the sum reads."""
    if node is None or node.op is None or node.op.passing(draft.types(node)) is None:
        return False
    return draft.alone(node) and draft.sole_reader(node.value) is add


def _merge(draft: Draft, add: DraftNode, kernel: DraftNode) -> None:
    """Everything in the sum that can be part of the kernel becomes part of it."""
    assert kernel.op is not None
    types = draft.types(kernel)
    op, taken = kernel.op, [LinearBranch(kernel.value, kernel, kernel.op, kernel.origin)]
    for value in add.inputs:
        branch = None if value == kernel.value else _branch(draft, value, kernel, add)
        wider = branch and op.plus(branch.op, types)
        if branch and wider:
            op, taken = wider, [*taken, branch]
    before = [branch.node for branch in taken if branch.node is not None]
    macs = sum(node.op.macs(types, node.step.outputs) for node in before if node.op)
    if len(taken) == 1 or op.macs(types, kernel.step.outputs) > macs:
        return
    saving = spare(draft, [*before, add], [])
    kernel.become(
        op, SummedWeight(tuple(part for branch in taken for part in _parts(branch.origin)))
    )
    gone = [branch.value for branch in taken[1:]]
    draft.rewire(add, [value for value in add.inputs if value not in gone])
    for node in before[1:]:
        draft.remove(node)
    left = [kernel] if len(add.inputs) == 1 else [kernel, add]
    names = ", ".join(branch.node.name if branch.node else "the input" for branch in taken[1:])
    draft.note(kernel, f"{names} added to its filters", saving.less(spare(draft, left, [])))


def _parts(origin: Origin) -> tuple[Origin, ...]:
    """The parts that an origin is the sum of."""
    return origin.parts if isinstance(origin, SummedWeight) else (origin,)


def _branch(
    draft: Draft, value: DraftValue, kernel: DraftNode, add: DraftNode
) -> LinearBranch | None:
    """A value of the sum as a convolution of the kernel's input, if it is one."""
    source, node, types = kernel.inputs[0], value.node, draft.types(kernel)
    assert kernel.op is not None
    unit = kernel.op.passing(types)
    if unit is None:
        return None
    if value == source:
        return LinearBranch(value, None, unit, _passing(kernel, draft, None, 0.0))
    if node is None or node.inputs != [source] or not draft.alone(node):
        return None
    if draft.sole_reader(value) is not add or node.op is None:
        return None
    norm = node.op.channel_map()
    if norm is not None and isinstance(node.origin, KeptWeight):
        return LinearBranch(value, node, unit, _passing(kernel, draft, node, norm.eps))
    return LinearBranch(value, node, node.op, node.origin)


def _passing(kernel: DraftNode, draft: Draft, norm: DraftNode | None, eps: float) -> PassingWeight:
    """The weights of a convolution like the kernel that gives its input unchanged."""
    types = draft.types(kernel)
    assert kernel.op is not None
    _, per_group, *_ = kernel.op.weights(types)[0].shape
    path = norm.origin.path if norm and isinstance(norm.origin, KeptWeight) else None
    groups = types[0].shape[0] // per_group
    channels = None if path else types[0].shape[0]
    return PassingWeight(channels, groups, types[0].rank - 1, path, eps)
