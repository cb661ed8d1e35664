"""The sources that ship with the language: the catalogue's specs and the library's blocks.

Lives beside the driver: it touches files, but only the package's own.
"""

import re
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from archdsl.base.source import Source
from archdsl.semantics.names.linked_files import LibrarySources

_HERE = Path(__file__).resolve().parent
CATALOGUE, LIBRARY = "catalogue", "library"  # where a file is from, as messages say it
_NETWORK = re.compile(r"^network\s+([A-Za-z_]\w*)", re.MULTILINE)


class CatalogueEntry(Struct, frozen=True):
    """One network of the catalogue."""

    name: str
    file: Path


def _specs() -> Path:
    """The catalogue's folder: inside an installed package, beside it in a checkout."""
    inside = _HERE / "specs"
    return inside if inside.is_dir() else _HERE.parent / "specs"


@cache
def entries() -> tuple[CatalogueEntry, ...]:
    """Every network of the catalogue, by file and in the files' order."""
    return tuple(
        CatalogueEntry(name, path)
        for path in sorted(_specs().glob("*.arch"))
        for name in _NETWORK.findall(path.read_text(encoding="utf-8"))
    )


def file_of(stem: str) -> Path | None:
    """The catalogue's file of that name."""
    return next((e.file for e in entries() if e.file.stem == stem), None)


def find(name: str) -> CatalogueEntry | None:
    """The catalogue's network of that name; a file's own name stands for the network named so."""
    return next((e for e in entries() if e.name == name), None)


class Listed(Struct, frozen=True):
    """The facts of a network in the list; shapes as the language writes them."""

    name: str
    file: str
    summary: str
    input: str
    output: str
    params: int
    macs: int


class ListedFile(Struct, frozen=True):
    """A family of the list; `stem` is the name of its file, `line` says what is special."""

    stem: str
    name: str
    line: str
    networks: tuple[Listed, ...]


LIST = _specs() / "list.json"  # printed from the specs by `python -m archdsl.cli.gallery`


def shelves() -> tuple[ListedFile, ...]:
    """The catalogue by families, as it is listed."""
    return msgspec.json.decode(LIST.read_bytes(), type=tuple[ListedFile, ...])


def encoded(shown: tuple[ListedFile, ...]) -> bytes:
    """The list's file, a line for each network."""
    return b"[\n" + b",\n".join(map(_encoded, shown)) + b"\n]\n"


def _encoded(shelf: ListedFile) -> bytes:
    networks = b",\n  ".join(map(msgspec.json.encode, shelf.networks))
    without = msgspec.json.encode(msgspec.structs.replace(shelf, networks=()))
    return without.removesuffix(b"[]}") + b"[\n  " + networks + b"\n]}"


@cache
def library() -> LibrarySources:
    """The library's blocks, each in a file of its name."""
    files = {path.stem: path for path in (_HERE / "std").glob("*.arch")}

    @cache
    def read(name: str) -> Source:
        text = files[name].read_text(encoding="utf-8")
        return Source(f"std/{name}.arch", text, shipped=LIBRARY)

    return LibrarySources(frozenset(files), read)


def is_library(source: Source) -> bool:
    """True where a source is the file of one of the library's blocks."""
    return source.shipped == LIBRARY
