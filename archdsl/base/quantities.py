"""Numbers: which values are some, and figures for people, nothing at all for 0."""

from typing import TypeGuard

THOUSANDS = ("", "K", "M", "G", "T", "P", "E")  # units, each a thousand times the one before


def is_whole(value: object) -> TypeGuard[int]:
    """True and false are no numbers, though Python has them as 1 and 0."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def counted(number: int, noun: str) -> str:
    """`1 error`, `3 errors`."""
    return f"{number} {plural(number, noun)}"


def plural(number: int, noun: str) -> str:
    """The noun behind a number: `error` behind 1, else `errors`."""
    return noun if number == 1 else f"{noun}s"


def count(value: int) -> str:
    """`11,689,512`."""
    return f"{value:,}" if value else ""


def scaled(value: int) -> str:
    """`1.81G`, `9.41K`: three digits and a unit."""
    return _in_units(value, 1000, THOUSANDS)


def memory(value: int) -> str:
    """`3.06 MiB`."""
    return _in_units(value, 1024, (" B", " KiB", " MiB", " GiB", " TiB", " PiB"))


def _in_units(value: int, step: int, units: tuple[str, ...]) -> str:
    """Three digits in the first unit that they fit into; all that there are in the last."""
    if value < step:
        return f"{value}{units[0]}" if value else ""
    size = float(value)
    for unit in units[:-1]:
        if size < 999.5:
            return f"{_three_digits(size)}{unit}"
        size /= step
    return f"{_three_digits(size)}{units[-1]}"


def share(part: int, whole: int) -> str:
    """`12.3%`."""
    return f"{100 * part / whole:.1f}%" if part else ""


def ratio(value: float) -> str:
    """`52.3`, `0.25`: a ratio in three digits."""
    return scaled(round(value)) if value >= 999.5 else _three_digits(value) if value else ""


def _three_digits(value: float) -> str:
    decimals = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{decimals}f}"
