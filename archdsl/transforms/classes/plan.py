"""The class plan: which Python classes a program becomes, decided down to every name and argument.

Frozen values between `plan_classes`, which makes all decisions, and the Python backend, which
only prints them. Expressions are `archdsl.ir.code` plus the few forms below.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import ClassVar

from msgspec import Struct

from archdsl.base.names import is_variable
from archdsl.ir.code import Code, CodeForm, Name
from archdsl.ir.graph import Function, Head, Opaque
from archdsl.ir.shape import Shape
from archdsl.syntax import tree

# --- expressions beyond those of ops ---------------------------------------------------------


class Unary(CodeForm, frozen=True, gc=False):
    """`-operand`, `not operand`."""

    op: str
    operand: Code


class IfElse(CodeForm, frozen=True, gc=False):
    """`then if test else otherwise`."""

    test: Code
    then: Code
    otherwise: Code


class Computed(CodeForm, frozen=True, gc=False):
    """A function of the spec with its arguments, by its parameters' names."""

    function: Function
    arguments: tuple[tuple[str, Code], ...]


class Comprehension(CodeForm, frozen=True, gc=False):
    """`tuple(element for targets in iterable if condition)`; without a condition that is True."""

    element: Code
    targets: tuple[str, ...]
    iterable: Code
    condition: Code = True


OUT = "out_channels"  # the attribute of a module that tells the channels that it gives
KEPT = Name(f"self.{OUT}")


def kept_by(name: str) -> Name:
    """The same of a module that is an attribute."""
    return Name(f"self.{name}.{OUT}")


class Text(CodeForm, frozen=True, gc=False):
    """A computed attribute name, `f"block{i}-{j + 1}"`: `rest` are the numbers in it, each with
    what stands behind it."""

    prefix: str
    rest: tuple[tuple[Code, str], ...]


class New(CodeForm, frozen=True, gc=False):
    """An instance of a planned class, with every argument; the printer leaves out defaults. Any
    value does for the `idle` ones, of which this instance makes nothing."""

    cls: str
    arguments: tuple[tuple[str, Code], ...]
    idle: tuple[str, ...] = ()


class Maker(CodeForm, frozen=True, gc=False):
    """A planned class as an argument, or one of `torch.nn`, with those of its own arguments that
    are known where it is given, and no defaults: `partial(Bottleneck, groups=32)`."""

    cls: str
    arguments: tuple[tuple[str, Code], ...]

    @property
    def is_module(self) -> bool:
        """True for a class of `torch.nn`."""
        return self.cls.startswith("nn.")


class Make(CodeForm, frozen=True, gc=False):
    """An instance of a class that is an argument: `maker(…)`, the first arguments by position.
    `defaults` are those that every class in its place has."""

    maker: Code
    arguments: tuple[tuple[str, Code], ...]
    by_position: int = 0
    defaults: tuple[tuple[str, Code], ...] = ()


class Sequence(CodeForm, frozen=True, gc=False):
    """`nn.Sequential(…)`: modules, choices between modules and repetitions of them."""

    items: "tuple[Item, ...]"


class Spread(CodeForm, frozen=True, gc=False):
    """Among operands of a merge: those of every round of a loop, in order."""

    operand: Code


AttributeName = str | Text


def sayable(name: AttributeName) -> bool:
    """True where an attribute's name can stand behind `self.`."""
    return isinstance(name, str) and is_variable(name)


# --- values in `forward` -----------------------------------------------------------------------


class InputKind(Enum):
    """The type of an input of `forward`, and its default if it stands last."""

    TENSOR = "Tensor"
    LIST = "list[Tensor]"
    OPTIONAL = "Tensor | None"


class Input(Struct, frozen=True, gc=False):
    """The class's k-th input."""

    index: int = 0


class ListElement(Struct, frozen=True, gc=False):
    """One tensor of an input that is a list."""

    value: Input
    index: Code


