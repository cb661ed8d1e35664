"""Files that have changed, found by asking again and again, which works on every file system."""

from collections.abc import Iterable
from pathlib import Path

PAUSE = 0.01  # seconds between two looks

Stamp = tuple[tuple[int, int] | None, ...]


def stamp(paths: Iterable[Path]) -> Stamp:
    """The time of each file's last write, and its size; None for a missing file."""
    return tuple(map(_one, paths))


def _one(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size
