"""`python -m tools.mutation` changes the rules of shapes and costs and looks who notices.

Each mutant (one operator, number or condition of a rule changed, by cosmic-ray) stands before the
tests that run its line; one that they do not notice is printed, unless `equivalent.toml` says why
nothing could. Exits with 1 if there was one, or a record there that is needed no more.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from random import Random

import pytest
import torch

from .equivalent import stale, unexplained
from .mutants import Mutant, files, mutants
from .reach import TESTS, measured
from .trial import Judge, Trials


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__)
    parser.add_argument("files", nargs="*", help="patterns of files (all that have rules)")
    parser.add_argument("--sample", type=float, default=1.0, help="this share of the mutants (1)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another sample (1)")
    parser.add_argument("--seconds", type=float, default=60, help="of tests for a mutant (60)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="at a time")
    parser.add_argument("--survivors", type=Path, help="a file for them, as JSON lines")
    parser.add_argument("--reach", type=Path, help="a file for which test reaches what")
    parser.add_argument("--again", type=Path, help="only the mutants of such a file")
    given = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["ARCHDSL_EVERY_CASE"] = "1"
    torch.set_num_threads(1)
    chosen, reach = _chosen(given), measured(given.reach)
    survivors: list[Mutant] = []

    def loop(begin: Judge) -> None:
        def begin_with(mutant: Mutant) -> int:
            return begin(mutant, reach.tests(mutant.file, mutant.line, given.seconds))

        survivors.extend(run(chosen, begin_with, given.jobs, given.survivors))

    quiet = ("-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist")
    failed = pytest.main([*quiet, *TESTS], plugins=[Trials(loop)])
    return int(failed or bool(unexplained(survivors)) or _stale(given, survivors))


def _stale(given: argparse.Namespace, survivors: list[Mutant]) -> bool:
    """Whether there are records without a survivor, where all mutants were tried; prints them."""
    if given.again is not None or given.sample < 1:
        return False
    found = stale(_files(given), survivors)
    for one in found:
        print(f"no longer a survivor: {one.file}: {one.becomes}")
    return bool(found)


def _files(given: argparse.Namespace) -> list[str]:
    patterns = given.files or ["*"]
    return [f for f in files() if any(fnmatch(f, pattern) for pattern in patterns)]


def _chosen(given: argparse.Namespace) -> list[Mutant]:
    found = [mutant for file in _files(given) for mutant in mutants(file)]
    if given.again is not None:
        wanted = {json.loads(line)["diff"] for line in given.again.read_text().splitlines()}
        return [mutant for mutant in found if mutant.diff in wanted]
    sample = Random(given.seed).sample(found, round(len(found) * given.sample))
    return sorted(sample, key=lambda mutant: mutant.id)


def run(
    chosen: list[Mutant], begin: Callable[[Mutant], int], jobs: int, kept: Path | None
) -> list[Mutant]:
    """Judges the mutants; prints the survivors that nothing explains, and figures; gives all."""
    tested: Counter[str] = Counter()
    survivors: list[Mutant] = []
    running: dict[int, Mutant] = {}
    waiting = list(reversed(chosen))
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            running[begin(mutant)] = mutant
        process, status = os.wait()
        mutant, survived = running.pop(process), status == 0
        tested[mutant.file] += 1
        if survived:
            survivors.append(mutant)
            for one in unexplained([mutant]):
                print(f"{one.id}\n{one.diff}", flush=True)
                _keep(one, kept)
    _print_figures(tested, survivors)
    return survivors


def _print_figures(tested: Counter[str], survivors: list[Mutant]) -> None:
    unknown = unexplained(survivors)
    all_left = Counter(mutant.file for mutant in survivors)
    left = Counter(mutant.file for mutant in unknown)
    for file, count in sorted(tested.items()):
        equivalent = all_left[file] - left[file]
        print(f"{file:<40} {count:5,} mutants {equivalent:4,} equivalent {left[file]:4,} survived")
    known = len(survivors) - len(unknown)
    print(f"{tested.total():,} mutants, {known:,} equivalent, {len(unknown):,} survived")


def _keep(mutant: Mutant, kept: Path | None) -> None:
    if kept is not None:
        with kept.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"id": mutant.id, "diff": mutant.diff}) + "\n")


if __name__ == "__main__":
    sys.exit(main())
