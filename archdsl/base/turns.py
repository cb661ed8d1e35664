"""Contestants take turns: a busy machine slows all of them alike, and what counts is a ratio."""

import statistics
import time
from collections.abc import Callable, Mapping

Work = Callable[[], object]


def medians(
    contestants: Mapping[str, Work],
    rounds: int,
    warm_up: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Seconds of each, the median of the rounds; every other round goes backwards."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    order = list(contestants)
    for turn in range(warm_up + rounds):
        for name in order if turn % 2 else reversed(order):
            start = clock()
            contestants[name]()
            if turn >= warm_up:
                times[name].append(clock() - start)
    return {name: statistics.median(found) for name, found in times.items()}
