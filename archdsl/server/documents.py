"""The open texts and what is known of them: one analysis a version, older ones are dropped."""

from pathlib import Path
from urllib.parse import unquote, urlparse
from urllib.request import url2pathname

from archdsl import driver
from archdsl.base.source import Source
from archdsl.editing.analysis import Analysis, Traced
from archdsl.editing.kept import Kept
from archdsl.semantics.names.files import Unreadable


def path_of(uri: str) -> Path | None:
    """The file behind an address; None where it is no file's."""
    parts = urlparse(uri)
    return Path(url2pathname(unquote(parts.path))) if parts.scheme == "file" else None


class Documents:
    """Texts by address. A text that has changed is read anew when it is next asked about."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self.told: set[str] = set()  # addresses about which all is told that can be
        self._known: dict[str, Analysis] = {}
        self._kept: dict[str, Kept[Traced]] = {}

    @property
    def open(self) -> tuple[str, ...]:
        """The addresses of the open texts."""
        return tuple(self._texts)

    def put(self, uri: str, text: str) -> None:
        """Takes a new version; whatever may import it is read anew too."""
        self._texts[uri] = text
        self._known.clear()
        self.told.clear()

    def drop(self, uri: str) -> None:
        self._texts.pop(uri, None)
        self._kept.pop(uri, None)
        self._known.clear()
        self.told.clear()

    def analysis(self, uri: str) -> Analysis | None:
        """The analysis of a text; None where it is not open."""
        if uri not in self._texts:
            return None
        if uri not in self._known:
            self._known[uri] = self._read(uri)
        return self._known[uri]

    def _read(self, uri: str) -> Analysis:
        path = path_of(uri)
        source = Source(str(path) if path is not None else uri, self._texts[uri])
        folder = path.parent if path is not None else Path.cwd()
        stem = path.stem if path is not None else ""
        kept = self._kept.setdefault(uri, Kept())
        return Analysis(driver.Spec(source, folder, None, stem, path), self.text, kept=kept)

    def text(self, path: Path) -> str | Unreadable:
        """A file's text: as it is typed, if it is open."""
        uri = self.address(path)
        return self._texts[uri] if uri in self._texts else driver.read_text(path)

    def address(self, path: Path) -> str:
        """A file's address: the one under which it is open, if it is."""
        found = (uri for uri in self._texts if path_of(uri) == path)
        return next(found, path.as_uri() if path.is_absolute() else str(path))
