"""The set-up of an editor, written where the editor reads it.

A file of its own is archdsl's as long as nobody edits it. Of a file of the user's a part is
archdsl's: it begins with a line that says so and ends with a checksum, and the rest is never
touched.
"""

import re

from archdsl.base.files import write_whole
from archdsl.base.marks import comment, is_marked, marked
from archdsl.base.results import Taken, write_result
from archdsl.editors.setups import File

TITLE = "archdsl: begin"
_END = re.compile(r"[^\n]*written by archdsl \(checksum [0-9a-f]{12}\)[^\n]*\n")


def write(file: File, *, force: bool, forced_by: str) -> None:
    """Puts the text in its place; raises `Taken` where something of the user's would be lost, and
    `Unwritable` where the file cannot be written."""
    file.path.parent.mkdir(parents=True, exist_ok=True)
    if not file.shared:
        write_result(file.path, file.text.encode(), file.format, force=force, forced_by=forced_by)
        return
    before = file.path.read_text(encoding="utf-8") if file.path.exists() else ""
    write_whole(file.path, _joined(before, file, force, forced_by).encode())


def _joined(before: str, file: File, force: bool, forced_by: str) -> str:
    """The user's text with archdsl's part in its old place, or behind all."""
    first = comment(TITLE, file.format)
    part = marked(f"{first}{file.text}".encode(), file.format).decode()
    start = before.find(first)
    if start < 0:
        return f"{before.rstrip()}\n\n{part}" if before.strip() else part
    end = _END.search(before, start)
    if end is None:
        raise Taken(f"archdsl's part of {file.path} has no end any more: take it out by hand")
    if not force and not is_marked(before[start : end.end()].encode()):
        raise Taken(f"archdsl's part of {file.path} was edited since; {forced_by} replaces it")
    return before[:start] + part + before[end.end() :]
