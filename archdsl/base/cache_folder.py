"""Entries that are kept from one run to the next, in the user's cache folder.

Nothing here is ever needed: an entry that is missing, unreadable or damaged is made again without a
word. Entries are data and never code, and a folder that somebody else could write to is not used.
Entries are written aside and renamed, so that no process reads half of one, whatever became of its
writer. Each is signed with a key that lies elsewhere and is this user's on this machine, so that a
folder which comes with a repository, or out of another machine's archive, says nothing here.
"""

import os
import stat
import sys
from _blake2 import blake2b  # `hashlib` loads OpenSSL, which takes longer than a command
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path

MOST = 400  # entries; the oldest go first
LARGEST = 4_000_000  # bytes of one entry

KEY_BYTES = 32
SIGNATURE_BYTES = 16

_ASIDE = ".aside-"
CACHES = {
    "win32": ("LOCALAPPDATA", "~/AppData/Local"),
    "darwin": ("", "~/Library/Caches"),
    "linux": ("XDG_CACHE_HOME", "~/.cache"),  # and other systems
}
STATES = {
    "win32": ("APPDATA", "~/AppData/Roaming"),
    "darwin": ("", "~/Library/Application Support"),
    "linux": ("XDG_STATE_HOME", "~/.local/state"),
}
_numbers = count()

Stamp = tuple[tuple[str, int, int], ...]


def folder() -> Path | None:
    """`ARCHDSL_CACHE_DIR`, or the platform's folder for caches, if it is the user's own and nobody
    else may write there."""
    wanted = _wanted()
    return wanted if wanted is not None and _is_own(wanted) else None


def _is_own(place: Path) -> bool:
    try:
        facts = os.stat(place)
    except (OSError, ValueError):
        return True  # there is none yet
    if not hasattr(os, "geteuid"):
        return True  # a system that does not tell the owner
    return facts.st_uid == os.geteuid() and not facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _wanted() -> Path | None:
    chosen = os.environ.get("ARCHDSL_CACHE_DIR")
    if chosen:
        return Path(chosen)
    return _of_the_user(CACHES)


def _of_the_user(places: Mapping[str, tuple[str, str]]) -> Path | None:
    """Our folder in the user's: a variable says where that is, or it is the usual one."""
    variable, usual = places.get(sys.platform, places["linux"])
    base = os.path.expanduser(os.environ.get(variable) or usual)
    return None if base.startswith("~") else Path(base, "archdsl")  # no home, no folder


def recall(name: str) -> bytes | None:
    """The content of an entry, whole, or nothing."""
    place = folder()
    if place is None:
        return None
    try:
        with open(place / name, "rb") as file:
            entry = file.read()
    except (OSError, ValueError):
        return None
    content = entry[SIGNATURE_BYTES:]
    return content if entry[:SIGNATURE_BYTES] == _signature(name, content) else None


def keep(name: str, content: bytes) -> None:
    """Replaces an entry; where the folder cannot be written there will be none."""
    place = folder()
    signature = _signature(name, content)
    if place is None or signature is None or len(content) > LARGEST:
        return
    aside = place / f"{_ASIDE}{os.getpid()}-{next(_numbers)}"
    with suppress(OSError, ValueError):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_room(place)
        try:
            with open(aside, "xb") as file:
                file.write(signature + content)
            os.replace(aside, place / name)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise


def stamp(*folders: str | Path) -> Stamp:
    """The files in folders by size and time: what was made with other files is not taken."""
    entries = [entry for folder in folders for entry in os.scandir(folder) if entry.is_file()]
    known = ((entry.path, entry.stat()) for entry in entries)
    return tuple(sorted((path, facts.st_size, facts.st_mtime_ns) for path, facts in known))


def _signature(name: str, content: bytes) -> bytes | None:
    """The signature of an entry, which only this user on this machine can make."""
    place = key_file()
    key = None if place is None else _key(place)
    if key is None:
        return None
    signed = blake2b(name.encode() + b"\0", key=key, digest_size=SIGNATURE_BYTES)
    signed.update(content)
    return signed.digest()


def key_file() -> Path | None:
    """The path of the key: in no folder that is called a cache, which people copy and restore."""
    home = _of_the_user(STATES)
    return None if home is None else home / "cache-key"


@cache
def _key(place: Path) -> bytes | None:
    """The key, made at its first use; None where it cannot be kept, or is not the user's own."""
    with suppress(OSError, ValueError):
        if not place.exists():
            _make_key(place)
        if _is_own(place.parent) and _is_own(place):
            key = place.read_bytes()
            return key if len(key) == KEY_BYTES else None
    return None


def _make_key(place: Path) -> None:
    """Written aside for nobody else to read; of two at once the first stays, which the other takes
    too: a process remembers the key that it has read."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = place.with_name(f"{_ASIDE}{os.getpid()}-{next(_numbers)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(handle, "wb") as file:
            file.write(os.urandom(KEY_BYTES))
        _put(aside, place)
    finally:
        aside.unlink(missing_ok=True)


def _put(aside: Path, place: Path) -> None:
    """Gives a file another name, unless another file has it already."""
    try:
        os.link(aside, place)
    except FileExistsError:
        pass
    except (OSError, AttributeError):  # a disk without links, or a system: Pyodide
        os.replace(aside, place)


def _make_room(place: Path) -> None:
    """Takes out the oldest quarter of a full folder, what killed writers left among them."""
    with os.scandir(place) as listing:
        entries = [entry for entry in listing if entry.is_file(follow_symlinks=False)]
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
