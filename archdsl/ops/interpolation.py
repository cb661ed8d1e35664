"""The elements that PyTorch's interpolations read, along one dimension."""

import struct
from fractions import Fraction
from math import floor

from archdsl.ir.reach import MOST_TAPS, Chosen, LineOfTaps

SIMPLE = 10_000  # a scale is taken for a fraction with no larger denominator, if it is as near
NEAR = Fraction(1, 10**9)
NEAREST = ("nearest", "nearest-exact")


def resized(
    dim: int, size: int, result: int, scale: float | None, mode: str, corners: bool
) -> LineOfTaps | Chosen:
    """The look of a resized dimension at the old one; `scale` is the one given, if any."""
    ratio = _ratio(size, result, scale, corners)
    period = ratio.denominator if ratio.denominator <= MOST_TAPS else result
    if period > MOST_TAPS:
        return Chosen(dim, result)
    taps = tuple(_taken(mode, o, ratio, corners) for o in range(period))
    if mode in NEAREST and result <= MOST_TAPS:
        rounded = _as_in_floats(mode, size, result, scale)
        if any(taps[o % period].start + o // period * ratio.numerator != i for o, i in rounded):
            return LineOfTaps(dim, result, tuple(range(i, i + 1) for _, i in rounded), size)
    return LineOfTaps(dim, result, taps, round(ratio * period))


def _ratio(size: int, result: int, scale: float | None, corners: bool) -> Fraction:
    """The distance in the old dimension between neighbours of the new one."""
    if corners:
        return Fraction(size - 1, result - 1) if result > 1 else Fraction(size)
    if scale is None:
        return Fraction(size, result)
    exact = 1 / Fraction(scale)
    simple = exact.limit_denominator(SIMPLE)
    return simple if abs(simple - exact) <= NEAR * exact else exact


def _taken(mode: str, index: int, ratio: Fraction, corners: bool) -> range:
    """The elements that the one at `index` is made of."""
    a, b = ratio.numerator, ratio.denominator
    match mode:
        case "nearest":
            first = index * a // b
            return range(first, first + 1)
        case "nearest-exact":
            first = (2 * index + 1) * a // (2 * b)
            return range(first, first + 1)
    between, whole = (index * a, b) if corners else ((2 * index + 1) * a - b, 2 * b)
    first, rest = divmod(between, whole)
    if not rest:
        return range(first, first + 1)
    return range(first - 1, first + 3) if mode == "bicubic" else range(first, first + 2)


def _as_in_floats(mode: str, size: int, result: int, scale: float | None) -> list[tuple[int, int]]:
    """Each element with the one that it repeats, as PyTorch finds it: in floats of 32 bits."""
    if mode == "nearest" and result in (size, 2 * size):
        return [(o, o * size // result) for o in range(result)]
    ratio = _float32(size / result if scale is None else 1 / scale)
    half = 0.5 if mode == "nearest-exact" else 0.0
    places = (floor(_float32((o + half) * ratio)) for o in range(result))
    return [(o, min(place, size - 1)) for o, place in enumerate(places)]


def _float32(value: float) -> float:
    (rounded,) = struct.unpack("f", struct.pack("f", value))
    return float(rounded)
