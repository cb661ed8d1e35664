"""The sizes that flow through a class: from step to step, as expressions over its parameters.

In go the steps in running order, each with its explained constructor call. Out come expressions for
the sizes of a step's input, taken from the steps before it: its own sizes are written with them.
Like every guess, an expression is kept only if it has the right value in every occurrence.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from archdsl.ir.code import Attr, Call, Code, In, Index, Infix, Name, Slice
from archdsl.ir.graph import Scope
from archdsl.ir.shape import TensorType
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.align import Made
from archdsl.transforms.classes.context import Context
from archdsl.transforms.classes.expressions import (
    NoValue,
    identical,
    names_in,
    parts_of,
    simplify,
    transform,
)
from archdsl.transforms.classes.flow import DataFlow, Operand, Read
from archdsl.transforms.classes.plan import InputKind
from archdsl.transforms.classes.proto import (
    Ends,
    Hole,
    Occurrence,
    ProtoChoice,
    ProtoLeaf,
    ProtoLoop,
)
from archdsl.transforms.classes.tensor_parameters import Slots

LONG = 24  # parts of an expression that nobody wants to read twice
UNKNOWN: Ends = (None, None)
MOST_QUESTIONS = 4  # on which a size hangs
AXES = (0, -1)  # channels stand first, features last


class FlowingSizes:
    """The sizes of the values of one class; `running` are those of what flows down a sequence."""

    def __init__(self, context: Context, made: Made, slots: Slots) -> None:
        self._context = context
        self._slots = slots
        self._gives = made.gives
        self._telling = made.telling
        self.variables: dict[int, str] = {}  # the variables for channels that only a module tells
        self._ends: dict[plan.Result, Ends] = {}
        self._through: dict[int, Ends] = {}  # of what loops carry
        self._choices: dict[int, tuple[ProtoChoice, Code]] = {}
        self._counts: dict[int, tuple[Code, frozenset[str]]] = {}  # of loops, and their variables
        self.running = self._entering(0)

    def _entering(self, slot: int) -> Ends:
        """The sizes of the class's input."""
        if self._slots[slot].kind is not InputKind.TENSOR:
            return self._context.size_of(self._slots[slot].name), None
        shapes = [scope.inputs[slot].shape for scope in self._context.scopes]
        ranks = {len(shape) for shape in shapes}
        if len(ranks) > 1 or ranks == {0}:
            return UNKNOWN
        return (self._entered(slot, shapes, 0), self._entered(slot, shapes, -1))

    def _entered(self, slot: int, shapes: list[tuple[int, ...]], axis: int) -> Code | None:
        sizes = {shape[axis] for shape in shapes}
        if len(sizes) == 1:
            return sizes.pop()
        return self._context.fact_at(slot, axis % len(shapes[0]))

    def inputs(self, read: Read, flow: DataFlow) -> tuple[Ends, ...]:
        """The sizes of each of a step's inputs, unknown for those that a block does not read."""
        ends: list[Ends] = []
        for operand in read.operands:
            if operand.spread and isinstance(operand.value, plan.Input):
                every = self._entering(operand.value.index)[0]
                ends += [(every and Index(every, (k,)), None) for k in range(operand.width)]
            else:
                ends += [self._of(operand.value, flow)] * operand.width
        if read.call is None:
            return tuple(ends)
        known = dict(zip(read.places, ends, strict=False))
        return tuple(known.get(place, UNKNOWN) for place in range(max(known, default=-1) + 1))

    def together(self, operands: tuple[Operand, ...], flow: DataFlow) -> Code | None:
        """The channels of all of a step's inputs together, where some are a list's, or those of all
        rounds of a loop."""
        if not any(operand.spread for operand in operands):
            return None
        channels: list[Code | None] = []
        for operand in operands:
            if isinstance(operand.value, plan.Gathered):
                channels.append(self._of_all_rounds(operand.value))
                continue
            size = self._of(operand.value, flow)[0]
            spread = operand.spread and size is not None
            channels.append(Call("sum", (size,)) if spread else size)
        return _total(channels) if None not in channels else None

    def _of_all_rounds(self, value: plan.Gathered) -> Code | None:
        """The channels of a step in all rounds of a loop, where each round has as many."""
        count, running = self._counts.get(value.loop, (None, frozenset[str]()))
        size = self._ends.get(value.value, UNKNOWN)[0]
        if count is None or size is None or names_in(size) & running:
            return None
        return simplify(Infix("*", (size, count)))

    def _of(self, value: plan.Value, flow: DataFlow) -> Ends:
        match value:
            case plan.Input():
                return self._entering(value.index)
            case plan.ListElement():
                every = self._entering(value.value.index)[0]
                return (every and Index(every, (value.index,)), None)
            case plan.ListPart(start=start, stop=stop, step=step):
                every = self._entering(value.value.index)[0]
                return (every and Index(every, (Slice(start, stop, step),)), None)
            case plan.AsGiven():
                return self._of(value.value, flow)
            case plan.Given():
                return agreed(self._of(value.value, flow), self._of(value.otherwise, flow))
            case plan.Result():
                return self._ends.get(value, UNKNOWN)
            case plan.Merged():
                then, otherwise = flow.merged[value.choice][value.index]
                return self._merged(value, self._of(then, flow), self._of(otherwise, flow))
            case plan.Carried():
                return self._through.get(value.loop, UNKNOWN)
        return UNKNOWN

    # --- what runs through a loop ------------------------------------------------------------

    def enter(self, loop: ProtoLoop) -> None:
        """Sets the sizes with which a round begins: the names of its variables."""
        names = {axis: Name(size.name) for size in loop.through for axis in size.axes}
        first, last = self.running
        self.running = (names.get(0, first), names.get(-1, last))
        self._through[loop.id] = self.running

    def count(self, loop: ProtoLoop, count: Code) -> None:
        """Sets the number of rounds of a loop."""
        names = (loop.variable, *loop.elements, *(size.name for size in loop.through))
        self._counts[loop.id] = count, frozenset(names)

    def leave(self, loop: ProtoLoop, ends: Ends) -> None:
        """Sets the sizes that leave the loop."""
        self.running = ends
        self._through[loop.id] = ends if loop.through else UNKNOWN

    def choose(self, choice: ProtoChoice, test: Code, then: Ends, otherwise: Ends) -> None:
        """Sets the sizes that leave a choice: those of the arm that is taken."""
        self._choices[choice.id] = choice, test
        self.running = self._either(choice, test, then, otherwise)

    def _merged(self, value: plan.Merged, then: Ends, otherwise: Ends) -> Ends:
        if value.choice not in self._choices:
            return agreed(then, otherwise)
        return self._either(*self._choices[value.choice], then, otherwise)

    def _either(self, choice: ProtoChoice, test: Code, then: Ends, otherwise: Ends) -> Ends:
        first, last = (self._one(choice, test, *e) for e in zip(then, otherwise, strict=True))
        return first, last

    def _one(
        self, choice: ProtoChoice, test: Code, then: Code | None, otherwise: Code | None
    ) -> Code | None:
        """One size that is right in both arms, else both; None where nobody would read it."""
        if then == otherwise or then is None or otherwise is None:
            return then if then == otherwise else None
        occurrences = (
            [occ for occ, _ in choice.test.column] if isinstance(choice.test, Hole) else []
        )
        right = self._context.value
        column = [(o, right(then if o in choice.taken else otherwise, o)) for o in occurrences]
        both = (size for size in (then, otherwise) if self._context.right(size, column))
        size = next(both, plan.IfElse(test, then, otherwise))
        asked = sum(isinstance(part, plan.IfElse) for part in parts_of(size))
        return size if asked <= MOST_QUESTIONS else None

    # --- what a step asks of its inputs ------------------------------------------------------

    def lists(self, read: Read, flow: DataFlow) -> Mapping[str, Code]:
        """The channels of the lists that a block is handed, where they are those of others."""
        return {
            name: row
            for name, operands in read.lists.items()
            if any(operand.spread for operand in operands)
            and (row := self._row(operands, flow)) is not None
        }

    def _row(self, operands: tuple[Operand, ...], flow: DataFlow) -> Code:
        """The channels of a list, one after the other; None where some are not known."""
        rows: list[Code] = []
        for operand in operands:
            size = self._of(operand.value, flow)[0]
            if size is None:
                return None
            if operand.spread:
                rows.append(size)
            elif rows and isinstance(rows[-1], tuple):
                rows[-1] = (*rows[-1], size)
            else:
                rows.append((size,))
        return Infix("+", tuple(rows)) if len(rows) > 1 else rows[0]

    def told(self, leaf: ProtoLeaf, inputs: tuple[Ends, ...], lists: Mapping[str, Code]) -> Any:
        """The constructor call; its holes for sizes of inputs know what flows in."""

        def change(part: object) -> object:
            if not isinstance(part, Hole):
                return part
            target = leaf.site.step.target
            row = lists.get(f"{part.hint.removesuffix('_channels')}_0")
            if row is not None and part.hint not in dict(getattr(target, "arguments", ())):
                return replace(part, flows=True, flowing=row)
            slot, every = _slot(part.hint, target), _slots(part.hint, target)
            if every:
                sizes = tuple(inputs[one][0] for one in every if one < len(inputs))
                whole = len(sizes) == len(every) and None not in sizes
                return replace(part, flows=True, flowing=sizes if whole else None)
            if slot is None or slot >= len(inputs):
                return part
            return replace(part, flows=True, flowing=self._asked(part, leaf, inputs, slot))

        return transform(leaf.build, change)

    def _asked(
        self, hole: Hole, leaf: ProtoLeaf, inputs: tuple[Ends, ...], slot: int
    ) -> Code | None:
        if any(slot >= len(site.step.inputs) for site in leaf.sites.values()):
            return None
        for axis, size in zip(AXES, inputs[slot], strict=True):
            if all(_size(_input(leaf, occ, slot), axis) == value for occ, value in hole.column):
                return size if names_in(size) else None
        return None

    # --- the results of a step ---------------------------------------------------------------

    def record(
        self,
        leaf: ProtoLeaf,
        build: Code,
        inputs: tuple[Ends, ...],
        together: Code | None = None,
    ) -> None:
        """Takes down the sizes of a step's result; `together` are the channels of all inputs."""
        ends = UNKNOWN
        if all(len(site.step.outputs) == 1 for site in leaf.sites.values()):
            first = self._end(leaf, build, inputs, 0, together)
            last = self._end(leaf, build, inputs, -1, None)
            ends = (first, last)
        self._ends[plan.Result(leaf.id)] = ends
        self.running = ends

    def _end(
        self,
        leaf: ProtoLeaf,
        build: Code,
        inputs: tuple[Ends, ...],
        axis: int,
        together: Code | None,
    ) -> Code | None:
        column = [(occ, _size(s.step.outputs[0], axis)) for occ, s in leaf.sites.items()]
        first = column[0][1]
        same = first if all(size == first for _, size in column) else None
        if same is not None and (
            self._context.is_whole({occ.instance for occ in leaf.sites})
            or _is_given(leaf, build, axis, same)
        ):
            return same
        guesses = (g for g in self._guesses(leaf, build, inputs, axis, together) if names_in(g))
        return next((g for g in guesses if self._context.right(g, column)), same)

    def _guesses(
        self,
        leaf: ProtoLeaf,
        build: Code,
        inputs: tuple[Ends, ...],
        axis: int,
        together: Code | None,
    ) -> Iterator[Code]:
        """A size of the call's own, one that passes through, or those of all inputs together. What
        a class tells of its result, no argument of it does by chance."""
        target = leaf.site.step.target
        if isinstance(build, plan.New) and (given := self._given_by(build, inputs, axis)):
            if axis == 0 and not _is_short(given):
                yield from self._told_by(leaf, build)
            yield given
        yield from (size for size in _arguments(build, target) if names_in(size))
        if isinstance(build, plan.Sequence):
            yield self.running[axis]
        if isinstance(build, plan.New | plan.Make) and axis == 0:
            yield from self._told_by(leaf, build)
        yield from self._written(leaf, axis)
        turned = _turned(leaf)
        source = turned[axis] if turned else axis
        flowing = [ends[source] if source in AXES else None for ends in inputs]
        yield from flowing[:1]
        if together is not None:
            yield together
        elif len(flowing) > 1 and None not in flowing:
            yield _total(flowing)

    def _written(self, leaf: ProtoLeaf, axis: int) -> Iterator[Code]:
        """The size that the source gives a tensor of another shape."""
        match leaf.forward:
            case Call(func=Attr(value=In(), name="reshape" | "expand"), args=(_, *sizes)) if sizes:
                size = sizes[axis]
                if isinstance(size, Hole) and size.expressions:
                    with suppress(NoValue):
                        yield self._context.translated(size.expressions[0], size)

    def _given_by(self, build: plan.New, inputs: tuple[Ends, ...], axis: int) -> Code | None:
        """The size that a block gives, over its call's arguments and what flows in, if all of these
        are known."""
        arguments = dict(build.arguments)

        def flowing(part: plan.SizeOf) -> Code | None:
            slot = _slot_of(part)  # of an input that only other uses have, nothing is known here
            return inputs[slot][part.axis] if slot < len(inputs) else None

        def change(part: object) -> object:
            if isinstance(part, plan.SizeOf):
                return flowing(part)
            return arguments.get(part.text, part) if isinstance(part, Name) else part

        size = self._gives.get(build.cls, UNKNOWN)[axis]
        if size is not None and size != plan.KEPT:
            sizes = (part for part in parts_of(size) if isinstance(part, plan.SizeOf))
            known = all(flowing(part) is not None for part in sizes)
            return simplify(transform(size, change)) if known else None
        return None

    def _told_by(self, leaf: ProtoLeaf, build: plan.New | plan.Make) -> Iterator[Code]:
        """The channels that a module keeps as an attribute: where it is one itself, there, else in
        a variable."""
        if not self._keeps(leaf, build):
            return
        name = leaf.name
        if isinstance(build, plan.New) and leaf.loop is None and _is_attribute(name):
            told = plan.kept_by(str(name))
        else:
            told = Name(self._context.variable("in_channels"))
            self._forget(told.text)
            self.variables[leaf.id] = told.text
        self._context.leave(told.text, _channels(leaf))
        yield told

    def _keeps(self, leaf: ProtoLeaf, build: plan.New | plan.Make) -> bool:
        """True where the module can be asked for its channels: its class, or each class that it may
        be of."""
        if isinstance(build, plan.New):
            return self._gives.get(build.cls, UNKNOWN)[0] == plan.KEPT
        makers = [maker for part in parts_of(leaf.build) for maker in _makers(part)]
        return bool(makers) and all(maker.cls in self._telling for maker in makers)

    def _forget(self, name: str) -> None:
        """Forgets the sizes that mention a variable that is set anew."""
        self._ends |= {key: UNKNOWN for key, e in self._ends.items() if name in names_in(e)}
        self._through |= {key: UNKNOWN for key, e in self._through.items() if name in names_in(e)}

    def given(
        self,
        scopes: tuple[Scope, ...],
        results: tuple[plan.Value, ...] = (),
        items: tuple[plan.Item, ...] = (),
        flow: DataFlow | None = None,
    ) -> Ends:
        """The sizes of a class's only result, or of what a sequence ends with."""
        if any(len(scope.results) != 1 or not scope.outputs[0].shape for scope in scopes):
            return UNKNOWN
        sizes: list[Code | None] = []
        for axis in AXES:
            column = [(Occurrence(k), s.outputs[0].shape[axis]) for k, s in enumerate(scopes)]
            guesses: Iterable[Code | None] = (self.running[axis],)
            if flow is not None:
                guesses = self._ends_of(results[0], items, flow, axis)
            right = (g for g in guesses if g is not None and self._context.right(g, column))
            sizes.append(next(right, None))
        return sizes[0], sizes[1]

    def _ends_of(
        self, value: plan.Value, items: tuple[plan.Item, ...], flow: DataFlow, axis: int
    ) -> Iterator[Code | None]:
        """The size of a value; of one that a loop adds to, what each round may add."""
        yield self._of(value, flow)[axis]
        if isinstance(value, plan.Carried):
            start, _ = flow.carried[value.loop][value.index]
            first = None if start is None else self._of(start, flow)[axis]
            count = next((loop.count for loop in plan.loops(items) if loop.id == value.loop), None)
            if first is not None and count is not None:
                for name in self._context.parameters():
                    yield Infix("+", (first, Infix("*", (count, name))))


