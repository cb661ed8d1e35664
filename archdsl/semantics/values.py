"""The values of compile-time expressions: plain values, functions, and recipes for steps.

A recipe is a block as a value: frozen, compared by its contents, applied any number of times. It
carries the tree node that it was written as, which becomes the last mark of its steps' trails.
"""

from collections.abc import Iterable
from typing import Final, Protocol, TypeGuard, Union

from msgspec import Struct, field

from archdsl.base.escape import cut
from archdsl.base.quantities import is_whole
from archdsl.base.source import Span
from archdsl.ir.graph import OPAQUE, Mark, Ref
from archdsl.ir.shape import TensorType, Types, format_shape
from archdsl.ops.base import Op
from archdsl.semantics.environment import MISSING, Environment
from archdsl.semantics.module import Module
from archdsl.syntax import tree
from archdsl.syntax.quotes import quoted


class Unknown:
    """The value of what could not be known after a mistake; it fits everything."""

    _only: "Unknown | None" = None

    def __new__(cls) -> "Unknown":
        cls._only = cls._only or super().__new__(cls)
        return cls._only

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()

Plain = Union[int, float, bool, None, str, tuple["Plain", ...]]


class Owner(Protocol):
    """The body that tensors and shared layers belong to, as far as they ask of it."""

    def type_of(self, ref: Ref) -> TensorType: ...
    def trains_only(self, step: int) -> bool: ...


class Tap(Struct, eq=False):
    """A named tensor (or several results of one step) of one body; `refs` is None when unknown.

    `hides` is the parameter, `let` or loop variable with the same name, `MISSING` if none;
    `made` is the step that was written for it, where that could be a layer of its own.
    """

    name: str
    span: Span
    body: Owner
    refs: tuple[Ref, ...] | None
    hides: object = MISSING
    results: dict[int, "Tap"] = field(default_factory=dict)  # those asked for one by one
    made: Span | None = None
    applied: bool = False  # as if it were a layer, which was told

    def result(self, index: int) -> "Tap":
        """One of several results, always the same value."""
        assert self.refs is not None
        name, refs = f"{self.name}_{index}", (self.refs[index],)
        return self.results.setdefault(index, Tap(name, self.span, self.body, refs))

    @property
    def training_only(self) -> bool:
        """True where an auxiliary head makes it, which inference leaves out."""
        steps = {ref.step for ref in self.refs or () if ref.step >= 0}
        return any(self.body.trains_only(step) for step in steps)

    def types(self) -> Types | None:
        return None if self.refs is None else tuple(self.body.type_of(ref) for ref in self.refs)


class SharedLayer(Struct, eq=False):
    """A `layer`: constructed once in its body; the first use fixes its weights' shapes."""

    name: str
    span: Span
    body: Owner
    recipe: "Recipe"
    env: Environment
    first: tuple[tuple[str, object], ...] | None = None
    made: object = None  # what the first use constructs
    first_span: Span | None = None
    unknown: bool = False  # a mistake at a use: that it has no shape is not news
    mentioned: bool = False


class OpRef(Struct, frozen=True):
    """An op not yet given arguments: `act=relu`; the same one wherever it is written."""

    node: tree.Node
    op: type[Op]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OpRef) and self.op is other.op

    def __hash__(self) -> int:
        return hash(self.op)


class BlockRef(Struct, frozen=True):
    """A block not yet given all arguments: `block=bottleneck`, `block=bottleneck(groups=32)`;
    a variant presets some of them too. The same one wherever it is written."""

    node: tree.Node
    declaration: tree.BlockDecl | tree.NetworkDecl
    module: Module
    preset: tuple[tuple[str, object], ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BlockRef) and self._facts() == other._facts()

    def __hash__(self) -> int:
        return hash(self._facts())

    def _facts(self) -> tuple[object, ...]:
        return self.declaration, self.preset  # a declaration stands in one module

    def with_preset(self, node: tree.Node, own: "dict[str, object]") -> "BlockRef":
        """The same with more arguments, or others."""
        preset = tuple((dict(self.preset) | own).items())
        return BlockRef(node, self.declaration, self.module, preset)


class FnRef(Struct, frozen=True):
    declaration: tree.FnDecl
    module: Module


class OpRecipe(Struct, frozen=True):
    """An op with its arguments; a merge has its branches beside them (None: those of the flow)."""

    node: tree.Node
    op: Op
    branches: "tuple[Branch, ...]" = ()


