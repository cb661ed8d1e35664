"""The calls of one step in all instances, laid over each other."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from archdsl.ir.code import Call, Code, In, Infix, List, Name
from archdsl.ir.graph import Mark, Scope
from archdsl.ir.measured import Place, argument, measured, with_measured
from archdsl.ir.written import Written, written_arguments
from archdsl.ops.base import OpFamily
from archdsl.ops.registry import ops
from archdsl.syntax import tree
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import identical, transform
from archdsl.transforms.classes.input_facts import fact_names
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

    def signature(self, cls: str) -> tuple[plan.Parameter, ...]: ...

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

    def forward(self, column: Column) -> Any:
        """The same of what `forward` runs, where holes for sizes of the moment are holes even if
        all occurrences have the same."""
        first = next(iter(self.sites.values()))
        places = measured(first.scope, first.step)
        if not places:
            return self.unify(column, "")
        marks = {place: Name(f"measured.{k}") for k, place in enumerate(places)}
        marked = {
            occ: with_measured(code, self.sites[occ].step, marks, marks.__getitem__)
            for occ, code in column.items()
        }
        holes = {mark: self._measured(place, places[place]) for place, mark in marks.items()}
        return transform(
            self.unify(marked, ""),
            lambda part: holes.get(part, part) if isinstance(part, Name) else part,
        )

    def _measured(self, place: Place, written: tree.Expr) -> Any:
        values = tuple((occ, argument(site.step, place)) for occ, site in self.sites.items())
        hole = self.aligner.hole(values, place[0], self.owner, (written,), 1, partial=True)
        return replace(hole, measured=True)

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
        if kinds <= {Name, plan.Maker} or not any(
            isinstance(value, Struct) for value in column.values()
        ):
            return self._hole(column, hint)
        if kinds == {List} and _are_rows(column.values()):
            return self._hole({occ: row.items for occ, row in column.items()}, "numbers")
        if kinds == {List, Infix}:
            return self.unify({occ: _times(value) for occ, value in column.items()}, hint)
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
            longest: tuple[Any, ...] = max(column.values(), key=len)
            if any(value != longest[: len(value)] for value in column.values()) or not all(
                isinstance(part, In) for part in longest
            ):
                raise self.aligner.mismatch("different numbers of parts")
            return longest  # branches of a merge, whose data flow tells how many there are
        size = len(next(iter(column.values())))
        return tuple(
            self.unify({occ: value[i] for occ, value in column.items()}, hint) for i in range(size)
        )

    def _news(self, column: Column) -> plan.New | plan.Make:
        calls: dict[Occurrence, plan.New] = dict(column)
        first = next(iter(calls.values()))
        made = self._made(calls)
        if made is not None:
            return made
        if any(call.cls != first.cls for call in calls.values()):
            raise self.aligner.mismatch("different classes")
        arguments = tuple((name, self._given(calls, name)) for name, _ in first.arguments)
        return plan.New(first.cls, arguments)

    def _made(self, calls: Mapping[Occurrence, plan.New]) -> plan.Make | None:
        """A call of a block that is an argument, with what the source gives it there, and the sizes
        that come in; the rest it was given before. None where it is the same block throughout."""
        hint = self._parameter()
        if hint is None:
            return None
        classes = dict.fromkeys(call.cls for call in calls.values())
        signatures = {cls: self.aligner.signature(cls) for cls in classes}
        common = set.intersection(*({p.name for p in s} for s in signatures.values()))
        given = {occ: self._given_here(occ, call, hint, common) for occ, call in calls.items()}
        names = next(iter(given.values()))
        if any(set(other) != set(names) for other in given.values()):
            return None
        makers = {occ: _maker(c, given[occ], signatures[c.cls]) for occ, c in calls.items()}
        if len(set(makers.values())) == 1:
            return None
        arguments = tuple((name, self._given(calls, name)) for name in names)
        shared = _shared_signature(list(signatures.values()), names)
        return plan.Make(self._hole(makers, hint), arguments, *shared)

    def _parameter(self) -> str | None:
        """The parameter of the definition that is called here, if it is one."""
        definition = self.aligner.contexts[0].definition
        known = {p.name.id for p in definition.parameters} if definition else set[str]()
        called = map(_called, next(iter(self.sites.values())).step.trail)
        return next((name for name in called if name in known), None)

    def _given_here(
        self, occ: Occurrence, call: plan.New, parameter: str, common: set[str]
    ) -> tuple[str, ...]:
        """The arguments of a class that a call of the parameter gives, sizes that come in, and what
        all classes have that is no parameter of the block."""
        site = self.sites[occ]
        target = site.step.target
        assert isinstance(target, Scope)
        own = {name for name, _ in target.arguments}
        here = {*fact_names(target).values()} - own
        if _called(site.step.trail[-1]) == parameter:
            here |= {name for name, _ in _arguments(site)}
        here |= common - own
        return tuple(name for name, _ in call.arguments if name in here)

    def _given(self, calls: Mapping[Occurrence, plan.New], name: str) -> Any:
        """An argument of a class, as the instances have it that make something of it."""
        column = {o: dict(c.arguments)[name] for o, c in calls.items() if name not in c.idle}
        column = column or {o: dict(c.arguments)[name] for o, c in calls.items()}
        makers = {occ: value for occ, value in column.items() if isinstance(value, plan.Maker)}
        if len(makers) == len(column):
            return self._class_given(makers, name)
        return self._hole(column, name)

    def _class_given(self, column: Mapping[Occurrence, plan.Maker], name: str) -> Any:
        """A class that is an argument; where it is one class, with what is known of its own."""
        classes = {maker.cls for maker in column.values()}
        if len(classes) > 1 or len(set(column.values())) == 1:
            return self._hole(column, name)
        cls = classes.pop()
        if next(iter(column.values())).is_module:
            return self._module_given(column, name)
        defaults = {p.name: p.default for p in self.aligner.signature(cls)}
        rows = {occ: dict(maker.arguments) for occ, maker in column.items()}
        bound = [n for n in defaults if any(n in row for row in rows.values())]
        written = self._given_to(name)
        return plan.Maker(
            cls,
            tuple(
                (n, self._hole({o: r.get(n, defaults[n]) for o, r in rows.items()}, n, written))
                for n in bound
            ),
        )

    def _module_given(self, column: Mapping[Occurrence, plan.Maker], name: str) -> Any:
        """A module of PyTorch that is an argument, with what is known of its own."""
        rows = {occ: dict(maker.arguments) for occ, maker in column.items()}
        first, written = next(iter(column.values())), self._given_to(name)
        if any(list(row) != list(dict(first.arguments)) for row in rows.values()):
            return self._hole(column, name)
        bound = ((n, {o: row[n] for o, row in rows.items()}) for n, _ in first.arguments)
        return plan.Maker(first.cls, tuple((n, self._hole(c, n, written)) for n, c in bound))

    def _given_to(self, name: str) -> Written:
        """The arguments that the source gives to the block or op that is given under this name."""
        block = dict(self.written).get(name)
        if not isinstance(block, tree.Call) or not isinstance(block.callee, tree.Name):
            return ()
        op = ops().get(block.callee.id)
        words = iter(op.positional if op is not None else ())
        given = block.arguments
        named = ((next(words, "") if a.name is None else a.name.id, a.value) for a in given)
        return tuple((word, value) for word, value in named if word)

    def _calls(self, column: Column) -> Call:
        calls: dict[Occurrence, Call] = dict(column)
        first = next(iter(calls.values()))
        given = self._given_module(calls)
        if given is not None:
            return given
        if len({len(call.args) for call in calls.values()}) > 1:
            raise self.aligner.mismatch("different numbers of arguments")
        args = tuple(self._argument(calls, i) for i in range(len(first.args)))
        self.place = 0
        keys = self._keys([tuple(key for key, _ in call.kwargs) for call in calls.values()])
        kwargs = tuple(
            (key, self.unify({o: self._keyword(o, c, key) for o, c in calls.items()}, key))
            for key in keys
        )
        return Call(self._function(calls), args, kwargs)

    def _given_module(self, calls: Mapping[Occurrence, Call]) -> Call | None:
        """The call of a module that a parameter gives, where not all uses give it the same
        arguments, which it has from there: `partial(nn.LeakyReLU, negative_slope=0.1)`."""
        own = {occ: self._own_arguments(occ, call) for occ, call in calls.items()}
        if not self._is_given() or len(set(own.values())) == 1 or None in own.values():
            return None
        makers = {
            occ: plan.Maker(str(call.func), own[occ] or ()) if own[occ] else Name(str(call.func))
            for occ, call in calls.items()
        }
        rests = {
            tuple((key, value) for key, value in call.kwargs if key not in dict(own[occ] or ()))
            for occ, call in calls.items()
        }
        if len(rests) > 1:
            raise self.aligner.mismatch("different arguments")
        said = self._said(str(next(iter(calls.values())).func))
        return Call(self._hole(makers, said, self._named()), (), rests.pop())

    def _own_arguments(self, occ: Occurrence, call: Call) -> tuple[tuple[str, Code], ...] | None:
        """The arguments of a module that are its op's, and that PyTorch calls the same; None for a
        step whose module has others. That it works in place is no argument of its own."""
        site = self.sites[occ]
        op = site.step.target
        if isinstance(op, Scope) or op.weights(site.scope.types_of(site.step.inputs)):
            return None
        if not isinstance(call.func, str) or not call.func.startswith("nn."):
            return None
        if not call.args and not call.kwargs:
            return ()
        words = getattr(op, "positional", ())[: len(call.args)]
        known = getattr(op, "family", None) in BOUND
        if not known or tuple(getattr(op, word) for word in words) != call.args:
            return None
        kwargs = (pair for pair in call.kwargs if pair[0] != "inplace")
        return (*zip(words, call.args, strict=True), *kwargs)

    def _keys(self, orders: list[tuple[str, ...]]) -> list[str]:
        """All keywords, in the order of the op's arguments where each call has that."""
        known = list(getattr(next(iter(self.sites.values())).step.target, "arguments", ()))
        keys = merge_orders([*orders])
        whole = [key for key in known if key in keys]
        alike = all([key for key in whole if key in order] == [*order] for order in orders)
        return whole if alike else keys

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
        same = all(function == first for function in functions.values())
        if same and not (self.partial and first.startswith("nn.") and self._is_given()):
            return first
        modules = {
            o: Name(f) for o, f in functions.items() if isinstance(f, str) and f.startswith("nn.")
        }
        if len(modules) < len(functions):
            raise self.aligner.mismatch("different functions")
        return self._hole(modules, self._said(first), self._named() if self._is_given() else None)

    def _named(self) -> Written:
        """The name of a parameter that gives a step, as what it is."""
        marks = next(iter(self.sites.values())).step.trail
        nodes = [mark.node for mark in marks if isinstance(mark.node, tree.Name)]
        return tuple((node.id, node) for node in nodes[-1:])

    def _is_given(self) -> bool:
        """True where a parameter of the block gives a step."""
        definition = self.aligner.contexts[0].definition
        known = {p.name.id for p in definition.parameters} if definition else set[str]()
        return any(name in known for name, _ in self._named())

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
        size = len(order) if getattr(type(target), "size_last", False) else 0
        if len(first.args) == len(order) + 1:
            names = [name for name in (*order[:size], "", *order[size:])[index : index + 1] if name]
        for name in names:
            if all(
                identical(getattr(self.sites[o].step.target, name, MISSING), call.args[index])
                for o, call in calls.items()
            ):
                return name
        return "in" if index == size else "size"

    def _hole(self, column: Column, hint: str, written: Written | None = None) -> Any:
        """A place where the occurrences may differ; what is `written` may explain it, else what the
        call's own arguments say."""
        written = self.written if written is None else written
        meant = tuple(value for name, value in written if name == hint and hint)
        meant = meant or self._of_the_block_around(next(iter(column)), hint)
        likely: list[tree.Expr] = []
        others: list[tree.Expr] = []
        for place, (name, value) in enumerate(written, -len(written)):
            if name != hint:
                (likely if not name and place == self.place else others).append(value)
        classes = all(isinstance(value, Name | plan.Maker) for value in column.values())
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


