"""The open texts and what is known of them: one analysis a version, older ones are dropped."""

from pathlib import Path

from pygls.uris import to_fs_path

from archdsl import driver
from archdsl.base.source import Source
from archdsl.editing.analysis import Analysis, Traced
from archdsl.editing.kept import Kept
from archdsl.semantics.names.linked_files import Unreadable


def path_of(uri: str) -> Path | None:
    """The file behind an address; None where it is no file's."""
    path = to_fs_path(uri)
    return None if path is None else Path(path)


class Documents:
    """Texts by address. A text that has changed, or an import of it, is read anew when it is next
    asked about; `behind` are the texts whose imports have changed since they were told of."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._places: dict[Path, str] = {}  # the addresses of open files
        self.behind: set[str] = set()
        self._known: dict[str, Analysis] = {}
        self._kept: dict[str, Kept[Traced]] = {}

    @property
    def open(self) -> tuple[str, ...]:
        """The addresses of the open texts."""
        return tuple(self._texts)

    @property
    def places(self) -> tuple[Path, ...]:
        """The places of the open files, saved or not."""
        return tuple(self._places)

    def put(self, uri: str, text: str) -> None:
        """Takes a new version."""
        self._texts[uri] = text
        place = _place(uri)
        if place is not None:
            self._places[place] = uri
        self._changed(uri, place)

    def drop(self, uri: str) -> None:
        """Forgets a text: what its file holds counts again."""
        self._texts.pop(uri, None)
        self._kept.pop(uri, None)
        place = _place(uri)
        if place is not None and self._places.get(place) == uri:
            del self._places[place]
        self._changed(uri, place)
        self.behind.discard(uri)

    def _changed(self, uri: str, place: Path | None) -> None:
        """Has a text read anew, and those that import it."""
        self._known.pop(uri, None)
        self._renew([u for u, analysis in self._known.items() if place in analysis.asked])

    def reread(self) -> None:
        """Has those texts read anew of which an import has changed on the disk."""
        self._renew([u for u, analysis in self._known.items() if analysis.outdated])

    def _renew(self, texts: list[str]) -> None:
        self.behind.update(texts)
        for uri in texts:
            del self._known[uri]

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
        uri = self._places.get(path.resolve())
        return driver.read_text(path) if uri is None else self._texts[uri]

    def address(self, path: Path) -> str:
        """A file's address: the one under which it is open, if it is."""
        place = path.resolve()
        return self._places.get(place) or place.as_uri()


def _place(uri: str) -> Path | None:
    """The place of a file, links followed."""
    path = path_of(uri)
    return None if path is None else path.resolve()
