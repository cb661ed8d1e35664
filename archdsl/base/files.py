"""Files that are written whole or not at all."""

import contextlib
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from archdsl.base.exceptions import Explained
from archdsl.base.signals import uninterrupted


class Unwritable(Explained, OSError):
    """A file that cannot be written; the message says why."""


def write_whole(path: Path, content: bytes) -> None:
    """Replaces the file in one step; a failure leaves what was there and no half of the new."""
    try:
        if path.exists() and not path.is_file():
            _write_device(path, content)
        else:
            _replace(Path(os.path.realpath(path)), content)  # a link stays a link
    except OSError as error:
        raise Unwritable(f"cannot write {path}: {_reason(path, error)}") from error


def refuse_missing_folder(path: Path) -> None:
    """Tells before the work that a file has no folder to stand in."""
    if not os.path.isdir(path.parent):
        raise Unwritable(f"cannot write {path}: {_reason(path, OSError())}")


def _write_device(target: Path, content: bytes) -> None:
    """Pipes and devices (`/dev/stdout`) take the bytes as they come."""
    with target.open("wb") as stream:
        stream.write(content)


def _replace(target: Path, content: bytes) -> None:
    with uninterrupted():  # nothing is left beside it
        _swap(target, content)


def _swap(target: Path, content: bytes) -> None:
    mode = _mode(target)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, mode)
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def _mode(target: Path) -> int:
    """The permissions of the file that is replaced, or those that a new one would have."""
    if target.exists():
        if not os.access(target, os.W_OK):
            raise PermissionError
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _reason(target: Path, error: OSError) -> str:
    folder = target.parent
    if os.path.isdir(target):  # unlike `Path.is_dir` at peace with names of any length
        return "it is a folder"
    if not os.path.exists(folder):
        return f"there is no folder {folder}"
    if not os.path.isdir(folder):
        return f"{folder} is no folder"
    if isinstance(error, PermissionError):
        return f"{target if os.path.exists(target) else folder} is read-only"
    return error.strerror or str(error)


def write_all(texts: Mapping[str, str], folder: Path) -> None:
    """Writes texts by their paths in a folder."""
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(folder / name, text.encode())
