"""Parts of a row against every way to cut it."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdsl.analyses.pipeline.partition import cheapest_cuts, least_largest

ROWS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5)), min_size=1, max_size=8)


def every_cut(count: int, parts: int) -> list[tuple[int, ...]]:
    return list(combinations(range(1, count), parts - 1))


def largest(work: list[int], cuts: tuple[int, ...]) -> int:
    return max(sum(work[start:stop]) for start, stop in pairwise((0, *cuts, len(work))))


@given(ROWS, st.integers(1, 5), st.integers(0, 20))
def test_no_cut_is_better(row: list[tuple[int, int]], parts: int, slack: int) -> None:
    work, prices = (list(column) for column in zip(*row, strict=True))
    parts = min(parts, len(work))
    cuts = every_cut(len(work), parts)
    least = min(largest(work, c) for c in cuts)
    assert least_largest(work, parts) == least
    cheapest = cheapest_cuts(work, prices, parts, least + slack)
    assert cheapest in cuts
    allowed = [c for c in cuts if largest(work, c) <= least + slack]

    def rank(c: tuple[int, ...]) -> tuple[int, int]:
        return sum(prices[k] for k in c), largest(work, c)

    assert rank(cheapest) == min(map(rank, allowed))


def test_a_bound_that_nothing_keeps() -> None:
    with pytest.raises(ValueError, match="no 2 parts have 4 at most"):
        cheapest_cuts([5, 1], [0, 0], 2, 4)
