"""The pipeline: a SPEC is found, read, parsed, elaborated and held to its promises."""

import math
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from archdsl import catalogue
from archdsl.base.collector import resting_collector
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Severity
from archdsl.base.source import Source
from archdsl.base.suggest import did_you_mean
from archdsl.base.told import Told
from archdsl.ir.graph import Program
from archdsl.ir.shape import Shape
from archdsl.semantics.elaborate.network import Overrides, instantiate
from archdsl.semantics.elaborate.resized import Trials
from archdsl.semantics.elaborate.unused_definitions import check_unused, used_by
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate.evaluator import Evaluator
from archdsl.semantics.limits import LIMITS, Limits
from archdsl.semantics.memory import Memory
from archdsl.semantics.names.files import Files, Module, Unreadable
from archdsl.semantics.report import Exhausted, Reporter
from archdsl.semantics.values import UNKNOWN
from archdsl.syntax import tree
from archdsl.syntax.parse import parse_expression

if TYPE_CHECKING:
    from archdsl.analyses.input_sizes.report import Sizes

MAX_BYTES = 10_000_000  # of one source file
RECURSION = 20_000
REMEMBERED = 20_000  # blocks that variants of one network may have in common

Read = Callable[[Path], str | Unreadable]  # a file's text, or why it cannot be had
Inputs = str | Shape | Mapping[str, "str | Shape"] | None


class Misuse(Told):
    """The command or call was misused: no such file, network, or parameter (exit code 2)."""


class Loaded(Struct, frozen=True):
    """What became of a SPEC: the program where it has no errors, and everything there is to say.

    `partial` is what there is of the program in spite of its errors. `files` are those it was read
    from, the library's blocks aside; a text that came from no file has none. `trials` elaborates
    a sound network for other input shapes.
    """

    name: str
    source: Source
    program: Program | None
    diagnostics: tuple[Diagnostic, ...]
    partial: Program | None = None
    files: tuple[tuple[Path, Source], ...] = ()
    trials: Trials | None = None

    @property
    def known(self) -> Program | None:
        """The program as far as it goes, if it has a step at all."""
        found = self.program or self.partial
        return found if found is not None and found.root.steps else None

    @property
    def failed(self) -> bool:
        return self.program is None or any(d.severity is Severity.ERROR for d in self.diagnostics)


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


def load(
    spec: str,
    *,
    parameters: Mapping[str, object] | None = None,
    input: Inputs = None,
    stdin: str | None = None,
    like: str = "",
    limits: Limits = LIMITS,
) -> Loaded:
    """Loads `FILE.arch`, `FILE.arch:NETWORK`, a catalogue name, or `-` (standard input).

    `parameters` maps names to values; a string is read as the language writes it. `input`
    replaces the input's shape, by name where there are several. `like` is the network to take
    of several, where nothing else says which.
    """
    found = replace(find(spec, stdin=stdin), like=like)
    return run(found, parameters or {}, input, limits)


def loads(
    text: str,
    *,
    name: str = "<string>",
    network: str | None = None,
    parameters: Mapping[str, object] | None = None,
    input: Inputs = None,
    limits: Limits = LIMITS,
) -> Loaded:
    """Loads a spec from its text; imports are relative to the working folder."""
    spec = Spec(Source(name, text), Path.cwd(), network, "", whole=True)
    return run(spec, parameters or {}, input, limits)


def find(spec: str, *, stdin: str | None = None) -> Spec:
    """The source that a SPEC names, or `Misuse`."""
    if spec == "-" or spec.startswith("-:"):
        text = _stdin() if stdin is None else stdin
        return Spec(Source("<stdin>", text), Path.cwd(), spec[2:] or None, "")
    file, _, network = spec.partition(".arch:")
    if network or spec.endswith(".arch:"):
        return _from_file(Path(f"{file}.arch"), network or None)
    file, _, network = spec.rpartition(":")
    if os.path.exists(file) and not os.path.exists(spec):  # of whatever ending
        return _from_file(Path(file), network or None)
    if spec.endswith(".arch") or "/" in spec or "\\" in spec:
        return _from_file(Path(spec), None)
    entry = catalogue.find(spec)
    if entry is not None:
        found = _from_file(entry.file, entry.name, shown=f"specs/{entry.file.name}")
        return replace(found, shipped=True)
    if os.path.exists(spec):  # a name of any length has an answer
        return _from_file(Path(spec), None)
    names = [e.name for e in catalogue.entries()]
    hint = did_you_mean(spec, names) or "`archdsl list` shows the catalogue"
    raise Misuse(f"there is no file and no network of the catalogue called `{spec}`; {hint}")


