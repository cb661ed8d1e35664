"""The variables for channels that only a module can tell: those that are read, and no others."""

from msgspec.structs import replace

from archdsl.ir.code import Name
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import names_in

Items = tuple[plan.Item, ...]


def with_read_variables(items: Items, read: set[str]) -> Items:
    """The items of a constructor without the variables that nothing reads before they are set
    anew; `read` are the names that are read behind them."""
    return _told(items, read)[0]


def asked_makers(items: Items) -> set[str]:
    """The parameters for classes whose modules are attributes that are asked for their channels."""
    makers: set[str] = set()
    for leaf in plan.built(items).values():
        if leaf.told and isinstance(leaf.build, plan.Make):
            makers |= names_in(leaf.build.maker)
    return makers


def _told(items: Items, read: set[str]) -> tuple[Items, set[str]]:
    """The items, and the names that are read from them on."""
    kept: list[plan.Item] = []
    for item in reversed(items):
        item, read = _one(item, read)
        kept.append(item)
    return tuple(reversed(kept)), read


def _one(item: plan.Item, read: set[str]) -> tuple[plan.Item, set[str]]:
    match item:
        case plan.Leaf():
            return _leaf(item, read)
        case plan.Choice():
            then, first = _told(item.then, read)
            otherwise, second = _told(item.otherwise, read)
            return replace(item, then=then, otherwise=otherwise), first | second
        case plan.Loop():
            item = _through(item)
            again = read | names_in((item.items, item.running))  # by the round that comes next
            items, first = _told(item.items, again)
            return replace(item, items=items), first | again
    return item, read


def _through(loop: plan.Loop) -> plan.Loop:
    """The loop, whose only size that runs through it is what a module in it tells, if nothing reads
    that, nor behind it what came into the round."""
    if len(loop.running) != 1:
        return loop
    size = loop.running[0]
    for place, leaf in enumerate(loop.items):
        if isinstance(leaf, plan.Leaf) and leaf.told and size.then == Name(leaf.told):
            behind = names_in(loop.items[place + 1 :])
            if leaf.told not in names_in(loop.items) and size.name not in behind:
                items = (
                    *loop.items[:place],
                    replace(leaf, told=size.name),
                    *loop.items[place + 1 :],
                )
                return replace(loop, items=items, running=(replace(size, then=Name(size.name)),))
    return loop


def _leaf(leaf: plan.Leaf, read: set[str]) -> tuple[plan.Leaf, set[str]]:
    told = leaf.told if leaf.told in read else ""
    read = read - {leaf.told}
    build = leaf.build
    if isinstance(build, plan.Sequence):
        items, read = _told(build.items, read)
        build = plan.Sequence(items)
    return replace(leaf, told=told, build=build), read | names_in(build)
