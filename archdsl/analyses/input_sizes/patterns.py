"""Sets of sizes in a range, told in words: `every size from 63`, `multiples of 32 from 32`.

The words hold for the range only, and for every size in it.
"""

from collections.abc import Iterable, Iterator

from pydantic import BaseModel, ConfigDict, Field

LISTED = 4  # runs of sizes that the words list
ENDINGS = {1: "st", 2: "nd", 3: "rd"}
ROUNDS = 3  # of a period that the range must hold for it to count as one


class Run(BaseModel):
    """`first`, `first + step`, … up to `last`."""

    model_config = ConfigDict(frozen=True)

    first: int
    last: int
    step: int


class SizeSet(BaseModel):
    """Some of the sizes of the range."""

    model_config = ConfigDict(frozen=True)

    text: str = Field(description="the set in words")
    count: int
    runs: tuple[Run, ...] = Field(description="every size of the set once, in rising order")

    def __contains__(self, size: object) -> bool:
        return isinstance(size, int) and any(
            run.first <= size <= run.last and (size - run.first) % run.step == 0
            for run in self.runs
        )

    @property
    def smallest(self) -> int | None:
        return self.runs[0].first if self.runs else None


def size_set(sizes: Iterable[int], up_to: int, start: int = 1) -> SizeSet:
    """The set of some sizes between `start` and `up_to`."""
    members = sorted(set(sizes))
    return SizeSet(
        text=_words(members, range(start, up_to + 1)),
        count=len(members),
        runs=tuple(_runs(members)),
    )


def _runs(members: list[int]) -> Iterator[Run]:
    """Greedily the longest runs of one step; two sizes alone are two runs, unless neighbours."""
    start = 0
    while start < len(members):
        end = start + 1
        step = members[end] - members[start] if end < len(members) else 1
        while end < len(members) and members[end] - members[end - 1] == step:
            end += 1
        if end - start == 2 and step > 1:
            end, step = start + 1, 1
        yield Run(first=members[start], last=members[end - 1], step=step)
        start = end


def _words(members: list[int], tried: range) -> str:
    if not members:
        return "none"
    if len(members) == len(tried):
        return "every size"
    begin, period = _rhythm(set(members), tried[-1])
    tail = [size for size in members if size >= begin]
    if not tail:
        return _list(members)
    head = _list([size for size in members if size < begin])
    rest = _told(tail, period)
    return f"{head}{'; ' if ',' in rest else ', '}{rest}" if head else rest


def _rhythm(members: set[int], up_to: int) -> tuple[int, int]:
    """From which size on the set repeats itself, and with which period: the earliest, then the
    shortest."""
    best = up_to + 1, 1
    for period in range(1, up_to // ROUNDS + 1):
        before = best[0] - 1
        if before + period <= up_to and (before in members) != (before + period in members):
            continue  # it cannot begin earlier than the best
        begin = up_to - period + 1
        while begin > 1 and (begin - 1 in members) == (begin - 1 + period in members):
            begin -= 1
        if up_to - begin + 1 > ROUNDS * period and begin < best[0]:
            best = begin, period
    return best


def _told(tail: list[int], period: int) -> str:
    first = tail[0]
    cycle = [size for size in tail if size < first + period]
    if period == 1:
        return f"every size from {first:,}"
    if len(cycle) == 1:
        if first % period == 0:
            return f"{_multiples(period)} from {first:,}"
        if period == 2:
            return f"odd sizes from {first:,}"
        return f"{first:,} and every {_ordinal(period)} size after it"
    if len(cycle) == period - 1:
        missing = next(n for n in range(first, first + period) if n not in cycle) % period
        others = _multiples(period) if missing == 0 else f"every {_ordinal(period)} from {missing}"
        return f"every size from {first:,} but {others}"
    return f"{_list(cycle)}, again every {period:,}"


def _multiples(period: int) -> str:
    return "even sizes" if period == 2 else f"multiples of {period:,}"


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number:,}th"
    return f"{number:,}{ENDINGS.get(number % 10, 'th')}"


def _list(members: list[int]) -> str:
    """Neighbours as ranges: `1 to 3, 7`; of many the first, and how many there are."""
    spans: list[list[int]] = []
    for size in members:
        if spans and size == spans[-1][-1] + 1:
            spans[-1] = [spans[-1][0], size]
        else:
            spans.append([size])
    shown = [" to ".join(f"{size:,}" for size in span) for span in spans[:LISTED]]
    if len(spans) > LISTED:
        shown.append(f"… ({len(members):,} sizes)")
    return ", ".join(shown)
