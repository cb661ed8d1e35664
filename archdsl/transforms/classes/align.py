"""Instances of one definition laid over each other: same source, same item; the rest is holes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from itertools import count
from typing import Any

from archdsl.ir.code import Call, In, Self
from archdsl.ir.graph import Scope
from archdsl.syntax import tree
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import identical
from archdsl.transforms.classes.proto import (
    COUNT,
    NUMBER,
    Hole,
    Mismatch,
    Occurrence,
    Proto,
    ProtoChoice,
    ProtoLeaf,
    ProtoLoop,
    ProtoSequence,
)
from archdsl.transforms.classes.regions import Part, Region, Round, Site, inline, regions
from archdsl.transforms.classes.unify import Unifier, split_name

ROLL_FROM = 3  # a loop of fewer rounds reads better written out

Bodies = Mapping[Occurrence, tuple[Part, ...]]
Key = tuple[int, ...]


class Rolling(Enum):
    """How a loop of the source is written, in the order of trying."""

    ROLL = 0
    PEEL = 1  # the first round apart
    UNROLL = 2


@dataclass(frozen=True, slots=True)
class Made:
    """What is known of scopes that have classes: the call, and which inputs `forward` takes."""

    news: Mapping[Scope, plan.New]
    reads: Mapping[Scope, tuple[int, ...]]


class Aligner:
    """Lays bodies over each other; raises `Mismatch` where they do not fit."""

    def __init__(self, made: "Made", rolling: Mapping[Key, Rolling], instances: int) -> None:
        self.news = made.news
        self.reads = made.reads
        self.instances = instances
        self.rolling = rolling
        self._ids = count()
        self._loops: list[tuple[Key, str]] = []
        self._owner = ""  # of the sequence that is being laid out

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
        keyed = {occ: {part.key: part for part in parts} for occ, parts in bodies.items()}
        if any(len(keyed[occ]) != len(parts) for occ, parts in bodies.items()):
            return self._by_position(bodies)
        order: list[Key] = []
        for parts in keyed.values():
            place = 0
            for key in parts:
                if key not in order:
                    order.insert(place, key)
                place = order.index(key) + 1
        slots = [{occ: parts[key] for occ, parts in keyed.items() if key in parts} for key in order]
        whole = all(len(s) == len(bodies) or _optional(s) for s in slots)
        return slots if whole else self._by_position(bodies)

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
        found = {occ: part for occ, part in slot.items() if isinstance(part, Region)}
        loops = {part.loops for part in found.values()}
        if loops == {True}:
            return self._loop({occ: _rounds(found.get(occ)) for occ in occurrences}, found)
        if loops == {False}:
            return self._choice(found, occurrences)
        raise self.mismatch("a loop and a choice")

    # --- choices -----------------------------------------------------------------------------

    def _choice(
        self, found: dict[Occurrence, Region], occurrences: tuple[Occurrence, ...]
    ) -> tuple[Proto, ...]:
        region = next(iter(found.values()))
        last = len(region.node.arms) if isinstance(region.node, tree.If) else 1
        arms = {o: found[o].rounds[0].mark.index if o in found else last for o in occurrences}
        parts = {o: found[o].rounds[0].parts if o in found else () for o in occurrences}
        return self._arms(region.node, arms, parts)

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
        test = self.hole(column, f"use_{owner}", "", (_condition(node, first),))
        choice = ProtoChoice(next(self._ids), test, owner, then, otherwise, frozenset(taken))
        return (choice,)

    # --- loops -------------------------------------------------------------------------------

    def _loop(
        self, rounds: dict[Occurrence, tuple[Round, ...]], found: dict[Occurrence, Region]
    ) -> tuple[Proto, ...]:
        region = next(iter(found.values()))
        counts = {len(r) for r in rounds.values()}
        rolling = self.rolling.get(region.key, Rolling.ROLL)
        if len(counts) == 1 and (rolling is not Rolling.ROLL or max(counts) < ROLL_FROM):
            return self._unrolled(rounds, max(counts))
        if rolling is Rolling.PEEL and min(counts) > 0:
            head = self.body(_round(rounds, 0))
            return head + self._rolled(region, rounds, 1)
        if rolling is not Rolling.ROLL:
            raise self.mismatch("a loop that varies in length and from round to round")
        return self._rolled(region, rounds, 0)

    def _unrolled(
        self, rounds: dict[Occurrence, tuple[Round, ...]], count: int
    ) -> tuple[Proto, ...]:
        items: tuple[Proto, ...] = ()
        for index in range(count):
            items += self.body(_round(rounds, index))
        return items

    def _rolled(
        self, region: Region, rounds: dict[Occurrence, tuple[Round, ...]], first: int
    ) -> tuple[Proto, ...]:
        variable = self._variable(rounds, first)
        counts = {occ: len(r) - first for occ, r in rounds.items()}
        if max(counts.values()) < 2:
            raise Mismatch("a loop of one round at most", region.key)
        written = region.node.right if isinstance(region.node, tree.Binary) else None
        if isinstance(region.node, tree.For):
            written = region.node.iterable
        size = self.hole(tuple(counts.items()), COUNT, "", _lengths(written))
        self._loops.append((region.key, variable))
        bodies = {
            _entered(occ, index, variable, r): r.parts
            for occ, rs in rounds.items()
            for index, r in enumerate(rs[first:])
        }
        items = self.body(bodies)
        self._loops.pop()
        loop = ProtoLoop(next(self._ids), region.key, variable, size, first, counts, items)
        return (loop,)

    def _variable(self, rounds: dict[Occurrence, tuple[Round, ...]], first: int) -> str:
        """The source's own loop variable where it counts the rounds, else a letter."""
        taken = {variable for _, variable in self._loops}
        marks = [(i, r.mark) for rs in rounds.values() for i, r in enumerate(rs[first:])]
        name = next((n for _, mark in marks for n, _ in mark.values[:1]), None)
        if (
            name
            and name not in taken
            and all(identical(dict(mark.values).get(name), index) for index, mark in marks)
        ):
            return name
        return next(letter for letter in "ijkmnpq" if letter not in taken)

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
        if split is None or not self._loops:
            raise self.mismatch(f"different names for {first}")
        prefix, numbers, suffix = split
        column = tuple(zip(names, numbers, strict=True))
        return plan.Text(prefix, self.hole(column, NUMBER, ""), suffix)

    def _code(self, sites: dict[Occurrence, Site], owner: str) -> tuple[Any, Any]:
        scopes = {o: s.step.target for o, s in sites.items() if isinstance(s.step.target, Scope)}
        unifier = Unifier(self, sites, owner)
        if scopes and len(scopes) < len(sites):
            raise self.mismatch("a block and an op")
        if not scopes:
            emissions = {occ: site.emission() for occ, site in sites.items()}
            build = unifier.unify({o: e.build for o, e in emissions.items()}, "")
            return build, unifier.unify({o: e.forward for o, e in emissions.items()}, "")
        arity = {len(site.step.inputs) for site in sites.values()}
        if len(arity) > 1:
            raise self.mismatch("different numbers of inputs")
        whole = range(arity.pop())
        reads = {self.reads.get(scope, tuple(whole)) for scope in scopes.values()}
        if len(reads) > 1:
            raise self.mismatch("different inputs that are read")
        forward = Call(Self(), tuple(In(index) for index in reads.pop()))
        if all(inline(scope) for scope in scopes.values()):
            return self.sequence({o: regions(s) for o, s in scopes.items()}, owner), forward
        if any(inline(scope) for scope in scopes.values()):
            raise self.mismatch("a plain sequence and a block")
        return unifier.unify({o: self.news[s] for o, s in scopes.items()}, ""), forward

    def hole(
        self,
        column: tuple[tuple[Occurrence, Any], ...],
        hint: str,
        owner: str,
        expressions: tuple[tree.Expr, ...] = (),
        reads_input: bool = False,
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
        return Hole(column, hint, owner, expressions, variables, loop, reads_input)

    def mismatch(self, reason: str) -> Mismatch:
        return Mismatch(reason, self._loops[-1][0] if self._loops else None)


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
    plain = tuple((n, v) for n, v in round.mark.values if n != variable)
    return Occurrence(occ.instance, (*occ.rounds, index), (*occ.names, *plain, (variable, index)))


def _condition(node: tree.Node, arm: int) -> tree.Expr:
    if isinstance(node, tree.If):
        return node.arms[arm][0]
    assert isinstance(node, tree.IfElse)
    return node.condition


def _lengths(written: tree.Expr | None) -> tuple[tree.Expr, ...]:
    """What may give a loop's length: the repeat's count, or what `range` counts to."""
    match written:
        case None:
            return ()
        case tree.Call(callee=tree.Name(id="range"), arguments=arguments):
            return tuple(argument.value for argument in arguments)
        case _:
            return (written,)


def _first_name(items: tuple[Proto, ...]) -> str:
    for item in items:
        if isinstance(item, ProtoLeaf):
            return item.name if isinstance(item.name, str) else item.name.prefix
        inner = item.items if isinstance(item, ProtoLoop) else item.then + item.otherwise
        if name := _first_name(inner):
            return name
    return ""
