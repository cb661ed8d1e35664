"""The set-up of an editor, written where the editor reads it.

A file of its own is archdsl's as long as nobody edits it. Of a file of the user's a part is
archdsl's: it begins with a line that says so and ends with a checksum, and the rest is never
touched.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archdsl.base.files import Unwritable, write_whole
from archdsl.base.marks import comment, is_marked, marked
from archdsl.base.written_files import Taken, write_result
from archdsl.editors.setups import SetupFile

TITLE = "archdsl: begin"
_END = re.compile(rb"[^\n]*written by archdsl \(checksum [0-9a-f]{12}\)[^\n]*\n")


def write(file: SetupFile, *, force: bool, forced_by: str) -> None:
    """Puts the text in its place; raises `Taken` where something of the user's would be lost, and
    `Unwritable` where the file cannot be written."""
    with _explained(file.path):
        file.path.parent.mkdir(parents=True, exist_ok=True)
        before = file.path.read_bytes() if file.shared and file.path.exists() else b""
    if not file.shared:
        write_result(file.path, file.text.encode(), file.format, force=force, forced_by=forced_by)
        return
    write_whole(file.path, _joined(before, file, force, forced_by))


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise Unwritable(f"cannot write {path}: {why}") from None


def _joined(before: bytes, file: SetupFile, force: bool, forced_by: str) -> bytes:
    """The user's text with archdsl's part in its old place, or behind all. All else stays byte for
    byte, in whatever encoding that has ASCII in it; the part has the text's line breaks."""
    if b"\0" in before:
        raise Taken(f"{file.path} is no text in UTF-8 or the like: put the lines in by hand")
    title = comment(TITLE, file.format)
    part = _broken_like(before, marked(f"{title}{file.text}".encode(), file.format))
    begin = re.search(rb"^%s\r?\n" % re.escape(title.rstrip().encode()), before, re.MULTILINE)
    if begin is None:
        return _behind(before, part)
    end = _END.search(before, begin.end())
    if end is None:
        raise Taken(f"archdsl's part of {file.path} has no end any more: take it out by hand")
    if not force and not is_marked(before[begin.start() : end.end()]):
        raise Taken(f"archdsl's part of {file.path} was edited since; {forced_by} replaces it")
    return before[: begin.start()] + part + before[end.end() :]


def _broken_like(before: bytes, part: bytes) -> bytes:
    return part.replace(b"\n", b"\r\n") if b"\r\n" in before else part


def _behind(before: bytes, part: bytes) -> bytes:
    """The part below a text and an empty line."""
    if not before.strip():
        return part
    ended = before.endswith(b"\n")
    return before + _broken_like(before, b"\n" if ended else b"\n\n") + part
