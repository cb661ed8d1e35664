"""The order of construction: running order, unless layers were declared before their use."""

from collections.abc import Iterator, Mapping

from archdsl.ir.graph import Scope
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.proto import Mismatch, Proto, ProtoLoop, leaves
from archdsl.transforms.classes.unify import merge_orders


def constructed(
    items: tuple[plan.Item, ...], protos: tuple[Proto, ...], scopes: tuple[Scope, ...]
) -> tuple[plan.Item, ...]:
    """The items as `__init__` makes them: in running order, unless layers were declared first."""
    if all(_in_order(scope) for scope in scopes):
        return items
    declared = dict.fromkeys(scope.modules for scope in scopes)
    modules = {name: place for place, name in enumerate(merge_orders(declared))}
    places = list(_places(protos, modules))
    order = sorted(range(len(items)), key=lambda i: places[i])
    for index, scope in enumerate(scopes):
        made = [n for i in order for n in _names(protos[i], index) if n in scope.modules]
        if list(dict.fromkeys(made)) != [m for m in scope.modules if m in made]:
            loops = (proto.key for proto in protos if isinstance(proto, ProtoLoop))
            raise Mismatch("layers declared in different orders", next(loops, None))
    return tuple(items[i] for i in order)


def _in_order(scope: Scope) -> bool:
    used = dict.fromkeys(step.name for step in scope.steps)
    modules = dict.fromkeys(scope.modules)
    return [m for m in modules if m in used] == [u for u in used if u in modules]


def _places(protos: tuple[Proto, ...], modules: Mapping[str, int]) -> Iterator[int]:
    """For each item the place of the first module that no item before it makes."""
    made: set[str] = set()
    for proto in protos:
        names = {leaf.site.step.name for leaf in leaves((proto,))}
        yield min((modules[n] for n in names - made if n in modules), default=len(modules))
        made |= names


def _names(proto: Proto, instance: int) -> list[str]:
    """The modules that an item makes in one instance, in running order."""
    sites = [
        site
        for leaf in leaves((proto,))
        for occ, site in leaf.sites.items()
        if occ.instance == instance
    ]
    return [site.step.name for site in sorted(sites, key=lambda site: site.index)]
