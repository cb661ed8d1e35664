"""A SPEC found and read: a file, one of its networks, a network of the catalogue, or `-`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from archdsl import catalogue
from archdsl.base.exceptions import Misuse
from archdsl.base.source import Source
from archdsl.base.suggest import did_you_mean
from archdsl.semantics.names.linked_files import LinkedFiles, Unreadable
from archdsl.semantics.reporter import Reporter
from archdsl.syntax.parse import parse
from archdsl.syntax.tree import Parsed

MAX_BYTES = 10_000_000  # of one source file
SHOWN = 8  # names of the catalogue that a complaint lists
Read = Callable[[Path], str | Unreadable]  # a file's text, or why it cannot be had


class Spec(Struct, frozen=True):
    """A SPEC resolved: its source, the folder of its imports, and the network asked for."""

    source: Source
    folder: Path
    network: str | None
    stem: str
    path: Path | None = None  # where the source was read, if from a file
    shipped: bool = False  # of the catalogue: what stands beside the network is known to be sound
    like: str = ""  # of several networks the one to take, where nothing else says which
    whole: bool = False  # what the network asked for does not use is told of too


def find(spec: str, *, stdin: str | None = None, name: str | None = None) -> Spec:
    """The source that a SPEC names, or `Misuse`; `name` is the file that standard input will be,
    in whose folder its imports are."""
    if spec == "-" or spec.startswith("-:"):
        text = _stdin() if stdin is None else stdin
        place = Path(name) if name else None
        folder, stem = (place.parent, place.stem) if place is not None else (Path.cwd(), "")
        return Spec(Source(name or "<stdin>", text), folder, spec[2:] or None, stem)
    file, _, network = spec.partition(".arch:")
    if network or spec.endswith(".arch:"):
        return from_file(Path(f"{file}.arch"), network or None)
    file, _, network = spec.rpartition(":")
    if os.path.exists(file) and not os.path.exists(spec):  # of whatever ending
        return from_file(Path(file), network or None)
    if spec.endswith(".arch") or "/" in spec or "\\" in spec:
        return from_file(Path(spec), None)
    entry = catalogue.find(spec)
    if entry is not None:
        listed = from_file(entry.file, entry.name, shipped=f"specs/{entry.file.name}")
        return replace(listed, shipped=True)
    if os.path.exists(spec):  # a name of any length has an answer
        return from_file(Path(spec), None)
    hint = _known(spec) or "`archdsl list` shows the catalogue"
    raise Misuse(f"there is no file and no network of the catalogue called `{spec}`; {hint}")


def _known(word: str) -> str:
    """The networks of the catalogue that a word begins, else the nearest name; those that others
    are built of, which have capitals, come last."""
    names = [e.name for e in catalogue.entries()]
    ready = [name for name in names if name.islower()]
    begun = [name for name in ready if word and name.startswith(word.lower())]
    if len(begun) > 1:
        more = ", …" if len(begun) > SHOWN else ""
        return f"there are {', '.join(begun[:SHOWN])}{more}"
    return did_you_mean(word, ready) or did_you_mean(word, names)


def from_file(path: Path, network: str | None, shipped: str = "") -> Spec:
    """A file's SPEC, or `Misuse` where it cannot be read; `shipped` is a catalogue file's name."""
    text = read_text(path)
    if isinstance(text, Unreadable):
        raise Misuse(f"cannot read {path}: {text.reason}")
    source = Source(shipped, text, catalogue.CATALOGUE) if shipped else Source(str(path), text)
    return Spec(source, path.parent, network, path.stem, path)


def read_text(path: Path) -> str | Unreadable:
    """A source file's text: UTF-8 without a byte order mark, of a bounded size."""
    try:
        if not path.exists():
            return Unreadable("there is no such file")
        if path.is_dir():
            return Unreadable("it is a folder")
        if not path.is_file():
            return Unreadable("it is not a regular file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        return Unreadable((getattr(error, "strerror", None) or str(error)).lower())
    return decoded(content)


def decoded(content: bytes) -> str | Unreadable:
    """The text of what was read of a file, of one byte more than it may have at most."""
    if len(content) > MAX_BYTES:
        return Unreadable(f"it is larger than {MAX_BYTES:,} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Unreadable(f"it is not UTF-8 text (byte {error.start})")


def _stdin() -> str:
    """Standard input, held to what a file is held to."""
    text = decoded(stdin_bytes())
    if isinstance(text, Unreadable):
        raise Misuse(f"cannot read standard input: {text.reason}")
    return text


def stdin_bytes() -> bytes:
    """The bytes of standard input, up to one more than is allowed."""
    if sys.stdin is None:
        raise Misuse("cannot read standard input: it is closed")
    binary = getattr(sys.stdin, "buffer", None)
    if binary is None:  # a text that stands in for it
        return sys.stdin.read().encode("utf-8", "surrogatepass")
    try:
        content: bytes = binary.read(MAX_BYTES + 1)
    except OSError as error:
        raise Misuse(f"cannot read standard input: {(error.strerror or '').lower()}") from None
    return content


class Imports:
    """Reads what a spec's files import, from its folder and below; `found` is what was read,
    `asked` what was looked for: the text of each place, or why there is none."""

    def __init__(self, spec: Spec, read: Read = read_text) -> None:
        self.read_files: list[tuple[Path, Source]] = []
        self.asked: dict[Path, str | Unreadable] = {}
        self._read = read
        self._spec = spec
        self._root = spec.folder.resolve()
        self._folders = {spec.source.name: spec.folder}

    def __call__(self, importer: Source, path: str) -> Source | Unreadable:
        wanted = self._folders[importer.name] / path
        try:
            place = wanted.resolve()
        except (OSError, ValueError, RuntimeError):  # too long, holds a null, or links in a circle
            return Unreadable("there can be no such file")
        if Path(path).is_absolute() or not place.is_relative_to(self._root):
            return Unreadable("it lies outside the folder of the spec")
        text = self.asked[place] = self._read(wanted)
        if isinstance(text, Unreadable):
            return text
        source = Source(self._shown(place), text, self._spec.source.shipped)
        self._folders[source.name] = wanted.parent
        self.read_files.append((wanted, source))
        return source

    def _shown(self, place: Path) -> str:
        """The name that messages show: one file has one name, however it is imported."""
        if place == (self._root / Path(self._spec.source.name).name):
            return self._spec.source.name
        name = place.relative_to(self._root).as_posix()
        if self._spec.source.shipped:
            return f"specs/{name}"
        return str(self._spec.folder / name) if self._spec.stem else name


def files_of(spec: str) -> tuple[Path, ...]:
    """The files that a SPEC is read from, and those that they import, there or not; none of a
    pipe."""
    piped = spec == "-" or spec.startswith("-:")
    return () if piped else files_behind(find(spec))


def files_behind(spec: Spec) -> tuple[Path, ...]:
    """The files of a SPEC that is found."""
    imports = Imports(spec)
    files(spec, Reporter(), imports).load(spec.source)
    return (*((spec.path,) if spec.path is not None else ()), *imports.asked)


def files(
    spec: Spec,
    reporter: Reporter,
    imports: Imports | None = None,
    read: Callable[[Source], Parsed] = parse,
) -> LinkedFiles:
    """The loader of a spec's file, and of the files that it imports."""
    return LinkedFiles(catalogue.library(), imports or Imports(spec), reporter, read)
