"""`forward`: values named, short chains nested, one statement a line."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import groupby, islice

from msgspec.structs import replace

from archdsl.backends.python.assignments import Move, in_turn
from archdsl.backends.python.layout import INDENT, WIDTH, Generator, Star, flat, laid
from archdsl.backends.python.pending import (
    Pending,
    apart,
    arm_reads,
    hands_on,
    is_merging,
    read_in_order,
    renaming,
)
from archdsl.backends.python.reads import (
    asked,
    attribute,
    chained,
    gathered,
    kinds_of,
    mentions,
    on_the_spot,
    read_here,
    reads,
    told_by,
)
from archdsl.backends.python.sums import begun, has_long, is_long, total
from archdsl.backends.python.variables import Variables
from archdsl.ir.code import (
    CALL,
    Attr,
    Call,
    Code,
    Fold,
    In,
    Index,
    Infix,
    List,
    Name,
    Self,
    Slice,
)
from archdsl.ir.shape import Shape, format_shape
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import names_in, transform

OPTIONAL = plan.InputKind.OPTIONAL
DEEPEST = 4  # calls within calls on one line
DEEPEST_MERGED = 4
DEEPEST_BRANCH = 2


class Forward:
    """Prints the statements of one class's `forward`; `lines` is the result."""

    def __init__(
        self,
        cls: plan.ClassPlan,
        heads: tuple[plan.Value, ...] = (),
        taken: frozenset[str] = frozenset(),
    ) -> None:
        self.cls = cls
        self.lines: list[str] = []
        self.variables = Variables(cls, heads, taken)
        self._gathered = {value.value: value for value in gathered(cls.items)}
        self._lists: dict[plan.Gathered, str] = {}
        self._chained = set(chained(cls.items))
        self._pending: dict[plan.Value, Pending] = {}
        self._shape: Shape | None = None
        self._modules: dict[int, Name] = {}  # of a loop over the class's modules
        self._indent = INDENT * 2
        self._training = False  # within `if self.training:`
        self._kinds = kinds_of(cls)
        self._known: frozenset[plan.Value] = frozenset()  # inputs that tools know to be given here
        self._list = self.variables.aside() if heads else ""  # what the heads gave
        if heads:
            self.lines.append(f"{self._indent}{self._list}: list[Tensor] = []")
        self._sizes = {read.value: read for read in cls.sizes_read}
        for value in self._sizes:
            if isinstance(value, plan.Input):
                self._read_sizes(value)
        for name, code in cls.worked_out:
            self.lines += laid(self._indent, f"{name} = ", code)
        self._items(cls.items)
        self._in_training(False)

    def result(self, values: tuple[plan.Value, ...], times: int = 1) -> tuple[Code, ...]:
        """The expressions to return for these values, read `times` times. Call it last."""
        waiting = list(self._pending)
        if times > 1 or waiting != [value for value in values if value in self._pending]:
            self._flush_all(waiting)
        return tuple(self._read(value) for value in values)

    def heads(self) -> Code:
        """The list of what the training heads gave."""
        return Name(self._list)

    def _read_sizes(self, value: plan.Value) -> None:
        """The sizes of a tensor, in one line where they stand side by side."""
        read = self._sizes[value]
        shape = Attr(Name(self.variables.names[value]), "shape")
        axes = [axis for axis, _ in read.names]
        start, stop = axes[0] + 1, axes[-1] + 2
        if 1 < len(axes) == stop - start:
            part = Slice(start, None if stop > read.rank else stop)
            target = ", ".join(name for _, name in read.names)
            self.lines += laid(self._indent, f"{target} = ", Index(shape, (part,)))
            return
        for axis, name in read.names:
            self.lines += laid(self._indent, f"{name} = ", Index(shape, (axis + 1,)))

    # --- items -------------------------------------------------------------------------------

    def _items(self, items: tuple[plan.Item, ...]) -> None:
        for item in items:
            self._in_training(item.id in self.variables.idle)
            match item:
                case plan.Leaf() if item.id in self.variables.heads:
                    self._head(item)
                case plan.Leaf():
                    self._leaf(item)
                case plan.Choice():
                    self._choice(item)
                case plan.Loop():
                    self._loop(item)

    def _in_training(self, only: bool) -> None:
        """Opens or closes the lines that only training runs."""
        if only == self._training:
            return
        self._flush_all(list(self._pending))
        if only:
            self.lines.append(f"{self._indent}if self.training:")
            self._indent += INDENT
        else:
            self._indent = self._indent[len(INDENT) :]
        self._training = only

    def _joined(self, leaf: plan.Leaf) -> Pending:
        """A step's expression, around those that wait for it where that reads well."""
        held = [v for v in read_in_order(leaf) if v in self._pending]
        if not self._joins(leaf, held) or (held and self._too_long(leaf)):
            self._flush_all(held)
            held = []
        if not self._waits(leaf):
            self._flush_all([value for value in self._pending if value not in held])
        pending = self._around(leaf, [self._pending[value] for value in held])
        self.variables.read_by(leaf)
        for value in held:
            self._drop(value)
        return self._begun(pending) if has_long(leaf) else pending

    def _begun(self, pending: Pending) -> Pending:
        """The expression of very many operands, begun in statements of its own."""
        name = self.variables.free("total", pending.mentioned)

        def change(code: object) -> object:
            if not isinstance(code, Infix | Fold) or not is_long(code):
                return code
            statements, rest = begun(code, name)
            for statement in statements:
                self.lines += laid(self._indent, f"{name} = ", statement)
            return rest

        return replace(pending, code=transform(pending.code, change))

    def _leaf(self, leaf: plan.Leaf) -> None:
        pending = self._joined(leaf)
        if self._waits(leaf):
            self._hold(pending)
        elif self.variables.wanted(leaf):
            self._assign(pending)
        else:
            self.lines += laid(self._indent, "", pending.code)  # run, though nothing reads it
        if plan.Result(leaf.id) in self._sizes:
            self._read_sizes(plan.Result(leaf.id))
            self.variables.left[plan.Result(leaf.id)] -= 1
        self._append(leaf)

    def _waits(self, leaf: plan.Leaf) -> bool:
        """True where a step may stand in the expression of its reader."""
        head = leaf.id in self.variables.heads
        alone = head or has_long(leaf)
        return leaf.outputs == 1 and not alone and plan.Result(leaf.id) in self.variables.readers

    def _head(self, leaf: plan.Leaf) -> None:
        """A training head, with a name of its own where another head reads it."""
        value = plan.Result(leaf.id)
        pending = self._joined(leaf)
        if self.variables.left[value] > 1:
            self._assign(pending)
            self.lines += laid(self._indent, "", self._appended(self._read(value)))
        else:
            self.lines += laid(self._indent, "", self._appended(pending.code))
        self.variables.left[value] -= 1

    def _appended(self, code: Code) -> Code:
        return Call(f"{self._list}.append", (code,))

    def _start_list(self, value: plan.Gathered) -> None:
        """An empty list for what a loop gathers."""
        self.lines.append(f"{self._indent}{self._new_list(value)}: list[Tensor] = []")

    def _new_list(self, value: plan.Gathered) -> str:
        """The variable for what a loop gathers."""
        leaf = self.variables.leaves[value.value.leaf]
        word = leaf.names[value.value.output].rstrip("0123456789_") if leaf.names else "out"
        name = self.variables.free(f"{word}s")
        self._lists[value] = name
        self.variables.names[value] = name
        return name

    def _append(self, leaf: plan.Leaf) -> None:
        for output in range(leaf.outputs):
            result = plan.Result(leaf.id, output)
            gathered = self._gathered.get(result)
            if gathered in self._lists:
                held = self.variables.names[result]
                self.lines.append(f"{self._indent}{self._lists[gathered]}.append({held})")
                self.variables.left[result] -= 1

    def _too_long(self, leaf: plan.Leaf) -> bool:
        names = (self.variables.flow, *leaf.names[:1])
        return len(f"{self._indent}{max(names, key=len)} = {flat(self._code(leaf))}") > WIDTH

    def _around(self, leaf: plan.Leaf, inside: list[Pending]) -> Pending:
        """The step's expression around those that wait for it."""
        depth = 1 + max((pending.depth for pending in inside), default=0)
        kernels = leaf.heavy or any(pending.kernels for pending in inside)
        closed = bool(inside) and leaf.heavy and inside[0].leaf.line != leaf.line
        merges = is_merging(leaf) or any(pending.merges for pending in inside)
        value, code = plan.Result(leaf.id), self._code(leaf)
        return Pending(value, leaf, code, frozenset(names_in(code)), depth, kernels, closed, merges)

    def _hold(self, pending: Pending) -> None:
        self._pending[pending.value] = pending
        self.variables.mentioned.update(pending.mentioned)

    def _drop(self, value: plan.Value) -> Pending:
        pending = self._pending.pop(value)
        self.variables.mentioned.subtract(pending.mentioned)
        return pending

    def _joins(self, leaf: plan.Leaf, held: list[plan.Value]) -> bool:
        """True where the step reads well around the expressions of its inputs."""
        if any(apart(self._pending[value], leaf) for value in held):
            return False
        if list(islice(reversed(self._pending), len(held))) != held[::-1]:
            return False  # something else runs between them
        depths = [self._pending[value].depth for value in held]
        if sum(depths) > max(DEEPEST, DEEPEST_MERGED):  # so are all that are many
            return False
        if any(mentions(leaf.forward, leaf.inputs.index(value)) > 1 for value in held):
            return False
        if len(leaf.inputs) > 1:
            return sum(depths) <= DEEPEST_MERGED and (
                len(depths) < 2 or max(depths) <= DEEPEST_BRANCH
            )
        return all(self._continues(self._pending[value], leaf) for value in held) and (
            sum(depths) < DEEPEST
        )

    def _continues(self, before: Pending, leaf: plan.Leaf) -> bool:
        """True where a chain, or what puts a loop's rounds together, goes on in the same statement.

        One kernel a statement, with the light steps after it or those before it; a block has
        its own; a line of the source that holds a chain is not mixed with other lines.
        """
        if isinstance(before.value, plan.Gathered):
            return True
        if before.closed or (before.kernels and leaf.heavy):
            return False
        if before.leaf.line == leaf.line:
            return not (before.leaf.names and leaf.names)
        chains = before.leaf.id in self._chained or leaf.id in self._chained
        return not (chains or leaf.block or before.leaf.block)

    def _code(self, leaf: plan.Leaf) -> Code:
        def change(part: object) -> object:
            match part:
                case List(items=(plan.Spread(operand=In() as place),)):
                    return self._rounds(leaf.inputs[place.index], alone=True)
                case List(items=items) if any(self._list_given(leaf, item) for item in items):
                    return self._lists_together(leaf, items, change)
                case Infix(op="+") if any(isinstance(o, plan.Spread) for o in part.operands):
                    return total([self._operand(leaf, o) for o in part.operands])
                case plan.Spread(operand=In() as place):
                    return Star(self._rounds(leaf.inputs[place.index]))
                case In():
                    return self._read(leaf.inputs[part.index])
                case Self():
                    return self._modules.get(leaf.id) or attribute(leaf.name, self.cls.base)
            return part

        if leaf.forward == CALL:
            module = self._modules.get(leaf.id) or attribute(leaf.name, self.cls.base)
            return Call(module, (self._read(leaf.inputs[0]),))
        code: Code = transform(leaf.forward, change)
        return code

    def _list_given(self, leaf: plan.Leaf, item: Code) -> plan.Input | plan.ListPart | None:
        """The input that is a list, or the part of it, that an operand stands for."""
        match item:
            case plan.Spread(operand=In() as place):
                value = leaf.inputs[place.index]
                return value if isinstance(value, plan.Input | plan.ListPart) else None
        return None

    def _lists_together(
        self, leaf: plan.Leaf, items: tuple[Code, ...], change: Callable[[object], object]
    ) -> Code:
        """`[x] + children`, as `torch.jit.script` takes it."""
        lists: list[Code] = []
        for value, part in groupby(items, lambda item: self._list_given(leaf, item)):
            if value is None:
                lists.append(List(tuple(transform(item, change) for item in part)))
            else:
                lists += [self._read(value) for _ in part]
        return Infix("+", tuple(lists))

    def _operand(self, leaf: plan.Leaf, operand: Code) -> tuple[Code, bool]:
        """An operand of a sum, and whether it stands for all rounds of a loop."""
        match operand:
            case plan.Spread(operand=In() as place):
                return self._rounds(leaf.inputs[place.index]), True
            case In():
                return self._read(leaf.inputs[operand.index]), False
        raise TypeError(f"no operand of a sum: {operand!r}")

    def _rounds(self, value: plan.Value, alone: bool = False) -> Code:
        """A step in every round of a loop: made on the spot, or the list that the loop filled."""
        if isinstance(value, plan.Input | plan.ListPart):
            return self._read(value)
        assert isinstance(value, plan.Gathered)
        if value in self._lists:
            return Name(self._lists[value])
        rounds = self._pending[value].code
        return List((rounds,)) if alone else rounds

    def _read(self, value: plan.Value) -> Code:
        match value:
            case plan.ListElement():
                return Index(self._read(value.value), (value.index,))
            case plan.ListPart():
                part = Slice(value.start, value.stop, value.step)
                return Index(self._read(value.value), (part,))
            case plan.AsGiven():
                return self._read(value.value)
            case plan.Given():
                given = self._read(value.value)
                return plan.IfElse(Infix("is", (given, None)), self._read(value.otherwise), given)
        pending = self._pending.get(value)
        return pending.code if pending else Name(self.variables.names[value])

    # --- statements --------------------------------------------------------------------------

    def _flush_all(self, values: Iterable[plan.Value]) -> None:
        for value in values:
            self._flush(value)

    def _flush(self, value: plan.Value, name: str | None = None) -> None:
        """Gives a pending value its own statement, after those that wait longer."""
        while self._pending:
            earlier = next(iter(self._pending))
            self._assign(self._drop(earlier), name if earlier == value else None)
            if earlier == value:
                break

    def _assign(self, pending: Pending, name: str | None = None) -> None:
        leaf = pending.leaf
        if isinstance(pending.value, plan.Gathered):
            rounds = List((pending.code,))
            self.lines += laid(self._indent, f"{self._new_list(pending.value)} = ", rounds)
            return
        if leaf.outputs == 1:
            names = [name or self.variables.name(pending.value)]
            self.variables.names[pending.value] = names[0]
        else:
            names = self.variables.several(leaf)
        self._statement(", ".join(names), pending.code, leaf.shapes)

    def _statement(self, target: str, code: Code, shapes: tuple[Shape, ...]) -> None:
        lines = laid(self._indent, f"{target} = ", code)
        shape = shapes[0] if len(shapes) == 1 else None
        if shape is not None and shape != self._shape:
            comment = f"{lines[-1]}  # {format_shape(shape)}"
            if len(comment) <= WIDTH and len(lines) == 1:
                lines[-1] = comment
                self._shape = shape
        self.lines += lines

    # --- choices and loops -------------------------------------------------------------------

    def _choice(self, choice: plan.Choice) -> None:
        self._flush_all(list(self._pending))
        self.variables.left.subtract(asked(choice))
        before = Counter(self.variables.left)
        reads_then, reads_else = arm_reads(choice, 0), arm_reads(choice, 1)
        after = before - reads_then - reads_else
        targets: list[str] = []
        for index in range(len(choice.merged)):
            targets.append(self._target(choice, index, after, targets))
        self.variables.left = before - reads_else
        self._arms("if", choice, targets, before)
        self.variables.left = after
        for index, target in enumerate(targets):
            self.variables.names[plan.Merged(choice.id, index)] = target

    def _arms(
        self, word: str, choice: plan.Choice, targets: list[str], before: Counter[plan.Value]
    ) -> None:
        """`if`, and `else` or, where that is just another choice of the same values, `elif`."""
        then, others = ([pair[side] for pair in choice.merged] for side in (0, 1))
        told = told_by(choice.flag)
        self._block(f"{word} {flat(self._question(choice))}:", choice.then, targets, then, told[0])
        if not choice.otherwise:
            return
        self.variables.left = before - arm_reads(choice, 0)
        match choice.otherwise:
            case (plan.Choice() as inner,) if hands_on(inner, others):
                self.variables.left = self.variables.left - Counter(others) - arm_reads(inner, 1)
                order = [o.index for o in others if isinstance(o, plan.Merged)]
                ordered = [targets[order.index(k)] for k in range(len(order))]
                known, self._known = self._known, self._known | told[1]
                self._arms("elif", inner, ordered, self.variables.left + arm_reads(inner, 1))
                self._known = known
            case _:
                self._block("else:", choice.otherwise, targets, others, told[1])

    def _question(self, choice: plan.Choice) -> Code:
        """The question of a choice, with the names of the inputs that it asks about."""
        question: Code = transform(
            choice.flag,
            lambda part: (
                Name(self.variables.names[part.value]) if isinstance(part, plan.Presence) else part
            ),
        )
        return question

    def _target(
        self, choice: plan.Choice, index: int, after: Counter[plan.Value], taken: list[str]
    ) -> str:
        """The variable for what leaves a choice, set before it where one arm is empty."""
        value = plan.Merged(choice.id, index)
        if choice.otherwise:
            return self.variables.name(value, taken)
        return self._set_before(value, choice.merged[index][1], after, taken)

    def _set_before(
        self, value: plan.Value, start: plan.Value, after: Counter[plan.Value], taken: list[str]
    ) -> str:
        """The variable that already holds the first value, or a copy where that is still read."""
        name = self.variables.names[start]
        if not after[start] and name not in taken:
            return name
        target = self.variables.name(value, taken)
        self.lines.append(f"{self._indent}{target} = {name}")
        return target

    def _loop(self, loop: plan.Loop) -> None:
        self._flush_all(list(self._pending))
        made = [each for each in self._gathered.values() if each.loop == loop.id]
        if made and on_the_spot(loop):
            self._hold_rounds(loop, made[0])
            return
        for each in made:
            self._start_list(each)
        inside = Counter(reads(loop.items))
        starts = Counter(start for start, _ in loop.carried if start is not None)
        updates = Counter(end for _, end in loop.carried)
        carried = [plan.Carried(loop.id, index) for index in range(len(loop.carried))]
        before = Counter(self.variables.left)
        after = before - inside - starts - updates
        targets: list[str] = []
        for value, (start, _) in zip(carried, loop.carried, strict=True):
            if start is None:
                targets.append(self.variables.name(value, targets))
            else:
                targets.append(self._set_before(value, start, after + inside + updates, targets))
            self.variables.names[value] = targets[-1]
        if loop.growing:
            self._growing(loop, targets[0])
            self.variables.left = after
            return
        outside = {v: n for v, n in after.items() if v not in carried}
        read = inside + updates  # what comes from outside is read again in the next round
        held = {v: 1 for v in read if v in self.variables.names and v not in carried}
        self.variables.left = Counter(outside) + Counter(held) + read
        variable, iterable = self._header(loop)
        self._block(
            f"for {variable} in {flat(iterable)}:",
            loop.items,
            targets,
            [end for _, end in loop.carried],
        )
        self.variables.left = after

    def _hold_rounds(self, loop: plan.Loop, value: plan.Gathered) -> None:
        """One step in every round: made where a merge reads them, or in a list before it."""
        leaf = self.variables.leaves[value.value.leaf]
        variable, iterable = self._header(loop)
        code = Generator(self._code(leaf), variable, iterable)
        mentioned = frozenset(names_in(code))
        self.variables.read_by(leaf)
        self._hold(Pending(value, leaf, code, mentioned, 1, leaf.heavy))
        if self.variables.left[value] > 1:
            self._flush(value)

    def _growing(self, loop: plan.Loop, target: str) -> None:
        """A concatenation by its parts; each round sees them side by side for itself alone."""
        step, merge = plan.leaves(loop.items)
        assert isinstance(merge.forward, Call)
        parts = self.variables.free("parts")
        variable, iterable = self._header(loop)
        module = self._modules.get(step.id) or attribute(step.name, self.cls.base)
        dim = merge.forward.kwargs
        again = Call("recompute_joined", (module, Name(parts)), dim)
        self.lines.append(f"{self._indent}{parts} = [{target}]")
        self.lines.append(f"{self._indent}for {variable} in {flat(iterable)}:")
        self.lines += laid(self._indent + INDENT, "", Call(f"{parts}.append", (again,)))
        self._statement(target, Call("torch.cat", (Name(parts),), dim), merge.shapes)

    def _header(self, loop: plan.Loop) -> tuple[str, Code]:
        """The variable and the iterable of a loop."""
        if loop.size is not None:
            return loop.variable, Call("range", (loop.size,))
        module = Name(self.variables.free("layer"))
        built = (leaf for leaf in plan.leaves(loop.items) if leaf.build is not None)
        self._modules.update((leaf.id, module) for leaf in built)
        return module.text, Call("self.values")

    def _block(
        self,
        head: str,
        items: tuple[plan.Item, ...],
        targets: list[str],
        values: list[plan.Value],
        told: frozenset[plan.Value] = frozenset(),
    ) -> None:
        """An indented block that leaves the values in the target variables; `told` are inputs that
        its head says are given. Of others that it reads, an assertion tells tools so."""
        self.lines.append(self._indent + head)
        self._indent += INDENT
        length = len(self.lines)
        known, self._known = self._known, self._known | told
        asserted = [value for value in read_here(items, values) if self._is_untold(value)]
        for value in dict.fromkeys(asserted):
            self.lines.append(f"{self._indent}assert {self.variables.names[value]} is not None")
        self._known |= {*asserted}
        self._items(items)
        self._leave(dict(zip(targets, values, strict=True)))
        if len(self.lines) == length:
            self.lines.append(f"{self._indent}pass")
        self._known = known
        self._indent = self._indent[len(INDENT) :]

    def _is_untold(self, value: plan.Value) -> bool:
        """True for an input that may be None, as far as tools can tell."""
        optional = isinstance(value, plan.Input) and self._kinds[value.index] is OPTIONAL
        return optional and value not in self._known

    def _leave(self, ends: dict[str, plan.Value]) -> None:
        """Sets all target variables at once: none before what it held has been read."""
        targets = {value: target for target, value in ends.items()}
        moves = [
            Move(targets[value], pending.code, pending.mentioned, value)
            for value, pending in self._pending.items()
        ]
        moves += [
            renaming(target, self.variables.names[value])
            for target, value in ends.items()
            if value not in self._pending
        ]
        for group in in_turn(moves):
            self._move(group, tuple(ends))
        self.variables.left.subtract(ends.values())

    def _move(self, group: tuple[Move, ...], taken: tuple[str, ...]) -> None:
        """One statement for moves that need each other's old values, where they fit a line."""
        line = f"{self._indent}{', '.join(m.target for m in group)} = "
        line += ", ".join(flat(move.code) for move in group)
        if len(group) == 1 and group[0].value is not None:
            self._assign(self._drop(group[0].value), group[0].target)
        elif len(line) <= WIDTH:
            for move in group:
                self._settle(move)
            self.lines.append(line)
        else:
            aside = [self._set_aside(move, taken) for move in group]
            for moves in in_turn(aside):
                self._move(moves, taken)

    def _settle(self, move: Move) -> None:
        if move.value is not None:
            self._drop(move.value)
            self.variables.names[move.value] = move.target

    def _set_aside(self, move: Move, taken: tuple[str, ...]) -> Move:
        """The move of a value that has been worked out before, into a variable of its own."""
        if move.value is None:
            return move
        name = self.variables.name(move.value, taken)
        self._assign(self._drop(move.value), name)
        return renaming(move.target, name)
