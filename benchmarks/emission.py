"""What it costs to turn a checked network into PyTorch source.

    python benchmarks/emission.py --rounds 3

Every network of the catalogue, its source written once before; processor time of elaborating its
siblings and writing classes that keep the parameters, of writing the network alone (`--fixed`), and
of proving what was written; the slowest ones, and how many take longer than the goal of 50 ms.
"""

import argparse
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import NamedTuple, TypeVar

from turns import machine

from archdsl import driver
from archdsl.backends.python import emit, planned
from archdsl.backends.python.printer import print_plan
from archdsl.proof import proved
from archdsl.transforms.classes import plan_classes
from archdsl.transforms.in_place import in_place

GOAL = 50  # ms
Result = TypeVar("Result")


class Times(NamedTuple):
    """Milliseconds: to elaborate siblings and write, to write the network alone, to prove that."""

    kept: float
    fixed: float
    proven: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("networks", nargs="*", metavar="NETWORK")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--shown", type=int, default=10)
    options = parser.parse_args()
    names = options.networks or [entry.name for entry in driver.listing()]
    print(f"{machine()}, processor time, medians of {options.rounds} rounds, {len(names)} networks")
    times = {name: _milliseconds(name, options.rounds) for name in names}
    print(f"  {'':28} {'kept':>8}    {'fixed':>8}    {'proven':>8}")
    for name in sorted(times, key=lambda name: -times[name].kept)[: options.shown]:
        print(f"  {name:28}" + "".join(f" {part:8.1f} ms" for part in times[name]))
    for place, what in enumerate(Times._fields):
        column = [time[place] for time in times.values()]
        over = sum(part > GOAL for part in column)
        print(f"{what:7} median {median(column):6.1f} ms, over {GOAL} ms: {over} networks")
    total = [sum(column) for column in zip(*times.values(), strict=True)]
    print(f"with parameters {total[0] / total[1]:.2f} of the time of the network alone")
    print(f"proving takes {total[2] / total[1]:.2f} of the time of writing the network alone")


def _milliseconds(name: str, rounds: int) -> Times:
    emit(driver.load(name).program)
    columns = zip(*(_round(name) for _ in range(rounds)), strict=True)
    return Times(*(1000 * median(column) for column in columns))


def _round(name: str) -> tuple[float, float, float]:
    loaded = driver.load(name)
    program = in_place(loaded.program)
    kept, _ = _timed(lambda: print_plan(planned((loaded.program,), loaded.siblings())))
    fixed, (plan, text) = _timed(lambda: _alone(program))
    proven, _ = _timed(lambda: proved(program, text, plan.network.name))
    return kept, fixed, proven


def _alone(program):
    plan = plan_classes((program,))
    return plan, print_plan(plan)


def _timed(run: Callable[[], Result]) -> tuple[float, Result]:
    begin = process_time()
    found = run()
    return process_time() - begin, found


if __name__ == "__main__":
    main()
