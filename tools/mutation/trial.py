"""Mutants before their tests, each in a fork: torch, archdsl and the tests are loaded once only."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from itertools import takewhile
from pathlib import Path
from types import CodeType

import pytest
from _pytest.runner import runtestprotocol

from .mutants import ROOT, Mutant
from .swap import swapped

SECONDS = 120  # a mutant that takes longer is stopped, and counts as found
QUIET = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
TESTS = ROOT / "tests"
Judge = Callable[[Mutant, Sequence[str]], int]


class Trials:
    """A pytest plugin that runs `loop`, with the tests collected, in place of the tests."""

    def __init__(self, loop: Callable[[Judge], None]) -> None:
        self.loop = loop
        self.items: dict[str, pytest.Item] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = {item.nodeid: item for item in session.items}
        first, last = session.items[0], session.items[-1]
        assert first.parent is not last.parent  # what the session needs stays set up
        runtestprotocol(first, log=False, nextitem=last)
        self.loop(self.begin)
        return True

    def begin(self, mutant: Mutant, tests: Sequence[str]) -> int:
        """Gives the process that runs a mutant's tests; it exits with 0 if they notice nothing."""
        process = os.fork()
        if process:
            return process
        signal.alarm(SECONDS)
        try:
            _silence()
            status = self._noticed(tests) if swapped(mutant) else _afresh(mutant, tests)
        except BaseException:
            status = 1
        os._exit(status)

    def _noticed(self, tests: Sequence[str]) -> int:
        items = [self.items[test] for test in tests]
        for item, following in zip(items, [*items[1:], items[0]], strict=True):
            reports = runtestprotocol(item, log=False, nextitem=following)
            if any(report.failed for report in reports):
                return 1
        return 0


def _silence() -> None:
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)


def _afresh(mutant: Mutant, tests: Sequence[str]) -> int:
    """The tests with everything of the repository imported again, the mutant's module changed."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name.partition(".")[0] == "archdsl" or (file and Path(file).is_relative_to(TESTS)):
            del sys.modules[name]
    sys.meta_path.insert(0, _Finder(mutant))
    runs = filter(None, _parted(tests))  # collecting all takes long, and few need all
    return int(any(pytest.main([*QUIET, *run]) for run in runs))


def _parted(tests: Sequence[str]) -> tuple[list[str], list[str]]:
    """Those at the beginning that stand in one file, and the others."""
    file = tests[0].partition("::")[0]
    first = list(takewhile(lambda test: test.partition("::")[0] == file, tests))
    return first, list(tests[len(first) :])


class _Mutated(SourceFileLoader):
    """Gives a module the mutant's text."""

    def __init__(self, mutant: Mutant) -> None:
        super().__init__(mutant.module, str(ROOT / mutant.file))
        self.text = mutant.text

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = compile(self.text, self.path, "exec")
        return code


class _Finder(MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        if fullname != self.mutant.module:
            return None
        loader = _Mutated(self.mutant)
        return spec_from_file_location(fullname, loader.path, loader=loader)
