"""The documents that commands have shown: files in a folder of their own, gone with the server."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory


class Shelf:
    def __init__(self) -> None:
        self._folder: TemporaryDirectory[str] | None = None

    def put(self, title: str, ending: str, text: str) -> Path:
        """The file of a document; the next one of the same title is in its place."""
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="archdsl-", ignore_cleanup_errors=True)
        name = re.sub(r"\W+", "-", title).strip("-")
        path = Path(self._folder.name) / f"{name}.{ending}"
        path.write_text(text, encoding="utf-8")
        return path
