"""The facts about its input that a definition can ask for, and its names for expressions."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from archdsl.ir.graph import Scope
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants

WORDS = {  # what the source may call each size of an input, by rank
    1: (("channels", "features"),),
    2: (("channels", "tokens"), ("length", "features")),
    3: (("channels",), ("height",), ("width", "features")),
    4: (("channels",), ("depth",), ("height",), ("width", "features")),
}
NAMES = {  # what the class calls them, as PyTorch does
    1: ("in_features",),
    2: ("in_channels", "length"),
    3: ("in_channels", "height", "width"),
    4: ("in_channels", "depth", "height", "width"),
}
FEATURES_LAST = {  # in a block that asks for `input.features`
    **NAMES,
    2: ("tokens", "in_features"),
    3: ("height", "width", "in_features"),
    4: ("depth", "height", "width", "in_features"),
}


def facts_of(scope: Scope) -> Mapping[str, Any]:
    """`input.channels` and its like by the source's name."""
    if scope not in _FACTS:
        _FACTS[scope] = _facts_of(scope)
    return _FACTS[scope]


_FACTS: WeakKeyDictionary[Scope, dict[str, Any]] = WeakKeyDictionary()


def _facts_of(scope: Scope) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    names = ("input", *scope.input_names[1:])
    for name, type in zip(names, scope.inputs, strict=False):
        for words, size in zip(WORDS.get(type.rank, ()), type.shape, strict=False):
            facts.update((f"{name}.{word}", size) for word in words)
    return facts


def fact_names(scope: Scope) -> dict[str, str]:
    """The class's name for each of them."""
    names: dict[str, str] = {}
    for fact in facts_of(scope):
        owner, word = fact.split(".")
        names[fact] = f"{owner}_{word}"
    rank = scope.inputs[0].rank if scope.inputs else 0
    for words, name in zip(WORDS.get(rank, ()), _size_names(scope, rank), strict=False):
        names.update((f"input.{word}", name) for word in words)
    return names


def fact_places(scope: Scope) -> dict[str, tuple[int, int]]:
    """The input, and the axis of it, that each of these names stands for."""
    names = fact_names(scope)
    places: dict[str, tuple[int, int]] = {}
    owners = ("input", *scope.input_names[1:])
    for slot, (owner, type) in enumerate(zip(owners, scope.inputs, strict=False)):
        for axis, words in enumerate(WORDS.get(type.rank, ())):
            places.update((names[f"{owner}.{word}"], (slot, axis)) for word in words)
    return places


def _size_names(scope: Scope, rank: int) -> tuple[str, ...]:
    """Names for the input's sizes: the user's, if `let` takes `input.shape` apart; none that means
    something else in the source."""
    if scope.definition is None:
        return NAMES.get(rank, ())
    written = _written_size_names(scope.definition, rank)
    if written not in (NAMES.get(rank), FEATURES_LAST.get(rank)):
        return written
    given = names_given(scope.definition)
    return tuple(f"input_{name}" if name in given else name for name in written)


@lru_cache(maxsize=1024)
def _written_size_names(
    definition: tree.BlockDecl | tree.NetworkDecl, rank: int
) -> tuple[str, ...]:
    asks = False
    for node in descendants(definition):
        match node:
            case tree.Let(targets=targets, value=value) if _asks(value, "shape"):
                names = tuple(target.id for target in targets if isinstance(target, tree.Name))
                if len(names) == rank and len(set(names)) == rank:
                    return names
            case tree.Attribute():
                asks = asks or _asks(node, "features")
    return (FEATURES_LAST if asks else NAMES).get(rank, ())


def _asks(node: tree.Node, word: str) -> bool:
    """True for the expression `input.word`."""
    match node:
        case tree.Attribute(value=tree.Name(id="input"), name=tree.Name(id=name)):
            return name == word
    return False


@lru_cache(maxsize=1024)
def names_given(definition: tree.BlockDecl | tree.NetworkDecl) -> frozenset[str]:
    """The names of the definition's parameters, `let`s and results."""
    names = [parameter.name for parameter in definition.parameters]
    for node in descendants(definition):
        match node:
            case tree.Flow(names=found) | tree.Let(targets=found):
                names += [name for name in found if isinstance(name, tree.Name)]
    return frozenset(name.id for name in names)


def _element(value: tree.Expr, index: int) -> tree.Expr:
    """`value[index]`."""
    return tree.Index(value.span, value, tree.Constant(value.span, index))


@lru_cache(maxsize=1024)
def lets_in_loops(definition: tree.BlockDecl | tree.NetworkDecl) -> frozenset[str]:
    """The names that a loop gives anew in each round, so that none has one value."""
    loops = [node for node in descendants(definition) if isinstance(node, tree.For)]
    lets = (node for loop in loops for node in descendants(loop) if isinstance(node, tree.Let))
    return frozenset(name.id for let in lets for name in tree.bound(let.targets))


@lru_cache(maxsize=1024)
def lets_in(definition: tree.BlockDecl | tree.NetworkDecl) -> Mapping[str, tree.Expr]:
    """The definition's own names for expressions, wherever in its body."""
    lets: dict[str, tree.Expr] = {}
    for node in descendants(definition):
        match node:
            case tree.Let(targets=(tree.Name() as target,), value=value):
                lets.setdefault(target.id, value)
            case tree.Let(targets=targets, value=value):
                for index, part in enumerate(targets):
                    if isinstance(part, tree.Name):
                        lets.setdefault(part.id, _element(value, index))
    return lets
