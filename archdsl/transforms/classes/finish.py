"""From aligned steps to the plan's items: holes explained, refs resolved, small choices folded."""

from collections.abc import Mapping
from contextlib import suppress
from itertools import chain, count
from typing import Any
from weakref import WeakKeyDictionary

from msgspec.structs import replace

from archdsl.ir.code import CALL, Call, Code, Infix, Name
from archdsl.ir.graph import Scope, WeightKind
from archdsl.ir.liveness import training_only_steps
from archdsl.ir.measured import measuring_lets
from archdsl.syntax import tree
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.align import Made
from archdsl.transforms.classes.explain import Explainer
from archdsl.transforms.classes.expressions import names_in, parts_of, transform
from archdsl.transforms.classes.flow import DataFlow, Read
from archdsl.transforms.classes.flowing_sizes import AXES, FlowingSizes, agreed
from archdsl.transforms.classes.fold import (
    empties_first,
    fold_repeats,
    one_attribute,
    one_module,
    turned_round,
)
from archdsl.transforms.classes.gather import read_only, spread
from archdsl.transforms.classes.proto import (
    INIT,
    Ends,
    Hole,
    Mismatch,
    Occurrence,
    Proto,
    ProtoChoice,
    ProtoLeaf,
    ProtoLoop,
    ProtoSequence,
    Through,
)
from archdsl.transforms.classes.regions import Site
from archdsl.transforms.classes.results import ResultNames
from archdsl.transforms.classes.tensor_parameters import Slots


