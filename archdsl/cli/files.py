"""Results go to a file, or to standard output. What archdsl did not write is not overwritten.

Its own files are known by a mark in them; those of formats without comments by a note of what was
written where, in the user's cache folder. What a command reads it never replaces, by no option.
"""

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from archdsl.base import store
from archdsl.base.files import Unwritable, write_whole
from archdsl.cli.marks import is_marked, marked, was_marked
from archdsl.cli.terminal import Stop

LARGEST = 1 << 28  # no result has so many bytes


def deliver(result: str | bytes, path: str | None, format: str, arguments: Namespace) -> None:
    """Writes a result to the file, or to standard output without one (or for `-`)."""
    if path is None or path == "-":
        _show(result)
        return
    content = marked(result.encode() if isinstance(result, str) else result, format)
    spare(path, arguments, content)
    try:
        write_whole(Path(path), content)
    except Unwritable as error:
        raise Stop(str(error)) from None
    store.keep(_name(Path(path)), _sum_of(content))


def spare(path: str | None, arguments: Namespace, content: bytes | None = None) -> None:
    """Stops the command before it overwrites what archdsl did not write, unless by `--force`;
    what holds the very content loses nothing."""
    if path is None or path == "-":
        return
    spare_inputs(path, arguments)
    if arguments.force:
        return
    found = _at_stake(Path(path), content)
    if found is not None:
        why = "edited since archdsl wrote it" if was_marked(found) else "not written by archdsl"
        raise Stop(f"{path} is there already and was {why}; --force replaces it")


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


def _at_stake(path: Path, content: bytes | None) -> bytes | None:
    """What would be lost, or the beginning of it; None for no file, an empty one, a device, an
    earlier result."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            found = file.read(LARGEST)
    except (OSError, ValueError):
        return None  # what cannot be read cannot be written either, and that says why
    ours = found == content or is_marked(found) or store.recall(_name(path)) == _sum_of(found)
    return None if ours or not found else found


def _name(path: Path) -> str:
    place = str(path.resolve()).encode("utf-8", "surrogateescape")
    return f"written-{sha256(place).hexdigest()[:16]}"


def _sum_of(content: bytes) -> bytes:
    return sha256(content).digest()


def _show(result: str | bytes) -> None:
    if isinstance(result, str):
        sys.stdout.write(result)
    else:
        sys.stdout.buffer.write(result)
