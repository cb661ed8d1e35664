"""The built-in functions: pure, total, on plain values."""

import math
from collections.abc import Callable, Iterator
from itertools import islice

from msgspec import Struct

from archdsl.base.quantities import is_whole
from archdsl.semantics.evaluate import mistakes
from archdsl.semantics.limits import LIMITS


def number(value: object, where: str) -> int | float:
    if type(value) is int or type(value) is float:
        return value
    raise mistakes.not_a_number(where, value)


def sequence(value: object, where: str) -> tuple[object, ...]:
    if not isinstance(value, tuple):
        raise mistakes.not_a_tuple(where, value, counts=is_whole(value) and where == "a loop")
    return value


def bounded(items: Iterator[object]) -> tuple[object, ...]:
    """A tuple of what an iterator yields, or a refusal where that is too much."""
    first = tuple(islice(items, LIMITS.items + 1))
    if len(first) > LIMITS.items:
        raise mistakes.tuple_too_long(LIMITS.items)
    return first


def _range(*bounds: object) -> tuple[object, ...]:
    numbers = [_count(b, "`range`") for b in bounds]
    if len(numbers) == 3 and numbers[2] == 0:
        raise mistakes.steps_by_zero("`range`")
    return bounded(iter(range(*numbers)))


def _extreme(word: str, choose: Callable[..., object]) -> Callable[..., object]:
    def function(*values: object) -> object:
        items = sequence(values[0], f"`{word}`") if len(values) == 1 else values
        if not items:
            raise mistakes.no_value(word, "nothing")
        return choose([number(v, f"`{word}`") for v in items])

    return function


def _whole(word: str, convert: Callable[[float], int]) -> Callable[..., object]:
    def function(value: object) -> object:
        return convert(_finite(number(value, f"`{word}`"), word))

    return function


def _finite(value: int | float, word: str) -> int | float:
    if not math.isfinite(value):
        raise mistakes.no_value(word, value)
    return value


def _round(value: object, digits: object = None) -> object:
    rounded = _finite(number(value, "`round`"), "round")
    if digits is None:
        return round(rounded)
    places = _count(digits, "the number of digits of `round`")
    if abs(places) > LIMITS.digits:
        raise mistakes.rounds_too_far(LIMITS.digits, places)
    return round(rounded, places)


def _count(value: object, where: str) -> int:
    whole = number(value, where)
    if not isinstance(whole, int):
        raise mistakes.not_a_whole_number(where, whole)
    return whole


def _enumerate(value: object, start: object = 0) -> object:
    first = _count(start, "the start of `enumerate`")
    return tuple(enumerate(sequence(value, "`enumerate`"), first))


def _root(value: object) -> object:
    x = number(value, "`sqrt`")
    if x < 0:
        raise mistakes.not_real(f"`sqrt` of {x}")
    return math.sqrt(x)


def _log2(value: object) -> object:
    x = number(value, "`log2`")
    if x <= 0:
        raise mistakes.not_real(f"`log2` of {x}")
    return math.log2(x)


def _len(value: object) -> object:
    return len(value) if isinstance(value, str) else len(sequence(value, "`len`"))


def _sorted(value: object) -> object:
    return tuple(sorted(number(v, "`sorted`") for v in sequence(value, "`sorted`")))


def _zip(*values: object) -> object:
    columns = [sequence(v, "`zip`") for v in values]
    lengths = {len(c) for c in columns}
    if len(lengths) > 1:
        raise mistakes.lengths_differ(columns)
    return tuple(zip(*columns, strict=True))


def _sum(value: object) -> object:
    return sum(number(item, "`sum`") for item in sequence(value, "`sum`"))


class BuiltIn(Struct, frozen=True):
    """A function of the language, with the fewest and most arguments that it takes."""

    name: str
    call: Callable[..., object]
    fewest: int = 1
    most: int = 1


MANY = 100

FUNCTIONS: dict[str, BuiltIn] = {
    function.name: function
    for function in (
        BuiltIn("range", _range, most=3),
        BuiltIn("len", _len),
        BuiltIn("enumerate", _enumerate, most=2),
        BuiltIn("zip", _zip, most=MANY),
        BuiltIn("reversed", lambda v: sequence(v, "`reversed`")[::-1]),
        BuiltIn("sorted", _sorted),
        BuiltIn("min", _extreme("min", min), most=MANY),
        BuiltIn("max", _extreme("max", max), most=MANY),
        BuiltIn("sum", _sum),
        BuiltIn("round", _round, most=2),
        BuiltIn("floor", _whole("floor", math.floor)),
        BuiltIn("ceil", _whole("ceil", math.ceil)),
        BuiltIn("int", _whole("int", int)),
        BuiltIn("float", lambda v: float(number(v, "`float`"))),
        BuiltIn("abs", lambda v: abs(number(v, "`abs`"))),
        BuiltIn("sqrt", _root),
        BuiltIn("log2", _log2),
    )
}
