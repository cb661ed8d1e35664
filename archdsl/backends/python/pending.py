"""The steps that wait to be written in one `forward`, and those that may share a statement."""

from collections import Counter

from msgspec import Struct

from archdsl.backends.python.assignments import Move
from archdsl.backends.python.reads import reads
from archdsl.ir.code import CALL, Call, Code, Fold, In, Name
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import parts_of


class Pending(Struct, frozen=True):
    """A value that stands in the expression of its only reader, unless that grows too long.

    The code of a gathered value is the generator of its rounds.
    """

    value: plan.Result | plan.Gathered
    leaf: plan.Leaf
    code: Code
    mentioned: frozenset[str]
    depth: int
    kernels: bool  # it holds a step with kernels, or a block
    closed: bool = False  # light steps led up to that one: the statement is complete
    merges: bool = False  # it holds a call with several values


def renaming(target: str, name: str) -> Move:
    return Move(target, Name(name), frozenset({name}))


def apart(before: Pending, leaf: plan.Leaf) -> bool:
    """True where two steps that would share a statement need one each: a block with several values,
    and a call with several values inside another."""
    if is_sided(before.leaf):
        return True
    if is_sided(leaf):
        return before.merges or before.leaf.block or before.leaf.line != leaf.line
    return before.merges and is_merging(leaf)


def is_sided(leaf: plan.Leaf) -> bool:
    """True for a block that takes other values beside what flows in."""
    return leaf.block and len(leaf.inputs) > 1


def is_merging(leaf: plan.Leaf) -> bool:
    """True for a call with several values, not for `a + b`."""
    return len(leaf.inputs) > 1 and isinstance(leaf.forward, Call | Fold)


def read_in_order(leaf: plan.Leaf) -> list[plan.Value]:
    """The values that a step reads, in the order of its expression; each once."""
    if leaf.forward == CALL:
        return [leaf.inputs[0]]
    places = [part.index for part in parts_of(leaf.forward) if isinstance(part, In)]
    return list(dict.fromkeys(leaf.inputs[place] for place in places))


def arm_reads(choice: plan.Choice, side: int) -> Counter[plan.Value]:
    """The values that one arm reads, its end included."""
    items = choice.otherwise if side else choice.then
    return Counter(reads(items)) + Counter(pair[side] for pair in choice.merged)


def hands_on(inner: plan.Choice, values: list[plan.Value]) -> bool:
    """True where the values are just those that the inner choice merges, each once."""
    merged = [plan.Merged(inner.id, index) for index in range(len(inner.merged))]
    return bool(inner.otherwise) and sorted(map(str, merged)) == sorted(map(str, values))
