"""The lines of a run in one order, so that runs which do the same are the same lines.

Python works out `a + b + self.c(x)` from the left, the program runs `c` before it adds anything.
A call may stand anywhere between what it reads and what reads it, with three exceptions: calls
that draw random numbers keep their order, so do those of one and the same module, and nothing
passes a call that may write over something.
"""

from collections.abc import Collection
from heapq import heappop, heappush
from re import compile as pattern

from archdsl.proof.program import Run

_VALUE = pattern(r"%(\d+)")
_MODULE = pattern(r"self\[('.*?'|\".*?\")\]\(")
ATTENTION = "nn.functional.scaled_dot_product_attention("


def in_order(run: Run, writers: Collection[str], drawers: Collection[str]) -> list[str]:
    """The lines in an order of their own, then the results; `writers` are the modules that may
    write over what they are given, `drawers` those that may draw random numbers."""
    waits = _waits(run.lines, writers, drawers)
    readers: list[list[int]] = [[] for _ in waits]
    for index, before in enumerate(waits):
        for other in before:
            readers[other].append(index)
    numbers: dict[int, int] = {}

    def text(line: str) -> str:
        return _VALUE.sub(lambda match: f"%{numbers[int(match[1])]}", line)

    left = [len(before) for before in waits]
    ready: list[tuple[str, int]] = []
    for index, count in enumerate(left):
        if not count:
            heappush(ready, (text(run.lines[index]), index))
    found: list[str] = []
    while ready:
        line, index = heappop(ready)
        numbers[index] = len(found)
        found.append(line)
        for reader in readers[index]:
            left[reader] -= 1
            if not left[reader]:
                heappush(ready, (text(run.lines[reader]), reader))
    return [*found, text(repr(run.results))]


def _waits(lines: list[str], writers: Collection[str], drawers: Collection[str]) -> list[set[int]]:
    """For every line those that must stand before it."""
    found: list[set[int]] = []
    last: dict[str, int] = {}  # the line before that draws, or is of the same module
    barrier = -1
    for index, line in enumerate(lines):
        before = {int(number) for number in _VALUE.findall(line)}
        match = _MODULE.match(line)
        module = match[1] if match else ""
        if module in writers or (not module and _writes(line)):
            found.append(set(range(barrier if barrier >= 0 else 0, index)))
            barrier = index
            continue
        draws = module in drawers or line.startswith(ATTENTION)
        for key in ({module} if module else set()) | ({"random"} if draws else set()):
            before |= {last[key]} if key in last else set()
            last[key] = index
        found.append(before | ({barrier} if barrier >= 0 else set()))
    return found


def _writes(line: str) -> bool:
    """Whether a function or method writes over something: `add_`, `out=`."""
    function = line.partition("(")[0]
    return function.endswith(("_", "=")) or "inplace=True" in line or "out=" in line
