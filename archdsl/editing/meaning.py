"""The meaning of a network, without the names of its steps and the borders of its blocks.

Two networks mean the same where the same ops run in the same order on the same tensors, with
weights that are shared and begun alike. The names that others rely on are kept beside it.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from archdsl.analyses.figures.expectations import check_expectations
from archdsl.base.labels import Severity
from archdsl.base.stack import deep_recursion
from archdsl.editing.analysis import Analysis, Traced
from archdsl.ir.graph import Init, Primitive, Program, Ref, Scope, Step
from archdsl.ir.shape import Types
from archdsl.syntax import tree

Fill = tuple[str, str, tuple[tuple[str, object], ...]]  # a tensor, and the function that begins it


class Ran(Struct, frozen=True):
    """One op as it runs. `reads` counts the ops of the whole network; `weights` is the first op
    with the same weights, `fills` how those begin."""

    op: Primitive
    reads: tuple[Ref, ...]
    gives: Types
    weights: int
    fills: tuple[Fill, ...]
    training_only: bool


class Meaning(Struct, frozen=True):
    """All that a network computes; `heads` are the auxiliary ones with their weights."""

    inputs: Types
    ran: tuple[Ran, ...]
    results: tuple[Ref, ...]
    heads: tuple[tuple[Ref, float], ...]


class Flat(Struct, frozen=True):
    """A network without its blocks: what it means, and in an order that goes with it the keys of
    its weights and the names of its inputs, outputs and heads."""

    meaning: Meaning
    names: tuple[str, ...]


def flat(program: Program) -> Flat:
    """A sound program without its blocks."""
    flattening = _Flattening(program.inits)
    root = program.root
    ends = [Ref(-1, place) for place in range(len(root.inputs))]
    results, ended = flattening.run(root, ends, "", training=False)
    heads = tuple((ended[head.step][0], head.weight) for head in program.heads)
    meaning = Meaning(root.inputs, tuple(flattening.ran), tuple(results), heads)
    called = (*root.input_names, *program.output_names, *(head.name for head in program.heads))
    return Flat(meaning, (*flattening.keys, *called))


class _Flattening:
    """The ops that ran so far, and the keys of their weights."""

    def __init__(self, inits: tuple[Init, ...]) -> None:
        self.ran: list[Ran] = []
        self.keys: list[str] = []
        self._inits = inits
        self._first: dict[str, int] = {}  # the op that a module ran for first, by its path

    def run(
        self, scope: Scope, inputs: list[Ref], prefix: str, *, training: bool
    ) -> tuple[list[Ref], list[list[Ref]]]:
        """The tensors that a scope gives, and those that each of its steps does."""
        ended: list[list[Ref]] = []
        for step in scope.steps:
            reads = [_read_by(ref, inputs, ended) for ref in step.inputs]
            path, only = f"{prefix}{step.name}", training or step.training_only
            if isinstance(step.target, Scope):
                ended.append(self.run(step.target, reads, f"{path}.", training=only)[0])
            else:
                ended.append(self._op(step, step.target, scope, path, reads, only))
        return [_read_by(ref, inputs, ended) for ref in scope.results], ended

    def _op(
        self, step: Step, op: Primitive, scope: Scope, path: str, reads: list[Ref], only: bool
    ) -> list[Ref]:
        number = len(self.ran)
        first = self._first.setdefault(path, number)
        tensors = [weight.name for weight in op.weights(scope.types_of(step.inputs))]
        fills: tuple[Fill, ...] = ()
        if first == number:
            self.keys += [f"{path}.{name}" if name else path for name in tensors]
            fills = tuple(self._fills(path, op.word, tensors))
        self.ran.append(Ran(op, tuple(reads), step.outputs, first, fills, only))
        return [Ref(number, place) for place in range(len(step.outputs))]

    def _fills(self, path: str, word: str, tensors: list[str]) -> Iterator[Fill]:
        for init in self._inits:
            bare = tensors == [""]
            if init.reaches(path, word) and (bare or init.tensor in tensors):
                yield "" if bare else init.tensor, init.function, init.arguments


def _read_by(ref: Ref, inputs: list[Ref], ended: list[list[Ref]]) -> Ref:
    return inputs[ref.output] if ref.step < 0 else ended[ref.step][ref.output]


# --- before and after edits ------------------------------------------------------------------

NewNames = dict[str, str]  # published names, and what each is called now


def users(analysis: Analysis, declaration: tree.Declaration) -> tuple[str, ...]:
    """The networks of a text that a declaration is a part of."""
    return tuple(analysis.users(declaration))


def renamed(
    before: Analysis, after: Analysis, networks: Iterable[tuple[str, str]]
) -> NewNames | None:
    """The published names that edits of a text change; None where one of some networks, each by
    its names before and after, has a mistake or means something else."""
    new_names: NewNames = {}
    for old, new in networks:
        names = _alike(before, old, after, new)
        if names is None:
            return None
        new_names |= names
    return new_names


def _alike(before: Analysis, old: str, after: Analysis, new: str) -> NewNames | None:
    was = _program(before.trace(old))
    now = _program(after.trace(new)) if was is not None and new in after.networks else None
    if was is None or now is None or _broken(now) > _broken(was):
        return None
    a, b = flat(was), flat(now)
    if a.meaning != b.meaning:
        return None
    return {x: y for x, y in zip(a.names, b.names, strict=True) if x != y}


def _program(traced: Traced) -> Program | None:
    return traced.program if traced.sound else None


def _broken(program: Program) -> int:
    """The number of promises that a network breaks."""
    with deep_recursion():
        return sum(d.severity is Severity.ERROR for d in check_expectations(program))