class ListPart(Struct, frozen=True, gc=False):
    """Some tensors of an input that is a list, side by side, or all of them from the last on."""

    value: Input
    start: int | None = None
    stop: int | None = None
    step: int | None = None


class AsGiven(Struct, frozen=True, gc=False):
    """An input that may be None, as it is."""

    value: Input


class Result(Struct, frozen=True, gc=False):
    """The k-th result of the leaf with that number."""

    leaf: int
    output: int = 0


class Merged(Struct, frozen=True, gc=False):
    """The k-th value that leaves a choice: from whichever arm was taken."""

    choice: int
    index: int


class Carried(Struct, frozen=True, gc=False):
    """The k-th value that a loop hands from round to round, and out at its end."""

    loop: int
    index: int


class Gathered(Struct, frozen=True, gc=False):
    """The result of a leaf in every round of a loop, in order."""

    loop: int
    value: Result


class Given(Struct, frozen=True, gc=False):
    """An input that may be None; where it is, another value."""

    value: Input
    otherwise: "Value"


Value = Input | ListElement | ListPart | AsGiven | Result | Merged | Carried | Gathered | Given


class Presence(CodeForm, frozen=True, gc=False):
    """An input that may be None, in a question of `forward`."""

    value: Input


def underlying(value: Value) -> Iterator[Value]:
    """The values that reading a value reads."""
    match value:
        case ListElement() | ListPart() | AsGiven():
            yield value.value
        case Given():
            yield value.value
            yield from underlying(value.otherwise)
        case _:
            yield value


class SizeOf(CodeForm, frozen=True, gc=False):
    """The size of an input or of a step's result along an axis of a sample, as `forward` finds
    it."""

    value: Value
    axis: int


def maker(value: Value) -> int:
    """The number of the item that a value comes from; -1 for the class's inputs."""
    match value:
        case Input() | ListElement() | ListPart() | AsGiven():
            return -1
        case Given():
            return maker(value.otherwise)
        case Result():
            return value.leaf
        case Merged():
            return value.choice
        case Carried() | Gathered():
            return value.loop


# --- what a class does, in running order ---------------------------------------------------------


class Leaf(Struct, frozen=True, gc=False):
    """One step: how it is constructed and how it runs.

    `build` is None where the step has no module of its own or another leaf constructed it
    (a shared layer). `name` is the attribute; `names` are what the user calls the results.
    `heavy` says that it holds kernels, `block` that it is a block, `overwrites` that its result
    takes its input's place in memory, `training_only` that evaluation leaves it out; `line` is
    where it stands in the source, `shapes` its results where all instances agree, else empty.
    `told` is the variable that takes the channels of a module that only the module itself can tell.
    """

    id: int
    name: AttributeName
    build: Code
    forward: Code
    inputs: tuple[Value, ...]
    outputs: int
    names: tuple[str, ...]
    heavy: bool
    block: bool
    overwrites: bool
    training_only: bool
    line: int
    shapes: tuple[Shape, ...]
    told: str = ""


class Choice(Struct, frozen=True, gc=False):
    """`if test: … else: …`; `merged` are the values that leave it, one for each arm.

    `test` is what `__init__` asks, `flag` what `forward` asks.
    """

    id: int
    test: Code
    flag: Code
    then: "tuple[Item, ...]"
    otherwise: "tuple[Item, ...]"
    merged: tuple[tuple[Value, Value], ...]


class Running(Struct, frozen=True, gc=False):
    """A size that a loop of `__init__` hands from round to round: `name = start` before it, and
    `name = then` at the end of each round."""

    name: str
    start: Code
    then: Code


class Loop(Struct, frozen=True, gc=False):
    """`for variable in range(count): …`, where `forward` finds the count as `size`; with `size`
    None, `forward` runs over the modules of the class.

    With `elements` it is `for elements in source` in `__init__`. `carried` are (value before,
    value after a round); without a value before, the first round gives it. `growing`: a round is a
    module of what there is, put beside that; the parts are kept, the rest is computed again.
    `running` are sizes that change from round to round.
    """

    id: int
    variable: str
    count: Code
    size: Code
    elements: tuple[str, ...]
    source: Code
    items: "tuple[Item, ...]"
    carried: tuple[tuple[Value | None, Value], ...]
    growing: bool = False
    running: tuple[Running, ...] = ()


