"""The calls of one step in all instances, laid over each other."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from archdsl.ir.code import Call, Name
from archdsl.ir.graph import Scope
from archdsl.syntax import tree
from archdsl.syntax.walk import exchanged
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import identical
from archdsl.transforms.classes.proto import Mismatch, Occurrence
from archdsl.transforms.classes.regions import Site

Column = Mapping[Occurrence, Any]
MISSING = object()


class Holes(Protocol):
    """The maker of holes, which knows the loops around them: an `Aligner`."""

    instances: int
    siblings: bool
    contexts: tuple[Scope, ...]

    def hole(
        self,
        column: tuple[tuple[Occurrence, Any], ...],
        hint: str,
        owner: str,
        expressions: tuple[tree.Expr, ...] = (),
        meant: int = 0,
        partial: bool = False,
    ) -> Any: ...

    def mismatch(self, reason: str) -> Mismatch: ...


class Unifier:
    """Lays the code of one step's occurrences over each other."""

    def __init__(self, aligner: Holes, sites: Mapping[Occurrence, Site], owner: str) -> None:
        self.aligner = aligner
        self.sites = sites
        self.owner = owner
        self.written = _arguments(next(iter(sites.values())))
        self.place = 0  # of a positional argument, counted from the last; 0: it has a name
        self.partial = aligner.siblings or len({o.instance for o in sites}) < aligner.instances

    def unify(self, column: Column, hint: str) -> Any:
        """One expression for all, with holes where they differ."""
        first = next(iter(column.values()))
        if all(identical(value, first) for value in column.values()):
            return self._agreed(first, column, hint)
        kinds = {type(value) for value in column.values()}
        if kinds == {Call}:
            return self._calls(column)
        if kinds == {plan.New}:
            return self._news(column)
        if kinds == {Name} or not any(isinstance(value, Struct) for value in column.values()):
            return self._hole(column, hint)
        if len(kinds) > 1:
            raise self.aligner.mismatch("different kinds of code")
        if isinstance(first, tuple):
            return self._tuple(column, hint)
        parts = {
            name: self._part({o: getattr(v, name) for o, v in column.items()}, hint)
            for name in first.__struct_fields__
        }
        return replace(first, **parts)

    def _agreed(self, first: Any, column: Column, hint: str) -> Any:
        """A value that is the same everywhere is a literal; in one arm of a choice, and beside
        siblings, what the user wrote there may say more."""
        if not self.partial:
            return first
        if isinstance(first, Call):
            return self._calls(column)
        if isinstance(first, plan.New):
            return self._news(column)
        if (hint in dict(self.written) or hint == "in") and not isinstance(first, Struct):
            return self._hole(column, hint)
        return first

    def _part(self, column: Column, hint: str) -> Any:
        first = next(iter(column.values()))
        if isinstance(first, tuple):
            return self._tuple(column, hint)
        if isinstance(first, str) and any(value != first for value in column.values()):
            raise self.aligner.mismatch("different code")
        return self.unify(column, hint)

    def _tuple(self, column: Column, hint: str) -> Any:
        if len({len(value) for value in column.values()}) > 1:
            raise self.aligner.mismatch("different numbers of parts")
        size = len(next(iter(column.values())))
        return tuple(
            self.unify({occ: value[i] for occ, value in column.items()}, hint) for i in range(size)
        )

    def _news(self, column: Column) -> plan.New:
        calls: dict[Occurrence, plan.New] = dict(column)
        first = next(iter(calls.values()))
        if any(call.cls != first.cls for call in calls.values()):
            raise self.aligner.mismatch("different classes")
        arguments = tuple((name, self._given(calls, name)) for name, _ in first.arguments)
        return plan.New(first.cls, arguments)

    def _given(self, calls: Mapping[Occurrence, plan.New], name: str) -> Any:
        """An argument of a class, as the instances have it that make something of it."""
        column = {o: dict(c.arguments)[name] for o, c in calls.items() if name not in c.idle}
        return self._hole(column or {o: dict(c.arguments)[name] for o, c in calls.items()}, name)

    def _calls(self, column: Column) -> Call:
        calls: dict[Occurrence, Call] = dict(column)
        first = next(iter(calls.values()))
        if len({len(call.args) for call in calls.values()}) > 1:
            raise self.aligner.mismatch("different numbers of arguments")
        args = tuple(self._argument(calls, i) for i in range(len(first.args)))
        self.place = 0
        keys = merge_orders(tuple(key for key, _ in call.kwargs) for call in calls.values())
        kwargs = tuple(
            (key, self.unify({o: self._keyword(o, c, key) for o, c in calls.items()}, key))
            for key in keys
        )
        return Call(self._function(calls), args, kwargs)

    def _argument(self, calls: Mapping[Occurrence, Call], index: int) -> Any:
        """A positional argument; those of a list are written in the order of the call's last."""
        first = next(iter(calls.values()))
        self.place = index - len(first.args)
        return self.unify(
            {o: c.args[index] for o, c in calls.items()}, self._position(calls, index)
        )

    def _function(self, calls: Mapping[Occurrence, Call]) -> Any:
        functions = {occ: call.func for occ, call in calls.items()}
        first = next(iter(functions.values()))
        if not isinstance(first, str):
            return self.unify(functions, "")
        if all(function == first for function in functions.values()):
            return first
        modules = {
            o: Name(f) for o, f in functions.items() if isinstance(f, str) and f.startswith("nn.")
        }
        if len(modules) < len(functions):
            raise self.aligner.mismatch("different functions")
        return self._hole(modules, self._said(first))

    def _said(self, function: str) -> str:
        """By what name the source speaks of a module that is chosen: that of a parameter."""
        marks = next(iter(self.sites.values())).step.trail
        names = [mark.node.id for mark in marks if isinstance(mark.node, tree.Name)]
        return names[-1] if names else function.rpartition(".")[2].lower()

    def _keyword(self, occ: Occurrence, call: Call, key: str) -> Any:
        """The keyword's value; where a call leaves it out, what the op says."""
        given = dict(call.kwargs)
        if key in given:
            return given[key]
        target = self.sites[occ].step.target
        value = MISSING if isinstance(target, Scope) else getattr(target, key, MISSING)
        if value is MISSING:
            raise self.aligner.mismatch(f"no value for {key}")
        return value

    def _position(self, calls: Mapping[Occurrence, Call], index: int) -> str:
        """The op's name for a positional argument; `in` is the size that flows in."""
        target = next(iter(self.sites.values())).step.target
        names: list[str] = list(getattr(target, "arguments", {}))
        first = next(iter(calls.values()))
        order = getattr(type(target), "positional", ())
        shift = len(first.args) - len(order)
        if shift == 1:
            names = [order[index - 1]] if index else []
        for name in names:
            if all(
                identical(getattr(self.sites[o].step.target, name, MISSING), call.args[index])
                for o, call in calls.items()
            ):
                return name
        return "in" if index == 0 else "size"

    def _hole(self, column: Column, hint: str) -> Any:
        meant = tuple(value for name, value in self.written if name == hint and hint)
        meant = meant or self._of_the_block_around(next(iter(column)), hint)
        likely: list[tree.Expr] = []
        others: list[tree.Expr] = []
        for place, (name, value) in enumerate(self.written, -len(self.written)):
            if name != hint:
                (likely if not name and place == self.place else others).append(value)
        classes = all(isinstance(value, Name) for value in column.values())
        owner = "" if classes else self.owner
        return self.aligner.hole(
            tuple(column.items()),
            hint,
            owner,
            (*meant, *likely, *others),
            len(meant),
            self.partial,
        )

    def _of_the_block_around(self, occ: Occurrence, hint: str) -> tuple[tree.Expr, ...]:
        """The argument of a chain: the block's own value of that name, nothing else."""
        step, context = self.sites[occ].step, self.aligner.contexts[occ.instance]
        known = {name for name, _ in (*context.arguments, *context.values, *occ.names)}
        chain = isinstance(step.target, Scope) and not step.target.block
        return (tree.Name(step.span, hint),) if chain and hint in known else ()


