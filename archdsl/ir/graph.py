"""The program: scopes of steps in running order, hierarchical and frozen.

A *scope* is one block elaborated for its arguments and input shapes; it knows nothing of where
it is used, so equal instances are the same value. A *step* is a use of an op or of a scope.
Refs are local to their scope: `Ref(-1, k)` is the scope's k-th input, `Ref(j, k)` the k-th result
of its j-th step.
"""

from collections.abc import Callable, Iterator
from enum import Enum
from fnmatch import fnmatchcase
from math import prod
from typing import TYPE_CHECKING, ClassVar, Protocol

from msgspec import Struct

from archdsl.base.source import Span
from archdsl.ir.shape import DType, Shape, TensorType, Types

if TYPE_CHECKING:
    from archdsl.ir.code import Emission
    from archdsl.ir.counts import Counts
    from archdsl.ir.footprint import Footprint
    from archdsl.ir.reach import Looks
    from archdsl.syntax import tree


class WeightKind(Enum):
    WEIGHT = "weight"  # multiplies: kernels, matrices, embeddings, learned tensors
    BIAS = "bias"
    NORM = "norm"  # a normalisation's factor and shift
    BUFFER = "buffer"  # in the state_dict but not learned: running statistics


class Weight(Struct, frozen=True, gc=False):
    """A tensor in the `state_dict`, `name` relative to its module (empty: the step's own name)."""

    name: str
    shape: Shape
    kind: WeightKind = WeightKind.WEIGHT
    dtype: DType = DType.FLOAT

    @property
    def numel(self) -> int:
        return prod(self.shape)


class Primitive(Protocol):
    """The requests of the graph to an op with arguments; `archdsl.ops.base.Op` is the contract."""

    word: ClassVar[str]
    twin: ClassVar[str]

    def weights(self, inputs: Types) -> tuple[Weight, ...]: ...
    def macs(self, inputs: Types, outputs: Types) -> int: ...
    def elementwise(self, inputs: Types, outputs: Types) -> int: ...
    def counts(self, inputs: Types, outputs: Types) -> "Counts": ...
    def footprint(self, inputs: Types, outputs: Types, training: bool) -> "Footprint": ...
    def reach(self, inputs: Types, result: int = 0) -> "Looks": ...
    def values_of_a_sample(self, inputs: Types) -> int | None: ...
    def is_features_last(self, inputs: Types) -> bool: ...
    def overwriting(self) -> "Primitive | None": ...
    def apart(self) -> "Primitive": ...
    def emit(self, inputs: Types) -> "Emission": ...
    def emit_measured(self, inputs: Types) -> "Emission": ...


class Ref(Struct, frozen=True, gc=False):
    step: int
    output: int = 0


INPUT = Ref(-1, 0)


class Mark(Struct, frozen=True):
    """One turn of the source that led to a step: a loop's round, a choice's arm, a repeat's copy.

    `node` is the tree node (`For`, `If`, `IfElse`, `Binary` for `* n`, or the element of a chain,
    last in every trail); `index` the round or arm, from 0; `values` the loop variables' values.
    """

    node: "tree.Node"
    index: int = 0
    values: tuple[tuple[str, object], ...] = ()


class Step(Struct, frozen=True, eq=False):
    """One use of an op or a scope inside a scope.

    `name` is the module's attribute and the tap; steps that share a layer have the same name.
    `named` says that the user wrote it. `trail` tells how the source led here, outermost first.
    """

    name: str
    target: "Primitive | Scope"
    inputs: tuple[Ref, ...]
    outputs: Types
    span: Span
    trail: tuple[Mark, ...] = ()
    named: bool = False
    training_only: bool = False  # an auxiliary head: runs in training mode only


class Opaque(Struct, frozen=True):
    """Stands for a block in a tuple of plain values, and says nothing of it."""


OPAQUE = Opaque()


class Function(Struct, frozen=True):
    """A `fn` of the spec; `find` says which functions the names in it stand for."""

    declaration: "tree.FnDecl"
    find: "FindFunction"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Function) and self.declaration is other.declaration

    def __hash__(self) -> int:
        return id(self.declaration)


FindFunction = Callable[[str], Function | None]


def no_function(name: str) -> None:
    """The answer in a scope in which no name stands for a function."""


class ScopeKind(Enum):
    BLOCK = "block"  # a block's or network's body: named attributes
    SEQUENTIAL = "sequential"  # a chain or `path:` with a name: unnamed steps are numbered 0, 1, …


