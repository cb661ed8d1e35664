"""The lines of a run in one order, so that runs which do the same are the same lines.

Python works out `a + b + self.c(x)` from the left, the program runs `c` before it adds anything.
A call may stand anywhere between what it reads and what reads it, with three exceptions: calls
that draw random numbers keep their order, so do those of one and the same module, and nothing that
may read some memory passes a call that may write over it.
"""

from heapq import heappop, heappush
from re import compile as pattern
from typing import NamedTuple

from archdsl.proof.program import ProgramRun

_VALUE = pattern(r"%(\d+)")
_MEMORY = pattern(r"%\d+|input|self\[(?:'.*?'|\".*?\")\](?!\()")
SUMS = ("+(", "-(", "*(", "/(", "@(")
_MODULE = pattern(r"self\[('.*?'|\".*?\")\]\(")
ATTENTION = "nn.functional.scaled_dot_product_attention("


class Steps(NamedTuple):
    """The modules, as lines call them, that may write over what they are given, that may draw
    random numbers, and whose results may lie in the memory of what they are given."""

    writers: frozenset[str]
    drawers: frozenset[str]
    views: frozenset[str]


def in_order(run: ProgramRun, steps: Steps) -> list[str]:
    """The lines in an order of their own, then the results."""
    waits = _waits(run.lines, steps)
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
    ordered: list[str] = []
    while ready:
        line, index = heappop(ready)
        numbers[index] = len(ordered)
        ordered.append(line)
        for reader in readers[index]:
            left[reader] -= 1
            if not left[reader]:
                heappush(ready, (text(run.lines[reader]), reader))
    return [*ordered, text(repr(run.results))]


def _waits(lines: list[str], steps: Steps) -> list[set[int]]:
    """For every line those that must stand before it."""
    waits: list[set[int]] = []
    last: dict[str, int] = {}  # the line before that draws, or is of the same module
    lies: dict[str, frozenset[str]] = {}  # in whose memory a value may lie
    touched: dict[str, list[int]] = {}
    written: dict[str, int] = {}
    for index, line in enumerate(lines):
        match = _MODULE.match(line)
        module = match[1] if match else ""
        own = f"%{index}"
        given: frozenset[str] = frozenset().union(
            *(lies.get(name, frozenset((name,))) for name in _MEMORY.findall(line))
        )
        fresh = line.startswith(SUMS) or (module and module not in steps.views)
        lies[own] = frozenset((own,)) if fresh else given | {own}
        before = {int(number) for number in _VALUE.findall(line)}
        before |= {written[name] for name in given if name in written}
        if module in steps.writers or (not module and _writes(line)):
            before |= {other for name in given for other in touched.get(name, ())}
            written |= dict.fromkeys(given, index)
        for name in given | lies[own]:
            touched.setdefault(name, []).append(index)
        draws = module in steps.drawers or line.startswith(ATTENTION)
        for key in ({module} if module else set()) | ({"random"} if draws else set()):
            before |= {last[key]} if key in last else set()
            last[key] = index
        waits.append(before)
    return waits


def _writes(line: str) -> bool:
    """True where a function or method writes over something: `add_`, `out=`."""
    function = line.partition("(")[0]
    return function.endswith(("_", "=")) or "inplace=True" in line or "out=" in line
