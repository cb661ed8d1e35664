"""Instances of one definition laid over each other: same source, same item; the rest is holes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import Enum
from functools import partial
from itertools import chain, count
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from archdsl.base.source import Source, Span
from archdsl.ir.code import CALL, Code, Name
from archdsl.ir.graph import Scope
from archdsl.syntax import tree
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import (
    NoValue,
    evaluate,
    free_in_init,
    identical,
    parts_of,
    translate,
)
from archdsl.transforms.classes.input_facts import fact_names, facts_of, names_given
from archdsl.transforms.classes.loops import Header, header
from archdsl.transforms.classes.proto import (
    COUNT,
    NUMBER,
    Element,
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
    said_by,
)
from archdsl.transforms.classes.regions import Part, Region, Round, Site, inline, regions
from archdsl.transforms.classes.rounds import counted, each_item_of
from archdsl.transforms.classes.through import Running, sizes_through
from archdsl.transforms.classes.unify import Unifier, split_name

ROLL_FROM = 3  # a sequence's loop of fewer rounds reads better written out
ROLL_NAMED_FROM = 4  # where the loop makes attributes with computed names
NOBODY = "module"  # the owner where a whole class is one sequence

Bodies = Mapping[Occurrence, tuple[Part, ...]]
Key = tuple[int, ...]


class Rolling(Enum):
    """The forms of a loop of the source, in the order of trying."""

    ROLL = 0
    PEEL = 1  # the first round apart
    CARRY = 2  # a size is handed from round to round
    UNROLL = 3


class Made(Struct, frozen=True):
    """The scopes that have classes: the construction of each, and the call of its `forward`."""

    news: Mapping[Scope, plan.New]
    calls: Mapping[Scope, tuple[Code, ...]]  # what each is called with, over the step's inputs
    gives: Mapping[str, Ends]  # the sizes that a class gives, over its parameters and inputs
    parameters: Mapping[str, tuple[plan.Parameter, ...]] = {}
    telling: frozenset[str] = frozenset()  # classes that can keep these channels as an attribute
    taken: frozenset[str] = frozenset()  # names of classes, which no parameter may have
    nested: dict[Scope, tuple[Part, ...]] = field(default_factory=dict)

    def regions(self, scope: Scope) -> tuple[Part, ...]:
        """All steps of a scope, nested; worked out once."""
        if scope not in self.nested:
            self.nested[scope] = regions(scope)
        return self.nested[scope]


class Aligner:
    """Lays bodies over each other; raises `Mismatch` where they do not fit."""

    def __init__(
        self,
        made: Made,
        rolling: Mapping[Key, Rolling],
        contexts: tuple[Scope, ...],
        siblings: bool = False,
        inner: bool = True,
        forward: bool = False,
    ) -> None:
        self.contexts = contexts
        self.made = made
        self.instances = len(contexts)
        self.siblings = siblings
        self._forward = forward  # whether the class has one, which reads its modules by their names
        self.rolling = rolling
        definition = contexts[0].definition
        self._given = names_given(definition) if definition else frozenset[str]()
        self._facts = frozenset(fact_names(contexts[0]).values() if inner else ())
        self._ids = count()
        self._loops: list[tuple[Key, str]] = []
        self._elements: list[Element] = []
        self._owner = ""  # of the sequence that is being laid out
        self.counting = frozenset[str]()  # the names that decide how many rounds were written out
        self.taken_apart = frozenset[str]()  # the parameters whose items have a round each of those

    def sequence(self, bodies: Bodies, owner: str) -> ProtoSequence:
        """Bodies of modules that are numbered, whatever their steps are called."""
        around, self._owner = self._owner, owner
        items = self.body(bodies)
        self._owner = around
        return ProtoSequence(items)

    def body(self, bodies: Bodies) -> tuple[Proto, ...]:
        items: list[Proto] = []
        for slot in self._slots(bodies):
            items.extend(self._slot(slot, tuple(bodies)))
        return tuple(items)

    # --- which parts stand for the same source -----------------------------------------------

    def _slots(self, bodies: Bodies) -> list[dict[Occurrence, Part]]:
        by_key = _keyed(bodies, lambda part: part.key)
        by_place = by_key or _keyed(bodies, lambda part: part.place)
        return by_place or self._by_position(bodies)

    def _by_position(self, bodies: Bodies) -> list[dict[Occurrence, Part]]:
        """Blocks given as arguments stand elsewhere in the source for every caller."""
        if len({len(parts) for parts in bodies.values()}) > 1:
            raise self.mismatch("different numbers of steps")
        slots = [
            dict(zip(bodies, parts, strict=True)) for parts in zip(*bodies.values(), strict=True)
        ]
        if any(len({isinstance(part, Site) for part in slot.values()}) > 1 for slot in slots):
            raise self.mismatch("different steps")
        return slots

    def _slot(
        self, slot: dict[Occurrence, Part], occurrences: tuple[Occurrence, ...]
    ) -> tuple[Proto, ...]:
        sites = {occ: part for occ, part in slot.items() if isinstance(part, Site)}
        if sites:
            return (self._leaf(sites),)
        region_of = {occ: part for occ, part in slot.items() if isinstance(part, Region)}
        loops = {part.loops for part in region_of.values()}
        if loops == {True}:
            return self._loop({occ: _rounds(region_of.get(occ)) for occ in occurrences}, region_of)
        if loops == {False}:
            return self._choice(region_of, occurrences)
        raise self.mismatch("a loop and a choice")

    # --- choices -----------------------------------------------------------------------------

    def _choice(
        self, region_of: dict[Occurrence, Region], occurrences: tuple[Occurrence, ...]
    ) -> tuple[Proto, ...]:
        region = next(iter(region_of.values()))
        arms = {o: region_of[o].rounds[0].mark.index for o in region_of}
        busy = {
            arms[o]
            for o, one in region_of.items()
            if any(isinstance(part, Site) for part in one.rounds[0].parts)
        }
        for o in occurrences:
            if o not in arms:
                arms[o] = self._arm_without_steps(region.node, o, busy)
        parts = {o: region_of[o].rounds[0].parts if o in region_of else () for o in occurrences}
        return self._arms(region.node, {o: arms[o] for o in occurrences}, parts)

    def _arm_without_steps(self, node: tree.Node, occ: Occurrence, busy: set[int]) -> int:
        """The arm that an occurrence takes of which no step tells; it is none of the `busy` ones,
        which always have some. The last one where that cannot be worked out."""
        if not isinstance(node, tree.If):
            return 1
        scope = self.contexts[occ.instance]
        known = {**facts_of(scope), **dict((*scope.values, *scope.arguments, *occ.names))}
        with suppress(NoValue):
            for arm, (condition, _) in enumerate(node.arms):
                if evaluate(translate(condition, Name, scope.function), known):
                    return len(node.arms) if arm in busy else arm
        return len(node.arms)

    def _arms(
        self,
        node: tree.Node,
        arms: dict[Occurrence, int],
        parts: dict[Occurrence, tuple[Part, ...]],
    ) -> tuple[Proto, ...]:
        first = min(arms.values())
        if set(arms.values()) == {first}:
            return self.body(parts)
        taken = {occ: body for occ, body in parts.items() if arms[occ] == first}
        rest = {occ: body for occ, body in parts.items() if arms[occ] != first}
        then = self.body(taken)
        otherwise = self._arms(node, {occ: arms[occ] for occ in rest}, rest)
        owner = _first_name(then) or _first_name(otherwise)
        column = tuple((occ, arm == first) for occ, arm in arms.items())
        condition = _condition(node, first)
        word = self._about(condition, arms) or owner
        test = self.hole(column, f"use_{word}", "", (condition,))
        choice = ProtoChoice(next(self._ids), test, owner, then, otherwise, frozenset(taken))
        return (choice,)

    def _about(self, condition: tree.Expr, arms: Mapping[Occurrence, int]) -> str:
        """The one parameter of the block that a condition is about, if it is about one."""
        names = {part.id for part in parts_of(condition) if isinstance(part, tree.Name)}
        scope = self.contexts[next(iter(arms)).instance]
        parameters = scope.definition.parameters if scope.definition else ()
        known = names & {parameter.name.id for parameter in parameters}
        return known.pop() if len(known) == 1 and known == names else ""

    # --- loops -------------------------------------------------------------------------------

    def _loop(
        self, rounds: dict[Occurrence, tuple[Round, ...]], region_of: dict[Occurrence, Region]
    ) -> tuple[Proto, ...]:
        region = next(iter(region_of.values()))
        counts = {len(r) for r in rounds.values()}
        rolling = self.rolling.get((), self.rolling.get(region.key, Rolling.ROLL))
        least = ROLL_FROM if self._owner else ROLL_NAMED_FROM
        rolled = max(counts) - (rolling is Rolling.PEEL)
        alike, few = len(counts) == 1, rolled < least
        if rolling is Rolling.PEEL and (min(counts) == 0 or (alike and self._is_row(few))):
            raise Mismatch("a loop whose first round cannot stand apart", region.key)
        if alike and (rolling is Rolling.UNROLL or few):
            definition = self.contexts[0].definition
            self.counting |= counted(region.node, definition)
            self.taken_apart |= each_item_of(region.node, definition)
            return self._unrolled(region, rounds, max(counts))
        if rolling is Rolling.PEEL:
            return self._unrolled(region, rounds, 1) + self._rolled(region, rounds, 1)
        if rolling is Rolling.UNROLL:
            raise self.mismatch("a loop that varies in length and from round to round")
        return self._rolled(region, rounds, 0, rolling is Rolling.CARRY)

    def _is_row(self, few: bool) -> bool:
        """True where a variable that changes reads better than a first round apart: in a row of
        modules, which no `forward` reads by their names."""
        return bool(self._owner) or (few and not self._forward)

    def _unrolled(
        self, region: Region, rounds: dict[Occurrence, tuple[Round, ...]], count: int
    ) -> tuple[Proto, ...]:
        items: tuple[Proto, ...] = ()
        for index in range(count):
            with self._knowing(header(region.node).fixed(index)):
                items += self.body(_round(rounds, index))
        return items

    def _rolled(
        self,
        region: Region,
        rounds: dict[Occurrence, tuple[Round, ...]],
        first: int,
        carry: bool = False,
    ) -> tuple[Proto, ...]:
        variable = self._variable(rounds, first)
        counts = {occ: len(r) - first for occ, r in rounds.items()}
        if max(counts.values()) < 2:
            raise Mismatch("a loop of one round at most", region.key)
        head = header(region.node)
        size = self.hole(tuple(counts.items()), COUNT, "", head.lengths)
        source = self._source(head, rounds, first)
        bodies = {
            _entered(occ, index, variable, r): r.parts
            for occ, rs in rounds.items()
            for index, r in enumerate(rs[first:])
        }
        sizes: tuple[Running, ...] = ()
        if carry:
            taken = self._taken(rounds, (*head.elements, variable))
            sizes, bodies = sizes_through(bodies, taken)
            if not sizes or not all(rounds.values()):
                raise Mismatch("a loop through which nothing runs that changes", region.key)
        self._loops.append((region.key, variable))
        with self._knowing(head.running() if source is not None else ()):
            items = self.body(bodies)
            thens = [self._size(size.leaving) for size in sizes]
        self._loops.pop()
        through = tuple(map(partial(self._through, rounds), sizes, thens))
        elements = head.elements if source is not None else ()
        number = next(self._ids)
        loop = ProtoLoop(
            number, region.key, variable, size, counts, elements, source, items, through
        )
        return (loop,)

    def _through(
        self, rounds: dict[Occurrence, tuple[Round, ...]], size: Running, then: Any
    ) -> Through:
        start = self._size(size.first(rounds))
        return Through(size.name, size.axes, start, then, size.last(rounds))

    def _size(self, sizes: Mapping[Occurrence, int]) -> Any:
        return self.hole(tuple(sizes.items()), "in", "", partial=self.siblings)

    def _taken(
        self, rounds: dict[Occurrence, tuple[Round, ...]], names: tuple[str, ...]
    ) -> frozenset[str]:
        """The names that a size of this loop cannot have."""
        context = self.contexts[0]
        known = {name for name, _ in (*context.arguments, *context.values)}
        running = {name for occ in rounds for name, _ in occ.names}
        return frozenset({*known, *running, *names}) | self._facts | self._given | self.made.taken

    def _source(self, head: Header, rounds: dict[Occurrence, tuple[Round, ...]], first: int) -> Any:
        """The values that the loop runs over, from its first round on; None if one is not plain."""
        column = {occ: tuple(head.value(r) for r in rs[first:]) for occ, rs in rounds.items()}
        if head.source is None or any(None in values for values in column.values()):
            return None
        if not all(free_in_init(name) and name not in self._given for name in head.elements):
            return None
        hint = f"{head.elements[0]}s" if len(head.elements) == 1 else "rows"
        expression = head.source
        if first:
            expression = tree.Slice(expression.span, expression, _number(first), None, None)
        return self.hole(tuple(column.items()), hint, "", (expression,), partial=self.siblings)

    @contextmanager
    def _knowing(self, elements: tuple[Element, ...]) -> Iterator[None]:
        """While a loop's elements are in reach."""
        self._elements.extend(elements)
        yield
        del self._elements[len(self._elements) - len(elements) :]

    def _variable(self, rounds: dict[Occurrence, tuple[Round, ...]], first: int) -> str:
        """The source's own loop variable where it counts the rounds, else a letter."""
        taken = {variable for _, variable in self._loops} | self._given
        taken |= {argument for argument, _ in self.contexts[0].arguments}
        marks = [(i, r.mark) for rs in rounds.values() for i, r in enumerate(rs[first:])]
        name = next((n for _, mark in marks for n, _ in mark.values[:1]), None)
        if (
            name
            and name not in taken
            and free_in_init(name)
            and all(identical(dict(mark.values).get(name), index) for index, mark in marks)
        ):
            return name
        numbered = (f"i{number}" for number in count(2))
        taken |= {known for occ in rounds for known, _ in occ.names}
        return next(name for name in chain("ijkmnpq", numbered) if name not in taken)

    # --- steps -------------------------------------------------------------------------------

    def _leaf(self, sites: dict[Occurrence, Site]) -> ProtoLeaf:
        """One step: the differences between its occurrences become holes."""
        number = next(self._ids)
        word = next(iter(sites.values())).step.name
        build, forward = self._code(sites, self._owner or word.rstrip("0123456789"))
        name: str | plan.Text = word
        if build is not None and not self._owner:
            name = self._name({occ: site.step.name for occ, site in sites.items()})
        loop = self._loops[-1][0] if self._loops else None
        return ProtoLeaf(number, sites, name, build, forward, loop)

    def _name(self, names: dict[Occurrence, str]) -> str | plan.Text:
        first = next(iter(names.values()))
        if all(name == first for name in names.values()):
            return first
        split = split_name(tuple(names.values()))
        if split is None:
            raise self.mismatch(f"different names for {first}")
        prefix, rest = split
        return plan.Text(
            prefix,
            tuple(
                (self.hole(tuple(zip(names, numbers, strict=True)), NUMBER, ""), behind)
                for numbers, behind in rest
            ),
        )

    def _code(self, sites: dict[Occurrence, Site], owner: str) -> tuple[Any, Any]:
        scopes = {o: s.step.target for o, s in sites.items() if isinstance(s.step.target, Scope)}
        unifier = Unifier(self, sites, owner)
        if scopes and len(scopes) < len(sites):
            raise self.mismatch("a block and an op")
        if not scopes:
            emissions = {occ: site.emission() for occ, site in sites.items()}
            build = unifier.unify({o: e.build for o, e in emissions.items()}, "")
            unifier.partial = False  # what `forward` has as a number stays one
            return build, unifier.forward({o: e.forward for o, e in emissions.items()})
        forward = CALL  # with what, the data flow tells
        if all(inline(scope) for scope in scopes.values()):
            bodies = {occ: self.made.regions(scope) for occ, scope in scopes.items()}
            return self.sequence(bodies, owner), forward
        if any(inline(scope) for scope in scopes.values()):
            raise self.mismatch("a plain sequence and a block")
        news = {o: self.made.news.get(scope) for o, scope in scopes.items()}
        if None in news.values():
            raise self.mismatch("a block inside is made for these values alone")
        return unifier.unify(news, ""), forward

    def hole(
        self,
        column: tuple[tuple[Occurrence, Any], ...],
        hint: str,
        owner: str,
        expressions: tuple[tree.Expr, ...] = (),
        meant: int = 0,
        partial: bool = False,
    ) -> Any:
        """A hole, or the value itself where all occurrences agree."""
        first = column[0][1]
        if not (partial and (expressions or hint == "in")) and all(
            identical(value, first) for _, value in column
        ):
            return first
        variables = tuple(variable for _, variable in self._loops)
        loop = self._loops[-1][0] if self._loops else None
        owner = "" if owner == NOBODY else owner
        elements = tuple(self._elements)
        return Hole(column, hint, owner, expressions, meant, variables, elements, loop)

    def signature(self, cls: str) -> tuple[plan.Parameter, ...]:
        """The parameters of a class that there is."""
        return self.made.parameters[cls]

    def mismatch(self, reason: str) -> Mismatch:
        return Mismatch(reason, self._loops[-1][0] if self._loops else None)


