"""The whole plan: every definition's classes in order, the networks' outcomes, initialisation."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain, count
from typing import Any

from msgspec.structs import replace

from archdsl.base.names import class_name
from archdsl.ir.code import Call, Name
from archdsl.ir.graph import Program, Scope, different_steps
from archdsl.ir.written import block_given
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.align import Made
from archdsl.transforms.classes.assemble import assemble
from archdsl.transforms.classes.conditional_sums import Sums
from archdsl.transforms.classes.expressions import names_in, parts_of, sayable, transform
from archdsl.transforms.classes.fit import Fitted
from archdsl.transforms.classes.group import Group, Kin, groups
from archdsl.transforms.classes.inits import init_rules
from archdsl.transforms.classes.regions import emission
from archdsl.transforms.classes.signature import same
from archdsl.transforms.classes.spec_functions import may_be_function, with_functions

RESERVED = frozenset(  # names that a file may import, and that no class has
    {
        "Any",
        "Callable",
        "ClassVar",
        "F",
        "Final",
        "Iterator",
        "Mapping",
        "NamedTuple",
        "Tensor",
        "partial",
    }
)
ONE_BLOCK = "all uses have this one"


def plan_classes(
    programs: tuple[Program, ...], plain: Collection[int] = (), kin: tuple[Kin, ...] | None = None
) -> plan.Plan:
    """The classes that networks of one source become, of which their `kin` are instances too, or
    are `refused`; the definitions with these numbers are written out, a class for each instance.

    What is fixed is told where parameters were asked for: where there is kin, be it none.
    """
    sums = Sums()
    split = tuple(map(sums.program, programs))
    beside = kin and tuple(
        replace(k, like=sums.scope(k.like), scopes=tuple(map(sums.scope, k.scopes))) for k in kin
    )
    return _Planning(split, beside).whole(plain)


def network_class(program: Program) -> str:
    """The name of the network's own class."""
    return _Names((program,), _helpers((program.root,))).network(program)


def makers(programs: tuple[Program, ...]) -> Mapping[str, str]:
    """The functions that make several networks, by the networks' names."""
    return _Names(programs, _helpers(program.root for program in programs)).builders


def members(*programs: Program) -> plan.Members:
    """The names of the members of their class that are no modules."""
    taken = {name for program in programs for name in program.root.modules}
    return plan.Members(*(_free_of(name, taken) for name in plan.Members.__struct_fields__))


class _Planning:
    """The plan in the making: classes as they come, those of networks apart."""

    def __init__(self, programs: tuple[Program, ...], kin: tuple[Kin, ...] | None) -> None:
        self._programs = programs
        self._kin = kin or ()
        self._tells = kin is not None
        self._rules = {program.root: init_rules(program) for program in programs}
        self._helpers = _helpers(program.root for program in programs)
        self._others = _helpers(scope for one in self._kin for scope in one.scopes)
        self._names = _Names(programs, self._helpers)
        self._names.taken |= self._others.keys()
        self._made = Made({}, {}, {}, taken=frozenset(self._names.taken))
        self._classes: list[plan.ClassPlan] = []
        self._networks: list[plan.ClassPlan] = []
        self._apart: list[plan.NetworkPlan] = []
        self._fixed: list[plan.Fixed] = []
        self._refused: dict[int, str] = {}

    def whole(self, plain: Collection[int]) -> plan.Plan:
        for number, every in enumerate(groups(self._kinds(), self._kin)):
            group = every.without(self._refused)
            wishes = self._names.wishes(group)
            if not group.inner:
                rules = tuple(self._rules[scope] for scope in group.scopes[: group.own])
                group = replace(group, inits=rules)
            for fitted in assemble(group, self._made, wishes, number in plain):
                self._take(group, fitted, number)
        first, several = self._programs[0], len(self._programs) > 1
        builders = tuple(map(self._builder, self._programs)) if several else ()
        needed = tuple(_without_what_nobody_reads((*self._classes, *self._networks), builders))
        functions, classes = with_functions(needed, self._names.taken)
        called = {part.func for part in parts_of(classes) if isinstance(part, Call)}
        others = (helper for helper in self._others if helper in called)
        return plan.Plan(
            first.name,
            first.root.doc if several else first.doc,
            tuple(dict.fromkeys((*self._helpers, *others))),
            functions,
            classes,
            tuple(self._apart),
            builders,
            self._refused,
            tuple(self._fixed),
        )

    def _kinds(self) -> Mapping[Scope, int]:
        """The networks; those that may share a class have the same number."""
        kinds: list[object] = []
        kind_of: dict[Scope, int] = {}
        for program in self._programs:
            root, heads = program.root, tuple((head.name, head.weight) for head in program.heads)
            rules = transform(self._rules[root], _expression)
            kind = id(root.definition), program.output_names, heads, rules
            if kind not in kinds:
                kinds.append(kind)
            kind_of[root] = kinds.index(kind)
        return kind_of

    def _take(self, group: Group, fitted: Fitted, number: int) -> None:
        """One class more, of which others can be made from now on."""
        cls, made = replace(fitted.cls, definition=number), self._made
        self._names.taken.add(cls.name)
        fixed = tuple(_fixed(group, fitted)) if self._tells else ()
        if group.inner:
            self._classes.append(cls)
        else:
            self._take_network(cls, fitted, fixed)
        self._made = replace(
            made,
            news={**made.news, **fitted.news},
            calls={**made.calls, **fitted.calls},
            gives={**made.gives, cls.name: fitted.gives},
            parameters={**made.parameters, cls.name: cls.parameters},
            telling=made.telling if cls.out is None else made.telling | {cls.name},
        )
        self._refused |= fitted.refused
        self._fixed += fixed

    def _take_network(
        self, cls: plan.ClassPlan, fitted: Fitted, fixed: tuple[plan.Fixed, ...]
    ) -> None:
        programs = [program for program in self._programs if program.root in fitted.news]
        outcome = _outcome(programs[0], cls, self._names.output(cls.name))
        items = _in_running_order(cls.items, {head for _, head in outcome.heads})
        doc = _doc(programs[0], fixed, alone=len(self._programs) == 1)
        self._networks.append(replace(cls, doc=doc, items=items))
        self._apart.append(plan.NetworkPlan(cls.name, outcome, fitted.inits, members(*programs)))

    def _builder(self, program: Program) -> plan.Builder:
        name = self._names.builders[program.name]
        return plan.Builder(name, program.doc, self._made.news[program.root])


