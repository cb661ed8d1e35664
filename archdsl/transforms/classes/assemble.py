"""One class for many instances: align, resolve, explain; unroll what does not fit; else split."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from archdsl.base.names import MODULE_ATTRIBUTES
from archdsl.ir.code import Code, Name
from archdsl.ir.graph import Scope, ScopeKind
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.align import Aligner, Made, Rolling
from archdsl.transforms.classes.context import Context
from archdsl.transforms.classes.explain import Explainer
from archdsl.transforms.classes.expressions import names_in, parts_of, transform
from archdsl.transforms.classes.finish import Finisher, fold_repeats
from archdsl.transforms.classes.flow import Flow
from archdsl.transforms.classes.group import Group
from archdsl.transforms.classes.proto import (
    Mismatch,
    Occurrence,
    Proto,
    ProtoLoop,
    leaves,
)
from archdsl.transforms.classes.regions import numbered, regions, sequential
from archdsl.transforms.classes.results import ResultNames


@dataclass(frozen=True, slots=True)
class Fitted:
    """A class, the call that makes each of its instances, and the inputs that it reads."""

    cls: plan.ClassPlan
    news: dict[Scope, plan.New]
    reads: tuple[int, ...]


def assemble(group: Group, made: Made, names: Iterator[str]) -> list[Fitted]:
    """The classes of one definition: one where its instances fit together, else a few."""
    clusters = _clusters(group, made)
    return [_fitted(_part(group, cluster), made, next(names)) for cluster in clusters]


def _clusters(group: Group, made: Made) -> list[list[int]]:
    """All instances together if they fit; else each joins the first class that it fits."""
    everyone = list(range(len(group.scopes)))
    if len(everyone) == 1 or _fits(group, everyone, made):
        return [everyone]
    clusters: list[list[int]] = []
    for members in _alike(group):
        whole = len(members) == 1 or _fits(group, members, made)
        for part in [members] if whole else [[member] for member in members]:
            home = next((c for c in clusters if _fits(group, [*c, *part], made)), None)
            if home is None:
                clusters.append(part)
            else:
                home.extend(part)
    return [sorted(cluster) for cluster in clusters]


def _alike(group: Group) -> list[list[int]]:
    """Instances whose steps have the same names and kinds: the first guess at a class."""
    found: dict[object, list[int]] = {}
    for index, scope in enumerate(group.scopes):
        shape = tuple((s.name, type(s.target), s.inputs) for s in scope.steps)
        found.setdefault(shape, []).append(index)
    return list(found.values())


def _part(group: Group, members: list[int]) -> Group:
    scopes = tuple(group.scopes[i] for i in members)
    return replace(group, scopes=scopes, contexts=tuple(group.contexts[i] for i in members))


def _fits(group: Group, members: list[int], made: Made) -> bool:
    try:
        _fitted(_part(group, members), made, "Trial")
    except Mismatch:
        return False
    return True


def _fitted(group: Group, made: Made, name: str) -> Fitted:
    """One class, its loops rolled where that works."""
    rolling: dict[tuple[int, ...], Rolling] = {}
    while True:
        try:
            return _attempt(group, made, name, rolling)
        except Mismatch as mismatch:
            if mismatch.loop is None or rolling.get(mismatch.loop) is Rolling.UNROLL:
                raise
            before = rolling.get(mismatch.loop, Rolling.ROLL)
            rolling[mismatch.loop] = Rolling(before.value + 1)


def _attempt(
    group: Group,
    made: Made,
    name: str,
    rolling: Mapping[tuple[int, ...], Rolling],
) -> Fitted:
    scopes = group.scopes
    base = _base(scopes)
    aligner = Aligner(made, rolling, len(scopes))
    bodies = {Occurrence(i): regions(scope) for i, scope in enumerate(scopes)}
    if base is plan.Base.SEQUENCE:
        protos = aligner.sequence(bodies, "module").items
    else:
        protos = aligner.body(bodies)
    flow = Flow(protos, scopes)
    context = Context(group.contexts)
    explainer = Explainer(context)
    taken = MODULE_ATTRIBUTES.union(*(scope.modules for scope in scopes))
    finisher = Finisher(explainer, ResultNames(group.contexts[0]), taken)
    items: tuple[plan.Item, ...]
    construction: tuple[plan.Item, ...]
    results: tuple[plan.Value, ...] = ()
    if base is plan.Base.SEQUENCE:
        items = construction = fold_repeats(finisher.items(protos, None))
    elif base is plan.Base.NAMED_SEQUENCE:
        items = construction = finisher.items(protos, None)
    else:
        for leaf in leaves(protos):
            flow.inputs(leaf)
        flow.results()
        flow.again()
        raw = finisher.items(protos, flow)
        results = flow.results()
        settled = finisher.settle(raw, flow)
        items, results = finisher.folded(settled), finisher.folded(results)
        construction = _constructed(items, protos, scopes)
    stored = _in_order_read(finisher.stored, items)
    names, inlined = _names_kept(context, (construction, stored))
    construction, items, stored = (_inlined(c, inlined) for c in (construction, items, stored))
    used = names_in((construction, stored, names))
    reads = tuple(range(len(scopes[0].inputs)))
    if base is plan.Base.MODULE and len(reads) > 1 and group.inner:
        read = {p.index for p in parts_of((items, results)) if isinstance(p, plan.Input)}
        reads = tuple(sorted(read))
        items, results = (_renumbered(code, reads) for code in (items, results))
    cls = plan.ClassPlan(
        name,
        scopes[0].doc,
        base,
        context.signature(used),
        names,
        stored,
        construction,
        items,
        tuple(scopes[0].input_names[index] for index in reads),
        results,
    )
    order = [parameter.name for parameter in cls.parameters]
    return Fitted(cls, dict(_news(cls.name, scopes, context, order)), reads)


def _in_order_read(
    stored: dict[str, Code], items: tuple[plan.Item, ...]
) -> tuple[tuple[str, Code], ...]:
    """What is stored, in the order in which `forward` reads it."""
    found = [p.text.removeprefix("self.") for p in parts_of(items) if isinstance(p, Name)]
    return tuple((name, stored[name]) for name in dict.fromkeys(found) if name in stored)


def _renumbered(code: Any, reads: tuple[int, ...]) -> Any:
    """The same with the inputs counted without those that nothing reads."""
    return transform(
        code,
        lambda part: plan.Input(reads.index(part.index)) if isinstance(part, plan.Input) else part,
    )


Names = tuple[tuple[str, Code], ...]


def _names_kept(context: Context, code: object) -> tuple[Names, dict[str, Code]]:
    """Which of the user's names for sizes are worth a line, and what the others stand for."""
    kept: list[tuple[str, Code]] = []
    inlined: dict[str, Code] = {}
    found = context.named(code)
    reads = Counter(p.text for p in parts_of((code, found)) if isinstance(p, Name))
    for name, value in found:
        value = _inlined(value, inlined)
        if reads[name] > 1:
            kept.append((name, value))
        else:
            inlined[name] = value
    return tuple(kept), inlined


