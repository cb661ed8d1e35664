"""The names that expressions of one class may mention: its parameters, its input, variables."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, count
from typing import Any

from archdsl.ir.code import Call, Code, Index, Infix, Name
from archdsl.ir.graph import Scope
from archdsl.ir.measured import is_tap, lets_in_loops, lets_of, loops_of_lets
from archdsl.ir.shape import TensorType
from archdsl.ops.registry import ops
from archdsl.syntax import tree
from archdsl.syntax.walk import children
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import (
    LITERALS,
    NoValue,
    decided,
    evaluate,
    free_in_init,
    identical,
    names_in,
    parts_of,
    plain,
    sayable,
    simplify,
    transform,
    translate,
)
from archdsl.transforms.classes.input_facts import (
    fact_names,
    fact_places,
    facts_of,
    lets_in,
    sizes_of,
    sizes_of_inputs,
)
from archdsl.transforms.classes.proto import (
    INIT,
    UNEXPLAINED,
    Element,
    Hole,
    Mismatch,
    Occurrence,
    Proto,
    ProtoLeaf,
    said_by,
)
from archdsl.transforms.classes.signature import annotation, same, usual, written_default

WHOLE_CLASS = ("eps", "momentum")  # what the norms of a class have in common
UNKNOWN = object()  # the value of a name that has none
NAMED = Infix | Call | plan.IfElse | plan.Computed | plan.Comprehension  # worth a name


class Context:
    """The parameters of a class in the making, with their values in every instance; none of
    them is called like a variable or class in `taken`. `lists` are sizes of inputs that are lists
    or may be None: of each the parameter, the word of the source, and the values."""

    def __init__(
        self,
        scopes: tuple[Scope, ...],
        taken: frozenset[str] = frozenset(),
        own: int | None = None,
        inner: bool = True,
        most: int | None = None,
        lists: Iterable[tuple[str, str, list[Any]]] = (),
    ) -> None:
        self.scopes = scopes
        self.own = len(scopes) if own is None else own
        self._inner = inner
        self._most = most
        self._taken = taken
        self._arguments = self._varying([dict(scope.arguments) for scope in scopes])
        facts = [dict(facts_of(scope)) for scope in scopes]
        self._every_fact = facts
        self._fact_names = fact_names(scopes[0])
        self._sizes_of: dict[str, str] = {}  # those that stand for lists, and for what may be None
        for owner, word, column in lists:
            fact, name = f"{owner}.{word}", f"{owner}_{word}"
            self._fact_names[fact] = name
            self._sizes_of.setdefault(owner, name)
            for known, value in zip(facts, column, strict=True):
                known[fact] = value
        named = [{n: f[fact] for fact, n in self._fact_names.items() if fact in f} for f in facts]
        self._facts = self._varying(named) if inner else {}  # what a network is given follows
        for name in self._arguments:
            self._facts.pop(name, None)
        self._fresh: dict[str, list[Any]] = {}
        self._hints: dict[str, str] = {}  # what those stand for
        self._lacking: dict[str, frozenset[int]] = {}  # the instances that have no value for it
        definition = scopes[0].definition
        self.invented = 0  # the number of its parameters that the source does not have
        parameters = definition.parameters if definition else ()
        self._order = {p.name.id: place for place, p in enumerate(parameters)}
        self._lets = lets_in(definition) if definition else {}
        self._in_loops = lets_in_loops(definition) if definition else frozenset[str]()
        self._resolving: set[str] = set()
        self._named: dict[str, Code] = {}
        self._sizes: dict[str, Name] = {}  # the parameters for the user's names for sizes
        self._rows: dict[int, dict[str, Any]] = {}  # every name's value, until there is a new one
        self._sources: dict[int, dict[str, Any]] = {}
        self._taps: dict[str, Code] = {}  # sizes of named steps, by the source's names
        self._tapped: dict[int, dict[Any, int]] = {}  # their values
        self._left: dict[int, dict[tuple[int, ...], dict[str, Any]]] = {}

    def _varying(self, rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
        """The names that all instances have with values that are not all the same."""
        columns = {}
        for name in rows[0]:
            if all(name in values for values in rows):
                column = [values[name] for values in rows]
                if not same(column) and self._may_be(name):
                    columns[name] = column
        return columns

    def _may_be(self, name: str) -> bool:
        """True where a parameter or a size may have this name."""
        return free_in_init(name) and name not in self._taken

    # --- for guesses -------------------------------------------------------------------------

    def parameters(self) -> Iterator[Name]:
        yield from (Name(name) for name in (*self._arguments, *self._fresh))

    def facts(self) -> Iterator[Name]:
        yield from (Name(name) for name in self._facts)

    def fact_at(self, slot: int, axis: int) -> Name | None:
        """The size of an input in that place, if it varies."""
        names = fact_places(self.scopes[0])
        return next((Name(n) for n in self._facts if names.get(n) == (slot, axis)), None)

    def size_of(self, name: str) -> Name | None:
        """The parameter for the channels of an input that is a list, or may be None."""
        known = self._sizes_of.get(name)
        return Name(known) if known in self._facts else None

    def input_of(self, name: str) -> str | None:
        """The input that is a list or may be None, by the parameter for its sizes."""
        return next((owner for owner, size in self._sizes_of.items() if size == name), None)

    def lists(self) -> Iterator[Name]:
        """The parameters for sizes of lists."""
        for name in self._sizes_of.values():
            if name in self._facts and isinstance(self._facts[name][0], tuple):
                yield Name(name)

    def size_of_input(self, part: object) -> object:
        """The first or last size of an input for its name; anything else as it is."""
        places = fact_places(self.scopes[0])
        if not isinstance(part, Name) or part.text not in places:
            return part
        slot, axis = places[part.text]
        last = self.scopes[0].inputs[slot].rank - 1
        if axis not in (0, last):
            return part
        return plan.SizeOf(plan.Input(slot), -1 if axis == last > 0 else axis)

    def is_whole(self, instances: Collection[int]) -> bool:
        """True where these are all uses that there can be: none is elsewhere, nor a sibling."""
        return self.own == len(self.scopes) == len(instances)

    def is_chance(self, occurrences: Iterable[Occurrence]) -> bool:
        """True where a number may be right by chance: beside siblings, that of a single use."""
        return self.own < len(self.scopes) and len({occ.instance for occ in occurrences}) == 1

    def is_used(self, hole: Hole) -> bool:
        """True where one of the program's own uses has the value of a hole."""
        return any(occ.instance < self.own for occ, _ in hole.column)

    def varies_with(self, names: frozenset[str]) -> bool:
        """True where one of these names of the source is a parameter of the class."""
        known = {self._fact_names.get(name, name) for name in names}
        return not known.isdisjoint((*self._arguments, *self._facts))

    def is_number(self, name: str) -> bool:
        return all(type(value) is int for value in self.column(name))

    def length(self, name: str) -> int:
        """The length of a parameter that is a tuple of as many sizes everywhere, else 0."""
        column = self.column(name)
        tuples = all(isinstance(v, tuple) and all(type(x) is int for x in v) for v in column)
        return len(column[0]) if tuples and len({len(v) for v in column}) == 1 else 0

    def column(self, name: str) -> list[Any]:
        for room in (self._arguments, self._facts, self._fresh):
            if name in room:
                return room[name]
        raise KeyError(name)

    def values(self, occ: Occurrence) -> Mapping[str, Any]:
        """Every name that an emitted expression may read, in one occurrence."""
        known = self._of(occ.instance)
        left = self._left.get(occ.instance)
        if not occ.names and left is None:
            return known
        return {**known, **(self._ran(occ) if left else {}), **dict(occ.names)}

    def variable(self, wish: str) -> str:
        """A name for a variable of the constructor, if need be with a number."""
        known = {*self._arguments, *self._facts, *self._fresh, *self._named, *self._lets}
        known |= {name for scope in self.scopes for name, _ in (*scope.arguments, *scope.values)}
        wishes = chain((wish,), (f"{wish}_{number}" for number in count(2)))
        return next(w for w in wishes if w not in known and self._may_be(w))

    def leave(self, name: str, sizes: Mapping[Occurrence, int]) -> None:
        """From here on, a name has what a loop left it with."""
        for occ, size in sizes.items():
            self._left.setdefault(occ.instance, {}).setdefault(occ.rounds, {})[name] = size

    def _ran(self, occ: Occurrence) -> dict[str, Any]:
        """The names that loops before this occurrence left."""
        left: dict[str, Any] = {}
        for depth in range(len(occ.rounds) + 1):
            left |= self._left[occ.instance].get(occ.rounds[:depth], {})
        return left

    def value(self, code: Code, occ: Occurrence) -> object:
        """The value of an expression in one occurrence; None where it cannot be worked out."""
        try:
            result: object = evaluate(code, self.values(occ))
        except NoValue:
            return None
        return result

    def right(self, code: Code, column: Sequence[tuple[Occurrence, Any]]) -> bool:
        """True where an expression gives the value of every occurrence; worked out once for the
        same values of its names."""
        known: dict[tuple[int, ...], Any] = {}
        try:
            occ, value = column[0]
            if not identical(evaluate(code, self.values(occ)), value):
                return False  # as nearly every guess that is wrong
            names = tuple(names_in(code))
            if isinstance(code, Name) and names:
                return all(identical(self._known(code.text, o), v) for o, v in column)
            for occ, value in column[1:]:
                row = [self._known(name, occ) for name in names]
                key = tuple(map(id, row))
                if key not in known:
                    values = zip(names, row, strict=True)
                    known[key] = evaluate(code, {n: v for n, v in values if v is not UNKNOWN})
                if not identical(known[key], value):
                    return False
        except NoValue:
            return False
        return True

    def _known(self, name: str, occ: Occurrence) -> Any:
        """The value of one name in one occurrence, or `UNKNOWN`."""
        if occ.names:
            for running, value in reversed(occ.names):
                if running == name:
                    return value
        if occ.instance in self._left:
            ran = self._ran(occ)
            if name in ran:
                return ran[name]
        known = self._rows.get(occ.instance) or self._of(occ.instance)
        return known.get(name, UNKNOWN)

    def _of(self, instance: int) -> dict[str, Any]:
        """Every name's value in one instance, loops aside."""
        row = self._rows.get(instance)
        if row is None:
            known = self._said(instance) if self._named else {}
            row = self._rows[instance] = {n: known[n] for n in self._named if n in known}
            for room in (self._fresh, self._facts, self._arguments):
                row.update((name, column[instance]) for name, column in room.items())
            for name, code in self._named.items():
                if name in self._in_loops:
                    row[name] = evaluate(code, row)
        return row

    def _said(self, instance: int) -> dict[str, Any]:
        """The values of the source's names in one instance, loops aside."""
        values = self._sources.get(instance)
        if values is None:
            scope = self.scopes[instance]
            values = {n: v for n, v in scope.values if n not in self._in_loops}
            self._sources[instance] = values | dict(scope.arguments)
        return self._sources[instance]

    def translated(self, expr: tree.Expr, hole: Hole) -> Code:
        """The user's expression in Python, or `Unknown`."""
        function = self.scopes[0].function
        return translate(expr, lambda name: self.resolve(name, hole), function)

    def measured(self, expr: tree.Expr, hole: Hole) -> Code | None:
        """The user's expression over sizes of the class's inputs; None where it has no Python form,
        or another value somewhere."""

        def resolve(name: str) -> Code:
            size = sizes.get(name)
            return self.resolve(name, hole) if size is None else size

        sizes = {**self._taps, **sizes_of_inputs(self.scopes[0])}
        try:
            code = simplify(translate(expr, resolve))
            rows = [
                ({**self.values(occ), **self._measures(occ.instance)}, v) for occ, v in hole.column
            ]
            right = all(identical(evaluate(code, values), value) for values, value in rows)
        except NoValue:
            return None
        return code if right else None

    def know_taps(self, protos: tuple[Proto, ...]) -> None:
        """From here on, sizes of named steps can be read."""
        for leaf in protos:
            if isinstance(leaf, ProtoLeaf) and all(is_tap(s.step) for s in leaf.sites.values()):
                value = plan.Result(leaf.id)
                sizes = sizes_of(str(leaf.name), leaf.site.step.outputs[0], value)
                self._taps.update(sizes)
                for occ, site in leaf.sites.items():
                    row = self._tapped.setdefault(occ.instance, {})
                    row |= _row(value, site.step.outputs[0])

    def _measures(self, instance: int) -> dict[Any, Any]:
        row = dict(self._tapped.get(instance, {}))
        for slot, type in enumerate(self.scopes[instance].inputs):
            row |= _row(plan.Input(slot), type)
        return row

    def settled(self, code: Code, rows: Iterable[Mapping[str, Any]]) -> Code:
        """An expression in short, without choices that come out alike under all of these names and
        values; where siblings tell of other uses, just those that no argument decides."""
        if isinstance(code, Name) or type(code) in LITERALS:
            return code
        spared: frozenset[str] = frozenset()
        if self.own < len(self.scopes):
            spared = frozenset((*self._arguments, *self._facts, *self._fresh, *self._named))
        short: Code = transform(simplify(decided(code, rows, spared)), self._undone)
        if not sayable(short) or any(map(_picks, parts_of(short))):
            raise NoValue
        return short

    def _undone(self, part: object) -> object:
        """A whole number for its multiple that is divided again."""
        match part:
            case Infix(
                op="//",
                operands=(Infix(op="*", operands=(Name() as name, int() as factor)), divisor),
            ) if factor and identical(factor, divisor) and self._is_whole(name.text):
                return name
        return part

    def _is_whole(self, name: str) -> bool:
        """True for a name that is a whole number in all instances, loops aside."""
        return all(type(self._of(k).get(name)) is int for k in range(len(self.scopes)))

    def resolve(self, name: str, hole: Hole) -> Code:
        """The meaning of a source's name in the class: a literal where it never varies."""
        if (size := self.size_of(name)) is not None:
            return size
        if name in hole.variables:
            return self._counted(said_by(name), name, hole) or Name(name)
        element = next((e for e in reversed(hole.elements) if e.name == name), None)
        if element is not None:
            return self._element(element, hole)
        if name in self._arguments or name in self._facts:
            return Name(name)
        if (fact := self._fact_names.get(name)) is not None:
            return self._fact(fact, name, hole)
        constant = self._constant(name, hole)
        if constant is not None:
            return self._short(name, constant[0], hole)
        for variable in hole.variables:
            if (counted := self._counted(name, variable, hole)) is not None:
                return counted
        if name in self._lets and name not in self._resolving:
            return self._let(name, hole)
        if isinstance(hole.column[0][1], Name) and name in ops():
            return Name(ops()[name].torch.removeprefix("torch."))  # a class by the source's word
        raise NoValue

    def _element(self, element: Element, hole: Hole) -> Code:
        """A loop's variable, or in a round that is written out the element that it stands for."""
        if element.index is None:
            return Name(element.name)
        source = self.translated(element.source, hole)
        constant = self._constant(element.name, hole)
        if constant is not None and not names_in(source):
            return constant[0]
        code = Index(source, (element.index,))
        return code if element.part is None else Index(code, (element.part,))

    def _short(self, name: str, value: Code, hole: Hole) -> Code:
        """A value, or its name where it is a table that nobody wants to read twice."""
        if not isinstance(value, tuple) or not any(isinstance(row, tuple) for row in value):
            return value
        said = [self._said(instance).get(name) for instance in range(len(self.scopes))]
        running = any(name in dict(occ.names) for occ, _ in hole.column)
        if running or name in self._fresh or not self._may_be(name):
            return value
        if not all(identical(other, value) for other in said) or not sayable(value):
            return value
        self._named[name] = value
        self._rows.clear()
        return Name(name)

    def _fact(self, fact: str, source: str, hole: Hole) -> Code:
        if fact in self._facts:
            return Name(fact)
        values = [self._every_fact[occ.instance][source] for occ, _ in hole.column]
        if not same(values):
            raise NoValue
        size: int = values[0]
        return size

    def _constant(self, name: str, hole: Hole) -> tuple[Code] | None:
        """The one value that a name has wherever the hole is, boxed."""
        values: list[Any] = []
        places = [occ for occ, _ in hole.column]
        if hole.hint == INIT:  # of which siblings tell nothing, but of its names they do
            places = list(map(Occurrence, range(len(self.scopes))))
        elif name in self._lets and self._differs(name, hole):
            return None  # it is the same just here
        for occ in places:
            running = dict(occ.names)
            known = running if name in running else self._said(occ.instance)
            if name not in known:
                return None
            values.append(known[name])
        settled = plain(values[0]) or type(values[0]) is tuple
        return (values[0],) if settled and same(values) else None

    def _counted(self, name: str, variable: str, hole: Hole) -> Code | None:
        """A count of the source by that of the class, which may begin with another round; None if
        it is none."""
        rows: list[dict[str, Any]] = [dict(occ.names) for occ, _ in hole.column]
        try:
            shifts = {row[name] - row[variable] for row in rows}
        except (KeyError, TypeError):
            return None
        return simplify(Infix("+", (Name(variable), shifts.pop()))) if len(shifts) == 1 else None

    def varies(self, expr: tree.Expr, hole: Hole) -> bool:
        """True where a name in the user's expression has several values, as far as is known."""
        return any(name in self._in_loops or self._differs(name, hole) for name in _names(expr))

    def _differs(self, name: str, hole: Hole) -> bool:
        """True where a name has another value in another use, here or in another arm."""
        rows = [dict(occ.names) for occ, _ in hole.column]
        if not any(name in row for row in rows):
            rows = [self._said(instance) for instance in range(len(self.scopes))]
        return len({repr(row[name]) for row in rows if name in row}) > 1

    def _let(self, name: str, hole: Hole) -> Code:
        if name in self._named:
            return Name(name)
        self._resolving.add(name)
        try:
            code = self.translated(self._lets[name], hole)
            code = self.settled(code, map(self._of, range(len(self.scopes))))
            if name in self._in_loops and not self._is_inside(name, hole):
                return code
            return Name(name) if self._name(name, code) else code
        except NoValue:
            if name in self._in_loops:
                raise
            return self._as_parameter(name, hole)
        finally:
            self._resolving.discard(name)

    def _is_inside(self, name: str, hole: Hole) -> bool:
        """True where the class is one round of the loop that gives a name anew, once."""
        running = {*hole.variables, *(element.name for element in hole.elements)}
        running |= {known for occ, _ in hole.column for known, _ in occ.names}
        definition = self.scopes[0].definition
        lets = [known for known, _ in lets_of(definition)] if definition else []
        loops = loops_of_lets(definition)[name] if definition else frozenset[str]()
        return lets.count(name) == 1 and bool(loops) and not running & loops

    def _as_parameter(self, name: str, hole: Hole) -> Name:
        """A parameter for a size that Python cannot work out, if it is what the hole asks for."""
        values = {i: dict(scope.values).get(name) for i, scope in enumerate(self.scopes)}
        right = all(identical(values[occ.instance], value) for occ, value in hole.column)
        known = {i: value for i, value in values.items() if value is not None}
        if hole.loop is not None or not right or not known or not all(map(plain, known.values())):
            raise NoValue
        if name not in self._sizes:
            self._sizes[name] = self.add(known, name, "")
        return self._sizes[name]

    def _name(self, name: str, code: Code) -> bool:
        """Keeps the user's name for a size, if it means the same throughout the class."""
        if name in self._fresh or not self._may_be(name) or not isinstance(code, NAMED):
            return False
        for instance, scope in enumerate(self.scopes):
            known = dict(scope.values)
            try:
                value = evaluate(code, self._of(instance))
            except NoValue:
                return False
            if name in self._in_loops:
                continue  # the scope may have the value of another round
            if name not in known or not identical(known[name], value):
                return False
        self._named[name] = code
        self._rows.clear()
        return True

    def named(self, code: object) -> tuple[tuple[str, Code], ...]:
        """The user's names that `code` reads, each with what it stands for; inner ones first."""
        if not self._named:
            return ()
        wanted = names_in(code)
        for name in reversed(self._named):
            if name in wanted:
                wanted |= names_in(self._named[name])
        return tuple((name, value) for name, value in self._named.items() if name in wanted)

    # --- new parameters ----------------------------------------------------------------------

    def add(self, column: dict[int, Any], hint: str, owner: str) -> Name:
        """A parameter with these values; instances that lack one take the first's."""
        spare = next(iter(column.values()))
        values = [column.get(instance, spare) for instance in range(len(self.scopes))]
        name = self._free(hint, owner)
        if name not in self._order or not all(map(_is_maker, values)):
            if self._most is not None and self.invented >= self._most:
                raise Mismatch(UNEXPLAINED)
            self.invented += 1
        self._fresh[name] = values
        self._hints[name] = hint
        self._lacking[name] = frozenset(range(len(self.scopes))).difference(column)
        self._rows.clear()
        return Name(name)

    def completes(self, code: Code, hole: Hole) -> bool:
        """True where a new parameter for something that is called the same gives the value of every
        occurrence, if the instances that have none for it take theirs from here."""
        lacking = self._lacking.get(code.text) if isinstance(code, Name) else None
        if not lacking or not isinstance(code, Name) or self._hints[code.text] != hole.hint:
            return False
        if lacking.issuperset(occ.instance for occ, _ in hole.column):
            return False
        values = {i: v for i, v in enumerate(self._fresh[code.text]) if i not in lacking}
        for occ, value in hole.column:
            if not identical(values.setdefault(occ.instance, value), value):
                return False
        known = self._fresh[code.text]
        self._fresh[code.text] = [values.get(i, value) for i, value in enumerate(known)]
        self._lacking[code.text] = lacking.difference(values)
        self._rows.clear()
        return True

    def _free(self, hint: str, owner: str) -> str:
        wish = "_".join(filter(None, (owner.rstrip("_"), hint))).lstrip("_") or "value"
        taken = {*self._arguments, *self._facts, *self._fresh, *self._named}
        whole = (hint,) if hint in WHOLE_CLASS else ()
        wishes = chain(whole, (wish,), (f"{wish}_{number}" for number in count(2)))
        return next(w for w in wishes if w not in taken and self._may_be(w))

    def modules_or_none(self) -> dict[str, Code]:
        """The test that replaces a new truth value, if that only tells that a module is there for
        which there is a parameter too: the parameter is not None."""
        said: dict[str, Code] = {}
        for name, lacking in self._lacking.items():
            given = tuple(instance not in lacking for instance in range(len(self.scopes)))
            flag = next(
                (n for n, column in self._fresh.items() if identical(tuple(column), given)), None
            )
            if lacking and flag is not None and _is_maker(self._fresh[name][given.index(True)]):
                column = zip(given, self._fresh[name], strict=True)
                self._fresh[name] = [value if there else None for there, value in column]
                self._lacking[name] = frozenset()
                said[flag] = Infix("is not", (Name(name), None))
        for flag in said:
            del self._fresh[flag]
            del self._lacking[flag]
        self._rows.clear()
        return said

    # --- the signature -----------------------------------------------------------------------

    def signature(self, code: object, asked: Collection[str] = ()) -> tuple[plan.Parameter, ...]:
        """The parameters that `code` reads: of the input, the block's own, new ones; defaults
        last. Of the classes among them these are `asked` what only their modules have."""
        own = {**self._arguments, **{n: c for n, c in self._fresh.items() if n in self._order}}
        rest = (name for name in self._fresh if name not in own)
        last = len(self._order)
        known = (*self._facts, *sorted(own, key=lambda n: self._order.get(n, last)), *rest)
        used = names_in(code) if known else set()
        parameters = [self._parameter(name, name in asked) for name in known if name in used]
        required = [p for p in parameters if p.default is plan.Required.NO_DEFAULT]
        return (*required, *(p for p in parameters if p.default is not plan.Required.NO_DEFAULT))

    def idle(self, instance: int) -> frozenset[str]:
        """The new parameters of which an instance makes nothing."""
        return frozenset(n for n, lacking in self._lacking.items() if instance in lacking)

    def _parameter(self, name: str, is_asked: bool) -> plan.Parameter:
        column = self.column(name)
        default: Code | plan.Required = plan.Required.NO_DEFAULT
        if not self._inner and same(column[: self.own]):
            default = column[0]
        elif name in self._facts and None in column:
            default = None  # the size of an input that may be None
        elif name in self._arguments or (name in self._order and None in column):
            default = written_default(self.scopes[0], name, column)
        elif name in self._fresh:
            default = usual(column[: self.own])
        kind = annotation(column)
        return plan.Parameter(name, kind.replace("nn.Module", "Any") if is_asked else kind, default)


def _row(value: plan.Value, type: TensorType) -> dict[Any, int]:
    """The sizes of a value."""
    return {plan.SizeOf(value, axis): size for axis, size in enumerate(type.shape)}


def _is_maker(value: object) -> bool:
    """True for a class of modules as an argument."""
    return isinstance(value, Name | plan.Maker)


def _picks(part: object) -> bool:
    """True for one of several numbers by its place: `(96, 192)[i]`, which nobody writes."""
    return (
        isinstance(part, Index)
        and isinstance(part.value, tuple)
        and not all(isinstance(item, int) for item in part.items)
    )


def _names(expr: tree.Node) -> set[str]:
    """The names of the source in an expression, `input.channels` and its like whole."""
    match expr:
        case tree.Name():
            return {expr.id}
        case tree.Attribute(value=tree.Name(id=owner), name=name):
            return {f"{owner}.{name.id}"}
    return set[str]().union(*map(_names, children(expr)))
