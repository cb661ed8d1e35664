"""The nodes at a place of the text, and the meaning of a name there."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from msgspec import Struct

from archdsl.base.source import Span
from archdsl.ops.argument import Described
from archdsl.ops.initialiser import initialisers
from archdsl.ops.registry import ops
from archdsl.semantics.evaluate.types_in_words import words_of
from archdsl.semantics.names.parameters import asking
from archdsl.syntax import tree
from archdsl.syntax.walk import children, descendants

Bodied = tree.BlockDecl | tree.NetworkDecl | tree.VariantDecl


def around(file: tree.File, offset: int) -> tuple[tree.Node, ...]:
    """The nodes whose text an offset lies in or at the end of, outermost first."""
    found: list[tree.Node] = []
    waiting = list(children(file))
    while waiting:
        inside = [n for n in waiting if _holds(n, file, offset)]
        if not inside:
            break
        found.append(inside[-1])  # of two that touch, the one that begins here
        waiting = list(children(inside[-1]))
    return tuple(found)


def _holds(node: tree.Node, file: tree.File, offset: int) -> bool:
    span = node.span
    return span.source.name == file.source.name and span.first <= offset <= span.last


def declaration_at(file: tree.File, offset: int) -> tree.Declaration | None:
    """The declaration that an offset stands in, or below whose last line it stands."""
    before = [d for d in file.declarations if d.span.first <= offset]
    return before[-1] if before else None


def lines(node: tree.Declaration | tree.File) -> Iterator[tree.Flow]:
    """The lines of a file or declaration that transform the flow."""
    return chain.from_iterable(_lines(d) for d in _declarations(node))


@lru_cache(maxsize=256)
def _lines(declaration: tree.Declaration) -> tuple[tree.Flow, ...]:
    return tuple(n for n in descendants(declaration) if isinstance(n, tree.Flow))


def placed_calls(node: tree.Declaration | tree.File) -> Iterator[tuple[tree.Call, str]]:
    """The calls that give several arguments by place, with the words that they call."""
    return chain.from_iterable(_placed_calls(d) for d in _declarations(node))


@lru_cache(maxsize=256)
def _placed_calls(declaration: tree.Declaration) -> tuple[tuple[tree.Call, str], ...]:
    calls = (n for n in descendants(declaration) if isinstance(n, tree.Call))
    return tuple(
        (call, call.callee.id)
        for call in calls
        if isinstance(call.callee, tree.Name) and sum(a.name is None for a in call.arguments) > 1
    )


def _declarations(node: tree.Declaration | tree.File) -> tuple[tree.Declaration, ...]:
    return node.declarations if isinstance(node, tree.File) else (node,)


class Binding(Struct, frozen=True):
    """The binding of a name in a declaration: its own span, the node that binds it, its kind."""

    name: str
    span: Span
    node: tree.Node
    kind: str  # parameter, step, layer, value, input


def bindings(declaration: tree.Declaration) -> Iterator[Binding]:
    """Every name that a declaration binds inside, in the order of the text."""
    for parameter in getattr(declaration, "parameters", ()):
        yield Binding(parameter.name.id, parameter.name.span, parameter, "parameter")
    for node in descendants(declaration):
        match node:
            case tree.Flow():
                yield from _named(node.names, node, "step")
            case tree.Layer():
                yield from _named((node.name,), node, "layer")
            case tree.Let():
                yield from _named(tree.bound(node.targets), node, "value")
            case tree.For() | tree.Comprehension():
                yield from _named(tree.bound(node.targets), node, "value")
            case tree.Input(name=tree.Name() as name):
                yield from _named((name,), node, "input")
            case tree.Aux():
                yield from _named((node.name,), node, "step")
            case tree.Call():
                yield from _named(_steps_in(node), node, "step")


def _steps_in(call: tree.Call) -> tuple[tree.Name, ...]:
    """The names of steps in parentheses: `path(conv1=conv(8, 3))`, `concat(narrow=conv(8, 1))`."""
    word = call.callee.id if isinstance(call.callee, tree.Name) else ""
    given = tuple(a.name for a in call.arguments if a.name is not None)
    if word == "path":
        return given
    op = ops().get(word) if given else None
    if op is None or op.inputs[1] <= 1:
        return ()
    return tuple(name for name in given if name.id not in op.arguments)


def _named(names: tuple[tree.Node, ...], node: tree.Node, kind: str) -> Iterator[Binding]:
    for name in names:
        if isinstance(name, tree.Name):
            yield Binding(name.id, name.span, node, kind)


def binding_of(declaration: tree.Declaration, name: str, offset: int) -> Binding | None:
    """The binding of a name at an offset: that of the comprehension around it, else the last one
    before it, else a later one."""
    found = [b for b in bindings(declaration) if b.name == name]
    inside = [b for b in found if isinstance(b.node, tree.Comprehension)]
    nearest = [b for b in inside if _spans(b.node, offset)]
    outside = [b for b in found if b not in inside]
    before = [b for b in outside if b.span.first <= offset]
    return next(iter((*nearest[::-1], *before[::-1], *outside)), None)


def _spans(node: tree.Node, offset: int) -> bool:
    return node.span.first <= offset <= node.span.last


@lru_cache(maxsize=256)
def asked(declaration: tree.Declaration) -> tuple[tree.Name, ...]:
    """The names in a declaration that ask for something, in the order of the text: a value, a
    step, a tensor, a declaration. The words that an op's argument knows are none."""
    calls = (n for n in descendants(declaration) if isinstance(n, tree.Call))
    words = {id(word) for call in calls for word in _words_in(call)}
    return tuple(name for name in asking(declaration) if id(name) not in words)


def _words_in(call: tree.Call) -> Iterator[tree.Name]:
    """The bare words among a call's arguments: `padding=same`, `mean(height, width)`."""
    callee = call.callee.id if isinstance(call.callee, tree.Name) else ""
    called = ops().get(callee) or initialisers().get(callee)
    if called is None:
        return
    for place, argument in enumerate(call.arguments):
        word = _argument(called, argument, place)
        known = words_of(called.arguments[word].annotation) if word in called.arguments else ()
        yield from (n for n in _plain_names(argument.value) if n.id in known)


def _argument(called: type[Described], argument: tree.Argument, place: int) -> str:
    if argument.name is not None:
        return argument.name.id
    placed = called.positional[place : place + 1]
    return called.variadic or (placed[0] if placed else "")


def _plain_names(value: tree.Expr) -> Iterator[tree.Name]:
    """The names that a value may be, or its elements."""
    match value:
        case tree.Name():
            yield value
        case tree.Tuple():
            yield from chain.from_iterable(map(_plain_names, value.items))
        case tree.IfElse():
            yield from chain(_plain_names(value.then), _plain_names(value.otherwise))
        case tree.Comprehension():
            yield from _plain_names(value.element)


def heading_end(span: Span) -> int:
    """The end of the physical line in the file that a piece of text begins on."""
    text = span.source.text
    end = text.find("\n", span.start)
    return span.source.start + (len(text) if end < 0 else end)