class Scope(Struct, frozen=True, eq=False, weakref=True):
    """A body elaborated for its arguments and inputs.

    `block` is the definition's name (empty for a chain that a step's name opened); `arguments`
    its parameters as bound, plain values only; `values` these and the body's `let`s and
    `input.…` facts that its expressions may mention; `modules` the attributes in construction
    order (a shared layer stands where it was declared, each name once); `function` says which
    functions the names in the definition stand for. Without `results` it is
    unfinished: its steps up to a mistake.
    """

    kind: ScopeKind
    block: str
    doc: str
    arguments: tuple[tuple[str, object], ...]
    values: tuple[tuple[str, object], ...]
    input_names: tuple[str, ...]
    inputs: Types
    steps: tuple[Step, ...]
    results: tuple[Ref, ...]
    modules: tuple[str, ...]
    definition: "tree.BlockDecl | tree.NetworkDecl | None" = None
    function: FindFunction = no_function

    def type_of(self, ref: Ref) -> TensorType:
        return self.inputs[ref.output] if ref.step < 0 else self.steps[ref.step].outputs[ref.output]

    def types_of(self, refs: tuple[Ref, ...]) -> Types:
        return tuple(self.type_of(ref) for ref in refs)

    @property
    def outputs(self) -> Types:
        return self.types_of(self.results)

    def first_uses(self) -> dict[str, Step]:
        """Each module's first step, in construction order."""
        first: dict[str, Step] = {}
        for step in self.steps:
            first.setdefault(step.name, step)
        return {name: first[name] for name in self.modules if name in first}


class Head(Struct, frozen=True):
    """An auxiliary head: a step of the root scope that only training runs."""

    name: str
    step: int
    weight: float


class Init(Struct, frozen=True):
    """`init conv.bias: zeros`: which modules, which of their tensors, by which function.

    `op` is an op's word (None: any), `path` a pattern of module paths (`*.bn3`, None: any);
    `function` a name of `torch.nn.init` without its underscore, `arguments` its keywords, and
    `written` what stands for these in the network's own definition.
    """

    op: str | None
    path: str | None
    tensor: str
    function: str
    arguments: tuple[tuple[str, object], ...]
    span: Span
    written: "tuple[tuple[str, tree.Expr], ...]" = ()

    def reaches(self, path: str, word: str) -> bool:
        """True for the module of a path, which is a use of the op of this word."""
        by_op = self.op in (None, word)
        return by_op and (self.path is None or fnmatchcase(path, self.path))


class Expectation(Struct, frozen=True):
    """A promise of the network: `condition` over facts (`params`, `macs`, …) and `values`.

    `binding` is False where the user overrode what it was written for: broken, it is a note then.
    """

    condition: "tree.Expr"
    values: tuple[tuple[str, object], ...]
    span: Span
    binding: bool = True


class Program(Struct, frozen=True):
    """A checked network: what every analysis, transform and backend starts from."""

    name: str
    doc: str
    root: Scope
    output_names: tuple[str, ...]  # empty: one output without a name
    heads: tuple[Head, ...]
    inits: tuple[Init, ...]
    expectations: tuple[Expectation, ...]

    def __repr__(self) -> str:
        return f"Program({self.name}: {len(self.root.steps)} steps)"


class StepPlace(Struct, frozen=True):
    """A step where it stands: its path is the prefix of its keys in the `state_dict`."""

    path: str
    scope: Scope
    step: Step


def walk(scope: Scope, prefix: str = "") -> Iterator[tuple[str, Scope, Step]]:
    """Every step below a scope in running order, with its path: scopes before their insides."""
    for step in scope.steps:
        path = f"{prefix}{step.name}"
        yield path, scope, step
        if isinstance(step.target, Scope):
            yield from walk(step.target, f"{path}.")


def different_steps(scope: Scope) -> Iterator[tuple[Scope, int]]:
    """The steps of every different scope once, by their index, in the order of their first run."""
    seen: set[Scope] = {scope}
    yield from _steps_in(scope, seen)


def _steps_in(scope: Scope, seen: set[Scope]) -> Iterator[tuple[Scope, int]]:
    for index, step in enumerate(scope.steps):
        yield scope, index
        if isinstance(step.target, Scope) and step.target not in seen:
            seen.add(step.target)
            yield from _steps_in(step.target, seen)


def state_dict(scope: Scope, prefix: str = "") -> Iterator[tuple[str, Weight]]:
    """Keys and weights in PyTorch's order: parameters of a module first, then its buffers."""
    for key, weight in _state(scope, {}):
        yield f"{prefix}{key}", weight


State = list[tuple[str, Weight]]


def _state(scope: Scope, known: dict[Scope, State]) -> State:
    """The same below a scope, of which each different one is looked at once."""
    if scope in known:
        return known[scope]
    bare: State = []
    deeper: State = []
    for name, step in scope.first_uses().items():
        if isinstance(step.target, Scope):
            deeper += [(f"{name}.{key}", weight) for key, weight in _state(step.target, known)]
            continue
        weights = step.target.weights(scope.types_of(step.inputs))
        ordered = sorted(weights, key=_is_buffer)
        own = [(f"{name}.{w.name}" if w.name else name, w) for w in ordered]
        if any(not weight.name for weight in weights):  # a tensor of the scope itself
            bare += own
        else:
            deeper += own
    known[scope] = sorted(bare, key=lambda entry: _is_buffer(entry[1])) + deeper
    return known[scope]


def _is_buffer(weight: Weight) -> bool:
    return weight.kind is WeightKind.BUFFER
