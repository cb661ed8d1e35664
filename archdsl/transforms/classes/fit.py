"""One attempt at a class for all instances of a group, with given loops rolled."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from archdsl.base.names import MODULE_ATTRIBUTES
from archdsl.ir.code import Code, CodeForm, Infix, Name
from archdsl.ir.graph import Scope, ScopeKind
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.align import NOBODY, Aligner, Made, Rolling
from archdsl.transforms.classes.construction_order import constructed
from archdsl.transforms.classes.context import Context
from archdsl.transforms.classes.explain import Explainer
from archdsl.transforms.classes.expressions import names_in, parts_of, transform
from archdsl.transforms.classes.finish import Finisher
from archdsl.transforms.classes.flow import DataFlow
from archdsl.transforms.classes.fold import fold_repeats
from archdsl.transforms.classes.group import Group
from archdsl.transforms.classes.input_facts import sizes_read
from archdsl.transforms.classes.module_dict import is_dict, over_modules
from archdsl.transforms.classes.proto import (
    Ends,
    Mismatch,
    Occurrence,
    Proto,
    ProtoLeaf,
    ProtoLoop,
    ProtoSequence,
    leaves,
    visit,
)
from archdsl.transforms.classes.regions import numbered, sequential
from archdsl.transforms.classes.results import ResultNames
from archdsl.transforms.classes.telling import asked_makers, with_read_variables
from archdsl.transforms.classes.tensor_parameters import (
    Slots,
    alone,
    arguments,
    sizes,
    tensor_parameters,
)

Names = tuple[tuple[str, Code], ...]


class Fitted(Struct, frozen=True):
    """A class, the call that makes each of its instances, and that which runs it; how many
    of its parameters are none of the source's; `gives` are the sizes of its only result, None
    where they are not known; the channels are `KEPT` where it keeps them as an attribute;
    `refused` is the kin, by its place, that is of none of its definition's classes, and why."""

    cls: plan.ClassPlan
    news: dict[Scope, plan.New]
    calls: Mapping[Scope, tuple[Code, ...]]
    invented: int
    gives: Ends = (None, None)
    refused: Mapping[int, str] = {}
    inits: tuple[plan.InitRule, ...] = ()


class ClassBody(Struct, frozen=True):
    """The body of a class: construction, running order and results; `stored` for `forward` and for
    `inits`; the sizes that it `gives`, where they are known."""

    construction: tuple[plan.Item, ...]
    items: tuple[plan.Item, ...]
    results: tuple[plan.Value, ...] = ()
    stored: dict[str, Code] = field(default_factory=dict)
    gives: Ends = (None, None)
    inits: tuple[plan.InitRule, ...] = ()
    lets: Mapping[str, Code] = {}


def fit(
    group: Group,
    made: Made,
    name: str,
    rolling: Mapping[tuple[int, ...], Rolling],
    most: int | None = None,
) -> Fitted:
    """The class, or `Mismatch` where the instances do not fit one, or one with `most` parameters
    of which the source knows nothing."""
    slots = tensor_parameters(group.scopes, group.contexts)
    base = _base(group.scopes)
    beside = group.own < len(group.scopes)
    forward = base is plan.Base.MODULE
    aligner = Aligner(made, rolling, group.contexts, beside, group.inner, forward)
    protos = _aligned(group.scopes, base, aligner)
    views = tuple(alone(context, slots, use) for use, context in enumerate(group.contexts))
    lists = sizes(slots, group.scopes)
    context = Context(views, _taken(protos, made), group.own, group.inner, most, lists)
    if aligner.siblings and context.varies_with(aligner.counting):
        raise Mismatch("the number of a loop's rounds depends on it")
    taken = MODULE_ATTRIBUTES.union(*(scope.modules for scope in group.scopes))
    names = ResultNames(group.contexts[0])
    finisher = Finisher(Explainer(context), names, taken, made, slots)
    if base is plan.Base.MODULE:
        body = _module(protos, group.scopes, slots, made, finisher)
        if is_dict(body.items):
            base = plan.Base.DICT
            body = replace(body, items=over_modules(body.items))
    else:
        items = finisher.items(protos, None)
        items = fold_repeats(items) if base is plan.Base.SEQUENCE else items
        body = ClassBody(items, items, gives=finisher.sizes.given(group.scopes))
    if any(group.inits):
        inits = finisher.inits(group.inits)
        body = replace(body, inits=inits, stored=finisher.stored)
    fitted = replace(_fitted(group, name, base, body, context, slots), inits=body.inits)
    fitted = replace(fitted, cls=_with_lengths(fitted.cls, context, aligner.taken_apart))
    meanings: dict[str, Code] = {}
    for word, value in context.named(body.gives):
        meanings[word] = _inlined(value, meanings)
    return _giving(fitted, _inlined(body.gives, meanings), context) if group.inner else fitted


