"""Convolutions alike over the same input: one with their channels in a row, then split.

Inception's branches begin so: the input is read once, and one large product runs better than
several small ones. An activation that follows all of them is done once, before the split. Where
only some are followed by one there is nothing to gain, and they stay apart.
"""

from itertools import takewhile

from msgspec import Struct
from msgspec.structs import replace

from archdsl.ir.graph import Mark, Step
from archdsl.ops.base import Op
from archdsl.ops.families.parts import Split
from archdsl.transforms.deploy.draft import Draft, DraftNode, DraftValue
from archdsl.transforms.deploy.everywhere import everywhere
from archdsl.transforms.deploy.form import Form, Saving
from archdsl.transforms.deploy.origin import JoinedWeight, KeptWeight


def merge_parallel(form: Form) -> Form:
    """The form with one convolution where several alike begin the branches."""
    return everywhere(form, "merge_parallel", _merge)


def _merge(draft: Draft) -> None:
    for source in list(draft.values()):
        readers = draft.readers(source)
        if len(readers) < 2 or any(_overwrites(node.op) for node in readers):
            continue
        for members in _alike(draft, readers):
            _join(draft, source, members)


def _overwrites(op: Op | None) -> bool:
    return op is not None and op.overwriting() == op


def _alike(draft: Draft, readers: list[DraftNode]) -> list[list[DraftNode]]:
    """Groups of nodes that begin with convolutions which can be one."""
    groups: list[tuple[tuple[Op, Op | None], list[DraftNode]]] = []
    for node in readers:
        entry = entrance(draft, node)
        if entry is None or entry[0].beside(()) is None:
            continue
        for (first, after), members in groups:
            if first.beside((entry[0],)) is not None and after == entry[1]:
                members.append(node)
                break
        else:
            groups.append((entry, [node]))
    return [members for _, members in groups if len(members) > 1]


def entrance(draft: Draft, node: DraftNode) -> tuple[Op, Op | None] | None:
    """The convolution that a node is or begins with, and the activation right behind it."""
    if not draft.alone(node) or len(node.inputs) != 1 or len(node.step.outputs) != 1:
        return None
    if node.op is not None:
        return node.op, _activation(draft, node)
    assert node.scope is not None
    inner = Draft(node.scope, draft.known)
    readers = inner.readers(DraftValue(None))
    if (
        len(readers) != 1
        or DraftValue(None) in inner.results
        or not isinstance(node.origin, KeptWeight)
    ):
        return None
    entry = entrance(inner, readers[0])
    if entry is not None and entry[1] is None and inner.results == [readers[0].value]:
        return entry[0], _activation(draft, node)
    return entry


def _activation(draft: Draft, node: DraftNode) -> Op | None:
    """The elementwise op that is all that reads a node's result."""
    reader = draft.sole_reader(node.value)
    if reader is None or reader.op is None or reader.op.overwriting() is None:
        return None
    return reader.op


class Opened(Struct, frozen=True):
    """A branch in the open: its first convolution, what ends the part that all branches share
    (the convolution or its activation), and the steps after it."""

    name: str
    layer: DraftNode
    end: DraftNode
    rest: list[DraftNode]


def _join(draft: Draft, source: DraftValue, members: list[DraftNode]) -> None:
    """The members' first convolutions as one, the rest of each behind its part of the result."""
    branches = [_opened(draft, node) for node in members]
    first = branches[0]
    merged = _merged(draft, source, [branch.layer for branch in branches])
    tail = merged
    if first.end is not first.layer:
        name = draft.free(f"merged_{first.end.op.word if first.end.op else ''}")
        step = replace(first.end.step, name=name, outputs=merged.step.outputs)
        trail = _common([branch.end.step.trail for branch in branches])
        step = replace(step, trail=(*trail, first.end.step.trail[-1]))
        tail = draft.insert(first.layer, step, [merged.value], KeptWeight((name,)))
    _part(draft, tail, branches)
    names = ", ".join(branch.name for branch in branches)
    reads = (len(branches) - 1) * draft.type_of(source).numel
    draft.note(merged, f"begins {names}: one read of the input", Saving(reads=reads))


def _opened(draft: Draft, node: DraftNode) -> Opened:
    """The branch with its blocks opened as far as its first convolution."""
    name, steps, layer = node.name, [node], node
    while layer.scope is not None:
        inner = draft.inline(layer)
        steps = [*inner, *(step for step in steps if step is not layer)]
        layer = next(step for step in inner if step.inputs == node.inputs)
    reader = draft.sole_reader(layer.value)
    end = layer if _activation(draft, layer) is None or reader is None else reader
    return Opened(name, layer, end, [step for step in steps if step not in (layer, end)])


def _merged(draft: Draft, source: DraftValue, layers: list[DraftNode]) -> DraftNode:
    """The one convolution."""
    ops = [layer.op for layer in layers if layer.op is not None]
    op = ops[0].beside(tuple(ops[1:]))
    assert op is not None
    trails = [layer.step.trail for layer in layers]
    step = Step(
        draft.free("merged"),
        op,
        (),
        op.infer((draft.type_of(source),)),
        layers[0].step.span,
        (*_common(trails), trails[0][-1]),
        named=True,
    )
    return draft.insert(layers[0], step, [source], JoinedWeight(tuple(x.origin for x in layers)))


def _part(draft: Draft, tail: DraftNode, branches: list[Opened]) -> None:
    """Splits the result; the rest of each branch reads its part."""
    sizes = tuple(branch.layer.step.outputs[0].shape[0] for branch in branches)
    op = Split(sizes=sizes)
    outputs = op.infer(tail.step.outputs)
    trail = (*tail.step.trail, branches[0].layer.step.trail[-1])
    step = Step(draft.free("split"), op, (), outputs, tail.step.span, trail)
    split = draft.insert(branches[0].layer, step, [tail.value], KeptWeight(()))
    draft.redirect({branch.end.value: DraftValue(split, k) for k, branch in enumerate(branches)})
    for branch in branches:
        for node in dict.fromkeys((branch.layer, branch.end)):
            draft.remove(node)
        if len(branch.rest) == 1:
            (last,) = branch.rest
            draft.rename(last, draft.free(branch.name))


def _common(trails: list[tuple[Mark, ...]]) -> tuple[Mark, ...]:
    """The common beginning of the trails."""
    common = takewhile(lambda marks: len(set(marks)) == 1, zip(*trails, strict=False))
    return tuple(marks[0] for marks in common)
