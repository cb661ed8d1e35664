"""The specs and blocks that ship with archdsl, for lists: the catalogue and the library."""

from functools import cache

from msgspec import Struct

from archdsl import catalogue
from archdsl.driver.networks import complete, declaration, networks
from archdsl.driver.spec import files, find, from_file
from archdsl.semantics.module import Module
from archdsl.semantics.names.linked_files import LinkedFiles, Unreadable
from archdsl.semantics.reporter import Reporter
from archdsl.syntax import tree


class CatalogueEntry(Struct, frozen=True):
    """A network of the catalogue, and the first line of its docstring."""

    name: str
    file: str
    summary: str


@cache
def listing() -> tuple[CatalogueEntry, ...]:
    """The catalogue, with what each network says of itself."""
    entries: list[CatalogueEntry] = []
    for path in dict.fromkeys(e.file for e in catalogue.entries()):
        reporter = Reporter()
        spec = from_file(path, None, f"specs/{path.name}")
        module = files(spec, reporter).load(spec.source)
        for name in (n for n in networks(module) if complete(module, n)):
            entries.append(CatalogueEntry(name, spec.source.name, _summary(module, name)))
    return tuple(entries)


def _summary(module: Module, name: str) -> str:
    declared = module.names[name][0]
    assert isinstance(declared, tree.NetworkDecl | tree.VariantDecl)
    doc = declared.doc
    if doc is None:
        network = declaration(module, name)
        doc = network.doc if network is not None else None
    return doc.text.splitlines()[0] if doc is not None and doc.text else ""


def source_of(name: str) -> str:
    """The text of the file that holds a network of the catalogue or has the name, or of a library
    block's."""
    library = catalogue.library()
    if catalogue.find(name) is None and name in library.names:
        return library.read(name).text
    file = catalogue.file_of(name)
    if catalogue.find(name) is None and file is not None:
        return from_file(file, None).source.text
    return find(name).source.text


class LibraryBlock(Struct, frozen=True):
    """A block that ships with the language: its declaration and its file's text; `parts` are the
    further blocks of the file, which it is made of."""

    name: str
    declaration: tree.BlockDecl
    text: str
    parts: tuple[str, ...] = ()


def blocks() -> tuple[LibraryBlock, ...]:
    """The library's blocks by name."""
    library = catalogue.library()
    reporter = Reporter()
    files = LinkedFiles(
        library, lambda _, path: Unreadable("the library imports nothing"), reporter
    )
    shipped: list[LibraryBlock] = []
    for name in sorted(library.names):
        block = files.library_block(name)
        if block is not None and isinstance(block[0], tree.BlockDecl):
            parts = tuple(part for part in block[1].names if part != name)
            shipped.append(LibraryBlock(name, block[0], library.read(name).text, parts))
    return tuple(shipped)
