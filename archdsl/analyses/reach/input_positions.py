"""The places that the elements along one dimension of a tensor see, along one axis of an input.

Two kinds: *steady* places repeat with an advance and run past the edges, as in the usual formulas
(Araujo, Norris, Sim: Computing Receptive Fields of Convolutional Neural Networks, 2019); *runs*
have a fixed number of elements. An element that sees nothing begins far behind all places.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, groupby, pairwise
from math import gcd, lcm

from msgspec import Struct

LONGEST = 1 << 14  # elements that are looked at one by one
NOWHERE = 1 << 90
NOTHING = (NOWHERE, -NOWHERE)
FAR = NOWHERE // 2  # what begins behind it is nothing, whatever was added

Ends = tuple[int, int]  # the first and the last place seen


class Steady(Struct, frozen=True):
    """Element `i` looks from `low[i]` to `high[i]`; `len(low)` elements on, `advance` further."""

    low: tuple[int, ...] = (0,)
    high: tuple[int, ...] = (0,)
    advance: int = 1

    @property
    def period(self) -> int:
        return len(self.low)

    def at(self, index: int) -> Ends:
        round_, phase = divmod(index, len(self.low))
        further = round_ * self.advance
        return self.low[phase] + further, self.high[phase] + further


class Runs(Struct, frozen=True):
    """`lengths[k]` elements that all look from `low[k]` to `high[k]`, then the next."""

    lengths: tuple[int, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]

    def at(self, index: int) -> Ends:
        for length, low, high in zip(self.lengths, self.low, self.high, strict=True):
            if index < length:
                return low, high
            index -= length
        return NOTHING


Places = Steady | Runs


def runs(ends: Sequence[Ends]) -> Runs:
    """Elements one by one, equal neighbours together."""
    groups = [(key, sum(1 for _ in group)) for key, group in groupby(ends)]
    return Runs(
        tuple(count for _, count in groups),
        tuple(low for (low, _), _ in groups),
        tuple(high for (_, high), _ in groups),
    )


def packed(lengths: Sequence[int], ends: Sequence[Ends]) -> Runs:
    """Runs of these lengths, equal neighbours together and empty ones left out."""
    sizes: list[int] = []
    ranges: list[Ends] = []
    last: Ends | None = None
    for length, seen in zip(lengths, ends, strict=True):
        if length and seen == last:
            sizes[-1] += length
        elif length:
            sizes.append(length)
            ranges.append(seen)
            last = seen
    low, high = zip(*ranges, strict=True) if ranges else ((), ())
    return Runs(tuple(sizes), low, high)


def evened(places: Runs) -> Places:
    """Steady places where all elements stand equally far apart, as parts in their order do."""
    if len(places.lengths) < 2 or set(places.lengths) != {1}:
        return places
    return _tabled(list(zip(places.low, places.high, strict=True)))


def each(places: Places | None, size: int) -> list[Ends]:
    """Every element by itself."""
    match places:
        case None:
            return [(0, 0)] * size
        case Steady():
            return [places.at(i) for i in range(size)]
        case Runs():
            ends: list[Ends] = []
            for length, low, high in zip(places.lengths, places.low, places.high, strict=True):
                ends += [(low, high)] * length
            return ends


def shifted(places: Places, low: int, high: int) -> Places:
    """With so much added to both ends."""
    if not low and not high:
        return places
    lows, highs = tuple([x + low for x in places.low]), tuple([x + high for x in places.high])
    match places:
        case Steady():
            return Steady(lows, highs, places.advance)
        case Runs():
            return Runs(places.lengths, lows, highs)


def centred(places: Places) -> tuple[Places, int, int]:
    """Steady places moved to begin at 0, so that equal courses are equal; and how far each end was
    moved."""
    if isinstance(places, Runs) or places.low[0] > FAR:
        return places, 0, 0
    low, high = places.low[0], places.high[0]
    return shifted(places, -low, -high), low, high


def hull(ends: Sequence[Ends]) -> Ends:
    """The first and the last place that any of them sees."""
    return min((low for low, _ in ends), default=NOWHERE), max(
        (high for _, high in ends), default=-NOWHERE
    )


def extremes(places: Places, size: int, start: int = 0) -> Ends:
    """The places that `size` elements from `start` on see together."""
    if isinstance(places, Runs):
        if start or size < sum(places.lengths):
            places = cut(places, start, size)
        return min(places.low), max(places.high)
    ends = []
    for first in range(start, start + min(places.period, size)):
        last = first + (start + size - 1 - first) // places.period * places.period
        ends += [places.at(first), places.at(last)]
    return hull(ends)


def width(places: Places, size: int) -> int:
    """The most that one element sees, less one."""
    return max(high - low for low, high in zip(places.low, places.high, strict=True))


# --- looking along ---------------------------------------------------------------------------


def looked(
    places: Places, size: int, taps: tuple[range, ...], advance: int, result: int
) -> Places | None:
    """The places that `result` elements see through taps; None where that is too much to follow."""
    if isinstance(places, Runs):
        return _looked_at_runs(places, taps, advance, result)
    if len(taps) == 1 and places.period == 1 and taps[0]:
        return _looked_evenly(places, taps[0], advance)
    rounds = places.period // gcd(places.period, advance)
    period = len(taps) * rounds
    if period * places.period > LONGEST * 64 or period > LONGEST:
        return None
    ends = [
        _seen(places, taps[phase], round_ * advance)
        for round_ in range(rounds)
        for phase in range(len(taps))
    ]
    lows, highs = tuple(low for low, _ in ends), tuple(high for _, high in ends)
    return Steady(lows, highs, places.advance * advance * rounds // places.period)


def _looked_evenly(places: Steady, taps: range, advance: int) -> Steady:
    first, last = taps[0] * places.advance, taps[-1] * places.advance
    if first > last:
        first, last = last, first
    return Steady((places.low[0] + first,), (places.high[0] + last,), places.advance * advance)


def _seen(places: Steady, taps: range, start: int) -> Ends:
    """Through taps from `start` on: where a period leads to several again, the outer ones count."""
    few = (
        taps
        if len(taps) <= 2 * places.period
        else (*taps[: places.period], *taps[-places.period :])
    )
    return hull([places.at(start + tap) for tap in few])


def _looked_at_runs(
    places: Runs, taps: tuple[range, ...], advance: int, result: int
) -> Runs | None:
    if len(taps) == 1 and len(taps[0]) == advance == 1:
        return cut(places, taps[0].start, result)
    size = sum(places.lengths)
    if max(size, result) > LONGEST:
        return None
    elements = each(places, size)
    ends = []
    for index in range(result):
        round_, phase = divmod(index, len(taps))
        ends.append(hull(_inside(elements, taps[phase], round_ * advance)))
    return runs(ends)


def cut(places: Runs, start: int, size: int) -> Runs:
    """`size` elements from `start` on; nothing where there are none."""
    edges = list(accumulate(places.lengths))
    first, last = max(start, 0), min(start + size, edges[-1])
    if first >= last:
        return Runs((size,), (NOWHERE,), (-NOWHERE,))
    a, b = bisect_right(edges, first), bisect_left(edges, last)
    lengths = list(places.lengths[a : b + 1])
    lengths[0] = edges[a] - first
    lengths[-1] -= edges[b] - last
    low, high = places.low[a : b + 1], places.high[a : b + 1]
    if first == start and last == start + size:
        return Runs(tuple(lengths), low, high)
    around = (first - start, *lengths, start + size - last)
    return packed(around, [NOTHING, *zip(low, high, strict=True), NOTHING])


def _inside(elements: list[Ends], taps: range, start: int) -> list[Ends]:
    """The elements at these taps, as far as there are elements."""
    step = taps.step
    first = taps.start + start
    if first < 0:
        first += -(first // step) * step
    return elements[first : max(taps.stop + start, 0) : step]


def spread_taps(kernel: int, stride: int, padding: int, dilation: int) -> tuple[range, ...]:
    """The taps of a transposed convolution, where `i` goes to `i·stride − padding + t·dilation`.

    Result `o` looks at `(o + padding − t·dilation) / stride` for each `t` that leaves no rest.
    """
    every = stride // gcd(stride, dilation)  # taps apart that meet the same phase
    step = every * dilation // stride
    taps = []
    for o in range(stride):
        first = next(
            (t for t in range(min(every, kernel)) if (o + padding - t * dilation) % stride == 0),
            None,
        )
        if first is None:
            taps.append(range(0))
            continue
        count = (kernel - 1 - first) // every
        highest = (o + padding - first * dilation) // stride
        taps.append(range(highest - count * step, highest + 1, step))
    return tuple(taps)


def grouped(places: Places, size: int, groups: int, result: int) -> Places:
    """Each of `result` elements sees all of its group."""
    each_group = size // groups
    seen = [extremes(places, each_group, k * each_group) for k in range(groups)]
    return Runs(
        (result // groups,) * groups, tuple(low for low, _ in seen), tuple(high for _, high in seen)
    )


def before(places: Places, size: int, result: int) -> Places:
    """Element `i` sees what the first `i + 1` see together."""
    ends = list(accumulate(each(places, size), lambda a, b: (min(a[0], b[0]), max(a[1], b[1]))))
    return runs((ends + ends[-1:] * result)[:result])


def rolled(places: Places, shift: int) -> Places:
    """Shifted; steady places run past the edge in place of coming back."""
    if isinstance(places, Runs):
        size = sum(places.lengths)
        first = -shift % size
        return joined(cut(places, first, size - first), cut(places, 0, first))
    ends = [places.at(i - shift) for i in range(places.period)]
    return Steady(tuple(low for low, _ in ends), tuple(high for _, high in ends), places.advance)


def joined(a: Runs, b: Runs) -> Runs:
    """One after the other."""
    ends = [*zip(a.low, a.high, strict=True), *zip(b.low, b.high, strict=True)]
    return packed((*a.lengths, *b.lengths), ends)


def laid(places: Places | None, size: int, start: int, whole: int) -> Runs | None:
    """As a part of a dimension of `whole` elements, of which the others see nothing."""
    if places is None:
        inner: Runs = Runs((size,), (0,), (0,))
    elif size > LONGEST:
        return None
    else:
        inner = as_runs(places, size)
    sizes, low, high = inner.lengths, inner.low, inner.high
    if start:
        sizes, low, high = (start, *sizes), (NOWHERE, *low), (-NOWHERE, *high)
    if start + size < whole:
        rest = whole - start - size
        sizes, low, high = (*sizes, rest), (*low, NOWHERE), (*high, -NOWHERE)
    return Runs(sizes, low, high)


# --- digits ----------------------------------------------------------------------------------


@lru_cache(1024)
def fused(a: Places | None, b: Places | None, sizes: tuple[int, int]) -> Places | None:
    """Two digits, `a` the higher, as one dimension; None where that is too long."""
    if isinstance(a, Runs) or isinstance(b, Runs):
        return _fused_runs(a, b, sizes)
    higher = a or Steady(advance=0)
    lower = b or Steady(advance=0)
    if _continues(higher, lower, sizes[1]):
        return shifted(lower, higher.low[0], higher.high[0])
    if higher.period * sizes[1] > LONGEST:
        return None
    ends = [
        (x[0] + y[0], x[1] + y[1])
        for x in map(higher.at, range(higher.period))
        for y in map(lower.at, range(sizes[1]))
    ]
    return Steady(tuple(low for low, _ in ends), tuple(high for _, high in ends), higher.advance)


def _continues(higher: Steady, lower: Steady, size: int) -> bool:
    """True where the next round of the lower digit starts at the end of the last one."""
    whole, rest = divmod(size, lower.period)
    return higher.period == 1 and not rest and higher.advance == lower.advance * whole


def _fused_runs(a: Places | None, b: Places | None, sizes: tuple[int, int]) -> Runs | None:
    if max(sizes) > LONGEST or sizes[0] * sizes[1] > LONGEST:
        return None
    higher, lower = as_runs(a, sizes[0]), as_runs(b, sizes[1])
    ends = list(zip(lower.low, lower.high, strict=True))
    if len(ends) == 1:
        return Runs(
            tuple(n * sizes[1] for n in higher.lengths),
            tuple(low + ends[0][0] for low in higher.low),
            tuple(high + ends[0][1] for high in higher.high),
        )
    lengths: list[int] = []
    summed: list[Ends] = []
    for times, low, high in zip(higher.lengths, higher.low, higher.high, strict=True):
        lengths += lower.lengths * times
        summed += [(low + x, high + y) for x, y in ends] * times
    return packed(lengths, summed)


def as_runs(places: Places | None, size: int) -> Runs:
    """So many elements and no more."""
    match places:
        case None:
            return Runs((size,), (0,), (0,))
        case Runs():
            return places
        case Steady():
            return runs(each(places, size))


def parted(
    places: Places, sizes: tuple[int, int], most: int
) -> list[tuple[Places | None, Places | None]] | None:
    """A dimension as two digits: what it sees is what some pair of digits sees.

    None where it would take more than `most` pairs.
    """
    higher, lower = sizes
    if isinstance(places, Steady) and lower % places.period == 0:
        return [(Steady((0,), (0,), places.advance * (lower // places.period)), places)]
    if higher * lower > LONGEST:
        return None
    whole = as_runs(places, higher * lower)
    courses: dict[Runs, list[Ends]] = {}
    for k in range(higher):
        course, start = _course(cut(whole, k * lower, lower))
        if start != NOTHING:
            courses.setdefault(course, [NOTHING] * higher)[k] = start
    if len(courses) > most:
        return None
    return [(_tabled(starts), evened(course)) for course, starts in courses.items()]


def _course(row: Runs) -> tuple[Runs, Ends]:
    """A row of elements from 0 on, and what was taken off; nothing where it sees nothing."""
    ends = list(zip(row.low, row.high, strict=True))
    first = next((e for e in ends if e[0] < FAR), NOTHING)
    moved = [(low - first[0], high - first[1]) if low < FAR else NOTHING for low, high in ends]
    return packed(row.lengths, moved), first


def _tabled(ends: list[Ends]) -> Places:
    """Elements one by one; steady where their neighbours are all as far apart."""
    step = ends[1][0] - ends[0][0] if len(ends) > 1 else 0
    low, high = ends[0]
    if low < FAR and all(e == (low + i * step, high + i * step) for i, e in enumerate(ends)):
        return Steady((low,), (high,), step)
    return runs(ends)


# --- two together ----------------------------------------------------------------------------


def alike(a: Places, b: Places) -> bool:
    """True where both are steady and advance equally fast."""
    both = isinstance(a, Steady) and isinstance(b, Steady)
    return both and a.advance * b.period == b.advance * a.period  # type: ignore[union-attr]


@lru_cache(1024)
def united(a: Places | None, b: Places | None, size: int) -> Places | None:
    """The places that both see together; None where one dimension cannot tell, or is too long."""
    a, b = a or Steady(advance=0), b or Steady(advance=0)
    if isinstance(a, Steady) and isinstance(b, Steady):
        period = lcm(a.period, b.period)
        if not alike(a, b) or period > LONGEST:
            return None
        ends = [hull((a.at(i), b.at(i))) for i in range(period)]
        low, high = zip(*ends, strict=True)
        return Steady(low, high, a.advance * period // a.period)
    if size > LONGEST:
        return None
    lengths, lows, highs = _in_step(as_runs(a, size), as_runs(b, size))
    return packed(lengths, list(zip(map(min, *lows), map(max, *highs), strict=True)))


Pair = tuple[Sequence[int], Sequence[int]]


def _in_step(a: Runs, b: Runs) -> tuple[Sequence[int], Pair, Pair]:
    """The lengths of stretches in which neither changes, and both lows and highs there."""
    if a.lengths == b.lengths:
        return a.lengths, (a.low, b.low), (a.high, b.high)
    ends_a, ends_b = list(accumulate(a.lengths)), list(accumulate(b.lengths))
    edges = sorted({*ends_a, *ends_b})
    mine = [bisect_left(ends_a, edge) for edge in edges]
    others = [bisect_left(ends_b, edge) for edge in edges]
    lengths = [end - start for start, end in pairwise((0, *edges))]
    lows = [a.low[k] for k in mine], [b.low[k] for k in others]
    return lengths, lows, ([a.high[k] for k in mine], [b.high[k] for k in others])


def widest(a: Places | None, b: Places | None, size: int) -> int | None:
    """The largest distance from where `b` begins to where `a` ends, over the elements that see
    something in both.

    Negative where there is no element like that; None where there are too many to look at.
    """
    pairs: Iterator[tuple[Ends, Ends]]
    if (a is None or isinstance(a, Steady)) and (b is None or isinstance(b, Steady)):
        x, y = a or Steady(advance=0), b or Steady(advance=0)
        period = lcm(x.period, y.period)
        if alike(x, y) and period <= LONGEST:
            pairs = ((x.at(i), y.at(i)) for i in range(period))
            return _widest(pairs)
        if x.period == y.period == 1:
            return _widest((x.at(i), y.at(i)) for i in (0, size - 1))
    if size > LONGEST:
        return None
    _, lows, highs = _in_step(as_runs(a, size), as_runs(b, size))
    mine, others = zip(lows[0], highs[0], strict=True), zip(lows[1], highs[1], strict=True)
    return _widest(zip(mine, others, strict=True))


def _widest(pairs: Iterator[tuple[Ends, Ends]]) -> int:
    seen = (a[1] - b[0] for a, b in pairs if a[0] < FAR and b[0] < FAR)
    return max(seen, default=-NOWHERE)
