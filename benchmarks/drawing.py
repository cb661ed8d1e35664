"""What a diagram costs to decide and to write as DOT, Graphviz's own time left out.

    python benchmarks/drawing.py --rounds 7

Every network of the catalogue, or each that is named, is drawn at its usual depth, the program at
hand and drawn once before; the slowest ten are printed, then how many take longer than the goal of
50 ms.
"""

import argparse
from statistics import median
from time import process_time

from turns import machine

from archdsl import driver, load
from archdsl.backends.diagram_formats import draw

GOAL = 50  # ms
SHOWN = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("networks", nargs="*", metavar="NETWORK")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    rounds = options.rounds
    names = options.networks or [entry.name for entry in driver.listing()]
    print(f"{machine()}, processor time, medians of {rounds} rounds, {len(names)} networks")
    times = {name: _milliseconds(name, rounds) for name in names}
    for name in sorted(times, key=lambda name: -times[name])[:SHOWN]:
        print(f"  {name:28} {times[name]:6.1f} ms")
    slow = sum(time > GOAL for time in times.values())
    print(f"median {median(times.values()):.1f} ms; over {GOAL} ms: {slow} networks")


def _milliseconds(name: str, rounds: int) -> float:
    program = load(name).program
    draw(program, "dot")
    taken = []
    for _ in range(rounds):
        begin = process_time()
        draw(program, "dot")
        taken.append(process_time() - begin)
    return 1000 * median(taken)


if __name__ == "__main__":
    main()
