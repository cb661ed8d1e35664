"""The declarations of a text, and the one that a name leads to."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from archdsl.base.source import Source, Span
from archdsl.driver import Read
from archdsl.driver.networks import declaration as network_declaration
from archdsl.editing.analysis import Analysis
from archdsl.editing.bindings import binding_at, bindings
from archdsl.editing.places import around, callee_around, declaration_at
from archdsl.syntax import tree
from archdsl.syntax.line_reader import read as parsed


class Symbol(Struct, frozen=True):
    """A declaration or a named line: its name, its kind, the whole of it, and its insides."""

    name: str
    kind: str
    span: Span
    selection: Span
    detail: str = ""
    children: "tuple[Symbol, ...]" = ()


def symbols(file: tree.File) -> tuple[Symbol, ...]:
    """The declarations of a text with their named lines."""
    return tuple(
        Symbol(d.name.id, _kind(d), d.span, d.name.span, _detail(d), tuple(_named(d)))
        for d in file.declarations
        if not isinstance(d, tree.Import)
    )


def matching(given: Iterable[Symbol], query: str) -> Iterator[Symbol]:
    """The symbols and their insides in whose names a query stands, in small letters or large."""
    for symbol in given:
        for one in (symbol, *symbol.children):
            if query.lower() in one.name.lower():
                yield one


class Index:
    """The symbols of files that are not open, each read when it is first searched."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[str, tuple[Symbol, ...]]] = {}

    def search(self, query: str, places: Iterable[Path], read: Read) -> Iterator[Symbol]:
        for place in places:
            text = read(place)
            if isinstance(text, str) and query.lower() in text.lower():
                yield from matching(self._symbols(place, text), query)

    def _symbols(self, place: Path, text: str) -> tuple[Symbol, ...]:
        known = self._known.get(place)
        if known is None or known[0] != text:
            known = self._known[place] = text, symbols(parsed(Source(str(place), text)).file)
        return known[1]


def _kind(declaration: tree.Declaration) -> str:
    match declaration:
        case tree.BlockDecl():
            return "block"
        case tree.FnDecl():
            return "fn"
    return "network"


def _detail(declaration: tree.Declaration) -> str:
    doc = getattr(declaration, "doc", None)
    return doc.text.partition("\n")[0] if doc is not None else ""


def _named(declaration: tree.Declaration) -> Iterator[Symbol]:
    for bound in bindings(declaration):
        if bound.kind in ("step", "layer", "input"):
            yield Symbol(bound.name, bound.kind, bound.node.span, bound.span)


# --- one name --------------------------------------------------------------------------------


def name_at(analysis: Analysis, offset: int) -> tree.Name | None:
    """The name at an offset."""
    nodes = around(analysis.file, offset)
    return nodes[-1] if nodes and isinstance(nodes[-1], tree.Name) else None


def definition(analysis: Analysis, offset: int) -> Span | None:
    """The declaration of the name at an offset: in the text, an import, or the library."""
    nodes, name = around(analysis.file, offset), name_at(analysis, offset)
    declaration = declaration_at(analysis.file, offset)
    if name is None or declaration is None:
        return None
    if isinstance(nodes[-2], tree.Argument) and nodes[-2].name is name:
        return _argument(analysis, nodes, name) or _own(declaration, name)
    bound = binding_at(declaration, name)
    if bound is not None:
        return bound.span
    entry = analysis.module.find(name.id)
    return entry[0].name.span if entry is not None else None


def _own(declaration: tree.Declaration, name: tree.Name) -> Span | None:
    """The place of a step's name that stands before it in parentheses."""
    return next((b.span for b in bindings(declaration) if b.span == name.span), None)


def _argument(analysis: Analysis, nodes: tuple[tree.Node, ...], name: tree.Name) -> Span | None:
    """The parameter that an argument's name means, of the network that a variant varies too."""
    callee = callee_around(nodes)
    if not isinstance(callee, tree.Name):
        return None
    entry = analysis.module.find(callee.id)
    declared = network_declaration(analysis.module, callee.id) or (entry[0] if entry else None)
    parameters = getattr(declared, "parameters", ())
    return next((p.name.span for p in parameters if p.name.id == name.id), None)