class Finisher:
    """Makes the items of one class; `stored` grows with what `forward` must find again."""

    def __init__(
        self,
        explainer: Explainer,
        names: ResultNames,
        taken: frozenset[str],
        made: Made,
        slots: Slots,
    ) -> None:
        self.explainer = explainer
        self._slots = slots
        self.own = explainer.context.own
        self.names = names
        self.taken = taken
        self.stored: dict[str, Code] = {}
        self._folded: dict[plan.Merged, plan.Result] = {}
        self._variables: list[str] = []
        self._elements: list[str] = []
        self.sizes = FlowingSizes(explainer.context, made, slots)
        self._idle: dict[Scope, frozenset[int]] = {}

    def items(self, protos: tuple[Proto, ...], flow: DataFlow | None) -> tuple[plan.Item, ...]:
        return tuple(self._item(proto, flow) for proto in protos)

    def inits(self, rules: tuple[tuple[plan.InitRule, ...], ...]) -> tuple[plan.InitRule, ...]:
        """The `init` rules of all instances as one; what their arguments read is stored."""
        values = [[p for p in parts_of(own) if isinstance(p, plan.Written)] for own in rules]
        places = iter(range(len(values[0])))

        def change(part: object) -> object:
            if not isinstance(part, plan.Written):
                return part
            place = next(places)
            column = tuple((Occurrence(i), own[place].value) for i, own in enumerate(values))
            return self._init(Hole(column, INIT, "", (part.expression,), meant=1))

        merged: tuple[plan.InitRule, ...] = transform(rules[0], change)
        return merged

    def _init(self, hole: Hole) -> Code:
        """An argument of an initialiser, over attributes; a number where no parameter is in it."""
        known = self.explainer.known(hole)
        if known is None:
            raise Mismatch("an initialiser that differs")
        if not names_in(known[0]):
            number: Code = hole.column[0][1]
            return number
        code: Code = transform(
            known[0],
            lambda part: self._stored(part, "", None) if isinstance(part, Name) else part,
        )
        return code

    def folded(self, code: Any) -> Any:
        """Values that left a choice which has become a plain attribute."""
        if not self._folded:
            return code
        return transform(
            code,
            lambda part: self._folded.get(part, part) if isinstance(part, plan.Merged) else part,
        )

    def _item(self, proto: Proto, flow: DataFlow | None) -> plan.Item:
        match proto:
            case ProtoLeaf():
                return self._leaf(proto, flow)
            case ProtoChoice():
                return self._choice(proto, flow)
            case ProtoLoop():
                return self._loop(proto, flow)

    # --- steps -------------------------------------------------------------------------------

    def _leaf(self, proto: ProtoLeaf, flow: DataFlow | None) -> plan.Leaf:
        site = proto.site
        read = flow.read(proto) if flow else Read(())
        operands = read.operands
        sizes = self.sizes.inputs(read, flow) if flow else (self.sizes.running,)
        lists = self.sizes.lists(read, flow) if flow else {}
        build = None if _shared(proto) else self._build(proto, sizes, lists)
        together = self.sizes.together(operands, flow) if flow else None
        self.sizes.record(proto, build, sizes, together)
        outputs = site.step.outputs
        own = [(o, s) for o, s in proto.sites.items() if o.instance < self.own]
        agree = all(s.step.outputs == outputs for _, s in own)
        agree = agree and len({occ.instance for occ, _ in own}) == self.own
        forward: Code = proto.forward
        inputs: tuple[plan.Value, ...] = ()
        if flow:
            values = tuple(operand.value for operand in operands)
            called = read.call or spread(self._stored_in(proto), operands, flow)
            forward, inputs = read_only(called, values)
        return plan.Leaf(
            proto.id,
            self._name(proto, flow is not None),
            build,
            forward,
            inputs,
            len(outputs),
            self.names.of(site),
            _heavy(site),
            isinstance(site.step.target, Scope),
            any(map(_overwrites, proto.sites.values())),
            all(map(self._training_only, proto.sites.values())),
            site.step.span.line,
            tuple(type.shape for type in outputs) if agree and flow else (),
            self.sizes.variables.get(proto.id, ""),
        )

    def _training_only(self, site: Site) -> bool:
        if site.scope not in self._idle:
            self._idle[site.scope] = training_only_steps(site.scope)
        return site.index in self._idle[site.scope]

    def _name(self, proto: ProtoLeaf, is_read: bool) -> plan.AttributeName:
        """The attribute's name; one that `forward` reads is made of what that counts."""
        if isinstance(proto.name, str):
            return proto.name
        rest = tuple((self.explainer.code(number), behind) for number, behind in proto.name.rest)
        if is_read and not names_in(rest) <= {*self._variables}:
            raise Mismatch("a name that depends on a parameter", proto.loop)
        return replace(proto.name, rest=rest)

    def _build(self, proto: ProtoLeaf, sizes: tuple[Ends, ...], lists: Mapping[str, Code]) -> Code:
        if isinstance(proto.build, ProtoSequence):
            self.sizes.running = sizes[0]
            return plan.Sequence(fold_repeats(self.items(proto.build.items, None)))
        return self.explainer.code(self.sizes.told(proto, sizes, lists))

    def _stored_in(self, proto: ProtoLeaf) -> Code:
        """The forward expression; sizes in which instances differ become attributes."""
        if proto.forward == CALL:
            return CALL
        stored: Code = transform(
            proto.forward, lambda part: self._told(part) if isinstance(part, Hole) else part
        )
        return stored

    def _told(self, hole: Hole) -> Code:
        """The code of `forward` for a hole: an attribute, or sizes of tensors with attributes."""
        told = self.explainer.measured(hole) if hole.measured else self.explainer.explain(hole)
        if not hole.measured and not _is_short(told):
            return self._stored(told, _name_of(hole), hole.loop)

        def change(part: Any) -> Any:
            match part:
                case Infix(op="**", operands=(Name() as base, 2)):
                    return transform(Infix("*", (base, base)), change)
                case Infix() | plan.Unary() | tuple() | plan.SizeOf():
                    return part
            return self._stored(part, _name_of(hole), hole.loop)

        code: Code = transform(told, change)
        return code

    def measuring_lets(self) -> dict[str, Code]:
        """The user's names for what `forward` works out from sizes, with what they stand for."""
        scopes = self.explainer.context.scopes
        lets = measuring_lets(scopes[0].definition) if scopes[0].definition else {}
        codes: dict[str, Code] = {}
        for name, expression in lets.items():
            known = [dict(scope.values).get(name) for scope in scopes]
            if isinstance(expression, tree.Binary) and all(type(n) is int for n in known):
                column = tuple((Occurrence(k), n) for k, n in enumerate(known))
                with suppress(Mismatch):
                    codes[name] = self._told(
                        Hole(column, name, "", (expression,), 1, measured=True)
                    )
        return codes

    def _stored(self, code: Code, hint: str, loop: tuple[int, ...] | None) -> Code:
        """The name by which `forward` reads what `__init__` knows as `code`."""
        names = names_in(code)
        if names <= set(self._variables):
            return code
        if names & {*self._variables, *self._elements}:
            raise Mismatch("a size that changes from round to round", loop)
        wish = code.text if isinstance(code, Name) else hint
        known = next((name for name, value in self.stored.items() if value == code), None)
        if known is None:
            wishes = chain((wish,), (f"{wish}_{number}" for number in count(2)))
            taken = {*self.taken, *self.stored}
            if not isinstance(code, Name):  # a parameter of this name may be stored itself
                taken |= {name.text for name in self.explainer.context.parameters()}
            known = next(w for w in wishes if w not in taken)
            self.stored[known] = code
        return Name(f"self.{known}")

    # --- choices and loops -------------------------------------------------------------------

    def _choice(self, proto: ProtoChoice, flow: DataFlow | None) -> plan.Item:
        test = self.explainer.code(proto.test)
        before = self.sizes.running
        then, after = self.items(proto.then, flow), self.sizes.running
        self.sizes.running = before
        otherwise = self.items(proto.otherwise, flow)
        self.sizes.choose(proto, test, after, self.sizes.running)
        choice = plan.Choice(proto.id, test, test, then, otherwise, ())
        return one_module(choice) if flow is None else choice

    def settle(self, items: tuple[plan.Item, ...], flow: DataFlow) -> tuple[plan.Item, ...]:
        """Once every ref is resolved: what leaves choices and loops, and small choices folded."""
        return tuple(self._settled(item, flow) for item in items)

    def _settled(self, item: plan.Item, flow: DataFlow) -> plan.Item:
        if isinstance(item, plan.Leaf):
            return item
        if isinstance(item, plan.Loop):
            self._variables.append(item.variable)
            items = self.settle(item.items, flow)
            self._variables.pop()
            size = self._stored(item.count, "depth", None)
            carried = tuple(flow.carried.get(item.id, ()))
            return replace(item, items=items, size=size, carried=carried)
        then, otherwise = self.settle(item.then, flow), self.settle(item.otherwise, flow)
        merged = tuple(flow.merged.get(item.id, ()))
        item = replace(item, then=then, otherwise=otherwise, merged=merged)
        folded = one_attribute(item)
        if folded is not None:
            self._folded[plan.Merged(item.id, 0)] = plan.Result(folded.id)
            return folded
        item = turned_round(item) if empties_first(item) else item
        present = self._presence(item.test)
        if present is None or plan.has_optional(item):  # a constant decides which modules there are
            return replace(item, flag=self._flag(item))
        value, is_given = present
        question = Infix("is not" if is_given else "is", (plan.Presence(value), None))
        test = item.test if plan.built(item.then) else question  # the same modules in both arms
        return replace(item, test=test, flag=question)

    def _flag(self, item: plan.Choice) -> Code:
        """The question of `forward`: a parameter, where the test is about just one, else a flag.

        Which modules there are hangs on a flag: `torch.jit.script` skips an arm by nothing less.
        """
        if plan.has_optional(item):
            return self._stored(item.test, _flag_name(item), None)
        names = names_in(item.test) - set(self._variables)
        if len(names) == 1 and not names & self.taken:
            question: Code = transform(
                item.test,
                lambda part: (
                    self._stored(part, "", None)
                    if isinstance(part, Name) and part.text in names
                    else part
                ),
            )
            return question
        return self._stored(item.test, _flag_name(item), None)

    def _presence(self, test: Code) -> tuple[plan.Input, bool] | None:
        """The input about which `__init__` asks whether it is given, and whether that is what it
        asks, or the opposite."""
        match test:
            case Infix(op="is" | "is not" as op, operands=(Name() as size, None)):
                name = self.explainer.context.input_of(size.text)
                for place, slot in enumerate(self._slots):
                    if slot.name == name:
                        return plan.Input(place), op == "is not"
        return None

    def _loop(self, proto: ProtoLoop, flow: DataFlow | None) -> plan.Loop:
        self._variables.append(proto.variable)
        names = (*proto.elements, *(size.name for size in proto.through))
        self._elements.extend(names)
        before = self.sizes.running
        self.sizes.enter(proto)
        items = self.items(proto.items, flow)
        running, after = self._running(proto, before, items)
        self.sizes.leave(proto, after)
        self._variables.pop()
        del self._elements[len(self._elements) - len(names) :]
        used = names_in((items, running)) & set(proto.elements)
        source = self.explainer.code(proto.source) if used else None
        elements = proto.elements if used else ()
        count: Code = self.explainer.code(proto.count)
        self.sizes.count(proto, count)
        if used and (flow is None or (isinstance(count, int) and names_in(source))):
            count = Call("len", (source,))
        return plan.Loop(
            proto.id, proto.variable, count, count, elements, source, items, (), running=running
        )

    def _running(
        self, proto: ProtoLoop, before: Ends, items: tuple[plan.Item, ...]
    ) -> tuple[tuple[plan.Running, ...], Ends]:
        """The sizes that change from round to round, and those that leave the loop."""
        end = self.sizes.running
        if not proto.through:
            return (), agreed(before, end)
        after: dict[int, Code] = dict(zip(AXES, agreed(before, end), strict=True))
        sizes: list[plan.Running] = []
        for size in proto.through:
            axis = AXES.index(size.axes[0])
            if size.name in names_in((items, end)):
                start = self._flowing(size.start, before[axis], proto)
                then = self._flowing(size.then, end[axis], proto)
                sizes.append(plan.Running(size.name, start, then))
                after |= dict.fromkeys(size.axes, self._left(size))
        return tuple(sizes), (after[0], after[-1])

    def _flowing(self, hole: Any, size: Code | None, loop: ProtoLoop) -> Code:
        """A size that runs through a loop, as the steps before or the source tell it."""
        if not isinstance(hole, Hole):
            number: Code = hole
            return number
        known = self.explainer.known(replace(hole, flows=True, flowing=size))
        if known is None:
            raise Mismatch("a size that nothing tells in each round", loop.key)
        return known[0]

    def _left(self, size: Through) -> Code:
        """The size that leaves a loop, by its name."""
        if size.last is None:
            return None
        self.explainer.context.leave(size.name, size.last)
        return Name(size.name)


