"""`--watch`: the same again whenever a file was saved, until Ctrl-C."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from archdsl import driver
from archdsl.cli.folders import arch_files
from archdsl.cli.terminal import Stop, say
from archdsl.preview.changed_files import Stamp, stamp

PAUSE = 0.2  # seconds between two looks


def follow(specs: Sequence[str], check: Callable[[], object]) -> NoReturn:
    """Checks now and after every change of the SPECs' files; Ctrl-C ends it."""
    if any(spec == "-" or spec.startswith("-:") for spec in specs):
        raise Stop("--watch looks at files, and standard input is none")
    seen = _stamps(specs)
    _run(check)
    while True:
        now = _settled(specs, seen)
        if now != seen:
            changed = sorted(path.name for path in {*now, *seen} if now.get(path) != seen.get(path))
            say(f"archdsl: {', '.join(changed)} changed")
            _run(check)
            seen = now


def rewrite(spec: str, output: str | None, write: Callable[[], object]) -> NoReturn:
    """Writes a SPEC's file now and after every change; a mistake leaves the last good one."""
    if output in (None, "-"):
        raise Stop("--watch writes a file anew: give one with -o")

    def tell() -> None:
        try:
            write()
        except Stop as stop:
            say(f"archdsl: {stop}")
        else:
            say(f"archdsl: {output} is written")

    follow([spec], tell)


def _run(check: Callable[[], object]) -> None:
    check()
    sys.stdout.flush()


def _settled(specs: Sequence[str], seen: dict[Path, Stamp]) -> dict[Path, Stamp]:
    """The files as they are after a pause, once two looks find them the same."""
    time.sleep(PAUSE)
    now = _stamps(specs)
    while now != seen:
        time.sleep(PAUSE)
        before, now = now, _stamps(specs)
        if now == before:
            break
    return now


def _stamps(specs: Sequence[str]) -> dict[Path, Stamp]:
    return {path: stamp([path]) for spec in specs for path in _files(spec)}


def _files(spec: str) -> Iterator[Path]:
    """The files of a SPEC and those that they import; of a folder all that there are now."""
    if os.path.isdir(spec):
        yield from arch_files(Path(spec))
        return
    yield from _named(spec)
    try:
        yield from driver.files_of(spec)
    except driver.Misuse:
        return


def _named(spec: str) -> Iterator[Path]:
    """The file that a SPEC names, there or not."""
    file, ending, _ = spec.rpartition(".arch")
    if ending:
        yield Path(f"{file}{ending}")