class _Names:
    """Class names: the networks' first, then one for each definition as it comes.

    A variant's class is called after the network that it varies: `ResNet` for `resnet50`; where
    a file has several, the function that makes it after the variant.
    """

    def __init__(self, programs: tuple[Program, ...], helpers: Iterable[str]) -> None:
        self.taken = {*RESERVED, *helpers}
        self._waiting: dict[str, str] = {}  # names of networks' classes, by those of the source
        self._outputs: dict[str, str] = {}
        for word in dict.fromkeys(program.root.block for program in programs):
            name = self._waiting[word] = self._taking(class_name(word), "Net")
            self._outputs[name] = self._taking(f"{name}Output", "Net")
        several = programs if len(programs) > 1 else ()
        self.builders = {program.name: self._function(program.name) for program in several}

    def network(self, program: Program) -> str:
        return self._waiting[program.root.block]

    def output(self, cls: str) -> str:
        """The name of the tuple that a network's class returns."""
        return self._outputs.get(cls) or self._taking(f"{cls}Output", "Net")

    def wishes(self, group: Group) -> Iterator[str]:
        """Free names for the classes of a definition, the plain one first."""
        plain = class_name(group.word)
        if not group.inner:
            plain = self._waiting.get(group.word, plain)
            if group.word in self._waiting:
                yield self._waiting.pop(group.word)
        elif plain in self.taken and group.chain:
            plain = class_name(group.owner) + plain
        elif plain in self._outputs:
            plain += "Block"
        numbered = (plain if number == 1 else f"{plain}{number}" for number in count(1))
        yield from (name for name in numbered if name not in self.taken)

    def _function(self, network: str) -> str:
        """A network's name as that of a function; one that a class would have begins small."""
        name = network.lower() if network == class_name(network) else network
        name = name.lstrip("_") or "network"
        return self._taking(name if may_be_function(name) else f"{name}_", "_")

    def _taking(self, name: str, ending: str) -> str:
        while name in self.taken:
            name += ending
        self.taken.add(name)
        return name


def _without_what_nobody_reads(
    classes: tuple[plan.ClassPlan, ...], builders: tuple[plan.Builder, ...]
) -> Iterator[plan.ClassPlan]:
    """The classes, of which those keep the channels that they give that are asked for them: by
    their name, or as an argument."""
    asked: set[str] = set()
    for cls in classes:
        names = names_in(cls.construction)
        asked.update(
            leaf.build.cls
            for name, leaf in plan.built(cls.construction).items()
            if isinstance(leaf.build, plan.New) and plan.kept_by(name).text in names
        )
    code = parts_of((classes, builders))
    telling = [part.build for part in code if isinstance(part, plan.Leaf) and part.told]
    asked.update(build.cls for build in telling if isinstance(build, plan.New))
    if any(isinstance(build, plan.Make) for build in telling):
        asked.update(part.cls for part in code if isinstance(part, plan.Maker))
    yield from (cls if cls.name in asked else replace(cls, out=None) for cls in classes)


