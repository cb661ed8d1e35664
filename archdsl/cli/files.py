"""Results go to a file, or to standard output. What archdsl did not write is not overwritten."""

import sys
from pathlib import Path
from zlib import crc32

from archdsl.base import store
from archdsl.base.files import Unwritable, write_whole
from archdsl.cli.terminal import Stop

MARK = b"archdsl"  # what a format with room for a remark says of its writer

LARGEST = 1 << 28  # no result has so many bytes


def deliver(result: str | bytes, path: str | None, *, force: bool = False) -> None:
    """Writes a result to the file, or to standard output without one (or for `-`)."""
    if path is None or path == "-":
        _show(result)
        return
    spare(path, force=force)
    content = result.encode() if isinstance(result, str) else result
    try:
        write_whole(Path(path), content)
    except Unwritable as error:
        raise Stop(str(error)) from None
    store.keep(_name(Path(path)), _sum_of(content))


def spare(path: str | None, *, force: bool) -> None:
    """Stops the command before it overwrites what archdsl did not write, unless by `force`."""
    if path is None or path == "-" or force or _ours(Path(path)):
        return
    raise Stop(f"{path} is there already and was not written by archdsl; --force replaces it")


def _ours(path: Path) -> bool:
    """Whether there is nothing to lose: no file, an empty one, a device, or an earlier result."""
    try:
        if not path.is_file() or path.stat().st_size == 0:
            return True
        if path.stat().st_size > LARGEST:
            return False
        content = path.read_bytes()
    except (OSError, ValueError):
        return True  # what cannot be read cannot be written either, and that says why
    return MARK in content or store.recall(_name(path)) == _sum_of(content)


def _name(path: Path) -> str:
    return f"written-{crc32(str(path.resolve()).encode('utf-8', 'surrogateescape')):08x}"


def _sum_of(content: bytes) -> bytes:
    return b"%d %d" % (len(content), crc32(content))


def _show(result: str | bytes) -> None:
    if isinstance(result, str):
        sys.stdout.write(result)
    else:
        sys.stdout.buffer.write(result)
