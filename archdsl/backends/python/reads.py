"""The readers of each value in a class's `forward`, found before a line is printed."""

import builtins
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from archdsl.base.names import is_variable
from archdsl.ir.code import Call, Code, In, Index, Infix, Name
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import parts_of

HELPERS = ("recompute", "recompute_joined")  # functions that the file may define
FORWARD_NAMES = {"F", "Tensor", "nn", "self", "torch", *HELPERS, *dir(builtins), *"IOl"}


def free_in_forward(name: str) -> bool:
    """True where a variable of `forward` may have this name."""
    return is_variable(name) and name not in FORWARD_NAMES


def counters(cls: plan.ClassPlan) -> frozenset[str]:
    """The variables that the loops of `forward` count their rounds with."""
    return frozenset(loop.variable for loop in plan.loops(cls.items))


def kinds_of(cls: plan.ClassPlan) -> tuple[plan.InputKind, ...]:
    """The types of the parameters of `forward`."""
    return cls.kinds or (plan.InputKind.TENSOR,) * len(cls.inputs)


def input_names(cls: plan.ClassPlan) -> tuple[str, ...]:
    """The parameters of `forward`: a sole input is `x`."""
    if len(cls.inputs) == 1 and kinds_of(cls) == (plan.InputKind.TENSOR,):
        return ("x",)
    names: list[str] = []
    counting = counters(cls)
    for name in cls.inputs:
        name = name.lstrip("_") or "x"
        while not free_in_forward(name) or name in names or name in counting:
            name += "_"
        names.append(name)
    return tuple(names)


def parameters_of_forward(cls: plan.ClassPlan) -> list[str]:
    """The inputs with their types; those that may be None are, at the end, if nothing is given."""
    return [
        f"{name}: {kind.value}{' = None' if kind is plan.InputKind.OPTIONAL else ''}"
        for name, kind in zip(input_names(cls), kinds_of(cls), strict=True)
    ]


def asked(choice: plan.Choice) -> Iterator[plan.Value]:
    """The inputs about which `forward` asks whether they are given."""
    parts = parts_of(choice.flag)
    yield from (part.value for part in parts if isinstance(part, plan.Presence))


def told_by(question: Code) -> tuple[frozenset[plan.Value], frozenset[plan.Value]]:
    """The inputs that a question tells to be given, if the answer is yes and if it is no."""
    match question:
        case Infix(op="is" | "is not" as op, operands=(plan.Presence(value=value), None)):
            told, nothing = frozenset[plan.Value]({value}), frozenset[plan.Value]()
            return (told, nothing) if op == "is not" else (nothing, told)
    return frozenset(), frozenset()


def attribute(name: plan.AttributeName, base: plan.Base) -> Code:
    """The expression by which a class reads a module of its own."""
    if plan.sayable(name):
        return Name(f"self.{name}")
    if base is plan.Base.DICT:
        return Index(Name("self"), (name,))
    return Call("getattr", (Name("self"), name))


def gathered(items: tuple[plan.Item, ...]) -> Iterator[plan.Gathered]:
    """The values that merges read round by round."""
    for leaf in plan.leaves(items):
        yield from (value for value in leaf.inputs if isinstance(value, plan.Gathered))


def on_the_spot(loop: plan.Loop) -> bool:
    """True for a loop of one step that a merge can make for itself, round by round."""
    match loop.items:
        case (plan.Leaf(outputs=1),):
            return not loop.carried
    return False


def chained(items: tuple[plan.Item, ...]) -> Iterator[int]:
    """Leaves that share their line of the source with a neighbour."""
    for before, item in pairwise(items):
        match before, item:
            case plan.Leaf(), plan.Leaf() if before.line == item.line:
                yield from (before.id, item.id)
    for item in items:
        match item:
            case plan.Choice():
                yield from chained(item.then)
                yield from chained(item.otherwise)
            case plan.Loop():
                yield from chained(item.items)


def mentions(code: Code, index: int) -> int:
    return sum(part == In(index) for part in parts_of(code))


def read_by(leaf: plan.Leaf) -> Iterator[plan.Value]:
    """Every read of a value by a step."""
    for value in leaf.inputs:
        yield from plan.underlying(value)


def reads(items: tuple[plan.Item, ...]) -> Iterator[plan.Value]:
    """Every read of a value by the items, those of arms' and rounds' ends included."""
    for item in items:
        match item:
            case plan.Leaf():
                yield from read_by(item)
            case plan.Choice():
                yield from asked(item)
                yield from reads(item.then)
                yield from reads(item.otherwise)
                yield from (value for pair in item.merged for value in pair)
            case plan.Loop():
                yield from reads(item.items)
                yield from (v for pair in item.carried for v in pair if v is not None)


def read_here(items: tuple[plan.Item, ...], ends: Iterable[plan.Value]) -> Iterator[plan.Value]:
    """The values that steps of a block read as they are, rounds of loops included but no arms, and
    those that it leaves."""
    for item in items:
        match item:
            case plan.Leaf():
                yield from item.inputs
            case plan.Loop():
                starts = (start for start, _ in item.carried if start is not None)
                yield from read_here(item.items, (*starts, *(end for _, end in item.carried)))
    yield from ends


def joined(items: tuple[plan.Item, ...]) -> Iterator[plan.Value]:
    """Values that a choice merges or a loop carries: one variable serves several of them."""
    for item in items:
        match item:
            case plan.Choice():
                yield from (value for pair in item.merged for value in pair)
                yield from joined((*item.then, *item.otherwise))
            case plan.Loop():
                yield from (end for _, end in item.carried)
                yield from joined(item.items)


def readers(
    items: tuple[plan.Item, ...], counts: Counter[plan.Value]
) -> Iterator[tuple[plan.Value, plan.Leaf | None]]:
    """Values whose only reader is a leaf of the same block (or that block's end: None)."""
    made = {plan.Result(i.id) for i in items if isinstance(i, plan.Leaf)}
    for item in items:
        match item:
            case plan.Leaf():
                for value in item.inputs:
                    if value in made and counts[value] == 1:
                        yield value, item
            case plan.Choice():
                for arm, side in ((item.then, 0), (item.otherwise, 1)):
                    yield from readers(arm, counts)
                    yield from ends(arm, [pair[side] for pair in item.merged], counts)
            case plan.Loop():
                yield from readers(item.items, counts)
                yield from ends(item.items, [end for _, end in item.carried], counts)


def ends(
    items: tuple[plan.Item, ...], values: list[plan.Value], counts: Counter[plan.Value]
) -> Iterator[tuple[plan.Value, None]]:
    made = {plan.Result(i.id) for i in items if isinstance(i, plan.Leaf)}
    yield from ((value, None) for value in values if value in made and counts[value] == 1)
