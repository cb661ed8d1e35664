"""The values of numbers, shapes, strings and docstrings in a text."""

import re
from decimal import Decimal
from inspect import cleandoc

from archdsl.syntax import mistakes
from archdsl.syntax.quotes import ESCAPES

MAX_DIGITS = 30

_FACTORS = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_SURROGATES = range(0xD800, 0xE000)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)


def number(text: str) -> int | float:
    """`11_689_512`, `1e-5`, `25.6M`: a whole number of thousands or millions stays an int."""
    digits = text.replace("_", "")
    if len(digits) > MAX_DIGITS:
        raise mistakes.too_many_digits(MAX_DIGITS, len(digits))
    if digits[-1] in _FACTORS:
        scaled = Decimal(digits[:-1]) * _FACTORS[digits[-1]]
        return int(scaled) if scaled == int(scaled) else float(scaled)
    if digits.isdigit():
        return int(digits)
    value = float(digits)
    if value == float("inf"):
        raise mistakes.number_too_large()
    return value


def shape(text: str) -> tuple[int, ...]:
    """`3x224x224`."""
    sizes = text.split("x")
    if len(sizes) > MAX_DIGITS or any(len(size) > MAX_DIGITS for size in sizes):
        raise mistakes.shape_too_large(MAX_DIGITS)
    dims = tuple(int(size) for size in sizes)
    if 0 in dims:
        raise mistakes.size_of_zero()
    return dims


def string(text: str) -> str:
    """The value of a quoted string."""
    return _ESCAPE.sub(_unescape, text[1:-1])


def docstring(text: str) -> str:
    """A docstring's text without its quotes, its indentation and the blanks at its lines' ends;
    backslashes stand for themselves."""
    return cleandoc("\n".join(line.rstrip() for line in text[3:-3].split("\n")))


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if code:
        return _character(match[0], int(code, 16))
    if match[3] not in ESCAPES:
        raise mistakes.no_escape(match[3])
    return ESCAPES[match[3]]


def _character(escape: str, number: int) -> str:
    if number in _SURROGATES:
        raise mistakes.half_a_pair(escape)
    return chr(number)