class Branch(Struct, frozen=True):
    node: tree.Node
    recipe: "Recipe"


class BlockRecipe(Struct, frozen=True):
    """A block (or network) with its arguments bound, defaults included, in declared order."""

    node: tree.Node
    declaration: tree.BlockDecl | tree.NetworkDecl
    module: Module
    arguments: tuple[tuple[str, object], ...]


class ChainRecipe(Struct, frozen=True):
    node: tree.Node
    items: "tuple[Recipe, ...]"


class RepeatRecipe(Struct, frozen=True):
    node: tree.Node
    item: "Recipe"
    count: int


class MarkedRecipe(Struct, frozen=True):
    """A recipe that a name, a function or a choice led to."""

    mark: Mark
    item: "Recipe"

    @property
    def node(self) -> tree.Node:
        return self.mark.node


class TapRecipe(Struct, frozen=True):
    node: tree.Node
    tap: Tap


class LayerRecipe(Struct, frozen=True):
    node: tree.Node
    layer: SharedLayer


class SuiteRecipe(Struct, frozen=True):
    """The block form: `path:` (op is None) or a merge, with its lines. If another block runs it,
    the names in the lines keep the meaning they had where it was written: `captured`."""

    node: tree.Suite
    op: Op | None
    env: Environment  # where it stands
    captured: tuple[tuple[str, object], ...]

    def home(self, env: Environment) -> Environment:
        """The environment in which its lines find names, if it runs in this one."""
        return env if env.within(self.env) else self.env.apart(dict(self.captured))


class UnknownRecipe(Struct, frozen=True):
    """A step that could not be known; its result is unknown."""

    node: tree.Node


Recipe = Union[
    OpRecipe,
    BlockRecipe,
    ChainRecipe,
    RepeatRecipe,
    MarkedRecipe,
    TapRecipe,
    LayerRecipe,
    SuiteRecipe,
    UnknownRecipe,
]
RECIPES = {
    OpRecipe,
    BlockRecipe,
    ChainRecipe,
    RepeatRecipe,
    MarkedRecipe,
    TapRecipe,
    LayerRecipe,
    SuiteRecipe,
    UnknownRecipe,
}
STEPS = {OpRef, BlockRef, *RECIPES}
PLAIN = {int, float, bool, str, type(None)}  # what has no parts


def is_recipe(value: object) -> TypeGuard[Recipe]:
    return type(value) in RECIPES


def marked(mark: Mark, value: object) -> object:
    """A recipe that a name, a function or a choice led to; a tap needs no trail."""
    if is_recipe(value) and not isinstance(value, TapRecipe):
        return MarkedRecipe(mark, value)
    return value


def is_step(value: object) -> bool:
    """True where a value can be a step, as it is or with its defaults."""
    return type(value) in STEPS


def unmarked(recipe: Recipe) -> Recipe:
    """The recipe itself, without the names and choices that led to it."""
    while isinstance(recipe, MarkedRecipe):
        recipe = recipe.item
    return recipe


def begins_with_tap(recipe: Recipe) -> bool:
    """True where the input of the recipe is lost, since the recipe begins with a tap."""
    match unmarked(recipe):
        case TapRecipe():
            return True
        case ChainRecipe(items=(first, *_)) | RepeatRecipe(item=first):
            return begins_with_tap(first)
    return False


def is_settled(recipe: Recipe) -> bool:
    """True where a recipe means the same wherever it is applied: no name is looked up then."""
    match recipe:
        case OpRecipe():
            return not recipe.branches
        case BlockRecipe():
            return True
        case MarkedRecipe() | RepeatRecipe():
            return is_settled(recipe.item)
        case ChainRecipe():
            return all(map(is_settled, recipe.items))
    return False


def extent(value: object, most: int) -> tuple[int, int]:
    """The number of parts of a tuple or recipe, with those of its parts, and their depth; the count
    stops at `most`."""
    if not any(type(part) in COMPOUND for part in _parts(value)):
        return len(_parts(value)), 1
    count = deepest = 0
    waiting = [(value, 1)]
    while waiting and count <= most:
        top, depth = waiting.pop()
        parts = _parts(top)
        count += len(parts)
        deepest = max(deepest, depth)
        waiting.extend((p, depth + 1) for p in parts if type(p) in COMPOUND)
    return count, deepest