def _times(row: Any) -> Any:
    """A list that is written once as one that is repeated: `[0.0] * 1`."""
    return Infix("*", (row, 1)) if isinstance(row, List) else row


def _called(mark: Mark) -> str | None:
    """The name that a mark of the source calls, or stands for."""
    callee = mark.node.callee if isinstance(mark.node, tree.Call) else mark.node
    return callee.id if isinstance(callee, tree.Name) else None


def _are_rows(lists: Iterable[List]) -> bool:
    """True for lists of numbers, not all of one length."""
    rows = [row.items for row in lists]
    numbers = all(type(number) in (int, float) for row in rows for number in row)
    return numbers and len(set(map(len, rows))) > 1


def _maker(
    call: plan.New, given: tuple[str, ...], signature: tuple[plan.Parameter, ...]
) -> plan.Maker:
    """The class of a call, with the arguments that are not given there and are no defaults."""
    defaults = {parameter.name: parameter.default for parameter in signature}
    bound = ((n, v) for n, v in call.arguments if n not in given)
    return plan.Maker(call.cls, tuple((n, v) for n, v in bound if not identical(v, defaults[n])))


BOUND = {OpFamily.ACTIVATION, OpFamily.POOLING, OpFamily.REGULARISATION}
BY_POSITION = 2  # this many arguments of a class stand without their names


