"""Commands in processes of their own, forked from one that has archdsl loaded.

Python's start and its imports take longer than most commands. What is asked comes in lines of JSON;
each answer is the exit status, negative where a signal ended the command.
"""

import atexit
import gc
import json
import os
import resource
import subprocess
import sys
from contextlib import redirect_stdout
from functools import cache
from io import BytesIO, TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

SECONDS, BYTES = 30, 1 << 30
ROOT = Path(__file__).parents[2]


def archdsl(folder: Path, *words: str, stdin: str = os.devnull) -> subprocess.CompletedProcess[str]:
    """Runs a command where more than the bounds ends it with a signal or a MemoryError."""
    with TemporaryDirectory() as told:
        streams = [stdin, f"{told}/out", f"{told}/err"]
        status = _ask({"folder": str(folder), "words": words, "streams": streams})
        out, err = (Path(file).read_text(encoding="utf-8") for file in streams[1:])
    return subprocess.CompletedProcess(words, status, out, err)


def _ask(asked: dict[str, Any]) -> int:
    server = _server()
    assert server.stdin is not None and server.stdout is not None
    server.stdin.write(json.dumps(asked) + "\n")
    server.stdin.flush()
    return int(server.stdout.readline())


@cache
def _server() -> "subprocess.Popen[str]":
    """Ends where its standard input does: with the process of the tests."""
    server = subprocess.Popen(
        [sys.executable, __file__],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(server.communicate)
    return server


# --- the process that forks -------------------------------------------------------------------


def serve() -> None:
    """Answers until nothing more is asked; in a fork, ends with the command."""
    from archdsl.cli import entry

    _load()
    gc.freeze()  # what is loaded is no fork's to look through
    for line in sys.stdin:
        process = os.fork()
        if not process:
            _become(**json.loads(line))
            entry()
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _load() -> None:
    """Imports what commands import, by running some."""
    from archdsl.cli import main

    with redirect_stdout(TextIOWrapper(BytesIO())):
        for words in ("check", "compile", "audit", "sizes", "draw --format dot"):
            assert main([*words.split(), "lenet5"]) == 0


def _become(folder: str, words: list[str], streams: list[str]) -> None:
    """The process of one command: its folder, its bounds, its words and its streams."""
    os.chdir(folder)
    modes = (os.O_RDONLY, os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_CREAT)
    for number, (file, mode) in enumerate(zip(streams, modes, strict=True)):
        os.dup2(os.open(file, mode), number)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.argv = ["archdsl", *words]
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


if __name__ == "__main__":
    serve()
