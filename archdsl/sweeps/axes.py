"""The values that a parameter is to have, and the grid of all combinations.

`1,2,3` lists values as the language writes them; `0.5:2:0.25` counts from 0.5 to 2 by 0.25, the
end included; both may be mixed.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from math import prod

from archdsl.driver import Misuse
from archdsl.semantics.limits import LIMITS

MOST = 1_000_000  # variants of one sweep

SMALLEST = -300  # decimal exponent of a number in a range: floats end soon after

Axes = tuple[tuple[str, tuple[str, ...]], ...]

_OPEN, _CLOSE, _QUOTES = "([{", ")]}", "\"'"


def read_axes(given: Mapping[str, str | Sequence[object]]) -> Axes:
    """Each parameter with the texts of its values; raises `Misuse` for a text that is no list."""
    axes = tuple((name, tuple(dict.fromkeys(_texts(name, v)))) for name, v in given.items())
    total = prod(len(values) for _, values in axes)
    if total > MOST:
        raise Misuse(f"this makes {total:,} variants, and {MOST:,} is the most of one sweep")
    return axes


def size(axes: Axes) -> int:
    """The number of variants."""
    return prod(len(values) for _, values in axes)


def combination(axes: Axes, number: int) -> dict[str, str]:
    """The parameters of a variant, counted from 0; the last axis turns fastest."""
    values_by_name: dict[str, str] = {}
    for name, values in reversed(axes):
        number, index = divmod(number, len(values))
        values_by_name[name] = values[index]
    return {name: values_by_name[name] for name, _ in axes}


def _texts(name: str, given: str | Sequence[object]) -> Iterator[str]:
    if not isinstance(given, str):
        values = [_text(value) for value in given]
    else:
        values = [text for item in _split(given, ",") for text in _item(name, item.strip())]
    if not values:
        raise Misuse(f"parameter `{name}` is given no value to take")
    yield from values


def _text(value: object) -> str:
    """A Python value as the language writes it; a string is in the language's words already."""
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return f"({''.join(f'{_text(item)}, ' for item in value).rstrip(' ')})"
    return str(value)


def _item(name: str, item: str) -> Iterator[str]:
    """One value, or those that a range counts."""
    bounds = [bound.strip() for bound in _split(item, ":")]
    if not item:
        raise Misuse(f"parameter `{name}`: between two commas there is no value")
    if len(bounds) == 1:
        yield item
        return
    try:
        start, stop, step = map(Decimal, bounds if len(bounds) == 3 else (*bounds, "1"))
    except (InvalidOperation, ValueError):
        raise Misuse(f"parameter `{name}`: a range is START:STOP or START:STOP:STEP") from None
    yield from _range(name, start, stop, step)


def _range(name: str, start: Decimal, stop: Decimal, step: Decimal) -> Iterator[str]:
    for number in (start, stop, step):
        if not number.is_finite():
            raise Misuse(f"parameter `{name}`: a range is made of numbers")
        if number and not SMALLEST <= number.adjusted() < LIMITS.digits:
            raise Misuse(f"parameter `{name}`: {number} is beyond what a range can count")
    if step == 0 or (stop - start) * step < 0:
        raise Misuse(f"parameter `{name}`: steps of {step} never lead from {start} to {stop}")
    steps = (stop - start) / step
    if steps >= MOST:
        raise Misuse(f"parameter `{name}`: a range of more than {MOST:,} values is too long")
    count = int(steps) + 1
    whole = all(number == number.to_integral_value() for number in (start, step))
    for index in range(count):
        number = start + index * step
        yield str(int(number)) if whole else str(float(number))


def _split(text: str, separator: str) -> Iterator[str]:
    """The parts between separators that stand in no bracket and no string."""
    depth, quote, begin = 0, "", 0
    for place, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in _QUOTES:
            quote = character
        elif character in _OPEN:
            depth += 1
        elif character in _CLOSE:
            depth -= 1
        elif character == separator and depth == 0:
            yield text[begin:place]
            begin = place + 1
    yield text[begin:]
