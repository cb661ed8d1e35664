"""A row of work cut into consecutive parts: the largest as small as can be, the cuts cheap.

Exact, in whole numbers; the time grows with the row's length times the number of parts.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from itertools import accumulate


def least_largest(work: Sequence[int], parts: int) -> int:
    """The least work that the largest of `parts` consecutive, non-empty parts can have."""
    ends = _ends(work)
    return _smallest(
        max(work), ends[-1], lambda bound: _parts_needed(ends, bound, at_most=parts) <= parts
    )


def cheapest_cuts(
    work: Sequence[int], prices: Sequence[int], parts: int, bound: int
) -> tuple[int, ...]:
    """The cuts of least total price that leave no part more work than the bound.

    A cut at k stands before the k-th piece and costs `prices[k]`. Of cuts that cost the same
    those with the smaller largest part are taken. Raises `ValueError` where no cuts keep the bound.
    """
    ends = _ends(work)
    best = _cuts(ends, prices, parts, bound)
    if best is None:
        raise ValueError(f"no {parts} parts have {bound} at most")
    least = _price(best, prices)

    def as_cheap(tighter: int) -> bool:
        cuts = _cuts(ends, prices, parts, tighter)
        return cuts is not None and _price(cuts, prices) == least

    tightest = _smallest(least_largest(work, parts), bound, as_cheap)
    return _cuts(ends, prices, parts, tightest) or best


def _ends(work: Sequence[int]) -> list[int]:
    """The work before every place, from nothing to all of it."""
    return [0, *accumulate(work)]


def _price(cuts: tuple[int, ...], prices: Sequence[int]) -> int:
    return sum(prices[cut] for cut in cuts)


def _smallest(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The smallest number for which a condition holds. It holds for all greater ones too."""
    return low + bisect_left(range(low, high), True, key=holds)


def _parts_needed(ends: list[int], bound: int, *, at_most: int) -> int:
    """The number of parts that the bound needs, each as long as it can be; at most one too many."""
    at, parts = 0, 0
    while at < len(ends) - 1 and parts <= at_most:
        at, parts = bisect_right(ends, ends[at] + bound) - 1, parts + 1
    return parts


def _cuts(ends: list[int], prices: Sequence[int], parts: int, bound: int) -> tuple[int, ...] | None:
    """The cheapest cuts within the bound, None without any: dynamic programming over places."""
    cheapest: list[int | None] = [0, *(None for _ in ends[1:])]
    before: list[list[int]] = []
    for _ in range(parts):
        cheapest, chosen = _one_part_more(ends, prices, cheapest, bound)
        before.append(chosen)
    if cheapest[-1] is None:
        return None
    cuts, at = [], len(ends) - 1
    for chosen in reversed(before[1:]):
        at = chosen[at]
        cuts.append(at)
    return tuple(reversed(cuts))


def _one_part_more(
    ends: list[int], prices: Sequence[int], cheapest: list[int | None], bound: int
) -> tuple[list[int | None], list[int]]:
    """The least price up to every place with one more part, and where that part begins.

    The places where it may begin are a window that moves on with its end, so that the cheapest of
    them is at hand in a queue of rising prices.
    """
    with_one_more: list[int | None] = [None]
    begins = [0]
    queue: deque[tuple[int, int]] = deque()  # price, place
    for end in range(1, len(ends)):
        place = end - 1
        so_far = cheapest[place]
        if so_far is not None:
            price = so_far + (prices[place] if place else 0)
            while queue and queue[-1][0] > price:
                queue.pop()
            queue.append((price, place))
        while queue and ends[end] - ends[queue[0][1]] > bound:
            queue.popleft()
        with_one_more.append(queue[0][0] if queue else None)
        begins.append(queue[0][1] if queue else 0)
    return with_one_more, begins
