"""Processes that measure variants for a sweep.

Each has a pipe to the one that gathers, and shares no lock and no queue with the others: whichever
ends, at whatever moment, keeps nobody waiting.
"""

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from multiprocessing import Pipe, Process, parent_process
from multiprocessing.connection import Connection, wait
from signal import SIG_IGN, SIGINT, signal
from threading import Thread
from traceback import format_exc

from archdsl.base.fault import Fault
from archdsl.base.signals import uninterrupted
from archdsl.driver import Misuse
from archdsl.sweeps.variant_bench import Order, VariantBench
from archdsl.sweeps.variants import Variant

CHUNK = 8  # variants that a process is given at once

Results = list[tuple[int, Variant | None]]


def shared(order: Order, numbers: Sequence[int], jobs: int) -> Iterator[tuple[int, Variant | None]]:
    """The variants of these numbers, as they come from that many processes.

    They are gone when the iterator ends or is closed. Raises `Misuse` where one of them is killed.
    """
    given = iter(numbers)
    team: list[_Worker] = []
    try:
        with uninterrupted():
            team += [_Worker(order) for _ in range(min(jobs, -(-len(numbers) // CHUNK)))]
        for worker in team:
            worker.give(list(islice(given, CHUNK)))
        busy = {worker.pipe: worker for worker in team}
        while busy:
            for pipe in wait(list(busy)):
                assert isinstance(pipe, Connection)
                yield from busy[pipe].take()
                chunk = list(islice(given, CHUNK))
                busy[pipe].give(chunk)
                if not chunk:
                    del busy[pipe]
    finally:
        with uninterrupted():
            for worker in team:
                worker.end()


class _Worker:
    """A process, seen from the one that gathers the results."""

    def __init__(self, order: Order) -> None:
        self.pipe, theirs = Pipe()
        self._process = Process(target=_work, args=(theirs, order), daemon=True)
        self._process.start()
        theirs.close()

    def give(self, chunk: list[int]) -> None:
        """Variants to measure; an empty list ends the process."""
        try:
            self.pipe.send(chunk)
        except OSError:
            raise _killed() from None

    def take(self) -> Results:
        try:
            answer: Results | Misuse | Fault = self.pipe.recv()
        except (EOFError, OSError):
            raise _killed() from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _killed() -> Misuse:
    return Misuse("a process of the sweep was killed; with fewer `jobs` it needs less memory")


# --- in the process ----------------------------------------------------------------------------


def _work(pipe: Connection, order: Order) -> None:
    """Measures what it is given until that is nothing; Ctrl-C is for the one that gathers."""
    signal(SIGINT, SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    bench: VariantBench | None = None
    while chunk := pipe.recv():
        try:
            bench = bench or VariantBench(order)
            pipe.send([(number, bench.measure(number)) for number in chunk])
        except Misuse as misuse:
            pipe.send(misuse)
        except Exception:  # told by the one that gathers
            pipe.send(Fault("a process of the sweep failed", format_exc()))


def _end_with_parent() -> None:
    """Ends this process when that one is gone, killed perhaps: no more numbers will come."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
