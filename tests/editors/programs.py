"""Editors as programs: found or complained about, with a home of their own."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds
SMALL = """\
network small(classes=10):
    input 3x32x32
    stem = conv(16, 3, padding=1)
    relu
    global_avg_pool -> flatten
    fc = linear(classes)
"""
WILD = SMALL.replace("conv(16, 3, padding=1)", "conv( 16,3,padding = 1 )")

T = TypeVar("T")


def program(name: str) -> str:
    """The path of a program; fails with where to look where it is missing."""
    path = shutil.which(name)
    assert path is not None, (
        f"no {name} here: docs/contributing.md says what to install, "
        "or leave these tests out with -m 'not editors'"
    )
    return path


def surroundings(home: Path) -> dict[str, str]:
    """The variables of a process whose user has just this home."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith("XDG_")}
    return {**kept, "HOME": str(home), "PYTHONPATH": str(ROOT)}


def archdsl(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Runs the command line as that user."""
    return subprocess.run(
        [sys.executable, "-m", "archdsl.cli", *words],
        env=surroundings(home),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )


def until(question: Callable[[], T]) -> T:
    """The first answer that is not empty; fails where there is none in time."""
    end = time.monotonic() + PATIENCE
    while True:
        answer = question()
        if answer:
            return answer
        assert time.monotonic() < end, f"still {answer!r} after {PATIENCE} s"
        time.sleep(0.1)
