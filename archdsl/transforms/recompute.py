"""Class plan -> the same with blocks that the backward pass computes again instead of keeping.

A block is asked for by its name. The word `concat` asks for those that add to a concatenation
round by round: there each sees the parts, and the tensors that grow with every round are not kept.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from archdsl.ir.code import CALL, Call, Code, In, List
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import parts_of

CONCAT = "concat"


class NothingToRecompute(Exception):
    """A word names no block of the network; the message says what there is."""


def recompute(planned: plan.Plan, words: tuple[str, ...]) -> plan.Plan:
    """The plan in which the blocks with these names are computed again."""
    if not words:
        return planned
    _check(planned, words)
    blocks = {cls.name: cls.block for cls in planned.classes}
    grown = [_with_growing(cls, words, blocks) for cls in planned.classes]
    elsewhere = {name for cls in grown for name in _made(tuple(_apart(cls.items)))}
    *inner, network = grown
    marked = (
        replace(cls, recomputed=cls.block in words and cls.name in elsewhere) for cls in inner
    )
    return replace(planned, classes=(*marked, network))


def _check(planned: plan.Plan, words: tuple[str, ...]) -> None:
    """Refuses a word that stands for nothing."""
    blocks = tuple(dict.fromkeys(cls.block for cls in planned.classes[:-1] if cls.block))
    growing = any(_growth(item) for cls in planned.classes for item in plan.loops(cls.items))
    for word in words:
        if word == CONCAT and not growing:
            raise NothingToRecompute(f"no concatenation of `{planned.program}` grows in a loop")
        if word != CONCAT and word not in blocks:
            has = f"it has {', '.join(blocks)}" if blocks else "it has none"
            raise NothingToRecompute(f"`{planned.program}` has no block `{word}`; {has}")


# --- concatenations that grow -------------------------------------------------------------------


def _with_growing(
    cls: plan.ClassPlan, words: tuple[str, ...], blocks: dict[str, str]
) -> plan.ClassPlan:
    """A class whose loops that only add to a concatenation keep the parts instead."""

    def changed(item: plan.Item) -> plan.Item:
        match item:
            case plan.Loop() if _growth(item) and _asked(item, words, blocks):
                return replace(item, growing=True)
            case plan.Loop():
                return replace(item, items=tuple(map(changed, item.items)))
            case plan.Choice():
                arms = (tuple(map(changed, arm)) for arm in (item.then, item.otherwise))
                then, otherwise = arms
                return replace(item, then=then, otherwise=otherwise)
            case plan.Leaf():
                return item

    return replace(cls, items=tuple(map(changed, cls.items)))


def _asked(loop: plan.Loop, words: tuple[str, ...], blocks: dict[str, str]) -> bool:
    return CONCAT in words or any(blocks.get(name) in words for name in _made(loop.items))


def _growth(loop: plan.Loop) -> bool:
    """True where a round applies one module and puts its result beside the module's input."""
    match loop.items, loop.carried:
        case (plan.Leaf() as step, plan.Leaf() as merge), ((start, end),) if start is not None:
            there = plan.Carried(loop.id, 0)
            return (
                (step.forward, step.inputs, step.outputs) == (CALL, (there,), 1)
                and _joins(merge.forward)
                and merge.inputs == (there, plan.Result(step.id))
                and end == plan.Result(merge.id)
            )
    return False


def _joins(code: Code) -> bool:
    both = (List((In(0), In(1))),)
    return isinstance(code, Call) and code.func == "torch.cat" and code.args == both


# --- which classes are made where ---------------------------------------------------------------


def _apart(items: tuple[plan.Item, ...]) -> Iterator[plan.Leaf]:
    """The steps that do not stand in a growing loop."""
    for item in items:
        match item:
            case plan.Leaf():
                yield item
            case plan.Choice():
                yield from _apart((*item.then, *item.otherwise))
            case plan.Loop() if not item.growing:
                yield from _apart(item.items)


def _made(code: object) -> set[str]:
    """The names of the classes that are constructed somewhere in it."""
    return {part.cls for part in parts_of(code) if isinstance(part, plan.New)}
