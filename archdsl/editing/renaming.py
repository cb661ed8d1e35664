"""A name given another one in all files that share it: where it is declared, and where imported.

What is read of other files is what the reader gives: a text that is open as it is typed.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from archdsl.base.diagnostics import edited
from archdsl.base.labels import Edit, Severity
from archdsl.base.source import Source, Span
from archdsl.driver import Read, Spec
from archdsl.editing.analysis import Analysis
from archdsl.editing.importing import specs_below
from archdsl.editing.meaning import NewNames
from archdsl.editing.places import declaration_at
from archdsl.editing.symbols import (
    CannotRename,
    arguments_named,
    bound_by,
    name_at,
    places_of,
    rename,
)
from archdsl.semantics.names.files import Unreadable
from archdsl.syntax import tree


class Renamed(Struct, frozen=True):
    """The edits of each file, and the published names that they change."""

    edits: Mapping[Path, tuple[Edit, ...]]
    renamed: NewNames


def rename_everywhere(analysis: Analysis, path: Path, offset: int, new: str, read: Read) -> Renamed:
    """The edits that rename what a place of a file names, in that file and in those below the
    folders around it that import it; raises `CannotRename`."""
    own, home, at = _declaring(analysis, path.resolve(), offset, read)
    name = name_at(own, at)
    edits = {home: rename(own, at, new)}
    if name is None or not _is_shared(own, at):
        return Renamed(edits, _new_keys(own, at, new))
    for other in _others(home, path.resolve()):
        found = _analysed(other, read)
        places = () if found is None else tuple(_imported(found, other, home, own, at, new))
        if places:
            edits[other] = places
    _check(edits, read)
    return Renamed(edits, _new_keys(own, at, new))


def _declaring(
    analysis: Analysis, path: Path, offset: int, read: Read
) -> tuple[Analysis, Path, int]:
    """The file that declares a name, and the place of the name there."""
    name = name_at(analysis, offset)
    imports = [d for d in analysis.file.declarations if isinstance(d, tree.Import)]
    for line, item in [(d, item) for d in imports for item in d.names]:
        if name is None or not _brings(item, name, analysis):
            continue
        home = (path.parent / str(line.path.value)).resolve()
        found = _analysed(home, read)
        declared = None if found is None else found.module.names.get(item.name.id)
        if found is None or declared is None:
            raise CannotRename(f"`{name.id}` cannot be found in {line.path.value}")
        return _declaring(found, home, declared[0].name.span.first, read)
    return analysis, path, offset


def _brings(item: tree.ImportName, name: tree.Name, analysis: Analysis) -> bool:
    """True where a name is the one of the other file."""
    whole = item.alias is None and item.name.id == name.id and bound_by(analysis, name) is None
    return whole or item.name is name


def _is_shared(analysis: Analysis, offset: int) -> bool:
    """True for what other files can name: declarations and their parameters."""
    name = name_at(analysis, offset)
    bound = bound_by(analysis, name) if name is not None else None
    return name is not None and (bound is None or bound.kind == "parameter")


def _new_keys(analysis: Analysis, offset: int, new: str) -> NewNames:
    """The new name of a step or layer, by whose name its weights are saved."""
    name = name_at(analysis, offset)
    bound = bound_by(analysis, name) if name is not None else None
    is_key = bound is not None and bound.kind in ("step", "layer")
    return {bound.name: new} if bound is not None and is_key else {}


def _others(home: Path, path: Path) -> Iterator[Path]:
    """The specs that could import a file: an import leads from a folder to it or below."""
    root = home.parent
    while (root / "..").resolve() != root and list(root.glob("../*.arch")):
        root = root.parent
    seen = {home}
    for folder in (root, path.parent):
        for found in specs_below(folder):
            if found.resolve() not in seen:
                seen.add(found.resolve())
                yield found.resolve()


def _analysed(path: Path, read: Read) -> Analysis | None:
    text = read(path)
    if isinstance(text, Unreadable):
        return None
    return Analysis(Spec(Source(str(path), text), path.parent, None, path.stem, path), read)


def _imported(
    other: Analysis, path: Path, home: Path, own: Analysis, at: int, new: str
) -> Iterator[Edit]:
    """The edits of a file that imports the declaration."""
    declaration = declaration_at(own.file, at)
    name = name_at(own, at)
    assert name is not None and declaration is not None and not isinstance(declaration, tree.Import)
    parameter = bound_by(own, name) is not None
    for line in other.file.declarations:
        if not isinstance(line, tree.Import):
            continue
        if (path.parent / str(line.path.value)).resolve() != home:
            continue
        for item in line.names:
            if parameter and item.name.id == declaration.name.id:
                yield from _edits(
                    arguments_named(other.file, (item.alias or item.name).id, name.id), new
                )
            elif not parameter and item.name.id == name.id:
                yield from _edits(
                    [item.name.span] if item.alias else places_of(other, name.id), new
                )
                if item.alias is None and new in other.module.names:
                    raise CannotRename(f"`{new}` has a meaning in {path.name} already")


def _edits(places: Iterable[Span], new: str) -> Iterator[Edit]:
    return (Edit(span, new) for span in dict.fromkeys(places))


def _check(edits: Mapping[Path, tuple[Edit, ...]], read: Read) -> None:
    """Raises where a file has a mistake after the edits that it did not have before."""
    texts = {
        path: edited(text, found)
        for path, found in edits.items()
        if isinstance(text := read(path), str)
    }

    def changed(path: Path) -> str | Unreadable:
        found = texts.get(path.resolve())
        return read(path) if found is None else found

    for path in edits:
        before, after = _analysed(path, read), _analysed(path, changed)
        if before is not None and after is not None and _mistakes(after) > _mistakes(before):
            mistake = next(d for d in after.diagnostics if d.severity is Severity.ERROR)
            raise CannotRename(f"with this name {path.name} has a mistake: {mistake.message}")


def _mistakes(analysis: Analysis) -> int:
    return sum(d.severity is Severity.ERROR for d in analysis.diagnostics)
