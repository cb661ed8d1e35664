"""What the expressions of one class may mention: its parameters, its input, loop variables."""

from collections.abc import Iterator, Mapping
from keyword import iskeyword
from typing import Any

from archdsl.ir.code import Call, Code, Infix, Name
from archdsl.ir.graph import Scope
from archdsl.syntax import tree
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import (
    BUILTINS,
    Unknown,
    evaluate,
    identical,
    names_in,
    simplify,
    translate,
)
from archdsl.transforms.classes.proto import Hole, Occurrence

TAKEN = frozenset({*BUILTINS, "F", "Tensor", "list", "nn", "range", "self", "super", "torch"})
FACTS = {
    1: {"channels": "in_features"},
    2: {"channels": "in_channels", "length": "length"},
    3: {"channels": "in_channels", "height": "height", "width": "width"},
    4: {"channels": "in_channels", "depth": "depth", "height": "height", "width": "width"},
}


def legal(name: str) -> bool:
    """Whether a parameter or variable of `__init__` may be called so."""
    return name.isidentifier() and not iskeyword(name) and name not in TAKEN


class Context:
    """The parameters of a class in the making, with their values in every instance."""

    def __init__(self, scopes: tuple[Scope, ...]) -> None:
        self.scopes = scopes
        self._arguments = self._varying([dict(scope.arguments) for scope in scopes])
        facts = [_facts(scope) for scope in scopes]
        self._fact_names = {
            fact: name for fact in facts[0] for name in [_fact_name(scopes[0], fact)]
        }
        self._facts = self._varying(
            [
                {self._fact_names[f]: v for f, v in found.items() if f in self._fact_names}
                for found in facts
            ]
        )
        for name in self._arguments:
            self._facts.pop(name, None)
        self._fresh: dict[str, list[Any]] = {}
        self._lets = _lets(scopes[0])
        self._resolving: set[str] = set()
        self._named: dict[str, Code] = {}

    def _varying(self, found: list[dict[str, Any]]) -> dict[str, list[Any]]:
        """The names that all instances have with values that are not all the same."""
        columns = {}
        for name in found[0]:
            if all(name in values for values in found):
                column = [values[name] for values in found]
                if not _same(column) and legal(name):
                    columns[name] = column
        return columns

    # --- for guesses -------------------------------------------------------------------------

    def parameters(self) -> Iterator[Name]:
        yield from (Name(name) for name in (*self._arguments, *self._fresh))

    def facts(self) -> Iterator[Name]:
        yield from (Name(name) for name in self._facts)

    def is_number(self, name: str) -> bool:
        return all(type(value) is int for value in self.column(name))

    def column(self, name: str) -> list[Any]:
        for room in (self._arguments, self._facts, self._fresh):
            if name in room:
                return room[name]
        raise KeyError(name)

    def values(self, occ: Occurrence) -> Mapping[str, Any]:
        """Every name that an emitted expression may read, in one occurrence."""
        found = self._of(occ.instance)
        found.update(occ.names)
        return found

    def _of(self, instance: int) -> dict[str, Any]:
        """Every name's value in one instance, loops aside."""
        known = dict(self.scopes[instance].values)
        found = {name: known[name] for name in self._named}
        for room in (self._fresh, self._facts, self._arguments):
            found.update((name, column[instance]) for name, column in room.items())
        return found

    def resolve(self, name: str, hole: Hole) -> Code:
        """What a name of the source stands for in the class: a literal where it never varies."""
        if name in hole.variables:
            return Name(name)
        if name in self._arguments or name in self._facts:
            return Name(name)
        if (fact := self._fact_names.get(name)) is not None:
            return self._fact(fact, name, hole)
        constant = self._constant(name, hole)
        if constant is not None:
            return constant[0]
        if name in self._lets and name not in self._resolving:
            return self._let(name, hole)
        raise Unknown

    def _fact(self, fact: str, source: str, hole: Hole) -> Code:
        if fact in self._facts:
            return Name(fact)
        values = [_facts(self.scopes[occ.instance])[source] for occ, _ in hole.column]
        if not _same(values):
            raise Unknown
        size: int = values[0]
        return size

    def _constant(self, name: str, hole: Hole) -> tuple[Code] | None:
        """The one value that a name has wherever the hole is, boxed."""
        values: list[Any] = []
        for occ, _ in hole.column:
            scope = self.scopes[occ.instance]
            known = {**dict(scope.values), **dict(scope.arguments), **dict(occ.names)}
            if name not in known:
                return None
            values.append(known[name])
        return (values[0],) if _same(values) and _plain(values[0]) else None

    def _let(self, name: str, hole: Hole) -> Code:
        if name in self._named:
            return Name(name)
        self._resolving.add(name)
        try:
            code = simplify(translate(self._lets[name], lambda n: self.resolve(n, hole)))
            return Name(name) if self._name(name, code) else code
        except Unknown:
            column = {
                o.instance: dict(self.scopes[o.instance].values).get(name) for o, _ in hole.column
            }
            if hole.loop is not None or not all(
                _plain(v) and v is not None for v in column.values()
            ):
                raise
            if not all(identical(column[o.instance], value) for o, value in hole.column):
                raise
            return self.add(column, name, "")
        finally:
            self._resolving.discard(name)

    def _name(self, name: str, code: Code) -> bool:
        """Keeps the user's name for a size, if it means the same throughout the class."""
        if (
            name in self._fresh
            or not legal(name)
            or not isinstance(code, Infix | Call | plan.IfElse)
        ):
            return False
        for instance, scope in enumerate(self.scopes):
            known = dict(scope.values)
            try:
                value = evaluate(code, self._of(instance))
            except Unknown:
                return False
            if name not in known or not identical(known[name], value):
                return False
        self._named[name] = code
        return True

    def named(self, code: object) -> tuple[tuple[str, Code], ...]:
        """The user's names that `code` reads, each with what it stands for; inner ones first."""
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
        self._fresh[name] = values
        return Name(name)

    def _free(self, hint: str, owner: str) -> str:
        owner = owner.rstrip("_")
        wishes = [f"{owner}_{hint}" if owner and hint else hint or owner]
        taken = {*self._arguments, *self._facts, *self._fresh, *self._named}
        wishes += [f"{wishes[0]}_{number}" for number in range(2, len(taken) + 3)]
        return next(wish for wish in wishes if wish not in taken and legal(wish))

    # --- the signature -----------------------------------------------------------------------

    def signature(self, used: set[str]) -> tuple[plan.Parameter, ...]:
        """The parameters that are read: of the input, the block's own, new ones; defaults last."""
        found = [self._parameter(name) for name in self._ordered(used)]
        required = [p for p in found if p.default is plan.Required.NO_DEFAULT]
        return (*required, *(p for p in found if p.default is not plan.Required.NO_DEFAULT))

    def arguments(self, instance: int, used: set[str]) -> dict[str, Any]:
        return {name: self.column(name)[instance] for name in self._ordered(used)}

    def _ordered(self, used: set[str]) -> list[str]:
        return [n for n in (*self._facts, *self._arguments, *self._fresh) if n in used]

    def _parameter(self, name: str) -> plan.Parameter:
        column = self.column(name)
        default: Code | plan.Required = plan.Required.NO_DEFAULT
        if name in self._arguments:
            default = _written_default(self.scopes[0], name, column)
        elif name in self._fresh:
            default = _usual(column)
        return plan.Parameter(name, annotation(column), default)