def _shared(proto: ProtoLeaf) -> bool:
    """True where another step has already constructed the layer."""
    again = {_first_uses(site.scope)[site.step.name] < site.index for site in proto.sites.values()}
    if len(again) > 1:
        raise Mismatch("a layer that is shared in some instances only", proto.loop)
    return again.pop()


def _first_uses(scope: Scope) -> dict[str, int]:
    """The index of the first step of each name."""
    first = _FIRST_USES.get(scope)
    if first is None:
        steps = reversed(list(enumerate(scope.steps)))
        first = _FIRST_USES[scope] = {step.name: index for index, step in steps}
    return first


_FIRST_USES: WeakKeyDictionary[Scope, dict[str, int]] = WeakKeyDictionary()


def _heavy(site: Site) -> bool:
    step = site.step
    if isinstance(step.target, Scope):
        return True
    weights = step.target.weights(site.scope.types_of(step.inputs))
    return any(weight.kind is WeightKind.WEIGHT for weight in weights)


def _overwrites(site: Site) -> bool:
    op = site.step.target
    return not isinstance(op, Scope) and op.overwriting() == op


def _is_short(code: Code) -> bool:
    """True for whole numbers with at most one sign between them, or a row of these."""
    parts = parts_of(code)
    signs = [part for part in parts if isinstance(part, Infix | plan.Unary)]
    row = len(code) if isinstance(code, tuple) else 1
    return (row > 1 or signs != []) and len(signs) <= row and all(map(_is_arithmetic, parts))


def _is_arithmetic(part: object) -> bool:
    match part:
        case Infix(op=op, operands=operands):
            squared = op == "**" and operands[1:] == (2,) and isinstance(operands[0], Name)
            whole = all(type(each) is not float for each in operands)
            return whole and (op in ("+", "-", "*", "//") or squared)
        case plan.Unary(op=op):
            return op == "-"
    return isinstance(part, Name | tuple)


def _name_of(hole: Hole) -> str:
    """A name for a number that `forward` reads."""
    if hole.hint and hole.hint != "in":
        return hole.hint
    return "factor" if isinstance(hole.column[0][1], float) else "size"


def _flag_name(item: plan.Choice) -> str:
    """After the first module that the other arm lacks, else after the first step."""
    then, otherwise = plan.built(item.then), plan.built(item.otherwise)
    own = [name for name in then if name not in otherwise]
    if not own and otherwise.keys() - then.keys():
        return f"without_{next(name for name in otherwise if name not in then)}"
    steps = (
        part for part in parts_of((*item.then, *item.otherwise)) if isinstance(part, plan.Leaf)
    )
    return f"use_{own[0] if own else next(map(plan.attribute_prefix, steps), 'branch')}"
