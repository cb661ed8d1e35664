"""What grows and what does not: depth, length of the text, numbers of weights.

    python benchmarks/scale.py --rounds 5

Prints times of parsing a long text and of figures (params and MACs, from the text) of networks that
differ in one thing only, and the memory that Python held at most for each.
"""

import argparse
import tracemalloc
from itertools import count

from turns import Work, machine, medians

import archdsl
from archdsl.base.source import Source
from archdsl.syntax.line_reader import read

PREACTIVATION = """
network Preact(n, classes=10):
    input 3x32x32
    conv(16, 3, padding=1, bias=false)
    preact_bottleneck(16) -> preact_bottleneck(16) * (n - 1)
    preact_bottleneck(32, stride=2) -> preact_bottleneck(32) * (n - 1)
    preact_bottleneck(64, stride=2) -> preact_bottleneck(64) * (n - 1)
    bn -> relu -> global_avg_pool -> flatten -> linear(classes)
"""
WIDE = """
network Wide(width):
    input 3x32x32
    for i in range(10):
        conv(width, 3, padding=1) -> relu
    global_avg_pool -> flatten -> linear(10)
"""
HEAD, LINE = "network Long:\n    input 3x32x32\n", "    conv(16, 3, padding=1) -> bn -> relu\n"
PAIRS = (  # what is compared with what, and how many times as long it may take
    ("1001 layers", "56 layers"),
    ("100 G weights", "100 k weights"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lines", type=int, default=10_000, help="of the long text")
    options = parser.parse_args()
    rounds = options.rounds
    print(f"{machine()}, medians of {rounds} rounds")
    works = contestants(options.lines)
    times = medians(works, rounds)
    for name, work in works.items():
        print(f"  {name:<14} {times[name] * 1e3:8.1f} ms  {_peak(work) / 2**20:6.1f} MiB")
    for large, small in PAIRS:
        print(f"  {large} take {times[large] / times[small]:.2f}x as long as {small}")


def contestants(lines: int) -> dict[str, Work]:
    fresh = count()
    long = HEAD + LINE * lines

    def figures(text: str, **parameters: int) -> tuple[int, int]:
        net = archdsl.loads(f"{text}# {next(fresh)}\n", **parameters)
        return net.params, net.macs

    assert figures(PREACTIVATION, n=111)[0] > 10 * figures(PREACTIVATION, n=6)[0]
    assert figures(WIDE, width=36_000)[0] > 99e9
    return {
        f"{lines:,} lines": lambda: read(Source("long.arch", long)),
        "56 layers": lambda: figures(PREACTIVATION, n=6),
        "1001 layers": lambda: figures(PREACTIVATION, n=111),
        "100 k weights": lambda: figures(WIDE, width=33),
        "100 G weights": lambda: figures(WIDE, width=36_000),
    }


def _peak(work: Work) -> int:
    """Bytes that Python held at most beyond what it held before."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


if __name__ == "__main__":
    main()