def _from_file(path: Path, network: str | None, shown: str | None = None) -> Spec:
    text = read_text(path)
    if isinstance(text, Unreadable):
        raise Misuse(f"cannot read {path}: {text.reason}")
    return Spec(Source(shown or str(path), text), path.parent, network, path.stem, path)


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
    """What comes from standard input, of which one byte more than may be read is enough."""
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


def run(
    spec: Spec, parameters: Mapping[str, object], input: Inputs, limits: Limits = LIMITS
) -> Loaded:
    """The pipeline itself."""
    with deep_recursion(), resting_collector():
        return _run(spec, parameters, input, limits)


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Room for the nesting that `Limits` allows: several calls for each level of a spec."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _run(spec: Spec, parameters: Mapping[str, object], input: Inputs, limits: Limits) -> Loaded:
    reporter, imports = Reporter(), Imports(spec)
    module = Files(catalogue.library(), imports, reporter).load(spec.source)
    if reporter.unreadable:
        return Loaded(spec.network or spec.stem, spec.source, None, reporter.diagnostics)
    try:
        name = _choose(spec, module)
    except Misuse:
        if reporter.failed:  # declarations are at fault: their diagnostics come first
            return Loaded(spec.stem, spec.source, None, reporter.diagnostics)
        raise
    overrides = _overrides(module, name, parameters, input)
    memory = Memory()
    program = instantiate(module, name, reporter, overrides, limits, memory=memory)
    if not spec.shipped:
        asked = used_by(module, name) if spec.network is not None and not spec.whole else None
        check_unused(module, reporter, limits, memory, asked)
    if reporter.failed:
        return Loaded(name, spec.source, None, reporter.diagnostics, partial=program)
    if program is not None:
        from archdsl.analyses.figures.expectations import check_expectations

        reporter.extend(check_expectations(program))
    files = () if spec.path is None else ((spec.path, spec.source), *imports.found)
    trials = Trials(module, name, overrides, limits)
    found = _not_allowed(reporter.diagnostics)
    return Loaded(name, spec.source, program, found, files=files, trials=trials)


def sizes(
    program: Program, trials: Trials, *, vary: str | None = None, up_to: int | None = None
) -> "Sizes":
    """The input sizes that a sound network accepts; `Misuse` where it has none to vary."""
    from archdsl.analyses.input_sizes.report import TooManySizes, sizes
    from archdsl.analyses.input_sizes.varied import NothingToVary

    try:
        with deep_recursion():
            most = trials.limits.tried_steps
            return sizes(program, trials.at, most, vary=vary, up_to=up_to)
    except (NothingToVary, TooManySizes) as found:
        raise Misuse(str(found)) from None


class Prepared:
    """A SPEC read once, to be elaborated many times with other parameters.

    Where `diagnostics` has errors, nothing should be elaborated. Raises `Misuse` where the SPEC
    names no network, or the input does not fit it.
    """

    def __init__(self, spec: Spec, input: Inputs = None, limits: Limits = LIMITS) -> None:
        reporter, imports = Reporter(), Imports(spec)
        self.module = Files(catalogue.library(), imports, reporter).load(spec.source)
        self.diagnostics = reporter.diagnostics
        self.sources = (spec.source, *(source for _, source in imports.found))
        self.name = spec.network or spec.stem
        self._values: dict[tuple[str, str], object] = {}
        self._memory = Memory()
        self._limits = limits
        if not reporter.failed:
            self.name = _choose(spec, self.module)
            self._shapes = _input_shapes(self.module, self.name, input)

    def value(self, parameter: str, text: str) -> object:
        """What a text stands for as a parameter's value; `Misuse` where there is none such."""
        if (parameter, text) not in self._values:
            given = {parameter: text}
            read = _overrides(self.module, self.name, given, None)
            self._values[parameter, text] = read.parameters[parameter]
        return self._values[parameter, text]

    def variant(self, parameters: Mapping[str, str]) -> Loaded:
        """The network with these parameters; what it expects is not looked at."""
        reporter = Reporter()
        values = {name: self.value(name, text) for name, text in parameters.items()}
        overrides = Overrides(values, self._shapes)
        known = len(self._memory.blocks)
        with deep_recursion(), resting_collector():
            program = instantiate(
                self.module, self.name, reporter, overrides, self._limits, memory=self._memory
            )
        last = len(self._memory.blocks) - 1  # the network's own scope: its lines must be run again
        self._forget(known if reporter.diagnostics else min(last, REMEMBERED))
        sound = None if reporter.failed else program
        return Loaded(self.name, self.sources[0], sound, reporter.diagnostics, partial=program)

    def _forget(self, most: int) -> None:
        """Drops the blocks remembered last: after a mistake, since it is told once only, and where
        there are too many."""
        while len(self._memory.blocks) > most:
            self._memory.blocks.popitem()


