"""Branch coverage of the rooms that decide what a spec means and costs.

`python -m tools.covered` runs these rooms' tests in one process and prints a figure for each room;
it fails where one is below 95 %. With folders as arguments it runs their tests only and adds them
to what was measured before; with `--report` it runs none.
"""

import os
import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import coverage
import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("syntax", "semantics", "ops", "analyses")
TESTS = ("syntax", "semantics", "errors", "fmt", "ops", "analyses", "audit", "lints", "sizes",
         "diff", "parallel", "cli/test_fmt.py")  # fmt: skip
LEAST = 95.0


def main(words: Sequence[str]) -> int:
    measured = coverage.Coverage(
        data_file=ROOT / ".coverage",
        branch=True,
        source=[str(ROOT / "archdsl" / room) for room in ROOMS],
    )
    if words:
        measured.load()
    else:
        measured.erase()
    status = 0 if "--report" in words else _run(measured, words or TESTS)
    figures = {room: _figure(measured, room) for room in ROOMS}
    for room, figure in figures.items():
        print(f"{room:<10} {figure:5.1f} %")
    return status or int(min(figures.values()) < LEAST)


def _run(measured: coverage.Coverage, tests: Sequence[str]) -> int:
    os.environ["ARCHDSL_EVERY_CASE"] = "1"
    measured.start()
    status = pytest.main(["-q", "-p", "no:cacheprovider", *(f"tests/{name}" for name in tests)])
    measured.stop()
    measured.save()
    return int(status)


def _figure(measured: coverage.Coverage, room: str) -> float:
    """Statements and branches together, in percent."""
    return measured.report(include=[str(ROOT / "archdsl" / room / "*")], file=StringIO())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
