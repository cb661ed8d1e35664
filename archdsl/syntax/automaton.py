"""Lark's LALR tables, run with our builder: a rule that is complete becomes a node at once.

Lark's own run of them makes a tree of its own first, which costs several times as much as ours.
What its trees leave out of a rule (punctuation) and put in (None for what is optional and missing)
is the same here.
"""

from collections.abc import Callable, Mapping
from typing import Any, Self

from lark import Token
from lark.grammar import Rule, Terminal
from lark.parsers.lalr_analysis import Shift
from msgspec import Struct

Extent = tuple[int, int]  # where a rule's text begins and ends in the source
Node = Any  # a token, or what the builder made of a rule
States = Mapping[int, Mapping[str, tuple[object, Any]]]
END = "$END"


class Unexpected(Exception):
    """A token that no rule can take here."""


class RulePlan(Struct, frozen=True):
    """The use of a complete rule: `kept` are the children that stay, each with the number of
    missing ones before it, and True for a list that is taken apart; `missing` at the end.

    Without a `method` its value is the sole child, or the list of a repetition.
    """

    origin: str
    size: int
    kept: tuple[tuple[int, int, bool], ...]
    missing: int
    method: Callable[..., Node] | None
    sole: bool

    def make(self, builder: object, extent: Extent, children: list[Node]) -> Node:
        if self.sole:
            return children[self.kept[0][0]]
        parts: list[Node] = []
        for index, before, listed in self.kept:
            if before:
                parts += [None] * before
            if not listed:
                parts.append(children[index])
            elif parts:
                parts += children[index]
            else:
                parts = children[index]  # it grows in place: no copy is made within a line
        if self.missing:
            parts += [None] * self.missing
        return parts if self.method is None else self.method(builder, extent, *parts)


class Tables:
    """The tables of a grammar, and the plans of its rules for one class of builders."""

    def __init__(
        self,
        states: States,
        starts: Mapping[str, int],
        ends: Mapping[str, int],
        builder: type,
    ) -> None:
        self._builder = builder
        self.states = states
        self.starts = starts
        self.ends = ends
        self.plans: dict[
            int, RulePlan
        ] = {}  # by the identity of the rule: the tables hold each once

    def plan(self, rule: Rule) -> RulePlan:
        """A rule's plan, made when it is first needed."""
        plan = self.plans.get(id(rule))
        if plan is None:
            plan = self.plans[id(rule)] = _plan(rule, self._builder)
        return plan


def _plan(rule: Rule, builder: type) -> RulePlan:
    options, size = rule.options, len(rule.expansion)
    missing = [0] * (size + 1)  # before each child and after the last
    place = 0
    for absent in options.empty_indices or (False,) * size:
        if absent:
            missing[place] += 1
        else:
            place += 1
    kept: list[tuple[int, int, bool]] = []
    before = 0
    for index, symbol in enumerate(rule.expansion):
        before += missing[index]
        if options.keep_all_tokens or not (isinstance(symbol, Terminal) and symbol.filter_out):
            kept.append((index, before, not symbol.is_term and symbol.name.startswith("_")))
            before = 0
    before += missing[size]
    name = rule.alias or rule.origin.name
    sole = len(kept) == 1 and not kept[0][1] and not kept[0][2] and not before
    sole = sole and options.expand1 and not rule.alias
    repetition = rule.origin.name.startswith("_")
    method = None if sole or repetition else getattr(builder, name)
    return RulePlan(rule.origin.name, size, tuple(kept), before, method, sole)


class Automaton:
    """A reading in progress: the states it went through, and each symbol's value and place."""

    __slots__ = ("_builder", "_end", "_ends", "_starts", "_states", "_tables", "_values")

    def __init__(self, tables: Tables, rule: str, builder: object) -> None:
        self._tables = tables
        self._builder = builder
        self._end = tables.ends[rule]
        self._states = [tables.starts[rule]]
        self._values: list[Node] = []
        self._starts: list[int] = []
        self._ends: list[int] = []

    def copy(self) -> Self:
        """A reading that goes on from here, between two lines; the values are shared."""
        twin = object.__new__(type(self))
        twin._tables, twin._builder, twin._end = self._tables, self._builder, self._end
        twin._states, twin._values = self._states.copy(), self._values.copy()
        twin._starts, twin._ends = self._starts.copy(), self._ends.copy()
        return twin

    def feed(self, token: Token) -> None:
        """Takes a token, or raises `Unexpected`; the reading is of no use then."""
        table, states, kind = self._tables.states, self._states, token.type
        plans = self._tables.plans
        while True:
            entry = table[states[-1]].get(kind)
            if entry is None:
                raise Unexpected
            action, to = entry
            if action is Shift:
                states.append(to)
                self._values.append(token)
                self._starts.append(token.start_pos or 0)
                self._ends.append(token.end_pos or 0)
                return
            plan = plans.get(id(to)) or self._tables.plan(to)
            if plan.sole and plan.size == 1:  # the most frequent by far: one node, another name
                states[-1] = table[states[-2]][plan.origin][1]
            else:
                self._reduce(plan)

    def finish(self) -> Node:
        """The value of all that was read."""
        table, states = self._tables.states, self._states
        while states[-1] != self._end:
            action, rule = table[states[-1]][END]
            assert action is not Shift
            self._reduce(self._tables.plan(rule))
        return self._values[-1]

    def _reduce(self, plan: RulePlan) -> None:
        states, values, starts, ends = self._states, self._values, self._starts, self._ends
        size = plan.size
        children = values[len(values) - size :]
        extent = (starts[-size], ends[-1]) if size else (0, 0)
        if size:
            del states[-size:], values[-size:], starts[-size:], ends[-size:]
        states.append(self._tables.states[states[-1]][plan.origin][1])
        values.append(plan.make(self._builder, extent, children))
        starts.append(extent[0])
        ends.append(extent[1])

    def choices(self) -> Mapping[str, object]:
        """The tokens that have an entry here; not every one is taken in the end."""
        return self._tables.states[self._states[-1]]

    def accepts(self) -> set[str]:
        """The tokens that are taken here."""
        return {kind for kind in self.choices() if kind.isupper() and self._takes(kind)}

    def _takes(self, kind: str) -> bool:
        table, states = self._tables.states, self._states.copy()
        while True:
            entry = table[states[-1]].get(kind)
            if entry is None:
                return False
            action, rule = entry
            if action is Shift:
                return True
            del states[len(states) - len(rule.expansion) :]
            states.append(table[states[-1]][rule.origin.name][1])
            if kind == END and states[-1] == self._end:
                return True
