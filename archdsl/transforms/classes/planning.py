"""The whole plan: every definition's classes in order, the network's outcome, initialisation."""

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from archdsl.base.names import class_name
from archdsl.ir.graph import Program, Scope, different_steps
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.align import Made
from archdsl.transforms.classes.assemble import assemble
from archdsl.transforms.classes.fit import Fitted
from archdsl.transforms.classes.functions import with_functions
from archdsl.transforms.classes.group import Group, groups
from archdsl.transforms.classes.inits import init_rules
from archdsl.transforms.classes.regions import emission

RESERVED = frozenset(  # what a file may import, so that no class is called so
    {"Any", "Callable", "ClassVar", "F", "Final", "Iterator", "Mapping", "NamedTuple", "Tensor"}
)


def plan_classes(
    program: Program,
    plain: Collection[int] = (),
    siblings: tuple[Scope, ...] = (),
) -> plan.Plan:
    """The classes that a program becomes, and those of its `siblings` that can be made of them;
    the definitions with these numbers are written out, a class for each of their instances."""
    helpers = _helpers(program.root)
    names = _Names(program, helpers)
    made = Made({}, {}, {}, frozenset(names.taken))
    classes: list[plan.ClassPlan] = []
    fixed: list[plan.Fixed] = []
    refused: dict[Scope, str] = {}
    for number, group in enumerate(groups(program.root, siblings)):
        wishes = names.wishes(group) if group.inner else iter((names.network,))
        for fitted in assemble(group, made, wishes, number in plain):
            names.taken.add(fitted.cls.name)
            classes.append(replace(fitted.cls, definition=number))
            reads = dict.fromkeys(fitted.news, fitted.reads)
            gives = {} if fitted.gives is None else {fitted.cls.name: fitted.gives}
            made = replace(
                made,
                news={**made.news, **fitted.news},
                reads={**made.reads, **reads},
                gives={**made.gives, **gives},
            )
            refused |= fitted.refused
        fixed += _fixed(group, fitted) if siblings else ()
    network = classes.pop()
    outcome = _outcome(program, network, names.output)
    items = _in_running_order(network.items, {head for _, head in outcome.heads})
    doc = _doc(program, [one for one in fixed if one.cls == network.name])
    classes.append(replace(network, doc=doc, items=items))
    functions, called = with_functions(tuple(classes), names.taken)
    return plan.Plan(
        program.name,
        program.doc,
        helpers,
        functions,
        called,
        outcome,
        init_rules(program),
        members(program),
        frozenset(sibling for sibling in siblings if sibling in made.news),
        refused,
        tuple(fixed),
    )


def network_class(program: Program) -> str:
    """The name of the network's own class."""
    return _Names(program, _helpers(program.root)).network


def members(program: Program) -> plan.Members:
    """The names of that class's members that are no modules."""
    names = plan.Members.__struct_fields__
    return plan.Members(*(_free_of(name, program.root.modules) for name in names))


class _Names:
    """Class names: the network's first, then one for each definition as it comes.

    A variant's class is called after the network that it varies: `ResNet` for `resnet50`.
    """

    def __init__(self, program: Program, helpers: tuple[str, ...]) -> None:
        self.taken = {*RESERVED, *helpers}
        self.network = self._free(class_name(program.root.block))
        self.taken.add(self.network)
        self.output = self._free(f"{self.network}Output")
        self.taken.add(self.output)

    def wishes(self, group: Group) -> Iterator[str]:
        """Free names for the classes of a definition, the plain one first."""
        plain = class_name(group.word)
        if plain in self.taken and group.chain:
            plain = class_name(group.owner) + plain
        if plain == self.network:
            plain += "Block"
        number = 1
        while True:
            name = plain if number == 1 else f"{plain}{number}"
            if name not in self.taken:
                yield name
            number += 1

    def _free(self, name: str) -> str:
        while name in self.taken:
            name += "Net"
        return name


def _helpers(root: Scope) -> tuple[str, ...]:
    """Helper classes that the steps need, in the order of their first use."""
    found: dict[str, None] = {}
    for scope, index in different_steps(root):
        if not isinstance(scope.steps[index].target, Scope):
            found |= dict.fromkeys(emission(scope, index).helpers)
    return tuple(found)


def _doc(program: Program, fixed: list[plan.Fixed]) -> str:
    """The docstrings of the network and of what it varies, and the parameters that are numbers."""
    texts = dict.fromkeys(text.strip() for text in (program.doc, program.root.doc))
    given = ", ".join(f"{one.name}={one.value!r}" for one in fixed)
    return "\n\n".join(filter(None, [*texts, f"Fixed: {given}." if given else ""]))


def _fixed(group: Group, fitted: Fitted) -> Iterator[plan.Fixed]:
    """The arguments that are the same in all uses, and that the class does not have."""
    own = [scope for scope in group.scopes[: group.own] if scope in fitted.news]
    kept = {parameter.name for parameter in fitted.cls.parameters}
    for name, value in own[0].arguments if own and own[0].block else ():
        if name not in kept and _is_number(value):
            yield plan.Fixed(fitted.cls.name, id(own[0].definition), name, value)


def _is_number(value: object) -> bool:
    """True for a number or a truth value, or a tuple of them."""
    if isinstance(value, tuple):
        return bool(value) and all(map(_is_number, value))
    return isinstance(value, int | float)


def _free_of(name: str, taken: tuple[str, ...]) -> str:
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
