"""The thing that a place of a file names, and every place that names the same."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from archdsl.base.source import Span
from archdsl.editing.bindings import Binding, asked, at_the_top, binding_at, bindings
from archdsl.editing.places import around, callee_around, declaration_at
from archdsl.editing.sharing import Named, Texts, imports, target
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants


class Inner(Struct, frozen=True):
    """A name that a declaration binds inside; `within` is the piece that alone knows it."""

    owner: Named
    name: str
    kind: str
    within: tuple[int, int] | None

    @property
    def reaches_out(self) -> bool:
        """True where other declarations can say the name: arguments, and promises of variants."""
        return self.within is None and self.kind != "layer"


Thing = Named | Inner


class Place(Struct, frozen=True):
    """A place where a thing is named; `same` where it has its own name there, and not another one
    that an import gave it; `declares` where it has its name from."""

    span: Span
    same: bool = True
    declares: bool = False


# --- the thing -------------------------------------------------------------------------------


def thing_at(path: Path, offset: int, files: Texts) -> Thing | None:
    """The thing that a place of a file names; None for words of the language and the library."""
    analysis = files.analysis(path)
    nodes = around(analysis.file, offset) if analysis is not None else ()
    name = nodes[-1] if nodes else None
    if analysis is None or not isinstance(name, tree.Name):
        return None
    holder = nodes[-2] if len(nodes) > 1 else None
    if isinstance(holder, tree.ImportName) and holder.name is name:
        line = nodes[-3]
        assert isinstance(line, tree.Import)
        return files.given(target(path, line), name.id)
    declaration = declaration_at(analysis.file, offset)
    if declaration is None or isinstance(declaration, tree.Import):
        return files.given(path, name.id)
    return _in_declaration(path, declaration, nodes, name, files)


def _in_declaration(
    path: Path,
    declaration: tree.BlockDecl | tree.NetworkDecl | tree.VariantDecl | tree.FnDecl,
    nodes: tuple[tree.Node, ...],
    name: tree.Name,
    files: Texts,
) -> Thing | None:
    for bound in bindings(declaration):
        if bound.span == name.span:
            return inner(Named(path, declaration.name.id), bound)
    if isinstance(nodes[-2], tree.Argument) and nodes[-2].name is name:
        return _parameter(path, declaration, nodes, name, files)
    if name is declaration.name:
        return files.given(path, name.id)
    if all(name is not other for other in asked(declaration)):
        return None
    here = binding_at(declaration, name)
    if here is not None:
        return inner(Named(path, declaration.name.id), here)
    if any(isinstance(node, tree.Expect) for node in nodes):
        return _promised(path, declaration, name, files)
    return files.given(path, name.id)


def inner(owner: Named, bound: Binding) -> Inner:
    within = bound.within
    place = None if within is None else (within.first, within.last)
    return Inner(owner, bound.name, bound.kind, place)


def _parameter(
    path: Path,
    declaration: tree.Declaration,
    nodes: tuple[tree.Node, ...],
    name: tree.Name,
    files: Texts,
) -> Inner | None:
    """The parameter of what is called that an argument's name means."""
    callee = callee_around(nodes)
    if not isinstance(callee, tree.Name) or binding_at(declaration, callee) is not None:
        return None
    return _bound_in(files.varied(path, callee.id), name.id, files, ("parameter",))


def _promised(
    path: Path, declaration: tree.Declaration, name: tree.Name, files: Texts
) -> Inner | None:
    """The thing of the varied network that a name in a variant's promise stands for."""
    if not isinstance(declaration, tree.VariantDecl):
        return None
    return _bound_in(files.varied(path, declaration.name.id), name.id, files)


def _bound_in(
    owner: Named | None, name: str, files: Texts, kinds: tuple[str, ...] = ()
) -> Inner | None:
    declaration = files.declaration(owner) if owner is not None else None
    for bound in bindings(declaration) if declaration is not None else ():
        if bound.name == name and bound.within is None and (not kinds or bound.kind in kinds):
            assert owner is not None
            return inner(owner, bound)
    return None


# --- its places ------------------------------------------------------------------------------


def home_of(thing: Thing) -> Path:
    return thing.path if isinstance(thing, Named) else thing.owner.path


def places(thing: Thing, path: Path, files: Texts) -> tuple[Place, ...]:
    """Every place of a file that names a thing, in the order of the text."""
    named = (
        _of_name(thing, path, files) if isinstance(thing, Named) else _of_inner(thing, path, files)
    )
    return tuple(sorted(dict.fromkeys(named), key=lambda place: place.span.first))


def _of_name(thing: Named, path: Path, files: Texts) -> Iterator[Place]:
    own = files.local_names(path, thing)
    for line, item in imports(files.declarations(path)):
        local = (item.alias or item.name).id
        if local in own:
            same = (
                own[local]
                if item.alias is None
                else thing == files.given(target(path, line), item.name.id)
            )
            yield Place(item.name.span, same)
        if local in own and item.alias is not None:
            yield Place(item.alias.span, own[local])
    for declaration in files.declarations(path):
        for name in at_the_top(declaration):
            if name.id in own:
                yield Place(name.span, own[name.id], name is getattr(declaration, "name", None))


def _of_inner(thing: Inner, path: Path, files: Texts) -> Iterator[Place]:
    for declaration in files.declarations(path):
        if isinstance(declaration, tree.Import):
            continue
        here = Named(path, declaration.name.id)
        if here == thing.owner:
            yield from _inside(declaration, thing)
        elif thing.reaches_out and _varies(declaration, here, thing, files):
            promises = (n for n in asked(declaration) if _in_body(declaration, n))
            yield from (Place(n.span) for n in promises if n.id == thing.name)
        if thing.kind == "parameter":
            yield from map(Place, _arguments(declaration, path, thing, files))


def _inside(declaration: tree.Declaration, thing: Inner) -> Iterator[Place]:
    """The places of a thing in its own declaration."""
    for bound in bindings(declaration):
        if bound.name == thing.name and inner(thing.owner, bound).within == thing.within:
            yield Place(bound.span, declares=True)
    for name in asked(declaration):
        here = binding_at(declaration, name) if name.id == thing.name else None
        if here is not None and inner(thing.owner, here).within == thing.within:
            yield Place(name.span)


def _varies(declaration: tree.Declaration, here: Named, thing: Inner, files: Texts) -> bool:
    varies = isinstance(declaration, tree.VariantDecl)
    return varies and files.varied(here.path, here.name) == thing.owner


def _in_body(declaration: tree.Declaration, name: tree.Name) -> bool:
    return isinstance(declaration, tree.VariantDecl) and any(
        line.span.covers(name.span) for line in declaration.body
    )


def _arguments(
    declaration: tree.Declaration, path: Path, thing: Inner, files: Texts
) -> Iterator[Span]:
    """The places where calls give a parameter by its name."""
    for node in (declaration, *descendants(declaration)):
        match node:
            case tree.Call(callee=tree.Name() as called, arguments=arguments):
                pass
            case tree.VariantDecl(base=called, arguments=arguments):
                pass
            case _:
                continue
        named = [a.name.span for a in arguments if a.name and a.name.id == thing.name]
        if named and binding_at(declaration, called) is None:
            yield from named if files.varied(path, called.id) == thing.owner else ()
