"""The facts about its input that a definition can ask for, and its names for expressions."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from archdsl.base.names import is_variable
from archdsl.ir.code import Code
from archdsl.ir.graph import INPUT, Scope, Step
from archdsl.ir.measured import WORDS, lets_of
from archdsl.ir.shape import TensorType
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants
from archdsl.transforms.classes import plan

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


def sizes_of_inputs(scope: Scope) -> dict[str, Code]:
    """The size that `forward` finds for each of them, and for `input.shape`."""
    sizes: dict[str, Code] = {}
    owners = ("input", *scope.input_names[1:])
    for slot, (owner, type) in enumerate(zip(owners, scope.inputs, strict=False)):
        sizes |= sizes_of(owner, type, plan.Input(slot))
    return sizes


def sizes_of(owner: str, type: TensorType, value: plan.Value) -> dict[str, Code]:
    """The sizes of a tensor by the source's names, and all of them by that of its shape."""
    axes = [plan.SizeOf(value, axis) for axis in range(type.rank)]
    sizes: dict[str, Code] = {f"{owner}.shape": tuple(axes)}
    for size, words in zip(axes, WORDS.get(type.rank, ()), strict=False):
        sizes.update((f"{owner}.{word}", size) for word in words)
    return sizes


def sizes_read(
    scope: Scope, sizes: Collection[plan.SizeOf], taps: Mapping[int, str]
) -> tuple[plan.SizesRead, ...]:
    """Names for these sizes in `forward`: the user's, else PyTorch's; of steps by their numbers
    `taps` are the names."""
    taken = {"x", *scope.input_names, *taps.values()}
    read: list[plan.SizesRead] = []
    for value in dict.fromkeys(size.value for size in sizes):
        owner, words = _owner(scope, value, taps)
        names: list[tuple[int, str]] = []
        for axis in sorted(size.axis for size in sizes if size.value == value):
            name = f"{owner}_{words[axis].removeprefix('in_')}".lstrip("_")
            while name in taken or not is_variable(name):
                name += "_"
            taken.add(name)
            names.append((axis, name))
        read.append(plan.SizesRead(value, len(words), tuple(names)))
    return tuple(read)


def _owner(scope: Scope, value: plan.Value, taps: Mapping[int, str]) -> tuple[str, tuple[str, ...]]:
    """The beginning of the names for sizes of a value, and the word for each."""
    match value:
        case plan.Input(index=0):
            rank = scope.inputs[0].rank
            return "", _size_names(scope, rank) or _numbered(rank)
        case plan.Input(index=slot):
            rank = scope.inputs[slot].rank
            return scope.input_names[slot], NAMES.get(rank) or _numbered(rank)
        case plan.Result(leaf=leaf):
            name = taps[leaf]
            rank = next(step.outputs[0].rank for step in scope.steps if step.name == name)
            return name, NAMES.get(rank) or _numbered(rank)
    raise TypeError(f"no sizes are read from {value!r}")


def _numbered(rank: int) -> tuple[str, ...]:
    return tuple(f"size{axis}" for axis in range(rank))


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
    if written == NAMES.get(rank) and _is_features_last(scope):
        written = FEATURES_LAST.get(rank, ())
    if written not in (NAMES.get(rank), FEATURES_LAST.get(rank)):
        return written
    given = names_given(scope.definition)
    return tuple(f"input_{name}" if name in given else name for name in written)


def _is_features_last(scope: Scope) -> bool:
    """True where what first reads the input works on its features."""
    if scope not in _FEATURES_LAST:
        readers = (step for step in scope.steps if INPUT in step.inputs[:1])
        _FEATURES_LAST[scope] = any(_reads_features(scope, step) for step in readers)
    return _FEATURES_LAST[scope]


def _reads_features(scope: Scope, step: Step) -> bool:
    target = step.target
    if not isinstance(target, Scope):
        return target.is_features_last(scope.types_of(step.inputs))
    rank = target.inputs[0].rank
    return rank > 1 and _size_names(target, rank) == FEATURES_LAST.get(rank)


_FEATURES_LAST: WeakKeyDictionary[Scope, bool] = WeakKeyDictionary()


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
                asks = asks or _asks(node, "features") or _asks(node, "tokens")
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
            case tree.Flow(names=targets) | tree.Let(targets=targets):
                names += [name for name in targets if isinstance(name, tree.Name)]
    return frozenset(name.id for name in names)


@lru_cache(maxsize=1024)
def lets_in(definition: tree.BlockDecl | tree.NetworkDecl) -> Mapping[str, tree.Expr]:
    """The definition's own names for expressions, wherever in its body; of several the first."""
    lets: dict[str, tree.Expr] = {}
    for name, value in lets_of(definition):
        lets.setdefault(name, value)
    return lets