def _inlined(code: Any, names: Mapping[str, Code]) -> Any:
    return transform(
        code, lambda part: names.get(part.text, part) if isinstance(part, Name) else part
    )


def _news(
    name: str, scopes: tuple[Scope, ...], context: Context, order: list[str]
) -> Iterator[tuple[Scope, plan.New]]:
    for index, scope in enumerate(scopes):
        values = context.arguments(index, set(order))
        yield scope, plan.New(name, tuple((n, values[n]) for n in order))


def _base(scopes: tuple[Scope, ...]) -> plan.Base:
    if not all(scope.kind is ScopeKind.SEQUENTIAL and sequential(scope) for scope in scopes):
        return plan.Base.MODULE
    if all(numbered(scope) for scope in scopes):
        return plan.Base.SEQUENCE
    return plan.Base.NAMED_SEQUENCE


# --- construction order ------------------------------------------------------------------------


def _constructed(
    items: tuple[plan.Item, ...], protos: tuple[Proto, ...], scopes: tuple[Scope, ...]
) -> tuple[plan.Item, ...]:
    """The items as `__init__` makes them: in running order, unless layers were declared first."""
    if all(_in_order(scope) for scope in scopes):
        return items
    modules = scopes[0].modules
    places = [_place(proto, modules) for proto in protos]
    order = sorted(range(len(items)), key=lambda i: places[i])
    for index, scope in enumerate(scopes):
        made = [n for i in order for n in _names(protos[i], index) if n in scope.modules]
        if list(dict.fromkeys(made)) != [m for m in scope.modules if m in made]:
            loops = (proto.key for proto in protos if isinstance(proto, ProtoLoop))
            raise Mismatch("layers declared in different orders", next(loops, None))
    return tuple(items[i] for i in order)


def _in_order(scope: Scope) -> bool:
    used = list(dict.fromkeys(step.name for step in scope.steps))
    return [m for m in scope.modules if m in used] == [u for u in used if u in scope.modules]


def _place(proto: Proto, modules: tuple[str, ...]) -> int:
    names = [leaf.site.step.name for leaf in leaves((proto,))]
    return min((modules.index(n) for n in names if n in modules), default=len(modules))


def _names(proto: Proto, instance: int) -> list[str]:
    """The modules that an item makes in one instance, in running order."""
    sites = [
        site
        for leaf in leaves((proto,))
        for occ, site in leaf.sites.items()
        if occ.instance == instance
    ]
    return [site.step.name for site in sorted(sites, key=lambda site: site.index)]