def _arguments(site: Site) -> list[tuple[str, tree.Expr]]:
    """The user's arguments of a step's call, those without a name by position; what a function of
    the spec calls them is written out."""
    node = site.step.trail[-1].node if site.step.trail else None
    if not isinstance(node, tree.Call):
        return []
    target = site.step.target
    if isinstance(target, Scope):
        order = tuple(name for name, _ in target.arguments)
        if target.definition is not None:
            order = tuple(p.name.id for p in target.definition.parameters)
    else:
        order = getattr(type(target), "positional", ())
    meanings = _meanings(site)
    return [
        (name, exchanged(value, meanings) if meanings else value)
        for name, value in _named(node, order)
    ]


def _named(call: tree.Call, order: tuple[str, ...]) -> list[tuple[str, tree.Expr]]:
    found = []
    for index, argument in enumerate(call.arguments):
        place = order[index] if index < len(order) else ""
        found.append((argument.name.id if argument.name else place, argument.value))
    return found


def _meanings(site: Site) -> Mapping[str, tree.Expr]:
    """The meanings of the parameters of the functions that led to a step: the arguments of their
    calls, else their defaults."""
    meanings: dict[str, tree.Expr] = {}
    find = site.scope.function
    for mark in site.step.trail[:-1]:
        call = mark.node
        if not isinstance(call, tree.Call) or not isinstance(call.callee, tree.Name):
            continue
        function = find(call.callee.id)
        if function is None:
            continue
        parameters = function.declaration.parameters
        given = dict(_named(call, tuple(p.name.id for p in parameters)))
        inner = {name: exchanged(value, meanings) for name, value in given.items()}
        defaults = {p.name.id: p.default for p in parameters if p.default is not None}
        meanings, find = defaults | inner, function.find
    return meanings


def split_name(
    names: tuple[str, ...],
) -> tuple[str, tuple[tuple[tuple[int, ...], str], ...]] | None:
    """Names that differ in numbers: what stands before the first of these, then the numbers in each
    place and what stands behind it."""
    pieces = [re.split(r"(\d+)", name) for name in names]
    if len({tuple(found[::2]) for found in pieces}) > 1:
        return None
    prefix, rest = pieces[0][0], list[tuple[tuple[int, ...], str]]()
    for place in range(1, len(pieces[0]), 2):
        texts, behind = [found[place] for found in pieces], pieces[0][place + 1]
        if len(set(texts)) > 1:
            if any(str(int(text)) != text for text in texts):
                return None
            rest.append((tuple(map(int, texts)), behind))
        elif rest:
            rest[-1] = (rest[-1][0], rest[-1][1] + texts[0] + behind)
        else:
            prefix += texts[0] + behind
    return prefix, tuple(rest)


def merge_orders(orders: Iterable[tuple[str, ...]]) -> list[str]:
    """One order of all names that keeps to each of the given ones as far as they agree."""
    merged: list[str] = []
    for order in orders:
        for index, name in enumerate(order):
            if name not in merged:
                later = [merged.index(other) for other in order[index:] if other in merged]
                merged.insert(min(later, default=len(merged)), name)
    return merged
