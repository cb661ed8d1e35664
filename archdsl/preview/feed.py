"""The source that the preview follows: a file as it is saved, or a text as it is typed.

`version` counts the changes, `line` is the line of the text that somebody is at.
"""

import threading
import time
from collections.abc import Mapping
from pathlib import Path

from archdsl.driver import read_text
from archdsl.preview.changed_files import PAUSE, Stamp, stamp
from archdsl.preview.state import files
from archdsl.semantics.names.linked_files import Unreadable

ALIVE = 10.0  # seconds after which a quiet stream says that it is still there
News = tuple[int, int]  # a version and a line
Texts = Mapping[Path, str | Unreadable]  # of imports, by their places


class Feed:
    """The text of a file that changes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.version = self.line = 0
        self.changed = threading.Condition()
        self.ended = False

    @property
    def text(self) -> str | None:
        """The text; None where it is what the file has."""
        return None

    def read(self, path: Path) -> str | Unreadable:
        """The text of an import."""
        return read_text(path)

    def follow(self) -> None:
        """Looks for changes until it is ended."""

    def end(self) -> None:
        self.ended = True
        self.tell()

    def tell(self, version: int = 0, line: int | None = None) -> None:
        """Tells of `version` further versions, or of another line."""
        with self.changed:
            self.version += version
            self.line = self.line if line is None else line
            self.changed.notify_all()

    def after(self, known: News) -> News:
        """The next version and line, or the same ones after a while."""
        with self.changed:
            self.changed.wait_for(lambda: self.news != known or self.ended, ALIVE)
            return self.news

    @property
    def news(self) -> News:
        return self.version, self.line


class Watched(Feed):
    """A file and its imports as they are saved."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._files = files(path)
        self._stamp: Stamp = stamp(self._files)

    def follow(self) -> None:
        while not self.ended:
            time.sleep(PAUSE)
            now = stamp(self._files)
            if now != self._stamp:
                self._files = files(self.path)
                self._stamp = stamp(self._files)
                self.tell(1)


class Typed(Feed):
    """A text as it is typed in an editor, and where its cursor stands."""

    def __init__(self, path: Path, text: str, imports: Texts) -> None:
        super().__init__(path)
        self._text, self._imports = text, imports

    @property
    def text(self) -> str | None:
        return self._text

    def read(self, path: Path) -> str | Unreadable:
        text = self._imports.get(path.resolve())
        return read_text(path) if text is None else text

    def put(self, text: str, imports: Texts) -> None:
        """Takes the next version, with the texts of what it imports."""
        if (text, imports) != (self._text, self._imports):
            self._text, self._imports = text, imports
            self.tell(1)

    def at(self, line: int) -> None:
        """Takes the line of the cursor, counted from 1."""
        if line != self.line:
            self.tell(line=line)