def agreed(one: Ends, other: Ends) -> Ends:
    """The sizes that two ways that meet have in common."""
    first, last = (a if a == b else None for a, b in zip(one, other, strict=True))
    return first, last


def _slot(hint: str, target: object) -> int | None:
    """The input that a constructor's argument is a size of."""
    if hint == "in":
        return 0
    if not isinstance(target, Scope) or hint in dict(target.arguments):
        return None
    owners = ("in", *target.input_names[1:])
    words = [(f"{owner}_channels", f"{owner}_features") for owner in owners]
    return next((slot for slot, own in enumerate(words) if hint in own), None)


def _slots(hint: str, target: object) -> tuple[int, ...]:
    """The inputs of a block, given as a tuple, whose channels a constructor's argument has."""
    owner = hint.removesuffix("_channels")
    if not isinstance(target, Scope) or owner == hint or hint in dict(target.arguments):
        return ()
    parts = [f"{owner}_{k}" for k in range(len(target.inputs))]
    return tuple(slot for slot, name in enumerate(target.input_names) if name in parts)


def _input(leaf: ProtoLeaf, occ: Occurrence, slot: int) -> TensorType:
    site = leaf.sites[occ]
    return site.scope.type_of(site.step.inputs[slot])


def _slot_of(size: plan.SizeOf) -> int:
    assert isinstance(size.value, plan.Input)
    return size.value.index