Item = Leaf | Choice | Loop


def loops(items: tuple[Item, ...]) -> list[Loop]:
    """All loops, those within others included."""
    all_loops: list[Loop] = []
    for item in items:
        match item:
            case Loop():
                all_loops += [item, *loops(item.items)]
            case Choice():
                all_loops += loops((*item.then, *item.otherwise))
    return all_loops


def leaves(items: tuple[Item, ...]) -> Iterator[Leaf]:
    """All leaves, those within choices and loops included."""
    for item in items:
        match item:
            case Leaf():
                yield item
            case Choice():
                yield from leaves(item.then)
                yield from leaves(item.otherwise)
            case Loop():
                yield from leaves(item.items)


def built(items: tuple[Item, ...]) -> dict[str, Leaf]:
    """The steps that construct a module by its name, those within choices and loops included."""
    leaves: dict[str, Leaf] = {}
    for item in items:
        match item:
            case Leaf() if item.build is not None:
                leaves.setdefault(attribute_prefix(item), item)
            case Loop():
                leaves = {**built(item.items), **leaves}
            case Choice():
                leaves = {**built((*item.then, *item.otherwise)), **leaves}
    return leaves


def attribute_prefix(leaf: Leaf) -> str:
    """The attribute's name, of a computed one what stands before the number."""
    return leaf.name if isinstance(leaf.name, str) else leaf.name.prefix


def optional(items: tuple[Item, ...]) -> list[Choice]:
    """All choices that decide which modules there are, those within others included."""
    choices: list[Choice] = []
    for item in items:
        match item:
            case Loop():
                choices += optional(item.items)
            case Choice():
                choices += [item] if has_optional(item) else []
                choices += optional((*item.then, *item.otherwise))
    return choices


def has_optional(choice: Choice) -> bool:
    """True where modules are in one arm only."""
    return built(choice.then).keys() != built(choice.otherwise).keys()


# --- classes -------------------------------------------------------------------------------------


class Base(Enum):
    MODULE = "nn.Module"  # with a `forward` of its own
    DICT = "nn.ModuleDict"  # the same, where it holds modules whose names Python cannot say
    NAMED_SEQUENCE = "nn.Sequential"  # runs its attributes in order
    SEQUENCE = "nn.Sequential, whole"  # hands its items to `super().__init__`


class Required(Enum):
    """The default of a parameter that has none."""

    NO_DEFAULT = "no default"


class Parameter(Struct, frozen=True, gc=False):
    """A parameter of `__init__`."""

    name: str
    annotation: str
    default: Code | Required = Required.NO_DEFAULT


class SizesRead(Struct, frozen=True, gc=False):
    """The sizes that `forward` takes from an input or a step's result, with a name for that of each
    axis; `rank` is the number of its dimensions, the batch aside."""

    value: Value
    rank: int
    names: tuple[tuple[int, str], ...]


class ClassPlan(Struct, frozen=True, gc=False):
    """One class. `items` run in order, `construction` holds the same in construction order.

    `names` are sizes with a name of their own in `__init__`; `stored` are attributes that
    `forward` reads beside the modules: flags and sizes. `block` is the definition's name (empty
    for a chain), `definition` its number in the file; `recomputed` says that the backward pass
    computes it again. `out` are the channels that it gives, kept as an attribute for who makes it;
    `kinds` are the types of the `inputs`;
    `sizes_read` are sizes of tensors that `forward` has names for, `worked_out` what it works out
    from those of its inputs under a name; `lengths` are those that parameters must have.
    """

    name: str
    doc: str
    base: Base
    parameters: tuple[Parameter, ...]
    names: tuple[tuple[str, Code], ...]
    stored: tuple[tuple[str, Code], ...]
    construction: tuple[Item, ...]
    items: tuple[Item, ...]
    inputs: tuple[str, ...]
    results: tuple[Value, ...]
    block: str = ""
    definition: int = 0
    recomputed: bool = False
    out: Code = None
    sizes_read: tuple[SizesRead, ...] = ()
    worked_out: tuple[tuple[str, Code], ...] = ()
    kinds: tuple[InputKind, ...] = ()
    lengths: tuple[tuple[str, int], ...] = ()


