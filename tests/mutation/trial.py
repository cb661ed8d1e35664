"""One mutant before its tests: in a fork, so that torch and the rest is imported once only."""

import os
import signal
import sys
import time
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from types import CodeType

import pytest

from .mutants import ROOT, Mutant

SECONDS = 120  # a mutant that takes longer is stopped, and counts as found
QUIET = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")


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


def begin(mutant: Mutant, tests: list[str]) -> int:
    """Starts the tests of a mutant; gives the process that runs them, which exits with pytest's
    status: 0 if they notice nothing."""
    assert not any(name.partition(".")[0] == "archdsl" for name in sys.modules)
    process = os.fork()
    if process:
        return process
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    signal.alarm(SECONDS)
    sys.meta_path.insert(0, _Finder(mutant))
    status = 1
    try:
        status = int(pytest.main([*QUIET, *tests]))
    finally:
        os._exit(status)


def ended(processes: dict[int, Mutant]) -> tuple[Mutant, bool]:
    """Waits until the tests of one mutant are over: whether it survived them."""
    while True:
        process, status = os.wait()
        if process in processes:
            return processes.pop(process), status == 0
        time.sleep(0)
