"""Proposals for a place: statements, steps, arguments, values, figures, files."""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum

from msgspec import Struct

from archdsl.backends.reference import summary
from archdsl.editing import snippets
from archdsl.editing.analysis import Analysis
from archdsl.editing.bindings import bindings
from archdsl.editing.cursor import Cursor, CursorPlace, cursor
from archdsl.editing.importing import specs_below
from archdsl.editing.places import declaration_at, lines
from archdsl.editing.promises import behind
from archdsl.editing.snippets import Snippet
from archdsl.editing.word_signatures import SignedWord, word, words
from archdsl.ir.shape import Shape, TensorType
from archdsl.ops.initialiser import initialisers
from archdsl.ops.registry import ops
from archdsl.ops.spatial import SPATIAL_NAMES
from archdsl.semantics.evaluate.functions import FUNCTIONS
from archdsl.semantics.evaluate.tensors import tensor_facts
from archdsl.semantics.names.parameters import type_names
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants


class ItemKind(Enum):
    """The kind of a proposal, for its sign in the list."""

    KEYWORD = "keyword"
    SNIPPET = "snippet"
    OP = "op"
    BLOCK = "block"
    NETWORK = "network"
    FUNCTION = "function"
    ARGUMENT = "argument"
    VALUE = "value"
    STEP = "step"
    PARAMETER = "parameter"
    FACT = "fact"
    FILE = "file"


class Item(Struct, frozen=True):
    """One proposal; `insert` may hold places to fill, `$1` or `${1:name}`, if it is a snippet."""

    label: str
    kind: ItemKind
    detail: str = ""
    doc: str = ""
    insert: str = ""
    snippet: bool = False
    rank: int = 0  # lower stands further up


def completion(analysis: Analysis, offset: int) -> tuple[Item, ...]:
    """The proposals at an offset, best first; the editor narrows them while a word is typed."""
    here = cursor(analysis.source.text, offset)
    statements = (*snippets.STATEMENTS, *snippets.MERGES)
    proposals: dict[CursorPlace, Callable[[], Iterable[Item]]] = {
        CursorPlace.DECLARATION: lambda: map(_snippet, snippets.DECLARATIONS),
        CursorPlace.STATEMENT: lambda: [*_steps(analysis, offset), *map(_snippet, statements)],
        CursorPlace.STEP: lambda: _steps(analysis, offset),
        CursorPlace.ARGUMENT: lambda: [*_arguments(analysis, here), *_values(analysis, offset)],
        CursorPlace.VALUE: lambda: [*_choices(analysis, here), *_values(analysis, offset)],
        CursorPlace.ATTRIBUTE: lambda: _attributes(analysis, here, offset),
        CursorPlace.PATH: lambda: _files(analysis),
        CursorPlace.IMPORT: lambda: _imported(analysis, offset),
        CursorPlace.EXPECT: lambda: _promised(analysis, offset),
        CursorPlace.FIGURE: lambda: _figures(analysis, offset, here.owner),
        CursorPlace.TYPE: lambda: [Item(name, ItemKind.VALUE) for name in type_names()],
        CursorPlace.INITIALISER: lambda: [Item(name, ItemKind.OP) for name in initialisers()],
        CursorPlace.NOWHERE: tuple,
    }
    return tuple(sorted(proposals[here.place](), key=lambda item: (item.rank, item.label)))


def _snippet(snippet: Snippet) -> Item:
    return Item(
        snippet.label, ItemKind.SNIPPET, snippet.detail, "", snippet.text, snippet=True, rank=1
    )


# --- steps -----------------------------------------------------------------------------------


def _steps(analysis: Analysis, offset: int) -> Iterator[Item]:
    """Ops and blocks, those that fit the flow's rank first, then the names in reach."""
    flow = flow_before(analysis, offset)
    yield from _names(analysis, offset)
    for name in words(analysis):
        meaning = word(analysis, name)
        if meaning is not None:
            yield _step(meaning, flow)


KINDS = {"op": ItemKind.OP, "block": ItemKind.BLOCK, "network": ItemKind.NETWORK}


def _step(meaning: SignedWord, flow: Shape | None) -> Item:
    required = [p.name for p in meaning.parameters if not p.default]
    places = ", ".join(f"${{{i}:{name}}}" for i, name in enumerate(required, 1))
    fits = meaning.kind != "op" or flow is None or _fits(meaning.name, flow)
    return Item(
        meaning.name,
        KINDS.get(meaning.kind, ItemKind.FUNCTION),
        meaning.signature,
        summary(meaning.doc),
        f"{meaning.name}({places})" if required else meaning.name,
        snippet=bool(required),
        rank=1 if fits else 2,
    )


def _fits(name: str, flow: Shape) -> bool:
    """True where an op has an example for tensors of the flow's rank."""
    examples = ops()[name].examples
    return any(e.inputs and len(e.inputs[0].shape) == len(flow) for e in examples)


def flow_before(analysis: Analysis, offset: int) -> Shape | None:
    """The shape that arrives at an offset, where the lines above it tell one."""
    declaration = declaration_at(analysis.file, offset)
    if declaration is None:
        return None
    above = [line for line in lines(declaration) if line.span.last <= offset]
    for line in above[::-1]:
        for _, after in analysis.changes(line):
            return after
    return None if above else _input(declaration)


