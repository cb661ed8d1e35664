"""Runs the command line in this process, or really as a command."""

import subprocess
import sys
from dataclasses import dataclass

import pytest

from archdsl.cli import main


@dataclass
class Result:
    status: int
    out: str
    err: str


@pytest.fixture
def archdsl(capsys):
    """`archdsl("check", "lenet5")` in this process."""

    def run(*argv):
        status = main([str(word) for word in argv])
        captured = capsys.readouterr()
        return Result(status, captured.out, captured.err)

    return run


@pytest.fixture
def command():
    """The same as a process of its own, with what `subprocess.run` takes."""

    def run(*argv, **options):
        words = [sys.executable, "-m", "archdsl.cli", *map(str, argv)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, **options)
        return Result(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def spec(tmp_path):
    """Writes a spec into a file of its own and gives its path."""

    def write(text, name="net.arch"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def sound(spec):
    return spec("network Net(classes=10):\n    input 1x8x8\n    flatten -> linear(classes)\n")


@pytest.fixture
def faulty(spec):
    return spec(
        "network Net:\n    input 1x8x8\n    flaten\n    linear(10, bia=false)\n", "bad.arch"
    )