def _keyed(bodies: Bodies, key_of: Callable[[Part], Key]) -> list[dict[Occurrence, Part]] | None:
    """The parts with one key in one slot; None where that is no order of steps for all."""
    keyed = {occ: {key_of(part): part for part in parts} for occ, parts in bodies.items()}
    if any(len(keyed[occ]) != len(parts) for occ, parts in bodies.items()):
        return None
    order: list[Key] = []
    begins = {key: _begin(part) for parts in keyed.values() for key, part in parts.items()}
    for parts in keyed.values():
        place, known, row = 0, set(order), list(parts)
        for at, key in enumerate(row):
            if key not in known:
                behind = next((order.index(k) for k in row[at:] if k in known), len(order))
                while place < behind and begins[order[place]] < begins[key]:
                    place += 1  # no occurrence tells which comes first: the source does
                order.insert(place, key)
            elif order[place : place + 1] != [key]:
                place = order.index(key)
            place += 1
    slots = [{occ: parts[key] for occ, parts in keyed.items() if key in parts} for key in order]
    whole = all(len(slot) == len(bodies) or _optional(slot) for slot in slots)
    return slots if whole else None


def _begin(part: Part) -> int:
    """The beginning of a part in the source."""
    return part.node.span.start if isinstance(part, Region) else part.step.span.start


