"""What it costs to turn a checked network into PyTorch source.

    python benchmarks/emission.py --rounds 3

Every network of the catalogue, the program at hand and its source written once before; processor
time, the slowest ones, and how many take longer than the goal of 50 ms.
"""

import argparse
from statistics import median
from time import process_time

from turns import machine

from archdsl import driver, load

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
    for name in sorted(times, key=lambda name: -times[name])[: options.shown]:
        print(f"  {name:28} {times[name]:6.1f} ms")
    slow = sum(time > GOAL for time in times.values())
    print(f"median {median(times.values()):.1f} ms; over {GOAL} ms: {slow} networks")


def _milliseconds(name: str, rounds: int) -> float:
    net = load(name)
    net.source()
    taken = []
    for _ in range(rounds):
        begin = process_time()
        net.source()
        taken.append(process_time() - begin)
    return 1000 * median(taken)


if __name__ == "__main__":
    main()
