"""Which test reaches which line of the rules, and how long it takes: measured once, then kept."""

import ast
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import accumulate
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import coverage
import pytest

from .mutants import ROOT, files

TESTS = ("tests/ops", "tests/analyses", "tests/audit", "tests/sizes/test_unread_pixels.py",
         "tests/deploy/test_fold_norms.py", "tests/deploy/test_sum_branches.py",
         "tests/deploy/test_merge_parallel.py", "tests/emission/test_cases.py",
         "tests/fuzz/test_fuzz_found.py")  # fmt: skip


class Reach:
    """The tests of a line, quickest first."""

    def __init__(self, lines: dict[str, dict[str, list[str]]], seconds: dict[str, float]) -> None:
        self._lines = lines
        self._seconds = seconds
        reached = {t for of in lines.values() for tests in of.values() for t in tests}
        self._readers = {test for test in seconds if test not in reached}  # of facts, not of rules
        self._sources = {file: ast.parse((ROOT / file).read_text("utf-8")) for file in files()}

    def tests(self, file: str, line: int, seconds: float) -> list[str]:
        """Those that run the line, as many as take so long together."""
        known = self._lines.get(file, {})
        direct = known.get(str(line), ())
        found = sorted(direct, key=self._time) or self._indirect(file, line)
        until = accumulate(map(self._time, found))
        return [test for test, end in zip(found, until, strict=True) if end <= seconds] or found[:1]

    def _indirect(self, file: str, line: int) -> list[str]:
        """For what only an import runs: those named after its op or file, those that run no rule
        but may look at what stands there, and those of its class or file, or all if none runs any.
        """
        known = self._lines.get(file, {})
        near = set(self._seconds)
        if any(known.values()):
            first, last = self._around(file, line)
            near = {t for n, ts in known.items() if first <= int(n) <= last for t in ts}
        names = (*self._words(file, line), Path(file).stem)  # `…[relu-1]`, `test_initialiser.py`
        near |= {test for test in self._seconds if any(name in test for name in names)}
        others = _of_each_function_first(sorted(near - self._readers, key=self._time))
        found = [*sorted(self._readers), *others]
        return sorted(found, key=lambda test: [name not in test for name in names])

    def _time(self, test: str) -> float:
        return self._seconds.get(test, 0.0)

    def _words(self, file: str, line: int) -> list[str]:
        """The word of the op whose class a line stands in, if it does."""
        return [
            str(fact.value.value)
            for node in self._sources[file].body
            if isinstance(node, ast.ClassDef) and node.lineno <= line <= (node.end_lineno or 0)
            for fact in node.body
            if isinstance(fact, ast.Assign) and isinstance(fact.value, ast.Constant)
            if isinstance(fact.targets[0], ast.Name) and fact.targets[0].id == "word"
        ]

    def _around(self, file: str, line: int) -> tuple[int, int]:
        """The class or function that a line stands in; all of the file where no test runs it."""
        kinds = ast.ClassDef | ast.FunctionDef
        for node in self._sources[file].body:
            last = getattr(node, "end_lineno", None) or 0
            if isinstance(node, kinds) and node.lineno <= line <= last:
                known = self._lines.get(file, {})
                if any(tests and node.lineno <= int(n) <= last for n, tests in known.items()):
                    return node.lineno, last
        return 1, 1_000_000


def _of_each_function_first(tests: list[str]) -> list[str]:
    """The first of each test function, then the second of each, …"""
    turns: Counter[str] = Counter()
    order: list[tuple[int, str]] = []
    for test in tests:
        function = test.partition("[")[0]
        order.append((turns[function], test))
        turns[function] += 1
    return [test for _, test in sorted(order, key=itemgetter(0))]


def measured(kept: Path | None = None) -> Reach:
    """Runs the tests once, in a process of their own, unless the file has what was measured."""
    with TemporaryDirectory() as folder:
        file = kept or Path(folder) / "reach.json"
        if not file.exists():
            command = [sys.executable, "-m", "tools.mutation.reach", str(file)]
            subprocess.run(command, cwd=ROOT, check=True)
        found = json.loads(file.read_text())
    return Reach(found["lines"], found["seconds"])


class _Contexts:
    """A pytest plugin: the lines that run while a test runs are its own."""

    def __init__(self, measuring: coverage.Coverage) -> None:
        self.measuring = measuring
        self.seconds: dict[str, float] = defaultdict(float)
        self.failed = False

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.measuring.switch_context(item.nodeid)
        yield
        self.measuring.switch_context("")

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.seconds[report.nodeid] += report.duration
        self.failed = self.failed or report.failed


def _measure(target: Path) -> int:
    sources = [str(ROOT / file) for file in files()]
    measuring = coverage.Coverage(data_file=None, include=sources)
    plugin = _Contexts(measuring)
    measuring.start()
    pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:xdist", *TESTS], plugins=[plugin])
    measuring.stop()
    data = measuring.get_data()
    lines = {
        file: {str(n): [t for t in tests if t] for n, tests in known.items()}
        for file, known in ((f, data.contexts_by_lineno(str(ROOT / f))) for f in files())
    }
    target.write_text(json.dumps({"lines": lines, "seconds": plugin.seconds}))
    return int(plugin.failed)  # mutants are judged by tests that pass without them


if __name__ == "__main__":
    sys.exit(_measure(Path(sys.argv[1])))
