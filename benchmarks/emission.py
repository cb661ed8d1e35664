"""What it costs to turn a checked network into PyTorch source.

    python benchmarks/emission.py --rounds 3

Every network of the catalogue, the program at hand and its source written once before; processor
time of writing and of proving what was written, the slowest ones, and how many take longer to write
than the goal of 50 ms.
"""

import argparse
from statistics import median
from time import process_time
from typing import NamedTuple

from turns import machine

from archdsl import driver, load
from archdsl.backends.python.printer import print_plan
from archdsl.ir.graph import Program
from archdsl.proof import proved
from archdsl.transforms.classes import plan_classes
from archdsl.transforms.classes.plan import Plan
from archdsl.transforms.in_place import in_place

GOAL = 50  # ms


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("networks", nargs="*", metavar="NETWORK")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--shown", type=int, default=10)
    options = parser.parse_args()
    names = options.networks or [entry.name for entry in driver.listing()]
    print(f"{machine()}, processor time, medians of {options.rounds} rounds, {len(names)} networks")
    times = {name: _milliseconds(name, options.rounds) for name in names}
    print(f"  {'':28} {'written':>8}    {'proven':>8}")
    for name in sorted(times, key=lambda name: -times[name].written)[: options.shown]:
        print(f"  {name:28} {times[name].written:8.1f} ms {times[name].proven:8.1f} ms")
    writing = [time.written for time in times.values()]
    proving = [time.proven for time in times.values()]
    slow = sum(time > GOAL for time in writing)
    print(f"medians {median(writing):.1f} and {median(proving):.1f} ms")
    print(f"over {GOAL} ms to write: {slow} networks")
    print(f"proving takes {sum(proving) / sum(writing):.2f} of the time of writing")


class Times(NamedTuple):
    """Milliseconds to write a source, and to prove it."""

    written: float
    proven: float


def _milliseconds(name: str, rounds: int) -> Times:
    program = in_place(load(name).program)
    _write(program)
    writing, proving = [], []
    for _ in range(rounds):
        begin = process_time()
        planned, text = _write(program)
        between = process_time()
        proved(program, text, planned.network.name)
        proving.append(process_time() - between)
        writing.append(between - begin)
    return Times(1000 * median(writing), 1000 * median(proving))


def _write(program: Program) -> tuple[Plan, str]:
    planned = plan_classes(program)
    return planned, print_plan(planned)


if __name__ == "__main__":
    main()
