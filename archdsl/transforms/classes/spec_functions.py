"""The functions of the spec that classes call: which ones, their names in the file, their types."""

import builtins
from collections.abc import Iterable, Mapping
from functools import reduce
from itertools import chain, count
from typing import Any

from archdsl.ir.code import Call, Code, Index, Infix, Name
from archdsl.ir.graph import Function
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import (
    body_of,
    defaults_of,
    free_in_init,
    names_in,
    parts_of,
    transform,
)

ANY = "Any"
WHOLE = {"int", "len", "round", "math.floor", "math.ceil"}  # what gives a whole number
Kinds = Mapping[str, str]  # the types of names, as annotations


def with_functions(
    classes: tuple[plan.ClassPlan, ...], taken: Iterable[str]
) -> tuple[tuple[plan.FunctionPlan, ...], tuple[plan.ClassPlan, ...]]:
    """The functions, those that others call before them, and the classes that call them by name;
    none is called like what is `taken` or like anything in the classes."""
    called = tuple(_called(classes))
    if not called:
        return (), classes
    names = _named(called, {*taken, *_names(classes)})
    types = _Types(classes, called)
    plans = tuple(_planned(function, names, types) for function in called)
    return plans, tuple(_by_name(cls, names) for cls in classes)


def _called(code: object) -> dict[Function, None]:
    """The functions in an expression and in one another, inner ones first."""
    called: dict[Function, None] = {}
    for part in parts_of(code):
        if isinstance(part, plan.Computed) and part.function not in called:
            inner = _called((body_of(part.function), tuple(defaults_of(part.function).values())))
            called |= dict.fromkeys(f for f in inner if f not in called)
            called.setdefault(part.function)
    return called


def _named(functions: tuple[Function, ...], taken: set[str]) -> dict[Function, str]:
    names: dict[Function, str] = {}
    for function in functions:
        word = function.declaration.name.id
        word = word.lstrip("_") or "function" if word.startswith("__") else word
        wishes = chain((word,), (f"{word}_{number}" for number in count(2)))
        names[function] = next(
            wish for wish in wishes if wish not in taken and may_be_function(wish)
        )
        taken.add(names[function])
    return names


def may_be_function(name: str) -> bool:
    """True where a function of the file may have this name: nothing of Python's is hidden."""
    return free_in_init(name) and not hasattr(builtins, name)


def _names(classes: tuple[plan.ClassPlan, ...]) -> set[str]:
    """The names of the classes and of everything in them."""
    names: set[str] = set()
    for cls in classes:
        names |= {cls.name, *cls.inputs, *(parameter.name for parameter in cls.parameters)}
        names |= names_in((cls.construction, cls.items, cls.stored, cls.names))
        names |= {name for name, _ in cls.names}
        for loop in plan.loops((*cls.construction, *cls.items)):
            names |= {loop.variable, *loop.elements}
    return names


def _by_name(code: Any, names: Mapping[Function, str]) -> Any:
    """The same with each function called by its name in the file."""

    def change(part: object) -> object:
        if not isinstance(part, plan.Computed):
            return part
        order = [p.name.id for p in part.function.declaration.parameters]
        given = {name: _by_name(value, names) for name, value in part.arguments}
        first = [given.pop(name) for name in _leading(order, given)]
        return Call(names[part.function], tuple(first), tuple(given.items()))

    return transform(code, change)


def _leading(order: list[str], given: Mapping[str, Code]) -> list[str]:
    """The parameters that are given without a gap before them."""
    end = next((k for k, name in enumerate(order) if name not in given), len(order))
    return order[:end]


def _planned(
    function: Function, names: Mapping[Function, str], types: "_Types"
) -> plan.FunctionPlan:
    kinds = types.parameters[function]
    defaults = defaults_of(function)
    parameters = tuple(
        plan.Parameter(name, kind, _by_name(defaults.get(name, plan.Required.NO_DEFAULT), names))
        for name, kind in kinds.items()
    )
    returns = types.of(body_of(function), kinds)
    return plan.FunctionPlan(
        names[function], parameters, returns, _by_name(body_of(function), names)
    )


