"""The names of the source on which the number of a loop's rounds depends, also through `let`s."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from archdsl.syntax import tree
from archdsl.syntax.walk import children, descendants
from archdsl.transforms.classes.input_facts import lets_in

Definition = tree.BlockDecl | tree.NetworkDecl
AS_LONG = ("enumerate", "reversed", "zip")  # what they give is as long as what they are given


def counted(node: tree.Node, definition: Definition | None) -> frozenset[str]:
    """The names of a definition that decide how often a loop of its body runs."""
    counting = _Counting(_meanings(definition) if definition else {})
    if isinstance(node, tree.For):
        return frozenset(counting.length(node.iterable))
    return frozenset(counting.value(node.right)) if isinstance(node, tree.Binary) else frozenset()


def each_item_of(node: tree.Node, definition: Definition | None) -> frozenset[str]:
    """The parameters of which a loop takes all items, each in a round."""
    if definition is None or not isinstance(node, tree.For):
        return frozenset()
    parameters = {parameter.name.id for parameter in definition.parameters}
    return frozenset(_items_of(node.iterable, lets_in(definition))) & parameters


def _items_of(over: tree.Expr, lets: Mapping[str, tree.Expr]) -> Iterator[str]:
    match over:
        case tree.Name(id=name):
            yield name
            if name in lets:
                yield from _items_of(lets[name], {n: v for n, v in lets.items() if n != name})
        case tree.Call(callee=tree.Name(id="range"), arguments=(*_, last)):
            match last.value:
                case tree.Call(callee=tree.Name(id="len"), arguments=(argument,)):
                    yield from _items_of(argument.value, lets)
        case tree.Call(callee=tree.Name(id=name), arguments=arguments) if name in AS_LONG:
            for argument in arguments if name == "zip" else arguments[:1]:
                yield from _items_of(argument.value, lets)
        case tree.Slice(value=value):
            yield from _items_of(value, lets)
        case tree.Comprehension(iterable=iterable):
            yield from _items_of(iterable, lets)
        case tree.Binary(op="+", left=left, right=right):
            yield from _items_of(left, lets)
            yield from _items_of(right, lets)


@lru_cache(maxsize=1024)
def _meanings(definition: Definition) -> Mapping[str, tree.Expr]:
    """The expressions of `let`s, and those from which loop variables get their values."""
    loops = (node for node in descendants(definition) if isinstance(node, tree.For))
    running = {name.id: origin for loop in loops for name, origin in _running(loop)}
    return {**running, **lets_in(definition)}


def _running(loop: tree.For) -> Iterator[tuple[tree.Name, tree.Expr]]:
    """A loop's variables, each with what its values come from."""
    origins = _origins(loop.iterable)
    if len(origins) != len(loop.targets):
        origins = (loop.iterable,) * len(loop.targets)
    for target, origin in zip(loop.targets, origins, strict=True):
        yield from ((name, origin) for name in tree.bound((target,)))


def _origins(over: tree.Expr) -> tuple[tree.Expr, ...]:
    """For each part of an element; a number that counts comes from the first one alone."""
    if not isinstance(over, tree.Call) or not isinstance(over.callee, tree.Name):
        return (over,)
    given = tuple(argument.value for argument in over.arguments)
    match over.callee.id:
        case "range":
            return (tree.Tuple(over.span, given[:1] + given[2:] if len(given) > 1 else ()),)
        case "enumerate":
            return (tree.Tuple(over.span, given[1:]), *given[:1])
        case "zip":
            return given
    return (over,)


class _Counting:
    """The names behind a value, and those behind its length alone; each `let` is seen once."""

    def __init__(self, meanings: Mapping[str, tree.Expr]) -> None:
        self._meanings = meanings
        self._seen: set[tuple[str, bool]] = set()

    def value(self, node: tree.Node) -> Iterator[str]:
        match node:
            case tree.Name(id=name):
                yield from self._behind(name, length=False)
            case tree.Attribute(value=tree.Name(id=owner), name=name):
                yield f"{owner}.{name.id}"
            case tree.Call(callee=tree.Name(id="len"), arguments=(argument,)):
                yield from self.length(argument.value)
            case tree.Call(arguments=arguments):
                yield from self._all(argument.value for argument in arguments)
            case _:
                yield from self._all(children(node))

    def length(self, node: tree.Node) -> Iterator[str]:
        """A tuple that is an argument has as many items in every use."""
        match node:
            case tree.Name(id=name):
                yield from self._behind(name, length=True)
            case tree.Index(value=value):
                yield from self.length(value)
            case tree.Call(callee=tree.Name(id=name), arguments=(first, *_)) if name in AS_LONG:
                yield from self.length(first.value)
            case tree.Slice(value=value, start=start, stop=stop, step=step):
                yield from self.length(value)
                yield from self._all(bound for bound in (start, stop, step) if bound is not None)
            case tree.Comprehension(iterable=iterable, condition=condition):
                yield from (self.length if condition is None else self.value)(iterable)
                yield from self._all(() if condition is None else (condition,))
            case tree.IfElse(condition=condition, then=then, otherwise=otherwise):
                yield from self.value(condition)
                yield from self.length(then)
                yield from self.length(otherwise)
            case tree.Binary(op="+", left=left, right=right):
                yield from self.length(left)
                yield from self.length(right)
            case tree.Tuple():
                return
            case _:
                yield from self.value(node)

    def _all(self, nodes: Iterable[tree.Node]) -> Iterator[str]:
        for node in nodes:
            yield from self.value(node)

    def _behind(self, name: str, length: bool) -> Iterator[str]:
        if (name, length) in self._seen:
            return
        self._seen.add((name, length))
        if name in self._meanings:
            yield from (self.length if length else self.value)(self._meanings[name])
        elif not length:
            yield name
