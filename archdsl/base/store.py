"""What is kept from one run to the next, in the user's cache folder.

Nothing here is ever needed: an entry that is missing, unreadable or damaged is made again without a
word. Entries are data and never code, and a folder that somebody else could write to is not used.
Entries are written aside and renamed, and carry a checksum, so that no process reads half of
one, whatever became of its writer.
"""

import os
import stat
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path
from zlib import crc32

MOST = 400  # entries; the oldest go first
LARGEST = 4_000_000  # bytes of one entry

_ASIDE = ".aside-"
_numbers = count()

Stamp = tuple[tuple[str, int, int], ...]


def folder() -> Path | None:
    """`ARCHDSL_CACHE_DIR`, or the folder that the platform has for such things, if it is the user's
    own and nobody else may write there."""
    found = _wanted()
    return found if found is not None and _is_own(found) else None


def _is_own(place: Path) -> bool:
    try:
        facts = os.stat(place)
    except (OSError, ValueError):
        return True  # there is none yet
    if not hasattr(os, "geteuid"):
        return True  # a system without such owners
    return facts.st_uid == os.geteuid() and not facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _wanted() -> Path | None:
    chosen = os.environ.get("ARCHDSL_CACHE_DIR")
    if chosen:
        return Path(chosen)
    match sys.platform:
        case "win32":
            base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
        case "darwin":
            base = "~/Library/Caches"
        case _:
            base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    found = os.path.expanduser(base)
    return None if found.startswith("~") else Path(found, "archdsl")  # no home, no cache


def recall(name: str) -> bytes | None:
    """The content of an entry, whole, or nothing."""
    place = folder()
    if place is None:
        return None
    try:
        with open(place / name, "rb") as file:
            found = file.read()
    except (OSError, ValueError):
        return None
    content = found[4:]
    return content if found[:4] == _checksum(content) else None


def keep(name: str, content: bytes) -> None:
    """Replaces an entry; where the folder cannot be written there will be none."""
    place = folder()
    if place is None or len(content) > LARGEST:
        return
    aside = place / f"{_ASIDE}{os.getpid()}-{next(_numbers)}"
    with suppress(OSError, ValueError):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_room(place)
        try:
            with open(aside, "xb") as file:
                file.write(_checksum(content) + content)
            os.replace(aside, place / name)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise


def stamp(*folders: str | Path) -> Stamp:
    """The files in folders by size and time: what was made with other files is not taken."""
    found = [entry for folder in folders for entry in os.scandir(folder) if entry.is_file()]
    known = ((entry.path, entry.stat()) for entry in found)
    return tuple(sorted((path, facts.st_size, facts.st_mtime_ns) for path, facts in known))


def _checksum(content: bytes) -> bytes:
    return crc32(content).to_bytes(4, "little")


def _make_room(place: Path) -> None:
    """Takes out the oldest quarter of a full folder, what killed writers left among them."""
    with os.scandir(place) as found:
        entries = [entry for entry in found if entry.is_file(follow_symlinks=False)]
    if len(entries) < MOST:
        return
    for entry in sorted(entries, key=_age)[: MOST // 4]:
        with suppress(OSError):  # another process was faster
            os.unlink(entry.path)


def _age(entry: "os.DirEntry[str]") -> int:
    try:
        return entry.stat().st_mtime_ns
    except OSError:
        return 0
