"""Results go to a file, or to standard output. What archdsl did not write is not overwritten.

What a command reads it never replaces, by no option.
"""

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from archdsl.base import written_files
from archdsl.base.files import Unwritable, refuse_missing_folder
from archdsl.cli.terminal import Stop

FORCE = "--force"


def delivered(once: Callable[[Namespace], int], arguments: Namespace) -> int:
    """Writes a SPEC's file, with `--watch` again and again."""
    if arguments.watch:
        from archdsl.cli.watch import rewrite

        rewrite(arguments.spec, arguments.output, lambda: once(arguments))
    return once(arguments)


def deliver(result: str | bytes, path: str | None, format: str, arguments: Namespace) -> None:
    """Writes a result to the file, or to standard output without one (or for `-`)."""
    if path is None or path == "-":
        _show(result)
        return
    content = result.encode() if isinstance(result, str) else result
    spare_inputs(path, arguments)
    try:
        written_files.write_result(
            Path(path), content, format, force=arguments.force, forced_by=FORCE
        )
    except (written_files.Taken, Unwritable) as error:
        raise Stop(str(error)) from None


def spare(path: str | None, arguments: Namespace) -> None:
    """Stops the command before its work where the file cannot be written: it has no folder, or
    would overwrite what archdsl did not write, unless by `--force`."""
    if path is None or path == "-":
        return
    spare_inputs(path, arguments)
    try:
        refuse_missing_folder(Path(path))
    except Unwritable as error:
        raise Stop(str(error)) from None
    if arguments.force:
        return
    try:
        written_files.spare(Path(path), FORCE)
    except written_files.Taken as taken:
        raise Stop(str(taken)) from None


def spare_inputs(path: str, arguments: Namespace) -> None:
    """Stops the command before it overwrites what it reads, however the file is called here."""
    with suppress(OSError, ValueError):  # no such file: nothing to lose
        there = os.stat(path)
        for read in _inputs(arguments):
            with suppress(OSError, ValueError):
                if os.path.samestat(there, os.stat(read)):
                    raise Stop(f"{path} is read by this command, so it cannot be its result too")


def _inputs(arguments: Namespace) -> Iterator[Path]:
    from archdsl import driver

    given = vars(arguments)
    for spec in given.get("specs", [given.get("spec")]):
        with suppress(driver.Misuse):  # told by the command
            yield from driver.files_of(spec)
    if given.get("weights") is not None:
        yield Path(arguments.weights)


def _show(result: str | bytes) -> None:
    if isinstance(result, str):
        sys.stdout.write(result)
    else:
        sys.stdout.buffer.write(result)
