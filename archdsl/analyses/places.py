"""Where the elements of a tensor look along one spatial dimension of the input.

Borders play no part: positions may be negative or past the end, as in the usual formulas
(Araujo, Norris, Sim: Computing Receptive Fields of Convolutional Neural Networks, 2019). After an
upsampling neighbours see differently placed regions, which repeat with a period; so the figures
stay exact.
"""

from fractions import Fraction
from math import gcd, lcm

from msgspec import Struct

LONGEST_PERIOD = 4096


class Places(Struct, frozen=True):
    """Element `i` sees the input from `low[i]` to `high[i]`; `P` elements on, `advance` further."""

    low: tuple[int, ...] = (0,)
    high: tuple[int, ...] = (0,)
    advance: int = 1

    @property
    def period(self) -> int:
        return len(self.low)

    @property
    def size(self) -> int:
        """The receptive field: the most input positions that one element sees."""
        return max(h - low for low, h in zip(self.low, self.high, strict=True)) + 1

    @property
    def jump(self) -> Fraction:
        """How far apart in the input neighbouring elements look (the effective stride)."""
        return Fraction(self.advance, self.period)

    @property
    def centre(self) -> Fraction:
        """The middle of what element 0 sees, in input positions from 0; half-way is between two."""
        return Fraction(self.low[0] + self.high[0], 2)

    @property
    def start(self) -> int:
        """The first input position that element 0 sees; negative inside the padding."""
        return self.low[0]

    def first(self, index: int) -> int:
        round_, phase = divmod(index, self.period)
        return self.low[phase] + round_ * self.advance

    def last(self, index: int) -> int:
        round_, phase = divmod(index, self.period)
        return self.high[phase] + round_ * self.advance


def windowed(x: Places, kernel: int, stride: int, padding: int, dilation: int) -> Places:
    """A convolution's or pool's result: element `o` takes `o·stride − padding + t·dilation`."""
    period = x.period // gcd(x.period, stride)
    starts = [o * stride - padding for o in range(period)]
    return Places(
        tuple(x.first(i) for i in starts),
        tuple(x.last(i + (kernel - 1) * dilation) for i in starts),
        x.advance * stride * period // x.period,
    )


def spread(x: Places, kernel: int, stride: int, padding: int, dilation: int) -> Places | None:
    """A transposed convolution's result: element `i` goes to `i·stride − padding + t·dilation`."""
    period = x.period * stride
    if period > LONGEST_PERIOD:
        return None
    low, high = [], []
    for o in range(period):
        last = (o + padding) // stride
        first = -((dilation * (kernel - 1) - o - padding) // stride)
        low.append(x.first(min(first, last)))
        high.append(x.last(last))
    return Places(tuple(low), tuple(high), x.advance)


def union(a: Places, b: Places) -> Places | None:
    """What both see together; None where they drift apart, their strides being different."""
    period = lcm(a.period, b.period)
    if a.jump != b.jump or period > LONGEST_PERIOD:
        return None
    return Places(
        tuple(min(a.first(o), b.first(o)) for o in range(period)),
        tuple(max(a.last(o), b.last(o)) for o in range(period)),
        a.advance * period // a.period,
    )