def _helpers(roots: Iterable[Scope]) -> dict[str, None]:
    """Helper classes that the steps need, in the order of their first use."""
    helpers: dict[str, None] = {}
    for scope, index in chain.from_iterable(map(different_steps, roots)):
        if not isinstance(scope.steps[index].target, Scope):
            helpers |= dict.fromkeys(emission(scope, index).helpers)
    return helpers


def _doc(program: Program, fixed: tuple[plan.Fixed, ...], alone: bool) -> str:
    """The docstrings of the network, if it is `alone`, and of what it varies, and the fixed
    parameters that are numbers, or a row of them."""
    said = (program.doc, program.root.doc) if alone else (program.root.doc,)
    texts = dict.fromkeys(text.strip() for text in said)
    numbers = (one for one in fixed if _is_number(one.value) and not _is_table(one.value))
    given = ", ".join(f"{one.name}={one.value!r}" for one in numbers)
    return "\n\n".join(filter(None, [*texts, f"Fixed: {given}." if given else ""]))


def _fixed(group: Group, fitted: Fitted) -> Iterator[plan.Fixed]:
    """The arguments that are the same in all uses, siblings too, and that the class does not have:
    one that differs and is no parameter changes nothing."""
    own = [scope for scope in group.scopes[: group.own] if scope in fitted.news]
    kept = {parameter.name for parameter in fitted.cls.parameters}
    cls, definition = fitted.cls.name, id(own[0].definition)
    rows = [dict(scope.arguments) for scope in group.scopes if scope in fitted.news]
    for name, value in own[0].arguments if own[0].block else ():
        if name not in kept and same([row.get(name) for row in rows]):
            yield plan.Fixed(cls, definition, name, value, _reason(value))
    for name in _block_parameters(own[0]):
        block = block_given(own[0], name)
        if name not in kept and block and {block_given(scope, name) for scope in own} == {block}:
            yield plan.Fixed(cls, definition, name, Name(block), ONE_BLOCK)


def _reason(value: Any) -> str:
    """The reason why a value is fixed that no sibling has otherwise."""
    if not sayable(value):
        return "it holds blocks"
    if _is_number(value) and not isinstance(value, bool):
        return "no other value that was tried fits"
    return "it decides which steps there are"


def _block_parameters(scope: Scope) -> list[str]:
    """The parameters of a definition that stand for blocks."""
    known = {name for name, _ in scope.arguments} | set(scope.input_names)
    parameters = scope.definition.parameters if scope.definition is not None else ()
    return [p.name.id for p in parameters if p.name.id not in known]


def _expression(part: object) -> object:
    """The expression of an argument in the source, which is the same where its value is not."""
    return part.expression if isinstance(part, plan.Written) else part


def _is_table(value: object) -> bool:
    return isinstance(value, tuple) and any(isinstance(row, tuple) for row in value)


def _is_number(value: object) -> bool:
    """True for a number or a truth value, or a tuple of them."""
    if isinstance(value, tuple):
        return bool(value) and all(map(_is_number, value))
    return isinstance(value, int | float)


def _free_of(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _outcome(program: Program, network: plan.ClassPlan, name: str) -> plan.Outcome:
    by_name = {
        item.name: plan.Result(item.id) for item in network.items if isinstance(item, plan.Leaf)
    }
    heads = tuple((head, by_name[head.name]) for head in program.heads)
    return plan.Outcome(program.output_names, heads, name)


def _in_running_order(
    items: tuple[plan.Item, ...], heads: set[plan.Value]
) -> tuple[plan.Item, ...]:
    """A head for training right behind what it reads and the heads before it, every other item in
    its place: the `running_order` of the network's steps."""
    place = {-1: -1} | {item.id: at for at, item in enumerate(items)}
    moments: dict[int, tuple[int, bool]] = {}
    last = -1
    for item in items:
        head = isinstance(item, plan.Leaf) and plan.Result(item.id) in heads
        if isinstance(item, plan.Leaf) and head:
            last = max([last, *(place[plan.maker(value)] for value in item.inputs)])
        moments[item.id] = last if head else place[item.id], head
    return tuple(sorted(items, key=lambda item: moments[item.id]))
