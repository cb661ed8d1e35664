"""What a command costs, as a whole process, beside `import torch`.

    python benchmarks/startup.py --rounds 9

`check again` is a spec that was checked before and has not changed; `check` one that was not, with
the parser's tables and the library's trees kept; `first check` has an empty cache folder. `audit
without trees` finds all that earlier runs kept but the trees: what they buy is the difference. A
text whose tree is not there needs the parser's tables. The interpreter's own start and the
libraries' imports are the floor. Memory is the peak of the process.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from turns import machine, medians, shown

SPEC = "resnet50"
COMMANDS = ["check", "audit", "compile", "draw"]
KEPT = {  # the names of the entries to forget, for a command that goes without
    "trees": ("tree-",),
    "trees and tables": ("tree-", "grammar-"),
    "arguments": ("arguments",),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--commands", nargs="*", default=COMMANDS, choices=COMMANDS)
    options = parser.parse_args()
    rounds = options.rounds
    print(f"{machine()}, medians of {rounds} rounds")
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder)
        command = [sys.executable, "-m", "archdsl.cli"]
        times = medians(
            {
                "import torch": lambda: _run([sys.executable, "-c", "import torch"], kept),
                "check again": lambda: _run([*command, "check", SPEC], kept),
                "check": lambda: (_forget(kept, "verdict-"), _run([*command, "check", SPEC], kept)),
                "first check": lambda: (_forget(kept, ""), _run([*command, "check", SPEC], kept)),
                **_each_without(command, options.commands, kept),
                "python": lambda: _run([sys.executable, "-c", "pass"], kept),
                "pydantic": lambda: _run(
                    [sys.executable, "-c", "from pydantic import BaseModel"], kept
                ),
                "lark": lambda: _run([sys.executable, "-c", "import lark"], kept),
            },
            rounds,
        )
        print(shown(times, "import torch"))
        for words in (["check", SPEC], ["audit", SPEC]):
            print(f"  {words[0]}: {_peak([*command, *words], kept):.0f} MB")


def _run(words: list[str], folder: Path) -> None:
    environment = {**os.environ, "ARCHDSL_CACHE_DIR": str(folder)}
    subprocess.run(words, env=environment, stdout=subprocess.DEVNULL, check=True)


def _each_without(
    command: list[str], words: list[str], folder: Path
) -> dict[str, Callable[[], object]]:
    """Each command with all that is kept, and without each part of it."""
    found: dict[str, Callable[[], object]] = {}
    for word in words:
        run = partial(_run_without, [*command, word, SPEC], folder)
        if word != "check":
            found[word] = run
        for kind, names in KEPT.items():
            found[f"{word} without {kind}"] = partial(run, *names)
    return found


def _run_without(words: list[str], folder: Path, *names: str) -> None:
    for name in ("verdict-", *names):
        _forget(folder, name)
    _run(words, folder)


def _forget(folder: Path, kind: str) -> None:
    for entry in folder.glob(f"{kind}*"):
        entry.unlink()


def _peak(words: list[str], folder: Path) -> float:
    """Megabytes that a process held at most, by the system's own count."""
    process = os.fork()
    if process == 0:
        _forget(folder, "verdict-")
        _run(words, folder)
        held = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        os._exit(min(held // 1024, 255))
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


if __name__ == "__main__":
    main()
