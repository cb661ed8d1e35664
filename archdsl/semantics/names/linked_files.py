"""The declarations that a file sees: its own, its imports, and the library's blocks by name.

Reads nothing itself: the driver hands in a reader for imports and the library's sources.
"""

from collections.abc import Callable

from msgspec import Struct

from archdsl.base.source import Source
from archdsl.ops.registry import ops
from archdsl.semantics.module import Definition, Module
from archdsl.semantics.names import mistakes
from archdsl.semantics.names.parameters import check_parameters
from archdsl.semantics.reporter import Reporter
from archdsl.syntax import tree
from archdsl.syntax.parse import parse
from archdsl.syntax.tree import Parsed


class Unreadable(Struct, frozen=True):
    """The reason why an imported file is missing, as a sentence without its full stop."""

    reason: str


Reader = Callable[[Source, str], Source | Unreadable]


class LibrarySources(Struct, frozen=True):
    """The blocks that ship with the language: their names, and the source of each when asked."""

    names: frozenset[str]
    read: Callable[[str], Source]


class LinkedFiles:
    """Parses each source once and links imports; a cycle is a mistake."""

    def __init__(
        self,
        library: LibrarySources,
        read: Reader,
        reporter: Reporter,
        parse: Callable[[Source], Parsed] = parse,
    ) -> None:
        self.library = library
        self._parse = parse
        self._read = read
        self._reporter = reporter
        self._library_modules: dict[str, Module] = {}
        self._modules: dict[str, Module] = {}
        self._open: list[str] = []

    def load(self, source: Source) -> Module:
        parsed = self._parse(source)
        self._reporter.extend(parsed.diagnostics)
        module = Module(parsed.file, self, broken=bool(parsed.diagnostics))
        self._open.append(source.name)
        for declaration in parsed.file.declarations:
            if isinstance(declaration, tree.Import):
                self._link(module, declaration)
            else:
                self._declare(module, declaration.name, (declaration, module))
        self._open.pop()
        for declaration in parsed.file.declarations:
            if isinstance(declaration, tree.BlockDecl | tree.NetworkDecl | tree.FnDecl):
                check_parameters(declaration, self._reporter)
        return module

    def library_names(self) -> frozenset[str]:
        return self.library.names

    def library_block(self, name: str) -> tuple[Definition, Module] | None:
        if name not in self.library.names:
            return None
        if name not in self._library_modules:
            self._library_modules[name] = self.load(self.library.read(name))
        return self._library_modules[name].names.get(name)

    def _link(self, module: Module, statement: tree.Import) -> None:
        path = str(statement.path.value)
        source = self._read(module.file.source, path)
        brought = {(item.alias or item.name).id for item in statement.names}
        if isinstance(source, Unreadable):
            module.missing |= brought
            span = statement.path.span
            self._reporter.report(mistakes.cannot_import(path, source.reason, span))
            return
        if source.name in self._open:
            module.missing |= brought
            circle = [*self._open[self._open.index(source.name) :], source.name]
            self._reporter.report(mistakes.imports_in_a_circle(circle, statement.path.span))
            return
        if source.name not in self._modules:
            self._modules[source.name] = self.load(source)
        imported = self._modules[source.name]
        for item in statement.names:
            self._take(module, imported, item, path)

    def _take(self, module: Module, imported: Module, item: tree.ImportName, path: str) -> None:
        entry = imported.names.get(item.name.id)
        if entry is not None:
            self._declare(module, item.alias or item.name, entry)
            return
        module.missing.add((item.alias or item.name).id)
        if not imported.lacks(item.name.id):
            name = item.name
            self._reporter.report(
                mistakes.not_declared_there(name.id, path, name.span, imported.names)
            )

    def _declare(self, module: Module, name: tree.Name, entry: tuple[Definition, Module]) -> None:
        if name.id in ops() or name.id in ("input", "path"):
            kind = "an op" if name.id in ops() else "a word"
            self._reporter.report(mistakes.word_of_the_language(name.id, kind, name.span))
        before = module.names.get(name.id)
        if before is not None:
            first = before[0].name.span
            self._reporter.report(mistakes.declared_twice(name.id, name.span, first))
            return
        module.names[name.id] = entry
