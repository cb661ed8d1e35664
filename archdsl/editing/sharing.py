"""The files that share a name, and the declaration that a name of each leads to.

A spec imports from its own folder and below. So what can name a thing of a file is found from the
specs in that file's folder and in the folders above, by what they import. What is read is what the
reader gives: a text that is open as it is typed.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from archdsl.base.source import Source
from archdsl.driver import Read, Spec
from archdsl.editing.analysis import Analysis
from archdsl.semantics.names.linked_files import Unreadable
from archdsl.syntax import tree

_IMPORTS = re.compile(r"""^from[ \t]+(?:"([^"\n]*)"|'([^'\n]*)')""", re.MULTILINE)


class Named(Struct, frozen=True):
    """A name that a file gives: to a declaration of its own, or to something that it imports."""

    path: Path
    name: str

    @property
    def reaches_out(self) -> bool:
        """True where other files can say the name."""
        return True


class Texts:
    """Texts by their paths, each read once; `unseen` are files that could not be read, with why."""

    def __init__(self, read: Read, known: dict[Path, Analysis] | None = None) -> None:
        self.unseen: dict[Path, str] = {}
        self.read = read
        self._known: dict[Path, Analysis | None] = {**(known or {})}

    def analysis(self, path: Path) -> Analysis | None:
        if path not in self._known:
            self._known[path] = self._analysed(path)
        return self._known[path]

    def _analysed(self, path: Path) -> Analysis | None:
        text = self.text(path)
        if text is None:
            return None
        spec = Spec(Source(str(path), text), path.parent, None, path.stem, path)
        return Analysis(spec, self.read)

    def text(self, path: Path) -> str | None:
        known = self._known.get(path)
        text = known.source.text if known is not None else self.read(path)
        if isinstance(text, Unreadable):
            if path.exists():
                self.unseen[path] = text.reason
            return None
        return text

    def declarations(self, path: Path) -> tuple[tree.Declaration, ...]:
        analysis = self.analysis(path)
        return analysis.file.declarations if analysis is not None else ()

    def local_names(self, path: Path, thing: Named) -> dict[str, bool]:
        """The names of a file that lead to what a name does; True for those that are that name."""
        meant = self.declared(thing.path, thing.name) or thing
        declared = self.declarations(path)
        known = {d.name.id for d in declared if not isinstance(d, tree.Import)}
        known |= {(item.alias or item.name).id for _, item in imports(declared)}
        given = {name: self.given(path, name) for name in known}
        return {
            name: start == thing
            for name, start in given.items()
            if start == thing or self.declared(path, name) == meant
        }

    # --- what a name leads to ----------------------------------------------------------------

    def given(self, path: Path, name: str) -> Named | None:
        """The file and name that a name of a file has its name from: the declaration, or the
        import that called it otherwise."""
        return self._lead(Named(path, name), through=False)

    def declared(self, path: Path, name: str) -> Named | None:
        """The declaration that a name of a file leads to, whatever imports call it."""
        return self._lead(Named(path, name), through=True)

    def _lead(self, name: Named, *, through: bool) -> Named | None:
        seen: set[Named] = set()
        while name not in seen:
            seen.add(name)
            item, path = self._import(name)
            if item is None or (item.alias is not None and not through):
                return name if item is not None or self.declaration(name) is not None else None
            name = Named(path, item.name.id)
        return None  # they import each other in a circle

    def _import(self, name: Named) -> tuple[tree.ImportName | None, Path]:
        """The import that brings a name, and the file that it is from."""
        for line, item in imports(self.declarations(name.path)):
            if (item.alias or item.name).id == name.name:
                return item, target(name.path, line)
        return None, name.path

    def declaration(self, name: Named) -> tree.Declaration | None:
        """The declaration of this name in its own file."""
        declarations = self.declarations(name.path)
        own = (d for d in declarations if not isinstance(d, tree.Import) and d.name.id == name.name)
        return next(own, None)

    def varied(self, path: Path, name: str) -> Named | None:
        """The declaration whose parameters a name takes: of a variant, the network it varies."""
        named = self.declared(path, name)
        seen: set[Named] = set()
        while named is not None and named not in seen:
            seen.add(named)
            declaration = self.declaration(named)
            if not isinstance(declaration, tree.VariantDecl):
                return named
            named = self.declared(named.path, declaration.base.id)
        return None


class Alone(Texts):
    """One text without what it imports: a name that it imports is one of its own."""

    def __init__(self, analysis: Analysis) -> None:
        self.path = Path(analysis.source.name)
        super().__init__(analysis.read, {self.path: analysis})

    def analysis(self, path: Path) -> Analysis | None:
        return super().analysis(path) if path == self.path else None

    def _lead(self, name: Named, *, through: bool) -> Named | None:
        brought = self._import(name)[0] is not None
        return name if brought or self.declaration(name) is not None else None


def imports(
    declarations: Iterable[tree.Declaration],
) -> Iterator[tuple[tree.Import, tree.ImportName]]:
    """The names that import lines bring, with their lines."""
    for line in declarations:
        if isinstance(line, tree.Import):
            yield from ((line, item) for item in line.names)


def target(path: Path, line: tree.Import) -> Path:
    """The file that an import line of another one names."""
    return (path.parent / str(line.path.value)).resolve()


# --- the files -------------------------------------------------------------------------------


def sharing(home: Path, files: Texts, open_: Iterable[Path] = ()) -> tuple[Path, ...]:
    """A file and all that import it, by others too: found from the specs in its folder and the
    folders above, and from those that are open."""
    leads: dict[Path, tuple[Path, ...]] = {}
    waiting = [*_above(home), *(path.resolve() for path in open_), home]
    while waiting:
        path = waiting.pop()
        if path not in leads:
            leads[path] = tuple(_imported(path, files))
            waiting += leads[path]
    sharers = {home: None}
    while more := [p for p, to in leads.items() if p not in sharers and sharers.keys() & set(to)]:
        sharers |= dict.fromkeys(sorted(more))
    return tuple(sharers)


def _above(home: Path) -> Iterator[Path]:
    """The specs in the folders around a file. What lies above a folder that may not be listed is
    not looked at."""
    for folder in home.parents:
        try:
            specs = [p for p in folder.iterdir() if p.suffix == ".arch" and p.is_file()]
        except OSError:
            return
        yield from (spec.resolve() for spec in sorted(specs))


def _imported(path: Path, files: Texts) -> Iterator[Path]:
    text = files.text(path)
    for line in _IMPORTS.finditer(text or ""):
        yield (path.parent / (line[1] or line[2] or "")).resolve()
