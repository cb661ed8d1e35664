"""A name given another one in all files that share it: where it is declared, and where imported.

Refused is what would mean something else afterwards: in a text where another name is taken for it,
and for a network that computes something else.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from archdsl.base.diagnostics import edited
from archdsl.base.labels import Edit, Severity
from archdsl.base.names import refusal
from archdsl.base.source import Span
from archdsl.driver import Read
from archdsl.editing.analysis import Analysis
from archdsl.editing.bindings import asked, binding_of, bindings
from archdsl.editing.meaning import NewNames, renamed
from archdsl.editing.places import declaration_at
from archdsl.editing.references import reach
from archdsl.editing.sharing import Named, Texts, imports
from archdsl.editing.symbols import name_at
from archdsl.editing.things import Inner, Place, Thing, home_of, inner, places, thing_at
from archdsl.ops.registry import ops
from archdsl.semantics.evaluate.functions import FUNCTIONS
from archdsl.semantics.names.linked_files import Unreadable
from archdsl.syntax import tree
from archdsl.syntax.words import HARD

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class CannotRename(Exception):
    """Raised where a name cannot be another one; the message says what to do."""


class RenamedThing(Struct, frozen=True):
    """The edits of each file, the published names that they change, and the files that could not
    be read, with why: the name may stand in them."""

    edits: Mapping[Path, tuple[Edit, ...]]
    names: NewNames
    unseen: Mapping[Path, str]


def rename_everywhere(
    analysis: Analysis, path: Path, offset: int, new: str, read: Read, open_: Iterable[Path] = ()
) -> RenamedThing:
    """The edits that rename what a place of a file names, in its file and all that import it,
    those that are `open_` and not saved too; raises `CannotRename`."""
    own = path.resolve()
    files = Texts(read, {own: analysis})
    name = name_at(analysis, offset)
    if name is None:
        raise CannotRename("there is no name here")
    thing = thing_at(own, offset, files)
    if thing is None:
        raise CannotRename(_foreign(name.id))
    if not NAME.fullmatch(new) or new in HARD:
        raise CannotRename(f"`{new}` is no name: letters, digits and `_`, not a digit first")
    by_file = {p: places(thing, p, files) for p in reach(thing, files, (own, *open_))}
    if not any(place.span == name.span and place.same for place in by_file.get(own, ())):
        raise CannotRename(_foreign(name.id))
    _Renaming(files, thing, new, by_file).refuse()
    edits = {p: tuple(_edits(of_file, new)) for p, of_file in by_file.items()}
    names = _checked(files, thing, new, by_file, edits)
    return RenamedThing({p: e for p, e in edits.items() if e}, names, dict(files.unseen))


def _foreign(name: str) -> str:
    word = "an op" if name in ops() else "not declared in this file or one that it imports"
    return f"`{name}` is {word}: it keeps its name"


def _edits(named: Iterable[Place], new: str) -> Iterator[Edit]:
    return (Edit(place.span, new) for place in named if place.same)


# --- what would be taken for something else --------------------------------------------------


class _Renaming:
    """A new name looked for wherever the old one stands."""

    def __init__(
        self, files: Texts, thing: Thing, new: str, by_file: Mapping[Path, tuple[Place, ...]]
    ) -> None:
        self.files, self.thing, self.new, self.by_file = files, thing, new, by_file

    def refuse(self) -> None:
        """Raises where the new name means something already."""
        if isinstance(self.thing, Inner):
            self._refuse_inner(self.thing)
            return
        if self.new in ops() or self.new in ("input", "path"):
            self._taken("is a word of the language")
        if self.new in FUNCTIONS:
            self._taken("is a function of the language")
        for path, declaration, name in self._places():
            self._refuse_in(path, declaration, name)

    def _taken(self, why: str) -> None:
        raise CannotRename(f"`{self.new}` {why} already")

    def _places(self) -> Iterator[tuple[Path, tree.Declaration, Span]]:
        """The places to rename, with the declarations that they stand in."""
        for path, of_file in self.by_file.items():
            analysis = self.files.analysis(path)
            for place in of_file if analysis is not None else ():
                assert analysis is not None
                declaration = declaration_at(analysis.file, place.span.first)
                if place.same and declaration is not None:
                    yield path, declaration, place.span

    def _refuse_in(self, path: Path, declaration: tree.Declaration, place: Span) -> None:
        analysis = self.files.analysis(path)
        assert analysis is not None
        if any(i.name.span == place and i.alias is not None for _, i in imports((declaration,))):
            return  # the file knows it by another name
        if self.new in analysis.module.names or self.new in analysis.module.missing:
            self._taken(f"has a meaning in {path.name}")
        if analysis.module.find(self.new) is not None:
            self._taken("is a block of the library")
        if binding_of(declaration, self.new, place.first) is not None:
            self._taken(f"has a meaning in `{_called(declaration)}`, which uses `{place.text}`,")

    def _refuse_inner(self, thing: Inner) -> None:
        for path, declaration, place in self._places():
            own = isinstance(declaration, tree.Import) or thing.owner != Named(
                path, declaration.name.id
            )
            if not own and self._is_known(declaration, thing, place):
                self._taken(f"has a meaning in `{_called(declaration)}`")
        why = refusal(self.new) if thing.kind in ("step", "layer") else None
        if why is not None:
            raise CannotRename(f"`{self.new}` cannot be the name of a module: {why}")

    def _is_known(self, declaration: tree.Declaration, thing: Inner, place: Span) -> bool:
        """True where the new name means something at a place of the old one, or something else
        asks for it where the old one is known."""
        first, last = thing.within or (declaration.span.first, declaration.span.last)
        asks = any(n.id == self.new and first <= n.span.first <= last for n in asked(declaration))
        binds = (inner(thing.owner, b) for b in bindings(declaration) if b.name == self.new)
        beside = any(other.within == thing.within for other in binds)
        return asks or beside or binding_of(declaration, self.new, place.first) is not None


def _called(declaration: tree.Declaration) -> str:
    own = getattr(declaration, "name", None)
    return own.id if own is not None else "this file"


# --- what must stay --------------------------------------------------------------------------

PlacesByFile = Mapping[Path, tuple[Place, ...]]


def _checked(
    files: Texts,
    thing: Thing,
    new: str,
    by_file: PlacesByFile,
    edits: Mapping[Path, tuple[Edit, ...]],
) -> NewNames:
    """The published names that edits change; raises where a name, or a network, means something
    else after them, or a file has a mistake that it did not have."""
    after = Texts(_changed(files, edits))
    _check_places(files, after, thing, new, by_file)
    names: NewNames = {}
    for path in by_file:
        before, now = files.analysis(path), after.analysis(path)
        if before is None or now is None:
            continue
        if edits[path] and _mistakes(now) > _mistakes(before):
            mistake = next(d for d in now.diagnostics if d.severity is Severity.ERROR)
            raise CannotRename(f"with this name {path.name} has a mistake: {mistake.message}")
        names |= _new_names(before, now, thing, new, path)
    return names


def _changed(files: Texts, edits: Mapping[Path, tuple[Edit, ...]]) -> Read:
    """A reader of files as they are after edits."""
    texts = {p: edited(files.text(p) or "", of_file) for p, of_file in edits.items() if of_file}

    def read(path: Path) -> str | Unreadable:
        text = texts.get(path.resolve())
        return files.read(path) if text is None else text

    return read


def _check_places(
    files: Texts, after: Texts, thing: Thing, new: str, by_file: PlacesByFile
) -> None:
    """Raises where other places mean the thing after the edits than before."""
    home = home_of(thing)
    at = next(start for start, place in _moved(by_file[home], new) if place.same)
    renamed_thing = thing_at(home, at, after)
    for path, of_file in by_file.items():
        wanted = {start for start, _ in _moved(of_file, new)}
        meant = places(renamed_thing, path, after) if renamed_thing is not None else ()
        unlike = wanted ^ {place.span.first for place in meant}
        if unlike:
            text = after.text(path) or ""
            row = text.count("\n", 0, min(unlike)) + 1
            raise CannotRename(f"`{new}` would mean something else in row {row} of {path.name}")


def _moved(of_file: tuple[Place, ...], new: str) -> Iterator[tuple[int, Place]]:
    """Each place with its begin in the changed text."""
    longer = 0
    for place in of_file:
        yield place.span.first + longer, place
        longer += len(new) - len(place.span.text) if place.same else 0


def _mistakes(analysis: Analysis) -> int:
    return sum(d.severity is Severity.ERROR for d in analysis.diagnostics)


def _new_names(before: Analysis, now: Analysis, thing: Thing, new: str, path: Path) -> NewNames:
    sound = [n for n in before.networks if before.readable and before.trace(n).sound]
    pairs = ((n, new if Named(path, n) == thing else n) for n in sound)
    names = renamed(before, now, pairs)
    if names is None:
        raise CannotRename(f"with this name a network of {path.name} computes something else")
    known = before.readable and len(sound) == len(before.networks)
    if not known and isinstance(thing, Inner) and thing.kind in ("step", "layer"):
        names.setdefault(thing.name, new)  # what its keys are cannot be told
    return names