def _parts(value: object) -> tuple[object, ...]:
    match value:
        case tuple():
            return value
        case ChainRecipe():
            return value.items
        case RepeatRecipe() | MarkedRecipe():
            return (value.item,)
        case OpRecipe():
            return tuple(branch.recipe for branch in value.branches)
        case BlockRecipe():
            return tuple(argument for _, argument in value.arguments)
    return ()


COMPOUND = {tuple, ChainRecipe, RepeatRecipe, MarkedRecipe, OpRecipe, BlockRecipe}


def is_plain(value: object) -> bool:
    return type(value) in PLAIN or (type(value) is tuple and all(map(is_plain, value)))


def told_of(pairs: Iterable[tuple[str, object]]) -> tuple[tuple[str, object], ...]:
    """The names and values that a program keeps: plain ones, and tuples, in which `OPAQUE`
    replaces a value that is not plain."""
    return tuple(
        (name, value if is_plain(value) else _masked(value))
        for name, value in pairs
        if type(value) is tuple or is_plain(value)
    )


def _masked(value: object) -> object:
    if type(value) is tuple:
        return tuple(map(_masked, value))
    return value if type(value) in PLAIN else OPAQUE


def key(value: object) -> object:
    """A hashable form under which 1, 1.0 and true differ, and 0.0 and -0.0, among a recipe's
    arguments too."""
    kind = type(value)
    if kind in PLAIN:
        return (kind, value) if value or kind is not float else (kind, str(value))
    if isinstance(value, tuple):
        return (tuple, *map(key, value))
    return (type(value), _parts_key(value))


def _parts_key(value: object) -> object:
    match value:
        case OpRecipe():
            branches = [(branch.node, key(branch.recipe)) for branch in value.branches]
            return (value.node, value.op, *branches)
        case BlockRecipe():
            return (value.node, value.declaration, key(value.arguments))
        case BlockRef():
            return (value.declaration, key(value.preset))
        case MarkedRecipe():
            return (value.mark, key(value.item))
        case ChainRecipe():
            return (value.node, *map(key, value.items))
        case RepeatRecipe():
            return (value.node, key(value.item), value.count)
        case SuiteRecipe():
            return (
                value.node,
                value.op,
                *((name, key(captured)) for name, captured in value.captured),
            )
    return value


_SHOWN = 40  # elements or characters of a value that a message shows


def kind_of(value: object) -> str:
    """The kind of a value, in the user's words."""
    match value:
        case bool():
            return "true or false"
        case int():
            return "a whole number"
        case float():
            return "a decimal number"
        case str():
            return "a string"
        case None:
            return "none"
        case tuple():
            return "a tuple"
        case Tap() | TapRecipe():
            return "a tensor"
        case OpRef() | BlockRef():
            return "a block"
        case _ if is_recipe(value):
            return "a block"
    return "a function"


def described(value: object) -> str:
    """The kind of a value and its text in the language: `a whole number (3)`, `a tuple (1, 2)`."""
    kind, text = kind_of(value), show(value)
    if kind == text:
        return kind
    return f"{kind} {text}" if text.startswith("(") else f"{kind} ({text})"


def show(value: object) -> str:
    """A value as the language writes it, shortened where it is long."""
    text = _written(value[:_SHOWN] if isinstance(value, tuple | str) else value)
    if isinstance(value, tuple | str) and len(value) > _SHOWN:
        return (
            f"{text[:-1]}, …{text[-1]}" if isinstance(value, tuple) else f"{text[:-1]}…{text[-1]}"
        )
    return text


def _written(value: object) -> str:
    match value:
        case True | False | None:
            return {True: "true", False: "false", None: "none"}[value]
        case str():
            return quoted(value)
        case tuple() if len(value) > 1 and all(_is_size(v) for v in value):
            return format_shape(value)
        case tuple():
            inner = ", ".join(show(v) for v in value)
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        case int() | float():
            return str(value)
        case Tap():
            return value.name
        case OpRef():
            return value.op.word
        case BlockRef() | FnRef():
            return value.declaration.name.id
        case _ if is_recipe(value):
            return excerpt(value.node.span)
    return kind_of(value)


def _is_size(value: object) -> bool:
    return is_whole(value) and value >= 1


def excerpt(span: Span) -> str:
    """A place's text on one line, shortened where it is long."""
    return cut(" ".join(span.text.split()), _SHOWN)
