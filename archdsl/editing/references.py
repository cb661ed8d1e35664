"""The places that mean the same as a name: in one text, or in all files that share it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from archdsl.base.source import Span
from archdsl.driver import Read
from archdsl.editing.analysis import Analysis
from archdsl.editing.bindings import at_the_top
from archdsl.editing.sharing import Alone, Named, Texts, sharing
from archdsl.editing.symbols import name_at
from archdsl.editing.things import Thing, home_of, places, thing_at


def references(analysis: Analysis, offset: int) -> tuple[Span, ...]:
    """Every place of the text that means the same as the name at an offset, its declaration too."""
    files = Alone(analysis)
    thing = thing_at(files.path, offset, files)
    if thing is None:
        return _of_the_library(analysis, offset)
    return tuple(place.span for place in places(thing, files.path, files))


def _of_the_library(analysis: Analysis, offset: int) -> tuple[Span, ...]:
    """The places of an op or of a block that ships with the language."""
    name = name_at(analysis, offset)
    names = [n for d in analysis.file.declarations for n in at_the_top(d)]
    meant = name is not None and any(n is name for n in names)
    return tuple(n.span for n in names if meant and name is not None and n.id == name.id)


def references_everywhere(
    analysis: Analysis,
    path: Path,
    offset: int,
    read: Read,
    open_: Iterable[Path] = (),
    declaration: bool = True,
) -> Mapping[Path, tuple[Span, ...]]:
    """The same in the text's own file, in what it imports, and in all files that import what the
    name leads to, those that are open and not saved too; with its declaration if asked for."""
    own = path.resolve()
    files = Texts(read, {own: analysis})
    thing = thing_at(own, offset, files)
    if thing is None:
        return {own: references(analysis, offset)}
    if isinstance(thing, Named):
        thing = files.declared(thing.path, thing.name) or thing
    by_file = {p: places(thing, p, files) for p in reach(thing, files, (own, *open_))}
    spans = {
        p: tuple(place.span for place in of_file if declaration or not place.declares)
        for p, of_file in by_file.items()
    }
    return {p: of_file for p, of_file in spans.items() if of_file}


def reach(thing: Thing, files: Texts, open_: Iterable[Path]) -> tuple[Path, ...]:
    """The files that can name a thing."""
    home = home_of(thing)
    return sharing(home, files, open_) if thing.reaches_out else (home,)
