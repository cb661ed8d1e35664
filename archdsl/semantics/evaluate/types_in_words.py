"""The types of arguments in words of a sentence."""

from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin


@cache
def words_of(annotation: Any) -> tuple[str, ...]:
    """The words among a type's alternatives, in order."""
    if get_origin(annotation) is Literal:
        return tuple(w for w in get_args(annotation) if isinstance(w, str))
    return tuple(w for part in get_args(annotation) for w in words_of(part))


def _many(annotation: Any) -> str:
    """The plural of a type in words: "whole numbers"."""
    if get_origin(annotation) is Annotated:
        return _many(get_args(annotation)[0])
    plurals = {int: "whole numbers", float: "numbers", bool: "true and false", str: "strings"}
    return plurals.get(annotation, "values")


def describe(annotation: Any) -> str:
    """A type in words: "a whole number or a tuple of whole numbers"."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return describe(get_args(annotation)[0])
    if origin is Literal:
        return "one of " + ", ".join(str(w) for w in get_args(annotation))
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(describe(part) for part in get_args(annotation)))
    if origin is tuple:
        parts = [p for p in get_args(annotation) if p is not Ellipsis]
        return f"a tuple of {_many(parts[0])}" if parts else "a tuple"
    plain = {int: "a whole number", float: "a number", bool: "true or false", str: "a string"}
    return plain.get(annotation, "none" if annotation in (None, type(None)) else "a value")
