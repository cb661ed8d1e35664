"""From a checked network to PyTorch source and to a diagram's DOT, without its layout.

    python benchmarks/emission.py --rounds 3

Every network of the catalogue, in a process that has done each once; prints the slowest.
"""

import argparse

from turns import machine, medians

import archdsl
from archdsl import catalogue
from archdsl.network import Network


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("networks", nargs="*", metavar="NETWORK")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--shown", type=int, default=8)
    options = parser.parse_args()
    print(f"{machine()}, medians of {options.rounds} rounds")
    nets = [archdsl.load(name) for name in options.networks] or _catalogue()
    for what, times in (
        ("source", {n.name: _time(n, "source", options.rounds) for n in nets}),
        ("DOT", {n.name: _time(n, "dot", options.rounds) for n in nets}),
    ):
        slowest = sorted(times.items(), key=lambda pair: -pair[1])
        middle = slowest[len(slowest) // 2][1]
        print(f"{what}: {len(nets)} networks, the middle one {middle * 1e3:.0f} ms; the slowest:")
        for name, seconds in slowest[: options.shown]:
            print(f"  {name:24} {seconds * 1e3:6.0f} ms")


def _catalogue() -> list[Network]:
    """The networks that can stand alone."""
    found = []
    for entry in catalogue.entries():
        try:
            found.append(archdsl.load(entry.name))
        except archdsl.SpecError:  # it waits for arguments
            continue
    return found


def _time(net: Network, what: str, rounds: int) -> float:
    work = net.source if what == "source" else lambda: net.draw(format="dot")
    return medians({what: work}, rounds)[what]


if __name__ == "__main__":
    main()
