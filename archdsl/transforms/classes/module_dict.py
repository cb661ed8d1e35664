"""Classes whose modules have numbers, or just computed names: these make an `nn.ModuleDict`."""

from collections.abc import Iterator

from msgspec.structs import replace

from archdsl.ir.code import Call, Self
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import names_in, parts_of

METHODS = frozenset({"clear", "items", "keys", "pop", "update", "values"})
TENSORS = ("nn.Buffer", "nn.Parameter")


def is_dict(items: tuple[plan.Item, ...]) -> bool:
    """True where some modules are called by numbers, or all by computed names, and none is called
    like a dictionary's own methods."""
    built = [leaf for leaf in _leaves(items) if leaf.build is not None]
    unsayable = [leaf for leaf in built if not plan.sayable(leaf.name)]
    numbered = any(isinstance(leaf.name, str) for leaf in unsayable)
    return (
        (numbered or (bool(built) and len(unsayable) == len(built)))
        and not any(leaf.name in METHODS for leaf in built)
        and not any(map(_is_tensor, unsayable))
    )


def over_modules(items: tuple[plan.Item, ...]) -> tuple[plan.Item, ...]:
    """A loop that runs through all modules of the class asks for neither numbers nor names."""
    modules = [leaf for leaf in _leaves(items) if Self() in parts_of((leaf.build, leaf.forward))]
    return tuple(
        replace(item, size=None)
        if isinstance(item, plan.Loop) and len(modules) == 1 and _only_runs(item, modules[0])
        else item
        for item in items
    )


def _only_runs(loop: plan.Loop, module: plan.Leaf) -> bool:
    """True for a round of that module and steps beside it which do not read the round's number."""
    steps = [item for item in loop.items if isinstance(item, plan.Leaf)]
    read = names_in(tuple((step.forward, step.inputs) for step in steps))
    return module in steps and len(steps) == len(loop.items) and loop.variable not in read


def _is_tensor(leaf: plan.Leaf) -> bool:
    return isinstance(leaf.build, Call) and leaf.build.func in TENSORS


def _leaves(items: tuple[plan.Item, ...]) -> Iterator[plan.Leaf]:
    for item in items:
        match item:
            case plan.Leaf():
                yield item
            case plan.Choice():
                yield from _leaves((*item.then, *item.otherwise))
            case plan.Loop():
                yield from _leaves(item.items)