class _Types:
    """The types of functions' parameters, from what they are called with."""

    def __init__(
        self, classes: tuple[plan.ClassPlan, ...], functions: tuple[Function, ...]
    ) -> None:
        self.parameters: dict[Function, dict[str, str]] = {}
        for cls in classes:
            kinds = {p.name: p.annotation for p in cls.parameters}
            for name, value in cls.names:
                self._see(value, kinds)
                kinds[name] = self.of(value, kinds)
            for part in parts_of(cls.construction):
                if isinstance(part, plan.Loop):
                    kinds |= self._looped(part, kinds)
            self._see((cls.construction, cls.items, cls.stored), kinds)
        for function in reversed(functions):  # callers first
            given = self.parameters.setdefault(function, {})
            defaults = defaults_of(function)
            order = [p.name.id for p in function.declaration.parameters]
            own = {
                n: _both(given.get(n, ""), self.of(defaults[n], {}) if n in defaults else "")
                for n in order
            }
            self.parameters[function] = own
            self._see(body_of(function), own)

    def _see(self, code: object, kinds: Kinds) -> None:
        """Notes what the functions in an expression are called with."""
        for part in parts_of(code):
            if isinstance(part, plan.Computed):
                known = self.parameters.setdefault(part.function, {})
                for name, value in part.arguments:
                    known[name] = _both(known.get(name, ""), self.of(value, kinds))

    def _looped(self, loop: plan.Loop, kinds: Kinds) -> Kinds:
        """The types of a loop's variables."""
        counting = dict.fromkeys((loop.variable, *(size.name for size in loop.running)), "int")
        if isinstance(loop.source, Call) and loop.source.func == "zip":
            types = [_element(self.of(row, kinds)) for row in loop.source.args]
        else:
            types = [_element(self.of(loop.source, kinds))]
        if len(loop.elements) > len(types):
            types = _items(types[0])
        return counting | dict(zip(loop.elements, types, strict=False))

    def of(self, code: Code, kinds: Kinds) -> str:
        """The type of an expression's value, `Any` where that cannot be told."""
        match code:
            case bool() | int() | float() | str():
                return type(code).__name__
            case Name():
                return kinds.get(code.text, ANY)
            case Infix(op="and" | "or" | "<" | "<=" | ">" | ">=" | "==" | "!=" | "is" | "is not"):
                return "bool"
            case Infix(op="/"):
                return "float"
            case Infix():
                return self._sum(tuple(self.of(operand, kinds) for operand in code.operands))
            case plan.Unary():
                return "bool" if code.op == "not" else self.of(code.operand, kinds)
            case plan.IfElse():
                return _both(self.of(code.then, kinds), self.of(code.otherwise, kinds))
            case Call(func=str() as function) if function in WHOLE and len(code.args) == 1:
                return "int"
            case Call(func="min" | "max" | "abs" | "round" | "sum") if code.args:
                types = [self.of(a, kinds) for a in code.args]
                return self._sum(tuple(_element(k) if len(types) == 1 else k for k in types))
            case Call(func="float" | "math.sqrt" | "math.log2"):
                return "float"
            case plan.Computed():
                own = {p: self.of(v, kinds) for p, v in code.arguments}
                left = defaults_of(code.function)
                own |= {p: self.of(v, {}) for p, v in left.items() if p not in own}
                return self.of(body_of(code.function), own)
            case plan.Comprehension():
                return f"tuple[{self.of(code.element, self._inside(code, kinds))}, ...]"
            case tuple():
                return f"tuple[{', '.join(self.of(item, kinds) for item in code) or '()'}]"
            case Index(value=value, items=(int() as place,)):
                return _item(self.of(value, kinds), place)
        return ANY

    def _inside(self, code: plan.Comprehension, kinds: Kinds) -> Kinds:
        match code.iterable, code.targets:
            case Call(func="range"), (name,):
                return {**kinds, name: "int"}
            case Call(func="enumerate", args=(over, *_)), (index, name):
                return {**kinds, index: "int", name: _element(self.of(over, kinds))}
            case over, (name,):
                return {**kinds, name: _element(self.of(over, kinds))}
        return kinds

    def _sum(self, kinds: tuple[str, ...]) -> str:
        known = set(kinds)
        if known <= {"int", "bool"}:
            return "int"
        return "float" if known <= {"int", "float", "bool"} else ANY


def _both(one: str, other: str) -> str:
    """A type for both; that of no value is empty."""
    if not one or not other or one == other:
        return one or other
    rows = _items(one), _items(other)
    if rows[0] and len(rows[0]) == len(rows[1]) and "..." not in one + other:
        return f"tuple[{', '.join(map(_both, *rows))}]"
    if {one, other} == {"int", "bool"}:
        return "int"
    return "float" if {one, other} <= {"int", "float", "bool"} else ANY


def _element(kind: str) -> str:
    """The type of what a tuple holds."""
    items = _items(kind)
    return reduce(_both, items) if items else ANY


def _item(kind: str, place: int) -> str:
    """The type of what a tuple holds in one place."""
    items = _items(kind)
    alike = kind.endswith(", ...]") or not -len(items) <= place < len(items)
    return _element(kind) if alike else items[place]


def _items(kind: str) -> list[str]:
    """The types in the brackets of a tuple's type."""
    if not kind.startswith("tuple[") or kind == "tuple[()]":
        return []
    types, depth = [""], 0
    for sign in kind[len("tuple[") : -1]:
        depth += (sign == "[") - (sign == "]")
        if sign == "," and not depth:
            types.append("")
        else:
            types[-1] += sign
    return [item.strip() for item in types if item.strip() != "..."]