def _input(declaration: tree.Declaration) -> Shape | None:
    """The shape that a network begins with."""
    shapes = (n.shape for n in descendants(declaration) if isinstance(n, tree.Input))
    return next((shape.dims for shape in shapes if isinstance(shape, tree.Shape)), None)


def _names(analysis: Analysis, offset: int) -> Iterator[Item]:
    """The names that the declaration binds above, and its parameters."""
    declaration = declaration_at(analysis.file, offset)
    if declaration is None:
        return
    seen: set[str] = set()
    for bound in bindings(declaration):
        if bound.span.last < offset and bound.name not in seen:
            seen.add(bound.name)
            kind = ItemKind.PARAMETER if bound.kind == "parameter" else ItemKind.STEP
            yield Item(bound.name, kind, f"{bound.kind}, line {bound.span.line}")


def _values(analysis: Analysis, offset: int) -> Iterator[Item]:
    """The names in reach, the language's functions, and steps, which are values too."""
    yield from _steps(analysis, offset)
    for name in FUNCTIONS:
        yield Item(name, ItemKind.FUNCTION, "a function of the language", rank=3)


# --- arguments -------------------------------------------------------------------------------


def _arguments(analysis: Analysis, here: Cursor) -> Iterator[Item]:
    callee = word(analysis, here.callee)
    if callee is None:
        return
    for parameter in callee.parameters:
        if parameter.name not in here.given:
            default = f" = {parameter.default}" if parameter.default else ""
            yield Item(
                parameter.name,
                ItemKind.ARGUMENT,
                f"{parameter.name}{default}",
                parameter.help,
                f"{parameter.name}=",
                rank=-1,
            )


def _choices(analysis: Analysis, here: Cursor) -> Iterator[Item]:
    callee = word(analysis, here.callee)
    parameters = callee.parameters if callee is not None else ()
    parameter = next((p for p in parameters if p.name == here.argument), None)
    if parameter is None:
        return
    choices = parameter.choices or (
        ("true", "false") if parameter.default in ("true", "false") else ()
    )
    yield from (Item(choice, ItemKind.VALUE, rank=-1) for choice in choices)


class Signature(Struct, frozen=True):
    """A call that is being typed: its signature, and which of its parameters is at hand."""

    text: str
    doc: str
    parameters: tuple[str, ...]
    active: int | None


def signature(analysis: Analysis, offset: int) -> Signature | None:
    """The signature of the call that an offset stands in."""
    here = cursor(analysis.source.text, offset)
    callee = word(analysis, here.callee) if here.callee else None
    if callee is None:
        return None
    names = tuple(p.name for p in callee.parameters)
    active = names.index(here.argument) if here.argument in names else here.index
    at_hand = active if active < len(names) else None
    helped = callee.parameters[at_hand].help if at_hand is not None else ""
    return Signature(callee.signature, helped or summary(callee.doc), names, at_hand)


# --- the rest --------------------------------------------------------------------------------


def _attributes(analysis: Analysis, here: Cursor, offset: int) -> Iterator[Item]:
    """The attributes of a tensor."""
    flow = flow_before(analysis, offset)
    known = tensor_facts(TensorType(flow)) if flow else {}
    names = known or dict.fromkeys(
        ("shape", "rank", "channels", "features", "tokens", *SPATIAL_NAMES[3])
    )
    yield from (Item(name, ItemKind.FACT) for name in names)


def _promised(analysis: Analysis, offset: int) -> Iterator[Item]:
    """The figures and steps of the network, and the declaration's values."""
    items = {item.label: item for item in _names(analysis, offset)}
    items |= {item.label: item for item in _figures(analysis, offset, "")}
    yield from items.values()


def _figures(analysis: Analysis, offset: int, path: str) -> Iterator[Item]:
    """The figures of the network or of a step, and the steps below."""
    owner = f"the step {path}" if path else "the network"
    for name, figure in behind(analysis, offset, path).items():
        if figure:
            yield Item(name, ItemKind.FACT, f"a figure of {owner}", rank=-1)
        else:
            yield Item(name, ItemKind.STEP, f"a step of {owner}")


def _files(analysis: Analysis) -> Iterator[Item]:
    """The specs of the folder and below, but for the file itself."""
    for path in sorted(specs_below(analysis.folder)):
        name = path.relative_to(analysis.folder).as_posix()
        if name != analysis.source.name.rpartition("/")[2]:
            yield Item(name, ItemKind.FILE)


def _imported(analysis: Analysis, offset: int) -> Iterator[Item]:
    """The declarations of the file that a line imports from."""
    declaration = declaration_at(analysis.file, offset)
    path = declaration.path.value if isinstance(declaration, tree.Import) else None
    file = analysis.imported(analysis.folder / str(path)) if path is not None else None
    for declared in file.declarations if file is not None else ():
        if not isinstance(declared, tree.Import):
            yield Item(declared.name.id, ItemKind.BLOCK)
