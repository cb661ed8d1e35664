"""What the benchmarks print: times beside each other, and the machine."""

import platform
from collections.abc import Mapping

from archdsl.base.fair_timing import Work, medians

__all__ = ["Work", "machine", "medians", "shown"]


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
