"""Contestants take turns: a busy machine slows all of them alike, and what counts is a ratio."""

import statistics
import time
from collections.abc import Callable, Mapping

Work = Callable[[], object]
Clock = Callable[[], float]  # seconds


def medians(
    contestants: Mapping[str, Work],
    rounds: int,
    warm_up: int = 1,
    clock: Clock = time.perf_counter,
    least: float = 0.0,
) -> dict[str, float]:
    """Seconds of each, the median of the rounds; each round begins with the next one, so that
    none always has the first turn and, of three or more, none two in a row.

    A turn is the work once, or as often as it takes to last `least` seconds.
    """
    times: dict[str, list[float]] = {name: [] for name in contestants}
    order = list(contestants)
    for turn in range(warm_up + rounds):
        first = turn % len(order)
        for name in order[first:] + order[:first]:
            taken = _turn(contestants[name], clock, least)
            if turn >= warm_up:
                times[name].append(taken)
    return {name: statistics.median(of_one) for name, of_one in times.items()}


def _turn(work: Work, clock: Clock, least: float) -> float:
    """Seconds that the work takes once."""
    start, done = clock(), 0
    while True:
        work()
        done += 1
        taken = clock() - start
        if taken >= least:
            return taken / done
