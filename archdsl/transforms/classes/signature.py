"""The types and defaults of a class's parameters, from the values that instances give them."""

from collections.abc import Iterable
from typing import Any

from archdsl.ir.code import Code, Name
from archdsl.ir.graph import Scope
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import NoValue, evaluate, identical, refuse, translate

MODULE = "type[nn.Module]"
MAKER = "Callable[..., nn.Module]"  # of which a class is one
LONG = 8  # a tuple of more has its type spelt with dots


def written_default(scope: Scope, name: str, column: list[Any]) -> Code | plan.Required:
    """The block's own default, if it is a literal that some instance has."""
    for parameter in scope.definition.parameters if scope.definition else ():
        if parameter.name.id == name and parameter.default is not None:
            try:
                value: Code = evaluate(translate(parameter.default, refuse), {})
            except NoValue:
                break
            if any(identical(value, used) for used in column):
                return value
    return plan.Required.NO_DEFAULT


def usual(column: list[Any]) -> Code | plan.Required:
    """The value that more than half of the instances have, if it is one of few; no block is."""
    for value in column:
        if isinstance(value, plan.Maker) and not value.is_module:
            continue
        same = sum(identical(value, other) for other in column)
        if same * 2 > len(column) or isinstance(value, Name | plan.Maker):
            common: Code = value
            return common
    return False if isinstance(column[0], bool) else plan.Required.NO_DEFAULT


def annotation(column: Iterable[Any]) -> str:
    """The Python type of a parameter with these values."""
    values = list(column)
    rows = [value for value in values if isinstance(value, tuple)]
    kinds = {_kind(value) for value in values if not isinstance(value, tuple)}
    return _union(kinds | {_kind_of_rows(rows)} if rows else kinds)


def _kind_of_rows(rows: list[tuple[Any, ...]]) -> str:
    lengths = {len(row) for row in rows}
    parts = [part for row in rows for part in row]
    rates = {type(part) for part in parts} == {float}  # cut from longer rows
    if len(lengths) == 1 and max(lengths) <= LONG and not rates:
        places = [*map(annotation, zip(*rows, strict=True))]
        mixed = len(places) > 1 and set(places) == {places[0]} and "|" in places[0]
        if not mixed:
            return f"tuple[{', '.join(places) or '()'}]"
    return f"tuple[{annotation(parts) or 'int'}, ...]"


def _kind(value: Any) -> str:
    match value:
        case None:
            return "None"
        case Name():
            return MODULE
        case plan.Maker():
            return MAKER
    return type(value).__name__


def _union(kinds: set[str]) -> str:
    if kinds == {"float", "int"}:
        return "float"
    if MAKER in kinds:
        kinds = kinds - {MODULE}
    rest = sorted(kinds - {"None"})
    return " | ".join([*rest, "None"] if "None" in kinds else rest)


def same(values: list[Any]) -> bool:
    """True where a value is the same throughout."""
    return all(identical(value, values[0]) for value in values)