def _giving(fitted: Fitted, sizes: Ends, context: Context) -> Fitted:
    """A class with the sizes that it gives: as its parameters tell them, channels else as an
    attribute, if the constructor has left them under a name. Where its parameters tell them, it can
    keep them, too, for who does not know which class it is."""
    size = sizes[0]
    cls = fitted.cls
    known = {parameter.name for parameter in cls.parameters}
    left = {size.name for loop in plan.loops(cls.construction) for size in loop.running}
    left |= {p.told for p in parts_of(cls.construction) if isinstance(p, plan.Leaf) and p.told}
    attributes = {*plan.built(cls.items), *(name for name, _ in cls.stored)}
    names = names_in(size)
    if size is not None and names <= known | left and plan.OUT not in attributes:
        cls = replace(cls, out=size)
    first, last = (transform(code, context.size_of_input) for code in sizes)
    if size is None or not names_in(first) <= known:
        first = plan.KEPT if names and cls.out is not None else None
    if not names_in(last) <= known:
        last = None
    return replace(fitted, cls=cls, gives=(first, last))


def _base(scopes: tuple[Scope, ...]) -> plan.Base:
    if not all(scope.kind is ScopeKind.SEQUENTIAL and sequential(scope) for scope in scopes):
        return plan.Base.MODULE
    if all(numbered(scope) for scope in scopes):
        return plan.Base.SEQUENCE
    return plan.Base.NAMED_SEQUENCE


def _aligned(scopes: tuple[Scope, ...], base: plan.Base, aligner: Aligner) -> tuple[Proto, ...]:
    bodies = {Occurrence(i): aligner.made.regions(scope) for i, scope in enumerate(scopes)}
    if base is plan.Base.SEQUENCE:
        return aligner.sequence(bodies, NOBODY).items
    return aligner.body(bodies)


def _taken(protos: tuple[Proto, ...], made: Made) -> frozenset[str]:
    """The classes that a constructor may call, and the variables of its loops."""
    loops = list(_all_loops(protos))
    variables = {name for loop in loops for name in (loop.variable, *loop.elements)}
    variables |= {through.name for loop in loops for through in loop.through}
    return made.taken.union(variables, (new.cls for new in made.news.values()))


def _all_loops(protos: tuple[Proto, ...]) -> Iterator[ProtoLoop]:
    """The loops, those within sequences included."""
    items: list[Proto] = []
    visit(protos, items.append)
    for item in items:
        if isinstance(item, ProtoLoop):
            yield item
        elif isinstance(item, ProtoLeaf) and isinstance(item.build, ProtoSequence):
            yield from _all_loops(item.build.items)


def _module(
    protos: tuple[Proto, ...],
    scopes: tuple[Scope, ...],
    slots: Slots,
    made: Made,
    finisher: Finisher,
) -> ClassBody:
    """The items of a class with a `forward`: refs are resolved twice, the second time knowing
    what choices merge."""
    flow = DataFlow(protos, scopes, slots, made.calls)
    for leaf in leaves(protos):
        flow.read(leaf)
    flow.results()
    flow.again()
    finisher.explainer.context.know_taps(protos)
    raw = finisher.items(protos, flow)
    results = flow.results()
    items = finisher.settle(raw, flow)
    gives = finisher.sizes.given(scopes, results, items, flow)
    items, results = finisher.folded(items), finisher.folded(results)
    measured = any(isinstance(part, plan.SizeOf) for part in parts_of(items))
    lets = finisher.measuring_lets() if measured else {}
    return ClassBody(
        constructed(items, protos, scopes), items, results, finisher.stored, gives, lets=lets
    )


def _fitted(
    group: Group, name: str, base: plan.Base, body: ClassBody, context: Context, slots: Slots
) -> Fitted:
    stored = _in_order_read(body)
    names, inlined = _names_kept(context, (body.construction, stored))
    invented, flags = context.invented, context.modules_or_none()
    names, inlined = _inlined(names, flags), {**_inlined_in(inlined, flags), **flags}
    construction, stored, items = (
        _inlined(code, inlined) for code in (body.construction, stored, body.items)
    )
    reads = _inputs_read(group, base, body, slots)
    items, results = (_renumbered(code, reads) for code in (items, body.results))
    scopes = group.scopes
    construction = with_read_variables(construction, names_in(body.gives))
    if base is plan.Base.SEQUENCE:
        items = construction
    asked = asked_makers(construction) if base is not plan.Base.SEQUENCE else set()
    parameters = context.signature((construction, stored, names), asked)
    read = tuple(slots[index] for index in reads)
    cls = plan.ClassPlan(
        name,
        scopes[0].doc,
        base,
        parameters,
        names,
        stored,
        construction,
        items,
        tuple(slot.name for slot in read),
        results,
        scopes[0].block,
        kinds=tuple(slot.kind for slot in read),
    )
    cls = _with_measures(cls, scopes[0], body.lets)
    order = tuple(parameter.name for parameter in parameters)
    news = {scope: _new(name, context, i, order) for i, scope in enumerate(scopes)}
    calls = {scope: arguments(read, i) for i, scope in enumerate(scopes)}
    return Fitted(cls, news, calls, invented)


