"""Contestants take turns: a busy machine slows all of them alike, and what counts is a ratio."""

import platform
import statistics
import time
from collections.abc import Callable, Mapping

Work = Callable[[], object]


def medians(contestants: Mapping[str, Work], rounds: int, warm_up: int = 1) -> dict[str, float]:
    """Seconds of each, the median of the rounds."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(warm_up + rounds):
        for name, work in contestants.items():
            start = time.perf_counter()
            work()
            if turn >= warm_up:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in times.items()}


def shown(times: Mapping[str, float], base: str) -> str:
    """Every contestant's time, and how many times as long the others take as `base`."""
    width = max(map(len, times))
    lines = [f"  {base:<{width}}  {times[base] * 1e3:10.2f} ms"]
    for name, found in times.items():
        if name != base:
            lines.append(f"  {name:<{width}}  {found * 1e3:10.2f} ms  {found / times[base]:8.2f}x")
    return "\n".join(lines)


def machine() -> str:
    return f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
