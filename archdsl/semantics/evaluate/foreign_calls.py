"""Calls of other frameworks' layers, written in this language: `nn.BatchNorm2d(16)` is `bn`."""

from archdsl.base.labels import Remedy, replaced
from archdsl.ops.foreign import op_meant
from archdsl.ops.registry import ops
from archdsl.semantics.evaluate.positional_habits import as_call
from archdsl.syntax import tree


def written(word: str, call: tree.Call) -> Remedy | None:
    """The whole call as it is written here; None where that is not sure."""
    if word.lower() == "sequential":
        return _chain(call)
    op = ops().get(op_meant(word) or "")
    if op is None or op.inputs != (1, 1):
        return None
    text = as_call(op, call.arguments)
    return None if text is None else replaced(call.span, text)


def _chain(call: tree.Call) -> Remedy | None:
    """`Sequential(conv(16, 3), bn)`: steps that are joined by arrows."""
    if not call.arguments or any(a.name is not None for a in call.arguments):
        return None
    text = " -> ".join(" ".join(a.value.span.text.split()) for a in call.arguments)
    return replaced(call.span, text)
