"""The origin of each step's inputs, told once for all instances.

A ref that points to the same step everywhere is that step's result; one that points elsewhere in
another arm is what leaves the choice, one that points to the round before is carried by its loop.
"""

from collections.abc import Iterator, Mapping
from itertools import takewhile
from operator import eq

from msgspec import Struct, field

from archdsl.ir.code import Call, Code, In, Infix, List, Name, Self
from archdsl.ir.graph import Ref, Scope, Step
from archdsl.transforms.classes.expressions import parts_of, transform
from archdsl.transforms.classes.plan import (
    AsGiven,
    Carried,
    Gathered,
    Given,
    Input,
    InputKind,
    ListElement,
    ListPart,
    Merged,
    Result,
    Spread,
    Value,
)
from archdsl.transforms.classes.proto import (
    OTHER_INPUTS,
    Mismatch,
    Occurrence,
    Proto,
    ProtoChoice,
    ProtoLeaf,
    ProtoLoop,
)
from archdsl.transforms.classes.tensor_parameters import Slots

Rounds = tuple[int, ...]
Moment = tuple[int, Rounds]  # an instance, and the round of each loop around


class Target(Struct, frozen=True):
    """The result of a leaf in one of its rounds; `leaf` None means the class's input, `item` its
    place in one that is a list."""

    leaf: ProtoLeaf | None
    rounds: Rounds
    output: int
    item: int = 0


class Within(Struct, frozen=True):
    """One step of the way to an item: into a loop, or into an arm of a choice."""

    container: ProtoLoop | ProtoChoice
    then: bool = True


class Operand(Struct, frozen=True):
    """A value, and how many of the step's inputs it stands for, where these are most; `spread`
    where it stands for as many as there are."""

    value: Value
    width: int
    spread: bool = False

    def at(self, place: int) -> Code:
        """It among others, as the one in this place."""
        return Spread(In(place)) if self.spread else In(place)


Path = tuple[Within, ...]
Column = Mapping[Moment, Target]
Rows = Mapping[Moment, tuple[Target, ...]]  # the inputs that are left
Widths = Mapping[Moment, int]


class Read(Struct, frozen=True):
    """The operands of a step, and the `call` of a block over them; those of its `lists`, by the
    block's names for their first tensors. `places` are those of the operands among the inputs of
    the block."""

    operands: tuple[Operand, ...]
    call: Code = None
    lists: Mapping[str, tuple[Operand, ...]] = {}
    places: tuple[int, ...] = ()


