"""What the text of a number, a shape, a string or a docstring stands for."""

import re
from decimal import Decimal
from inspect import cleandoc

MAX_DIGITS = 30

_FACTORS = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'", "0": "\0"}
_ESCAPED = str.maketrans({c: f"\\{letter}" for letter, c in _ESCAPES.items() if c != "'"})
_SURROGATES = range(0xD800, 0xE000)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)


class BadLiteral(Exception):
    """What a literal's text cannot mean; the builder makes a diagnostic of it."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


def number(text: str) -> int | float:
    """`11_689_512`, `1e-5`, `25.6M`: a whole number of thousands or millions stays an int."""
    digits = text.replace("_", "")
    if len(digits) > MAX_DIGITS:
        message = f"a number has at most {MAX_DIGITS} digits, this one has {len(digits)}"
        raise BadLiteral("E0126", message, "write it with an exponent: `1e30`")
    if digits[-1] in _FACTORS:
        scaled = Decimal(digits[:-1]) * _FACTORS[digits[-1]]
        return int(scaled) if scaled == int(scaled) else float(scaled)
    if digits.isdigit():
        return int(digits)
    value = float(digits)
    if value == float("inf"):
        raise BadLiteral("E0126", "this number is too large", "the largest are near `1e308`")
    return value


def shape(text: str) -> tuple[int, ...]:
    """`3x224x224`."""
    sizes = text.split("x")
    if len(sizes) > MAX_DIGITS or any(len(size) > MAX_DIGITS for size in sizes):
        hint = f"a shape has at most {MAX_DIGITS} sizes of {MAX_DIGITS} digits"
        raise BadLiteral("E0126", "this shape is too large", hint)
    dims = tuple(int(size) for size in sizes)
    if 0 in dims:
        raise BadLiteral("E0116", "a shape cannot have a size of 0", "sizes are 1 or more")
    return dims


def string(text: str) -> str:
    """The value of a quoted string."""
    return _ESCAPE.sub(_unescape, text[1:-1])


def quoted(text: str) -> str:
    """A string that has this value, on one line."""
    return f'"{text.translate(_ESCAPED)}"'


def docstring(text: str) -> str:
    """A docstring's text without its quotes, its indentation and the blanks at its lines' ends;
    backslashes stand for themselves."""
    return cleandoc("\n".join(line.rstrip() for line in text[3:-3].split("\n")))


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if code:
        return _character(match[0], int(code, 16))
    if match[3] not in _ESCAPES:
        raise BadLiteral("E0105", f"`\\{match[3]}` is no escape", "write `\\\\` for a backslash")
    return _ESCAPES[match[3]]


def _character(escape: str, number: int) -> str:
    if number in _SURROGATES:
        message = f"`{escape}` is half of a pair of UTF-16, and no character"
        raise BadLiteral("E0105", message, "write the character itself")
    return chr(number)