def _turned(leaf: ProtoLeaf) -> tuple[int, int] | None:
    """For a step that changes the order of sizes: the axes of its input that come first and last,
    the last one counted as -1."""
    order: list[int]
    match leaf.forward:
        case Call(func=Attr(value=In(), name="permute"), args=(0, *places)):
            order = [place for place in places if isinstance(place, int)]
        case Call(func=Attr(value=In(), name="transpose"), args=(int() as one, int() as other)):
            order = list(range(1, leaf.site.step.outputs[0].rank + 1))
            order[one - 1], order[other - 1] = other, one
        case _:
            return None
    first, last = (place - 1 if place < len(order) else -1 for place in (order[0], order[-1]))
    return first, last


def _is_short(code: Code) -> bool:
    """False for what would be long to read."""
    return len(parts_of(code)) <= LONG


def _size(type: TensorType, axis: int) -> int | None:
    return type.shape[axis] if type.shape else None


def _is_attribute(name: plan.AttributeName) -> bool:
    """True for a module with a name of its own that Python can say."""
    return isinstance(name, str) and plan.sayable(name)


def _channels(leaf: ProtoLeaf) -> dict[Occurrence, int]:
    """The channels of a step's result."""
    return {occ: site.step.outputs[0].shape[0] for occ, site in leaf.sites.items()}