class DataFlow(Struct):
    """Resolves refs; collects what choices merge and what loops carry on the way."""

    items: tuple[Proto, ...]
    scopes: tuple[Scope, ...]
    slots: Slots
    calls: Mapping[Scope, tuple[Code, ...]]
    merged: dict[int, list[tuple[Value, Value]]] = field(default_factory=dict)
    seen: dict[int, list[tuple[Value, Value]]] = field(default_factory=dict)
    carried: dict[int, list[tuple[Value | None, Value]]] = field(default_factory=dict)
    _paths: dict[int, Path] = field(default_factory=dict)
    _order: dict[int, int] = field(default_factory=dict)
    _where: dict[tuple[int, int], Target] = field(default_factory=dict)
    _inputs: list[dict[int, Target]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for item, path in _walk(self.items, ()):
            self._paths[item.id] = path
            self._order[item.id] = len(self._order)
            if isinstance(item, ProtoLeaf):
                for occ, site in item.sites.items():
                    self._where[occ.instance, site.index] = Target(item, occ.rounds, 0)
        self._inputs = [
            {
                place: Target(None, (), slot, item)
                for slot, parameter in enumerate(self.slots)
                for item, place in enumerate(parameter.places[use])
            }
            for use in range(len(self.scopes))
        ]

    def read(self, leaf: ProtoLeaf) -> Read:
        """The operands of an op, or of the call of a block."""
        rows = self._rows(leaf)
        if not isinstance(leaf.site.step.target, Scope):
            return Read(self._operands(rows, leaf))
        return self._handed(rows, leaf)

    def _handed(self, rows: Rows, leaf: ProtoLeaf) -> Read:
        """The arguments of a block: one tensor, a list of as many as each occurrence has, or
        an input that may be None, as it is."""
        called = {_moment(occ): self._call(site.step) for occ, site in leaf.sites.items()}
        most = max(called.values(), key=len)
        longest = max(called, key=lambda moment: len(inputs_of(called[moment])))
        operands: list[Operand] = []
        arguments: list[Code] = []
        lists: dict[str, tuple[Operand, ...]] = {}
        names = {_moment(occ): _input_names(site.step) for occ, site in leaf.sites.items()}
        for place in range(len(most)):
            parts = {m: call[place] if place < len(call) else None for m, call in called.items()}
            own = {m: tuple(rows[m][k] for k in inputs_of(parts[m])) for m in rows}
            kinds = {type(part) for part in parts.values()}
            if List in kinds and len(kinds) > 1:
                raise Mismatch("a tensor and a list", leaf.loop)
            asked = self._operands(own, leaf) if None not in parts.values() else self._maybe(own)
            first = len(operands)
            operands += asked
            items = tuple(operand.at(k) for k, operand in enumerate(asked, first))
            arguments.append(List(items) if List in kinds else items[0] if items else None)
            if List in kinds:
                begins = (names[m][inputs_of(part)[0]] for m, part in parts.items() if own[m])
                lists |= dict.fromkeys(begins, asked)
        places = inputs_of(called[longest])
        return Read(tuple(operands), Call(Self(), tuple(arguments)), lists, places)

    def _call(self, step: Step) -> tuple[Code, ...]:
        """The arguments of a block's class, over the inputs of the step."""
        assert isinstance(step.target, Scope)
        return self.calls.get(step.target, tuple(map(In, range(len(step.inputs)))))

    def _maybe(self, rows: Rows) -> tuple[Operand, ...]:
        """The operand that some occurrences lack: an input that they are not given themselves."""
        targets = {target for row in rows.values() for target in row}
        if not targets:
            return ()
        slot = next(iter(targets)).output
        places = self.slots[slot].places
        lacking = all(bool(row) == bool(places[use]) for (use, _), row in rows.items())
        if len(targets) > 1 or next(iter(targets)).leaf is not None or not lacking:
            raise Mismatch("a tensor that is not given everywhere")
        return (Operand(AsGiven(Input(slot)), 1),)

    def _rows(self, leaf: ProtoLeaf) -> Rows:
        return {
            _moment(occ): tuple(self._target(occ.instance, ref) for ref in site.step.inputs)
            for occ, site in leaf.sites.items()
        }

    def _operands(self, rows: Rows, leaf: ProtoLeaf) -> tuple[Operand, ...]:
        """The operands that stand for these inputs, in their order."""
        path = self._paths[leaf.id]
        longest = max(rows, key=lambda moment: len(rows[moment]))
        operands: list[Operand] = []
        while any(rows.values()):
            spread = self._gathered(rows, path) or self._list(rows)
            value, widths = spread or self._single(rows, path, leaf)
            operands.append(Operand(value, widths[longest], spread is not None))
            rows = {moment: row[widths[moment] :] for moment, row in rows.items()}
        return tuple(operands)

    def _single(self, rows: Rows, path: Path, leaf: ProtoLeaf) -> tuple[Value, Widths]:
        """The next operand, which is one of the step's inputs in every occurrence."""
        if not all(rows.values()):
            raise Mismatch(OTHER_INPUTS, leaf.loop)
        column = {moment: row[0] for moment, row in rows.items()}
        return self._resolve(column, path), dict.fromkeys(rows, 1)

    def _gathered(self, rows: Rows, path: Path) -> tuple[Value, Widths] | None:
        """The next operands, if they are the results of one loop of one step, round by round, as
        many as each occurrence has rounds."""
        column = {moment: row[0] for moment, row in rows.items() if row}
        target = next(iter(column.values()))
        loop = self._left(column, path)
        if not isinstance(loop, ProtoLoop) or target.leaf not in loop.items:
            return None
        assert target.leaf is not None
        depth = len(_loops(self._paths[loop.id]))
        counts = {(occ.instance, occ.rounds): count for occ, count in loop.counts.items()}
        widths: dict[Moment, int] = {}
        for (instance, rounds), row in rows.items():
            width = counts.get((instance, rounds[:depth]), 0)
            wanted = (
                Target(target.leaf, (*rounds[:depth], index), target.output)
                for index in range(width)
            )
            if row[:width] != tuple(wanted):
                return None
            widths[instance, rounds] = width
        return Gathered(loop.id, Result(target.leaf.id, target.output)), widths

    def _list(self, rows: Rows) -> tuple[Value, Widths] | None:
        """The next operands, if they are the tensors of an input that is a list, in its order: all
        of them, or a part of which each occurrence has another number."""
        first = next(row[0] for row in rows.values() if row)
        if first.leaf is not None or self.slots[first.output].kind is not InputKind.LIST:
            return None
        value, places = Input(first.output), self.slots[first.output].places
        for part in self._parts(rows, value):
            items = {m: range(len(places[m[0]]))[part.start : part.stop : part.step] for m in rows}
            widths = {moment: len(row) for moment, row in items.items()}
            whole = part == ListPart(value)
            if (whole or len(set(widths.values())) > 1) and all(
                row[: widths[m]] == tuple(Target(None, (), first.output, k) for k in items[m])
                for m, row in rows.items()
            ):
                return value if whole else part, widths
        return None

    def _parts(self, rows: Rows, value: Input) -> Iterator[ListPart]:
        """The parts of a list that these operands may begin with, the longest first."""
        slot = value.index
        yield from (ListPart(value), ListPart(value, step=-1))
        runs: list[tuple[int, int, int]] = []  # of each occurrence: begin, end, length of the list
        for (use, _), row in rows.items():
            begin = row[0].item if row and row[0].leaf is None and row[0].output == slot else None
            if begin is None:
                continue
            wanted = (Target(None, (), slot, begin + k) for k in range(len(row)))
            same = sum(1 for _ in takewhile(bool, map(eq, row, wanted)))
            runs.append((begin, begin + same, len(self.slots[slot].places[use])))
        starts = _agreed([(begin, begin - length) for begin, _, length in runs])
        stops = _agreed([(end, end - length or None) for _, end, length in runs])
        yield from (
            ListPart(value, start or None, stop) for stop in reversed(stops) for start in starts
        )

    def loop_key(self, operands: tuple[Operand, ...]) -> tuple[int, ...] | None:
        """The loop that the first gathered operand comes from."""
        ids = [o.value.loop for o in operands if isinstance(o.value, Gathered)]
        containers = [w.container for path in self._paths.values() for w in path]
        return next((c.key for c in containers if isinstance(c, ProtoLoop) and c.id in ids), None)

    def results(self) -> tuple[Value, ...]:
        if len({len(scope.results) for scope in self.scopes}) > 1:
            raise Mismatch("different numbers of results")
        return tuple(
            self._resolve(
                {(i, ()): self._target(i, s.results[slot]) for i, s in enumerate(self.scopes)}, ()
            )
            for slot in range(len(self.scopes[0].results))
        )

    def _target(self, instance: int, ref: Ref) -> Target:
        if ref.step < 0:
            return self._inputs[instance][ref.output]
        place = self._where[instance, ref.step]
        return Target(place.leaf, place.rounds, ref.output)

    # --- resolving ---------------------------------------------------------------------------

    def _resolve(self, column: Column, path: Path) -> Value:
        first = next(iter(column.values()))
        if all(t.leaf is first.leaf and t.output == first.output for t in column.values()):
            if first.leaf is None:
                return self._input(column, path)
            if all(moment[1][: len(t.rounds)] == t.rounds for moment, t in column.items()):
                left = self._left(column, path)
                if isinstance(left, ProtoChoice):
                    return self._merged(column, path, left)
                return Result(first.leaf.id, first.output)
        given = self._given(column, path)
        if given is not None:
            return given
        loop = self._earlier_round(column, path)
        if loop is not None:
            return self._carried(column, path, loop)
        container = self._left(column, path)
        if isinstance(container, ProtoChoice):
            return self._merged(column, path, container)
        if isinstance(container, ProtoLoop):
            return self._ended(column, path, container)
        loops = [w.container for w in path if isinstance(w.container, ProtoLoop)]
        raise Mismatch("different inputs", loops[-1].key if loops else None)

    def _input(self, column: Column, path: Path) -> Value:
        """One input of the class; of a list the tensor in a place that is counted from its
        beginning, from its end, or by a loop."""
        slot = next(iter(column.values())).output
        value, parameter = Input(slot), self.slots[slot]
        if parameter.kind is not InputKind.LIST:
            return value
        items = {moment: target.item for moment, target in column.items()}
        if len(set(items.values())) == 1:
            return ListElement(value, next(iter(items.values())))
        from_end = {item - len(parameter.places[use]) for (use, _), item in items.items()}
        if len(from_end) == 1:
            return ListElement(value, from_end.pop())
        for depth, loop in reversed(list(enumerate(_loops(path)))):
            first = {item - rounds[depth] for (_, rounds), item in items.items()}
            if len(first) == 1:
                return ListElement(value, _counted(loop.variable, first.pop()))
        raise Mismatch("different tensors of a tuple")

    def _given(self, column: Column, path: Path) -> Value | None:
        """An input that some uses are not given, and what those read in its place; None where it
        is no such value, or a choice tells the uses apart."""
        inputs = {t.output for t in column.values() if t.leaf is None and self._is_optional(t)}
        if len(inputs) != 1:
            return None
        slot = inputs.pop()
        places = self.slots[slot].places
        others = {m: t for m, t in column.items() if t.leaf is not None or t.output != slot}
        if any(places[use] for use, _ in others):
            return None
        choice = self._left(column, path)
        if isinstance(choice, ProtoChoice):
            taken = {occ.instance for occ in choice.taken}
            if len({(use in taken, bool(places[use])) for use, _ in column}) == 2:
                return None
        return Given(Input(slot), self._resolve(others, path))

    def _is_optional(self, target: Target) -> bool:
        return self.slots[target.output].kind is InputKind.OPTIONAL

    def _earlier_round(self, column: Column, path: Path) -> ProtoLoop | None:
        """The outermost loop around the reader that some occurrence reaches back in."""
        for depth, loop in enumerate(_loops(path)):
            for (_, rounds), target in column.items():
                inside = target.leaf is not None and self._is_in(target.leaf, loop)
                if inside and target.rounds[depth] != rounds[depth]:
                    return loop
        return None

    def _is_in(self, leaf: ProtoLeaf, loop: ProtoLoop) -> bool:
        return any(within.container is loop for within in self._paths[leaf.id])

    def _carried(self, column: Column, path: Path, loop: ProtoLoop) -> Value:
        depth = _loops(path).index(loop)
        place = next(i for i, within in enumerate(path) if within.container is loop)
        before: dict[Moment, Target] = {}
        after: dict[Moment, Target] = {}
        for (instance, rounds), target in column.items():
            if rounds[depth] == 0:
                _put(before, (instance, rounds[:depth]), target, loop)
            else:
                _put(after, (instance, (*rounds[:depth], rounds[depth] - 1)), target, loop)
        if not before or not after:
            raise Mismatch("a value from another round", loop.key)
        try:
            start = self._resolve(before, path[:place])
            end = self._resolve(after, path[: place + 1])
        except Mismatch as mismatch:
            raise Mismatch("a value from another round", loop.key) from mismatch
        return self._carry(loop, start, end)

    def _carry(self, loop: ProtoLoop, start: Value | None, end: Value) -> Carried:
        known = self.carried.setdefault(loop.id, [])
        for index, (known_start, known_end) in enumerate(known):
            if known_end == end and (start is None or known_start == start):
                return Carried(loop.id, index)
        known.append((start, end))
        return Carried(loop.id, len(known) - 1)

    def _left(self, column: Column, path: Path) -> ProtoLoop | ProtoChoice | None:
        """The last loop or choice that ended before the reader and holds a target."""
        around = [within.container for within in path]
        ways = [self._paths[id] for id in {t.leaf.id for t in column.values() if t.leaf}]
        ended = [[w.container for w in way if w.container not in around] for way in ways if way]
        ends = [containers[0] for containers in ended if containers]
        return max(ends, key=lambda c: self._order[c.id], default=None)

    def _merged(self, column: Column, path: Path, choice: ProtoChoice) -> Value:
        depth = len(_loops(self._paths[choice.id]))
        taken = {(occ.instance, occ.rounds) for occ in choice.taken}
        then: dict[Moment, Target] = {}
        otherwise: dict[Moment, Target] = {}
        for (instance, rounds), target in column.items():
            arm = then if (instance, rounds[:depth]) in taken else otherwise
            arm[instance, rounds] = target
        if not then or not otherwise:
            return self._one_arm(column, path, choice, bool(then))
        pair = (
            self._resolve(then, (*path, Within(choice, True))),
            self._resolve(otherwise, (*path, Within(choice, False))),
        )
        return self._merge(choice.id, pair)

    def _one_arm(self, column: Column, path: Path, choice: ProtoChoice, then: bool) -> Value:
        """The input of a step that only one arm has. It is the choice's result, if other steps
        read that too."""
        value = self._resolve(column, (*path, Within(choice, then)))
        for pair in self.seen.get(choice.id, ()):
            if pair[0 if then else 1] == value:
                other = self._again(pair[1 if then else 0])
                return self._merge(choice.id, (value, other) if then else (other, value))
        return value

    def _merge(self, choice: int, pair: tuple[Value, Value]) -> Merged:
        known = self.merged.setdefault(choice, [])
        if pair not in known:
            known.append(pair)
        return Merged(choice, known.index(pair))

    def _again(self, value: Value) -> Value:
        """A value of the first pass, with all that was merged within it then."""

        def change(part: object) -> object:
            if not isinstance(part, Merged) or part.choice not in self.seen:
                return part
            then, otherwise = self.seen[part.choice][part.index]
            return self._merge(part.choice, (self._again(then), self._again(otherwise)))

        again: Value = transform(value, change)
        return again

    def again(self) -> None:
        """Starts anew, knowing what the choices merge."""
        self.seen, self.merged, self.carried = self.merged, {}, {}

    def _ended(self, column: Column, path: Path, loop: ProtoLoop) -> Value:
        way = self._paths[loop.id]
        depth = len(_loops(way))
        counts = {(occ.instance, occ.rounds): count for occ, count in loop.counts.items()}
        skipped: dict[Moment, Target] = {}
        last: dict[Moment, Target] = {}
        for (instance, rounds), target in column.items():
            count = counts[instance, rounds[:depth]]
            if count:
                _put(last, (instance, (*rounds[:depth], count - 1)), target, loop)
            else:
                skipped[instance, rounds] = target
        try:
            start = self._resolve(skipped, path) if skipped else None
            end = self._resolve(last, (*way, Within(loop)))
        except Mismatch as mismatch:
            raise Mismatch("a value from the middle of a loop", loop.key) from mismatch
        return self._carry(loop, start, end)


def _moment(occ: Occurrence) -> Moment:
    return occ.instance, occ.rounds


def inputs_of(argument: Code) -> tuple[int, ...]:
    """The inputs of a step in an argument of its call, or in all of them."""
    return tuple(part.index for part in parts_of(argument) if isinstance(part, In))


def _input_names(step: Step) -> tuple[str, ...]:
    return step.target.input_names if isinstance(step.target, Scope) else ()


def _agreed(pairs: list[tuple[int, int | None]]) -> list[int | None]:
    """The bounds that all have in common: counted from the beginning, or from the end."""
    return [row[0] for row in map(tuple, zip(*pairs, strict=True)) if len(set(row)) == 1]


def _put(targets: dict[Moment, Target], moment: Moment, target: Target, loop: ProtoLoop) -> None:
    """Notes the target of a moment; a reader in a loop of its own may have one in each round."""
    if targets.setdefault(moment, target) != target:
        raise Mismatch("different values from one round", loop.key)


def _counted(variable: str, first: int) -> Code:
    """A place in a list, which a loop counts from the first on."""
    return Infix("+", (Name(variable), first)) if first else Name(variable)


def _walk(items: tuple[Proto, ...], path: Path) -> Iterator[tuple[Proto, Path]]:
    for item in items:
        yield item, path
        if isinstance(item, ProtoChoice):
            yield from _walk(item.then, (*path, Within(item, True)))
            yield from _walk(item.otherwise, (*path, Within(item, False)))
        elif isinstance(item, ProtoLoop):
            yield from _walk(item.items, (*path, Within(item)))


def _loops(path: Path) -> list[ProtoLoop]:
    return [w.container for w in path if isinstance(w.container, ProtoLoop)]