def _optional(slot: dict[Occurrence, Part]) -> bool:
    return all(isinstance(part, Region) for part in slot.values())


def _rounds(region: Region | None) -> tuple[Round, ...]:
    return region.rounds if region else ()


def _round(rounds: Mapping[Occurrence, tuple[Round, ...]], index: int) -> Bodies:
    """One round of every occurrence, the source's loop variables known."""
    return {
        replace(occ, names=occ.names + rs[index].mark.values): rs[index].parts
        for occ, rs in rounds.items()
    }


def _entered(occ: Occurrence, index: int, variable: str, round: Round) -> Occurrence:
    plain = tuple((said_by(n) if n == variable else n, v) for n, v in round.mark.values)
    return Occurrence(occ.instance, (*occ.rounds, index), (*occ.names, *plain, (variable, index)))


def _number(value: int) -> tree.Expr:
    return tree.Constant(Span(Source("", ""), 0, 0), value)


def _condition(node: tree.Node, arm: int) -> tree.Expr:
    if isinstance(node, tree.If):
        return node.arms[arm][0]
    assert isinstance(node, tree.IfElse)
    return node.condition


def _first_name(items: tuple[Proto, ...]) -> str:
    """The name for a choice: its first step's, or that step's op if the name is only a number."""
    for item in items:
        if isinstance(item, ProtoLeaf):
            name = item.name if isinstance(item.name, str) else item.name.prefix
            target = item.site.step.target
            word = target.block if isinstance(target, Scope) else target.word
            return word if name.isdigit() and word else name
        inner = item.items if isinstance(item, ProtoLoop) else item.then + item.otherwise
        if name := _first_name(inner):
            return name
    return ""
