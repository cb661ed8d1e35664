"""The meaning of the names in a declaration, as far as the declaration itself tells it."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from archdsl.base.source import Span
from archdsl.ops.argument import Described
from archdsl.ops.initialiser import initialisers
from archdsl.ops.registry import ops
from archdsl.semantics.evaluate.types_in_words import words_of
from archdsl.semantics.names.parameters import asking
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants


class Binding(Struct, frozen=True):
    """The binding of a name in a declaration: its own span, the node that binds it, its kind, and
    where alone it is known, if that is not all of the declaration."""

    name: str
    span: Span
    node: tree.Node
    kind: str  # parameter, step, layer, value, input
    within: Span | None = None


# --- names that are bound --------------------------------------------------------------------


@lru_cache(maxsize=256)
def bindings(declaration: tree.Declaration) -> tuple[Binding, ...]:
    """Every name that a declaration binds inside, in the order of the text."""
    scopes = tuple(_scopes(declaration))
    return tuple(replace(b, within=_innermost(scopes, b.span)) for b in _bindings(declaration))


def _bindings(declaration: tree.Declaration) -> Iterator[Binding]:
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


def _named(names: tuple[tree.Node, ...], node: tree.Node, kind: str) -> Iterator[Binding]:
    for name in names:
        if isinstance(name, tree.Name):
            yield Binding(name.id, name.span, node, kind)


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


def _scopes(declaration: tree.Declaration) -> Iterator[Span]:
    """The pieces of a declaration outside of which nothing knows the names that they bind:
    comprehensions, chains and paths with a name."""
    for node in descendants(declaration):
        match node:
            case tree.Comprehension():
                yield node.span
            case tree.Flow(names=(_,)) | tree.Layer() | tree.Aux() if _opens(node.value):
                yield node.value.span


def _opens(value: tree.Expr) -> bool:
    """True for a chain or path, which is a module of its own where it has a name."""
    match value:
        case tree.Suite():
            return value.head.span.text == "path"
        case tree.Call():
            return value.callee.span.text == "path"
    return isinstance(value, tree.Chain)


def _innermost(scopes: Iterable[Span], place: Span) -> Span | None:
    return max((s for s in scopes if s.covers(place)), key=lambda s: s.start, default=None)


# --- names that ask for something ------------------------------------------------------------


def binding_of(declaration: tree.Declaration, name: str, offset: int) -> Binding | None:
    """The binding of a name at an offset: the last one of the innermost piece before it; else one
    further down, for the next round of a loop or for a promise."""
    known = [b for b in bindings(declaration) if b.name == name and _knows(b, offset)]
    itself = [b for b in known if b.span.first <= offset <= b.span.last]
    before = itself or [b for b in known if _begins(b) <= offset]
    if before:
        innermost = max(map(_depth, before))
        return [b for b in before if _depth(b) == innermost][-1]
    return next((b for b in known if _comes_round(declaration, b, offset)), None)


def _begins(binding: Binding) -> int:
    """The offset from which a binding is known: a line does not know the names that it gives."""
    match binding.node:
        case tree.Parameter():
            return 0
        case tree.For():
            return binding.node.iterable.span.last
        case tree.Comprehension():
            return binding.node.span.first
        case tree.Call():
            return binding.span.last
    return binding.node.span.last


def _comes_round(declaration: tree.Declaration, binding: Binding, offset: int) -> bool:
    """True in a promise, and in a loop that the binding stands in too, but not in its own line."""
    around = [n for n in descendants(declaration) if n.span.first <= offset <= n.span.last]
    if any(n is binding.node for n in around):
        return False
    return any(
        isinstance(n, tree.Expect) or (isinstance(n, tree.For) and n.span.covers(binding.span))
        for n in around
    )


def _knows(binding: Binding, offset: int) -> bool:
    within = binding.within
    return within is None or within.first <= offset <= within.last


def _depth(binding: Binding) -> int:
    """Of the pieces around one place, the later one is the inner one."""
    return binding.within.first if binding.within is not None else -1


def binding_at(declaration: tree.Declaration, name: tree.Name) -> Binding | None:
    """The binding of a name, if the declaration itself binds it. A step cannot be called: a call
    with its name means the op or block of that name."""
    bound = binding_of(declaration, name.id, name.span.first)
    if bound is None or bound.kind not in ("step", "input"):
        return bound
    return None if _is_called(declaration, name) else bound


def at_the_top(declaration: tree.Declaration) -> Iterator[tree.Name]:
    """The names in a declaration that stand for names of its file, its own among them. Promises
    know their network alone."""
    if isinstance(declaration, tree.Import):
        return
    yield declaration.name
    promises = [n.condition.span for n in descendants(declaration) if isinstance(n, tree.Expect)]
    for name in asked(declaration):
        if binding_at(declaration, name) is None and not any(p.covers(name.span) for p in promises):
            yield name


def _is_called(declaration: tree.Declaration, name: tree.Name) -> bool:
    return any(isinstance(n, tree.Call) and n.callee is name for n in descendants(declaration))


@lru_cache(maxsize=256)
def asked(declaration: tree.Declaration) -> tuple[tree.Name, ...]:
    """The names in a declaration that ask for something, in the order of the text: a value, a
    step, a tensor, a declaration. The words that an op's argument knows are none."""
    calls = (n for n in descendants(declaration) if isinstance(n, tree.Call))
    words = {id(word) for call in calls for word in _words_in(call)}
    names = (name for name in asking(declaration) if id(name) not in words)
    return tuple(sorted(names, key=lambda name: name.span.start))


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