def _facts(scope: Scope) -> dict[str, Any]:
    """`input.channels` and its like by the source's name."""
    found: dict[str, Any] = {}
    names = ("input", *scope.input_names[1:])
    for name, type in zip(names, scope.inputs, strict=False):
        for fact, size in zip(FACTS.get(type.rank, {}), type.shape, strict=False):
            found[f"{name}.{fact}"] = size
    return found


def _fact_name(scope: Scope, fact: str) -> str:
    owner, word = fact.split(".")
    if owner == "input":
        return FACTS[scope.inputs[0].rank][word]
    return f"{owner}_{word}"


def _lets(scope: Scope) -> dict[str, tree.Expr]:
    """The definition's own names for expressions, wherever in its body."""
    found: dict[str, tree.Expr] = {}
    pending = list(scope.definition.body) if scope.definition else []
    while pending:
        match pending.pop(0):
            case tree.Let(targets=(target,), value=value):
                found.setdefault(target.id, value)
            case tree.For(body=body):
                pending[:0] = body
            case tree.If(arms=arms, otherwise=otherwise):
                pending[:0] = [s for _, body in arms for s in body] + list(otherwise)
            case tree.Flow(value=tree.Suite(body=body)):
                pending[:0] = body
    return found


def _written_default(scope: Scope, name: str, column: list[Any]) -> Code | plan.Required:
    """The block's own default, if it is a literal that some instance has."""
    for parameter in scope.definition.parameters if scope.definition else ():
        if parameter.name.id == name and parameter.default is not None:
            try:
                value: Code = evaluate(translate(parameter.default, _refuse), {})
            except Unknown:
                break
            if any(identical(value, used) for used in column):
                return value
    return plan.Required.NO_DEFAULT


def _refuse(name: str) -> Code:
    raise Unknown


def _usual(column: list[Any]) -> Code | plan.Required:
    """The value that more than half of the instances have, if it is one of few."""
    for value in column:
        same = sum(identical(value, other) for other in column)
        if same * 2 > len(column) or isinstance(value, Name):
            usual: Code = value
            return usual
    return False if isinstance(column[0], bool) else plan.Required.NO_DEFAULT


def annotation(column: list[Any]) -> str:
    """The Python type of a parameter with these values."""
    kinds = sorted({_kind(value) for value in column})
    if kinds == ["float", "int"]:
        return "float"
    if len(kinds) > 1 and all(kind.startswith("tuple[int") for kind in kinds):
        return "tuple[int, ...]"
    if "None" in kinds:
        kinds = [kind for kind in kinds if kind != "None"] + ["None"]
    return " | ".join(kinds)


def _kind(value: Any) -> str:
    match value:
        case None:
            return "None"
        case tuple():
            return f"tuple[{', '.join(_kind(item) for item in value) or '()'}]"
        case Name():
            return "type[nn.Module]"
    return type(value).__name__


def _same(values: list[Any]) -> bool:
    return all(identical(value, values[0]) for value in values)


def _plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_plain(item) for item in value)
    return value is None or isinstance(value, bool | int | float | str)
