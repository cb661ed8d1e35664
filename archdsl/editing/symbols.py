"""The declarations of a text, the places of its names, and the edits that rename one."""

import re
from collections.abc import Iterator

from msgspec import Struct

from archdsl.base.diagnostics import edited
from archdsl.base.labels import Edit
from archdsl.base.names import refusal
from archdsl.base.source import Span
from archdsl.editing.analysis import Analysis
from archdsl.editing.places import Binding, around, binding_of, bindings, declaration_at
from archdsl.ops.registry import ops
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Symbol(Struct, frozen=True):
    """A declaration or a named line: its name, its kind, the whole of it, and its insides."""

    name: str
    kind: str
    span: Span
    selection: Span
    detail: str = ""
    children: "tuple[Symbol, ...]" = ()


class CannotRename(Exception):
    """Raised where a name cannot be another one; the message says what to do."""


def symbols(analysis: Analysis) -> tuple[Symbol, ...]:
    """The declarations of a text with their named lines."""
    return tuple(
        Symbol(d.name.id, _kind(d), d.span, d.name.span, _detail(d), tuple(_named(d)))
        for d in analysis.file.declarations
        if not isinstance(d, tree.Import)
    )


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
    name = name_at(analysis, offset)
    if name is None:
        return None
    bound = bound_by(analysis, name)
    if bound is not None:
        return bound.span
    found = analysis.module.find(name.id)
    return found[0].name.span if found is not None else None


def references(analysis: Analysis, offset: int) -> tuple[Span, ...]:
    """Every place of the text that means the same as the name at an offset, its declaration too."""
    name = name_at(analysis, offset)
    if name is None:
        return ()
    bound = bound_by(analysis, name)
    return tuple(sorted(_places(analysis, name.id, bound), key=lambda span: span.first))


def bound_by(analysis: Analysis, name: tree.Name) -> Binding | None:
    """The binding of a name inside its declaration; None for a declaration of the file."""
    declaration = declaration_at(analysis.file, name.span.first)
    if declaration is None or _names_an_argument(declaration, name):
        return None
    return binding_of(declaration, name.id, name.span.first)


def _names_an_argument(declaration: tree.Declaration, name: tree.Name) -> bool:
    return any(isinstance(n, tree.Argument) and n.name is name for n in descendants(declaration))


def _places(analysis: Analysis, name: str, bound: Binding | None) -> Iterator[Span]:
    if bound is not None:
        declaration = declaration_at(analysis.file, bound.span.first)
        assert declaration is not None
        yield from _meaning(declaration, name)
        if isinstance(bound.node, tree.Parameter):
            yield from arguments_named(analysis.file, _called(declaration), name)
        return
    for declaration in analysis.file.declarations:
        if isinstance(declaration, tree.Import):
            yield from (i.name.span for i in declaration.names if i.name.id == name and not i.alias)
            yield from (i.alias.span for i in declaration.names if i.alias and i.alias.id == name)
            continue
        if declaration.name.id == name:
            yield declaration.name.span
        if isinstance(declaration, tree.VariantDecl) and declaration.base.id == name:
            yield declaration.base.span
        if not any(b.name == name for b in bindings(declaration)):
            yield from _meaning(declaration, name)


def _meaning(declaration: tree.Declaration, name: str) -> Iterator[Span]:
    """The places of a name in a declaration, except names of arguments and attributes."""
    passed = {id(getattr(declaration, "name", None))}
    for node in (declaration, *descendants(declaration)):
        match node:
            case tree.Argument(name=tree.Name() as argument):
                passed.add(id(argument))
            case tree.Attribute(name=attribute):
                passed.add(id(attribute))
            case tree.Parameter(type=tree.Name() as kind):
                passed.add(id(kind))
            case tree.VariantDecl(base=base):
                passed.add(id(base))
    for node in descendants(declaration):
        if isinstance(node, tree.Name) and node.id == name and id(node) not in passed:
            yield node.span


def arguments_named(file: tree.File, callee: str, name: str) -> Iterator[Span]:
    """The places where calls of a declaration give one of its parameters by name."""
    for node in descendants(file):
        match node:
            case tree.Call(callee=tree.Name() as called, arguments=arguments) if (
                called.id == callee
            ):
                yield from (a.name.span for a in arguments if a.name and a.name.id == name)
            case tree.VariantDecl(base=base, arguments=arguments) if base.id == callee:
                yield from (a.name.span for a in arguments if a.name and a.name.id == name)


def places_of(analysis: Analysis, name: str) -> Iterator[Span]:
    """The places of a text that name one of its declarations or imports."""
    return _places(analysis, name, None)


def _declared(file: tree.File) -> set[str]:
    """The names that a file itself gives: its declarations, and other names for imports."""
    imports = [d for d in file.declarations if isinstance(d, tree.Import)]
    aliases = {item.alias.id for d in imports for item in d.names if item.alias is not None}
    return aliases | {d.name.id for d in file.declarations if not isinstance(d, tree.Import)}


def rename(analysis: Analysis, offset: int, new: str) -> tuple[Edit, ...]:
    """The edits that give a name of this text another one; raises `CannotRename`."""
    name = name_at(analysis, offset)
    if name is None:
        raise CannotRename("there is no name here")
    if not NAME.fullmatch(new):
        raise CannotRename(f"`{new}` is no name: letters, digits and `_`, not a digit first")
    places = references(analysis, offset)
    bound = bound_by(analysis, name)
    if bound is None and name.id not in _declared(analysis.file):
        raise CannotRename(f"`{name.id}` is not declared in this file")
    _refuse(analysis, name, bound, new)
    edits = tuple(Edit(span, new) for span in places)
    after = analysis.edited(edited(analysis.source.text, edits))
    if analysis.readable and len(after.diagnostics) > len(analysis.diagnostics):
        raise CannotRename(
            f"with the name `{new}` the file has a mistake: {after.diagnostics[0].message}"
        )
    return edits


def _refuse(analysis: Analysis, name: tree.Name, bound: Binding | None, new: str) -> None:
    """Raises where the new name is taken, or cannot be a module's."""
    if bound is not None:
        declaration = declaration_at(analysis.file, bound.span.first)
        assert declaration is not None
        if any(b.name == new for b in bindings(declaration)) or any(_meaning(declaration, new)):
            raise CannotRename(f"`{new}` has a meaning in `{_called(declaration)}` already")
        why = refusal(new) if bound.kind in ("step", "layer") else None
        if why is not None:
            raise CannotRename(f"`{new}` cannot be the name of a module: {why}")
    elif new in analysis.module.names or new in ops():
        raise CannotRename(f"`{new}` has a meaning in this file already")


def _called(declaration: tree.Declaration) -> str:
    own = getattr(declaration, "name", None)
    return own.id if own is not None else "this file"