def _with_measures(cls: plan.ClassPlan, scope: Scope, lets: Mapping[str, Code]) -> plan.ClassPlan:
    """The class with names for the sizes of the moment, and for what it works out from them more
    than once."""
    parts = parts_of(cls.items)
    sizes = dict.fromkeys(part for part in parts if isinstance(part, plan.SizeOf))
    if not sizes:
        return cls
    taps = {leaf.id: leaf for leaf in cls.items if isinstance(leaf, plan.Leaf)}
    read = sizes_read(scope, sizes, {id: str(leaf.name) for id, leaf in taps.items()})
    names: dict[object, Code] = {
        plan.SizeOf(each.value, axis): Name(name) for each in read for axis, name in each.names
    }
    taken = {"x", *cls.inputs, *(name for each in read for _, name in each.names)}
    again = {n: code for n, code in lets.items() if parts.count(code) > 1 and n not in taken}
    worked_out = tuple((name, transform(code, _by(names))) for name, code in again.items())
    items = transform(cls.items, _by(names | {code: Name(n) for n, code in again.items()}))
    return replace(cls, items=items, sizes_read=read, worked_out=worked_out)


def _with_lengths(
    cls: plan.ClassPlan, context: Context, taken_apart: frozenset[str]
) -> plan.ClassPlan:
    """The class with the lengths of those parameters whose items it takes apart one by one."""
    columns = {p.name: context.column(p.name) for p in cls.parameters if p.name in taken_apart}
    tuples = {n: column for n, column in columns.items() if isinstance(column[0], tuple)}
    return replace(cls, lengths=tuple((name, len(column[0])) for name, column in tuples.items()))


def _by(names: Mapping[object, Code]) -> Callable[[object], object]:
    return lambda part: names.get(part, part) if isinstance(part, CodeForm | Infix) else part


def _new(name: str, context: Context, instance: int, order: tuple[str, ...]) -> plan.New:
    idle = context.idle(instance)
    arguments = tuple((n, context.column(n)[instance]) for n in order)
    return plan.New(name, arguments, tuple(n for n in order if n in idle))


def _in_order_read(body: ClassBody) -> Names:
    """The stored attributes, in the order in which `forward` and the `init` rules read them."""
    if not body.stored:
        return ()
    parts = parts_of((body.items, body.inits))
    names_read = dict.fromkeys(part.text for part in parts if isinstance(part, Name))
    attributes = [name.removeprefix("self.") for name in names_read if name.startswith("self.")]
    return tuple((n, body.stored[n]) for n in attributes if n in body.stored)


def _inputs_read(group: Group, base: plan.Base, body: ClassBody, slots: Slots) -> tuple[int, ...]:
    """The inputs that `forward` takes: all of a network's, else those that are read."""
    whole = tuple(range(len(slots)))
    if base not in (plan.Base.MODULE, plan.Base.DICT) or len(whole) == 1 or not group.inner:
        return whole
    parts = parts_of((body.items, body.results))
    return tuple(sorted({part.index for part in parts if isinstance(part, plan.Input)}))


def _renumbered(code: Any, reads: tuple[int, ...]) -> Any:
    """The same with the inputs counted without those that nothing reads."""
    if reads == tuple(range(len(reads))):
        return code
    return transform(
        code,
        lambda part: plan.Input(reads.index(part.index)) if isinstance(part, plan.Input) else part,
    )


def _names_kept(context: Context, code: object) -> tuple[Names, dict[str, Code]]:
    """The user's names for sizes that are worth a line, and the meanings of the others: a line is
    worth what is read more than once, be it in the rounds of a loop."""
    kept: list[tuple[str, Code]] = []
    inlined: dict[str, Code] = {}
    named = context.named(code)
    if not named:
        return (), {}
    parts = parts_of((code, named))
    reads = Counter(p.text for p in parts if isinstance(p, Name))
    again = names_in(tuple((p.items, p.running) for p in parts if isinstance(p, plan.Loop)))
    for name, value in named:
        value = _inlined(value, inlined)
        if reads[name] > 1 or name in again:
            kept.append((name, value))
        else:
            inlined[name] = value
    return tuple(kept), inlined


def _inlined_in(codes: Mapping[str, Code], names: Mapping[str, Code]) -> dict[str, Code]:
    return {name: _inlined(code, names) for name, code in codes.items()}


def _inlined(code: Any, names: Mapping[str, Code]) -> Any:
    if not names:
        return code
    return transform(
        code, lambda part: names.get(part.text, part) if isinstance(part, Name) else part
    )