def _makers(part: object) -> list[plan.Maker]:
    """The classes that a hole for a block stands for."""
    column = part.column if isinstance(part, Hole) else ()
    return [value for _, value in column if isinstance(value, plan.Maker)]


def _is_given(leaf: ProtoLeaf, build: Code, axis: int, size: int) -> bool:
    """True where a layer is given the size of its result as this very number."""
    target = leaf.site.step.target
    asked = getattr(type(target), "positional", ())[:1]
    if not isinstance(build, Call) or len(build.args) < 2:
        return False
    known = asked == ("features",) or (asked == ("channels",) and axis == 0)
    return known and identical(build.args[1], size)


def _arguments(build: Code, target: object) -> list[Code]:
    """The arguments of a constructor, sizes of its inputs last."""
    match build:
        case Call():
            return [*build.args[1:], *(value for _, value in build.kwargs), *build.args[:1]]
        case plan.New() | plan.Make():
            ordered = sorted(build.arguments, key=lambda pair: _slot(pair[0], target) is not None)
            return [value for _, value in ordered]
    return []


def _total(sizes: list[Code]) -> Code:
    """The sum of sizes, a literal last."""
    parts: list[Code] = []
    for size in sizes:
        parts += size.operands if isinstance(size, Infix) and size.op == "+" else (size,)
    known = sum(part for part in parts if isinstance(part, int))
    terms = [part for part in parts if not isinstance(part, int)]
    if len(terms) > 1 and all(term == terms[0] for term in terms):
        terms = [Infix("*", (len(terms), terms[0]))]
    terms += [known] if known else []
    return Infix("+", tuple(terms)) if len(terms) > 1 else terms[0]