class FunctionPlan(Struct, frozen=True, gc=False):
    """A function of the spec as one of the file."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: str
    value: Code


class Outcome(Struct, frozen=True, gc=False):
    """The results of the network: names of its outputs (empty: one), and its training heads."""

    names: tuple[str, ...]
    heads: tuple[tuple[Head, Value], ...]
    class_name: str


class Written(CodeForm, frozen=True, gc=False):
    """An argument of an initialiser that the source works out; `value` is this network's."""

    is_whole: ClassVar[bool] = True

    value: object
    expression: tree.Expr


class InitCall(Struct, frozen=True, gc=False):
    """`nn.init.function_(….tensor, arguments)`; `guarded`: some of the modules lack the tensor."""

    function: str
    tensor: str
    arguments: tuple[tuple[str, object], ...]
    guarded: bool


class InitRule(Struct, frozen=True, gc=False):
    """Modules and what is done to each of them.

    They are all those of `classes` (with `exact`, not those of subclasses); with `pieces` only
    those whose path has these parts (the first begins it, the last ends it); else, if there are
    any, just those at `paths`.
    """

    classes: tuple[str, ...]
    pieces: tuple[str, ...]
    paths: tuple[str, ...]
    calls: tuple[InitCall, ...]
    exact: bool


class Members(Struct, frozen=True, gc=False):
    """The names of the members of the network's class, which no step has."""

    init_weights: str
    aux_weights: str
    from_trained: str


class Fixed(Struct, frozen=True, gc=False):
    """An argument of a block or of the network that its class does not have, and the reason;
    `definition` is the id of the block's or network's tree."""

    cls: str
    definition: int
    name: str
    value: object
    why: str

    @property
    def said(self) -> str:
        """The value as a reader knows it; empty for one that holds blocks."""
        if isinstance(self.value, Name):
            return self.value.text
        return "" if _holds_blocks(self.value) else repr(self.value)


def _holds_blocks(value: object) -> bool:
    parts = value if isinstance(value, tuple) else ()
    return isinstance(value, Opaque) or any(map(_holds_blocks, parts))


class NetworkPlan(Struct, frozen=True, gc=False):
    """The members that only the class of a network has: results, `init` rules, their names."""

    cls: str
    outcome: Outcome
    inits: tuple[InitRule, ...]
    members: Members


class Builder(Struct, frozen=True, gc=False):
    """A function that makes one network of a file with several: of which class, and with which
    arguments that are not its defaults."""

    name: str
    doc: str
    made: New


class Plan(Struct, frozen=True, gc=False):
    """The file: its title, helper classes by name, classes in order, those of networks last; for
    a file with several networks a function for each."""

    program: str
    doc: str
    helpers: tuple[str, ...]
    functions: tuple[FunctionPlan, ...]
    classes: tuple[ClassPlan, ...]
    networks: tuple[NetworkPlan, ...]
    builders: tuple[Builder, ...] = ()
    refused: Mapping[int, str] = {}  # of the kin, by its place, what is none of these classes; why
    fixed: tuple[Fixed, ...] = ()

    @property
    def definitions(self) -> frozenset[int]:
        return frozenset(cls.definition for cls in self.classes)

    def definition_of(self, name: str) -> frozenset[int]:
        """The definition of the class of this name; empty if there is no class of this name."""
        return frozenset(cls.definition for cls in self.classes if cls.name == name)

    @property
    def network(self) -> ClassPlan:
        return self.classes[-1]
