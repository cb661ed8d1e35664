"""Arithmetic and comparison on compile-time values, as Python has them, within limits."""

import math
from collections.abc import Callable
from itertools import cycle, islice
from operator import add, floordiv, mod, mul, sub, truediv

from archdsl.semantics.evaluate import mistakes
from archdsl.semantics.evaluate.functions import bounded, number, sequence
from archdsl.semantics.limits import LIMITS
from archdsl.semantics.values import PLAIN, is_recipe, show


def arithmetic(op: str, left: object, right: object) -> object:
    if type(left) is int and type(right) is int and op in _EXACT:
        return _EXACT[op](left, right)
    if isinstance(left, tuple) or isinstance(right, tuple):
        return _tuple_arithmetic(op, left, right)
    if isinstance(left, str) and isinstance(right, str) and op == "+":
        if len(left) + len(right) > LIMITS.items:
            raise mistakes.string_too_long(LIMITS.items)
        return left + right
    a, b = number(left, f"`{op}`"), number(right, f"`{op}`")
    if op in ("/", "//", "%") and b == 0:
        raise mistakes.division_by_zero(f"{show(left)} {op} 0")
    if op == "**":
        return _power(a, b)
    try:
        return _OPERATORS[op](a, b)
    except OverflowError:
        raise mistakes.too_large() from None


def _power(a: int | float, b: int | float) -> object:
    if isinstance(a, int) and isinstance(b, int) and b > 0 and abs(a) > 1:
        if b * math.log10(abs(a)) > LIMITS.digits + 1:
            raise mistakes.too_many_digits(LIMITS.digits)
        return a**b
    try:
        result = (
            float(a) ** b if not (isinstance(a, int) and isinstance(b, int) and b >= 0) else a**b
        )
    except OverflowError:
        raise mistakes.too_large() from None
    except ZeroDivisionError:
        raise mistakes.division_by_zero(f"{a} ** {b}") from None
    if isinstance(result, complex):
        raise mistakes.not_real(f"({a}) ** {b}")
    return result


def _tuple_arithmetic(op: str, left: object, right: object) -> object:
    if op == "+" and isinstance(left, tuple) and isinstance(right, tuple):
        return bounded(iter(left + right))
    if op == "*" and isinstance(left, tuple) and isinstance(right, int):
        copies = min(max(right, 0), LIMITS.items + 1)
        return bounded(islice(cycle(left), len(left) * copies))
    raise mistakes.not_between(op, left, right)


_EXACT: dict[str, Callable[[int, int], int]] = {"+": add, "-": sub, "*": mul}
_OPERATORS: dict[str, Callable[[int | float, int | float], int | float]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": truediv,
    "//": floordiv,
    "%": mod,
}


def _equal(left: object, right: object) -> bool:
    """`true` is not `1`; blocks are equal where they are the same one without arguments."""
    if type(left) in PLAIN and type(right) in PLAIN:
        return left == right and (type(left) is bool) == (type(right) is bool)
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(_equal, left, right))
    for value in (left, right):
        if is_recipe(value) and None not in (left, right):
            raise mistakes.not_comparable(value)
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def compared(op: str, left: object, right: object) -> bool:
    match op:
        case "==":
            return _equal(left, right)
        case "!=":
            return not compared("==", left, right)
        case "in":
            return any(compared("==", left, item) for item in sequence(right, "`in`"))
        case "not in":
            return not compared("in", left, right)
    if isinstance(left, tuple) and isinstance(right, tuple):
        a = tuple(number(v, f"`{op}`") for v in left)
        b = tuple(number(v, f"`{op}`") for v in right)
    else:
        a, b = (number(left, f"`{op}`"),), (number(right, f"`{op}`"),)
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]