def _not_allowed(diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Without the warnings that a comment at their line allows."""
    if all(d.severity is not Severity.WARNING for d in diagnostics):
        return diagnostics
    from archdsl.analyses.lints.allowed import allowed

    return allowed(diagnostics)


class Whole(Struct, frozen=True):
    """A file as a whole: a SPEC for each network that can stand alone, and what there is to say
    of the declarations that none of these uses.

    Where no network can stand alone `parts` has the file's own SPEC; where none is declared,
    nothing.
    """

    parts: tuple[str, ...]
    rest: Loaded


def parts(spec: str) -> tuple[str, ...]:
    """The SPECs of a file's networks, as `Whole` has them; of another SPEC itself."""
    found = _whole_file(spec)
    if found is None:
        return (spec,)
    module, reporter = _declared(found)
    return (spec,) if reporter.unreadable else _parts(spec, module)


def whole(spec: str, limits: Limits = LIMITS) -> Whole | None:
    """What a SPEC names as a file; None where it names something else. `Misuse` where a file
    declares nothing."""
    found = _whole_file(spec)
    if found is None:
        return None
    module, reporter = _declared(found)
    if reporter.unreadable:
        return Whole((spec,), Loaded(found.stem, found.source, None, reporter.diagnostics))
    if not module.file.declarations and not reporter.failed:
        raise Misuse(f"{found.source.name} declares no network")
    alone = [name for name in networks(module) if complete(module, name)]
    used = {id(d) for name in alone for d in used_by(module, name)}
    idle = [d for d in module.file.declarations if id(d) not in used]
    with deep_recursion():
        check_unused(module, reporter, limits, declarations=idle)
    rest = Loaded(found.stem, found.source, None, reporter.diagnostics)
    return Whole(_parts(spec, module), rest)


def _declared(spec: Spec) -> tuple[Module, Reporter]:
    reporter = Reporter()
    return files(spec, reporter).load(spec.source), reporter


def _parts(spec: str, module: Module) -> tuple[str, ...]:
    declared = networks(module)
    names = [name for name in declared if complete(module, name)]
    return tuple(f"{spec}:{name}" for name in names) or ((spec,) if declared else ())


def _whole_file(spec: str) -> Spec | None:
    """The file that a SPEC names without one of its networks; None where it names no file."""
    found = None if spec.startswith("-") else find(spec)
    return found if found is not None and found.network is None else None


Change = tuple[Shape | None, Shape | None]


class Traced(Struct, frozen=True):
    """A file, the shapes before and after its lines in every use, and what is wrong with it."""

    file: tree.File
    changes: Mapping[tree.Flow, frozenset[Change]]
    diagnostics: tuple[Diagnostic, ...]


def trace(spec: Spec) -> Traced:
    """What each line does to the flow in the networks of a file that can stand alone."""
    reporter = Reporter()
    changes: defaultdict[tree.Flow, set[Change]] = defaultdict(set)
    with deep_recursion():
        module = files(spec, reporter).load(spec.source)
        whole = [name for name in networks(module) if complete(module, name)]
        for name in [] if reporter.failed else whole:
            instantiate(module, name, reporter, watch=lambda f, *change: changes[f].add(change))
    found = {line: frozenset(seen) for line, seen in changes.items()}
    return Traced(module.file, found, reporter.diagnostics)


class Imports:
    """Reads what a spec's files import, from its folder and below; `found` is what was read."""

    def __init__(self, spec: Spec, read: "Read | None" = None) -> None:
        self.found: list[tuple[Path, Source]] = []
        self._read = read or read_text
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
        text = self._read(wanted)
        if isinstance(text, Unreadable):
            return text
        source = Source(self._shown(place), text)
        self._folders[source.name] = wanted.parent
        self.found.append((wanted, source))
        return source

    def _shown(self, place: Path) -> str:
        """The name that messages show: one file has one name, however it is imported."""
        if place == (self._root / Path(self._spec.source.name).name):
            return self._spec.source.name
        name = place.relative_to(self._root).as_posix()
        return str(self._spec.folder / name) if self._spec.stem else name


def files_of(spec: str) -> tuple[Path, ...]:
    """The files that a SPEC is read from, what they import among them; none of a pipe."""
    found = None if spec == "-" or spec.startswith("-:") else find(spec)
    if found is None or found.path is None:
        return ()
    imports = Imports(found)
    files(found, Reporter(), imports).load(found.source)
    return (found.path, *(path for path, _ in imports.found))


def files(spec: Spec, reporter: Reporter, imports: Imports | None = None) -> Files:
    """What loads a spec's file, and the files that it imports."""
    return Files(catalogue.library(), imports or Imports(spec), reporter)


def networks(module: Module) -> list[str]:
    """The networks that a file itself declares, in its order; not one whose name something before
    it has, which is told."""
    return [
        d.name.id
        for d in module.file.declarations
        if isinstance(d, tree.NetworkDecl | tree.VariantDecl) and module.names[d.name.id][0] is d
    ]


def _choose(spec: Spec, module: Module) -> str:
    names = networks(module)
    choices = ", ".join([n for n in names if complete(module, n)] or names)
    where = spec.source.name
    if not names:
        raise Misuse(f"{where} declares no network")
    if spec.network is not None:
        if spec.network in names:
            return spec.network
        hint = did_you_mean(spec.network, names)
        raise Misuse(f"{where} has no network `{spec.network}`; {hint or f'it declares {choices}'}")
    if len(names) == 1:
        return names[0]
    stem = spec.stem.lower().replace("_", "")
    like = [n for n in names if n.lower().replace("_", "") == stem and complete(module, n)]
    if spec.stem in like or len(like) == 1:
        return spec.stem if spec.stem in like else like[0]
    if spec.like in names:
        return spec.like
    asked = "-" if where == "<stdin>" else where
    raise Misuse(f"{where} declares several networks; name one: {asked}:NAME with {choices}")


def _overrides(
    module: Module, name: str, parameters: Mapping[str, object], input: Inputs
) -> Overrides:
    declared = _parameters(module, name)
    values: dict[str, object] = {}
    for word, given in parameters.items():
        if word not in declared:
            hint = did_you_mean(word, declared)
            has = f"it has {', '.join(declared)}" if declared else "it has none"
            raise Misuse(f"`{name}` has no parameter `{word}`; {hint or has}")
        values[word] = _value(given, module, f"parameter `{word}`")
    return Overrides(values, _input_shapes(module, name, input))


def _lineage(module: Module, name: str) -> tuple[list[tree.VariantDecl], tree.NetworkDecl | None]:
    """The variants that a name stands for, outermost first, and the network at their end."""
    variants: list[tree.VariantDecl] = []
    found = module.find(name)
    while found is not None and isinstance(found[0], tree.VariantDecl):
        if any(found[0] is variant for variant in variants):
            return variants, None
        variants.append(found[0])
        found = found[1].find(found[0].base.id)
    network = found[0] if found is not None else None
    return variants, network if isinstance(network, tree.NetworkDecl) else None


def _network(module: Module, name: str) -> tree.NetworkDecl | None:
    return _lineage(module, name)[1]


def complete(module: Module, name: str) -> bool:
    """Whether a network can stand alone: none of its parameters waits for a value."""
    variants, network = _lineage(module, name)
    if network is None:
        return True  # that there is none is told where the name is used
    given = {a.name.id for v in variants for a in v.arguments if a.name is not None}
    places = max((sum(a.name is None for a in v.arguments) for v in variants), default=0)
    later = network.parameters[places:]
    return all(p.default is not None or p.name.id in given for p in later)


def _parameters(module: Module, name: str) -> list[str]:
    network = _network(module, name)
    return [p.name.id for p in network.parameters] if network is not None else []


def _value(given: object, module: Module, what: str) -> object:
    """A Python value as the language has it; a string is read as the language writes it."""
    match given:
        case str():
            return _read(given, module, what)
        case None | bool():
            return given
        case list() | tuple():
            return tuple(_value(item, module, what) for item in given)
        case Integral() if abs(given) < 10**LIMITS.digits:
            return int(given)
        case Real() if not isinstance(given, Integral) and math.isfinite(given):
            return float(given)
    kind = type(given).__name__
    raise Misuse(
        f"{what}: {given!r} ({kind}) is no value of the language; give numbers, true or false, "
        "None, lists of them, or a string in the language's own words"
    )


def _read(given: str, module: Module, what: str) -> object:
    """What a text of the language stands for."""
    source = Source(f"<{what}>", given)
    expr, diagnostics = parse_expression(source)
    reporter = Reporter()
    reporter.extend(diagnostics)
    value: object = UNKNOWN
    with suppress(Exhausted):
        if expr is not None:
            value = Evaluator(reporter).value(expr, Environment(module))
    if value is UNKNOWN:
        found = reporter.diagnostics
        why = found[0].message if found else "it cannot be read"
        hint = f" ({found[0].hint})" if found and found[0].hint else ""
        raise Misuse(f"{what}: {given!r}: {why}{hint}")
    return value


def _input_shapes(module: Module, name: str, input: Inputs) -> dict[str, Shape]:
    if input is None:
        return {}
    given = input if isinstance(input, Mapping) else {"": input}
    shapes: dict[str, Shape] = {}
    network = _network(module, name)
    lines = [s for s in network.body if isinstance(s, tree.Input)] if network is not None else []
    names = [s.name.id for s in lines if s.name is not None]
    for word, value in given.items():
        if (word and word not in names) or (not word and len(names) > 1):
            has = f"name one of them: {', '.join(names)}" if names else "it has one, without a name"
            raise Misuse(
                f"`{name}` has no input `{word}`; {has}"
                if word
                else f"`{name}` has several inputs; {has}"
            )
        shapes[word] = _shape(value, module, f"input `{word}`" if word else "input")
    return shapes


def _shape(value: object, module: Module, what: str) -> Shape:
    found = _value(value, module, what)
    sizes = found if isinstance(found, tuple) else (found,)
    if not all(isinstance(s, int) and not isinstance(s, bool) and s > 0 for s in sizes):
        raise Misuse(f"{what}: a shape is written 3x224x224, not {value}")
    return tuple(int(s) for s in sizes)


class CatalogueEntry(Struct, frozen=True):
    """A network of the catalogue, and the first line of its docstring."""

    name: str
    file: str
    summary: str


def listing() -> tuple[CatalogueEntry, ...]:
    """The catalogue, with what each network says of itself."""
    found: list[CatalogueEntry] = []
    for path in dict.fromkeys(e.file for e in catalogue.entries()):
        reporter = Reporter()
        spec = _from_file(path, None, shown=f"specs/{path.name}")
        module = files(spec, reporter).load(spec.source)
        for name in (n for n in networks(module) if complete(module, n)):
            found.append(CatalogueEntry(name, spec.source.name, _summary(module, name)))
    return tuple(found)


def _summary(module: Module, name: str) -> str:
    declaration = module.names[name][0]
    assert isinstance(declaration, tree.NetworkDecl | tree.VariantDecl)
    doc = declaration.doc
    if doc is None:
        network = _network(module, name)
        doc = network.doc if network is not None else None
    return doc.text.splitlines()[0] if doc is not None and doc.text else ""


def source_of(name: str) -> str:
    """The text of the file that holds a network of the catalogue, or a library block's."""
    library = catalogue.library()
    if catalogue.find(name) is None and name in library.names:
        return library.read(name).text
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
    files = Files(library, lambda _, path: Unreadable("the library imports nothing"), reporter)
    found: list[LibraryBlock] = []
    for name in sorted(library.names):
        block = files.library_block(name)
        if block is not None and isinstance(block[0], tree.BlockDecl):
            parts = tuple(part for part in block[1].names if part != name)
            found.append(LibraryBlock(name, block[0], library.read(name).text, parts))
    return tuple(found)
