"""Room for deep calls, in memory and in Python's count of them.

CPython keeps the frames of a thread in pieces of 16 KB. Calls that go back and forth over the end
of a piece have the system give the next one and take it back each time, which can double the time
of a walk through nested blocks. A call with a large frame brings one large piece, in which all that
it calls finds room; memory that nothing uses costs nothing.

Gets what is to be done, and gives what that gives.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

RECURSION = 20_000  # calls within each other
FRAME = 70_000  # values of 8 bytes: the next power of two leaves as much again for what is called


def with_room(work: Callable[[], T]) -> T:
    """Does some work with half a megabyte for the frames of its calls."""
    return work()


with_room.__code__ = with_room.__code__.replace(co_stacksize=FRAME)


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Room for the nesting that a spec's limits allow: several calls for each level of it."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
