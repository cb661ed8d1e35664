"""Results in files: what archdsl wrote is replaced, and nothing else, unless by force.

Its own files are known by a mark in them; those of formats without comments by a note of what was
written where, in the user's cache folder.
"""

from hashlib import sha256
from pathlib import Path

from archdsl.base import cache_folder
from archdsl.base.exceptions import Explained
from archdsl.base.files import write_whole
from archdsl.base.marks import is_marked, marked, was_marked

LARGEST = 1 << 28  # bytes: every result is smaller


class Taken(Explained, FileExistsError):
    """A file that archdsl did not write, or that was edited since; the message says which."""


def write_result(path: Path, result: bytes, format: str, *, force: bool, forced_by: str) -> None:
    """Writes it, marked; raises `Taken` where something would be lost."""
    content = marked(result, format)
    if not force:
        spare(path, forced_by, content)
    write_whole(path, content)
    cache_folder.keep(_name(path), _sum_of(content))


def spare(path: Path, forced_by: str, content: bytes | None = None) -> None:
    """Raises `Taken` where a file is there that archdsl did not write; one that holds the very
    content loses nothing."""
    lost = _at_stake(path, content)
    if lost is not None:
        why = "edited since archdsl wrote it" if was_marked(lost) else "not written by archdsl"
        raise Taken(f"{path} is there already and was {why}; {forced_by} replaces it")


def _at_stake(path: Path, content: bytes | None) -> bytes | None:
    """The text that would be lost, or its beginning; None for no file, an empty one, a device, or
    an earlier result."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            current = file.read(LARGEST)
    except (OSError, ValueError):
        return None  # what cannot be read cannot be written either, and that says why
    if not current or current == content or is_marked(current):
        return None
    return None if cache_folder.recall(_name(path)) == _sum_of(current) else current


def _name(path: Path) -> str:
    place = str(path.resolve()).encode("utf-8", "surrogateescape")
    return f"written-{sha256(place).hexdigest()[:16]}"


def _sum_of(content: bytes) -> bytes:
    return sha256(content).digest()