def _shared_signature(
    signatures: list[tuple[plan.Parameter, ...]], names: tuple[str, ...]
) -> tuple[int, tuple[tuple[str, Code], ...]]:
    """The number of arguments that all classes take by position, and the defaults that all have."""
    leading = 0
    for row in zip(*signatures, strict=False):
        required = all(parameter.default is plan.Required.NO_DEFAULT for parameter in row)
        if (
            leading == BY_POSITION
            or not required
            or {p.name for p in row} != {*names[leading : leading + 1]}
        ):
            break
        leading += 1
    known = [{p.name: p.default for p in signature} for signature in signatures]
    defaults = {
        name: value
        for name, value in known[0].items()
        if name in names and not isinstance(value, plan.Required)
        if all(identical(other[name], value) for other in known)
    }
    return leading, tuple(defaults.items())


def _arguments(site: Site) -> Written:
    return written_arguments(site.scope, site.step)


def split_name(
    names: tuple[str, ...],
) -> tuple[str, tuple[tuple[tuple[int, ...], str], ...]] | None:
    """Names that differ in numbers: what stands before the first of these, then the numbers in each
    place and what stands behind it."""
    pieces = [re.split(r"(\d+)", name) for name in names]
    if len({tuple(piece[::2]) for piece in pieces}) > 1:
        return None
    prefix, rest = pieces[0][0], list[tuple[tuple[int, ...], str]]()
    for place in range(1, len(pieces[0]), 2):
        texts, behind = [piece[place] for piece in pieces], pieces[0][place + 1]
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
