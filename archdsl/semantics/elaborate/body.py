"""One body while it is being elaborated: its steps so far, their names, and what it captured."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from msgspec import Struct, field

from archdsl.base.source import Span
from archdsl.ir.graph import Mark, Ref, Scope, ScopeKind, Step, no_function
from archdsl.ir.shape import TensorType, Types
from archdsl.ops.base import Op
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate.tensors import tensor_facts
from archdsl.semantics.values import Owner, Tap, is_plain, told_of
from archdsl.syntax import tree


class Marked:
    """A mark that stands on the trails while a `with` lasts; cheaper than a generator."""

    __slots__ = ("mark", "marks")

    def __init__(self, marks: list[Mark], mark: Mark) -> None:
        self.marks, self.mark = marks, mark

    def __enter__(self) -> None:
        self.marks.append(self.mark)

    def __exit__(self, *why: object) -> None:
        self.marks.pop()


Flow = tuple[Ref, ...] | None  # the current tensor or tensors; None after a mistake


class DraftStep(Struct, eq=False):
    """A step whose name is not final yet: `name` is None where the user gave none."""

    name: str | None
    word: str
    target: Op | Scope
    inputs: tuple[Ref, ...]
    outputs: Types
    span: Span
    trail: tuple[Mark, ...]
    shared: bool = False
    training_only: bool = False


class Outputs(Struct, eq=False):
    """The results of an `output` line: names (empty where there is none) and refs."""

    span: Span
    values: list[tuple[str, Flow]] = field(default_factory=list)


class Body(Struct, eq=False):
    """`parent` is the body around a chain or `path` that a name opened: its taps are in reach."""

    kind: ScopeKind
    block: str
    env: Environment
    definition: tree.BlockDecl | tree.NetworkDecl | None = None
    parent: "Body | None" = None
    arguments: tuple[tuple[str, object], ...] = ()
    inputs: list[TensorType] = field(default_factory=list)
    input_names: list[str] = field(default_factory=list)
    input_spans: list[Span | None] = field(default_factory=list)
    drafts: list[DraftStep] = field(default_factory=list)
    unplaced: list[str] = field(default_factory=list)  # blocks that a mistake left without a step
    given: dict[str, Span] = field(default_factory=dict)
    modules: list[int | str] = field(default_factory=list)  # a step's number or a layer's name
    marks: list[Mark] = field(default_factory=list)
    captures: dict[Tap, tuple[Ref, ...]] = field(default_factory=dict)
    outputs: Outputs | None = None
    nested: int = 0  # merges and paths without a name that stand around the line at hand
    training: bool = False  # inside an auxiliary head

    def type_of(self, ref: Ref) -> TensorType:
        if ref.step < 0:
            return self.inputs[ref.output]
        return self.drafts[ref.step].outputs[ref.output]

    def types_of(self, refs: tuple[Ref, ...]) -> Types:
        return tuple([self.type_of(ref) for ref in refs])

    def trains_only(self, step: int) -> bool:
        """True where a step is an auxiliary head's, which inference leaves out."""
        return self.drafts[step].training_only

    def marked(self, mark: Mark) -> "Marked":
        """Steps that are added inside have the mark on their trails."""
        return Marked(self.marks, mark)

    @contextmanager
    def inside(self, mark: Mark) -> Iterator[None]:
        """Marked lines of a merge or path: those of the body's own stand outside."""
        self.nested += 1
        try:
            with self.marked(mark):
                yield
        finally:
            self.nested -= 1

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """Forgets afterwards the names that are declared inside."""
        given, modules, outputs = dict(self.given), list(self.modules), self.outputs
        try:
            yield
        finally:
            self.given, self.modules, self.outputs = given, modules, outputs

    def add_input(self, name: str, type_: TensorType, span: Span | None = None) -> Ref:
        self.inputs.append(type_)
        self.input_names.append(name)
        self.input_spans.append(span)
        return Ref(-1, len(self.inputs) - 1)

    def add(self, draft: DraftStep) -> tuple[Ref, ...]:
        index = len(self.drafts)
        self.drafts.append(draft)
        if not draft.shared:
            self.modules.append(index)
        if len(draft.outputs) == 1:
            return (_only(index),)
        return tuple(Ref(index, k) for k in range(len(draft.outputs)))

    def owner(self) -> "Body":
        """The block's or network's body that this one stands in."""
        return self if self.parent is None else self.parent.owner()

    def sees(self, other: Owner) -> bool:
        return other is self or (self.parent is not None and self.parent.sees(other))

    def reach(self, tap: Tap) -> Flow:
        """The tap's refs in this body; from a body around it they become further inputs."""
        if tap.refs is None or tap.body is self:
            return tap.refs
        if tap in self.captures:
            return self.captures[tap]
        assert self.parent is not None
        outer = self.parent.reach(tap)
        if outer is None:
            return None
        types = self.parent.types_of(outer)
        several = len(types) > 1
        name = _variable(tap.name)
        self.captures[tap] = tuple(
            self.add_input(f"{name}_{k}" if several else name, t, tap.span)
            for k, t in enumerate(types)
        )
        return self.captures[tap]

    def captured_refs(self) -> tuple[Ref, ...]:
        """The refs of the enclosing body for the captures, in the order of the inputs."""
        assert self.parent is not None
        refs: list[Ref] = []
        for tap in self.captures:
            refs.extend(self.parent.reach(tap) or ())
        return tuple(refs)

    def origin(self, ref: Ref) -> Span | None:
        return self.input_spans[ref.output] if ref.step < 0 else self.drafts[ref.step].span

    # --- the end -----------------------------------------------------------------------------

    def finish(self, results: tuple[Ref, ...], doc: str = "") -> Scope:
        names = self._names()
        steps = tuple(
            Step(
                name,
                draft.target,
                draft.inputs,
                draft.outputs,
                draft.span,
                draft.trail,
                named=draft.name is not None,
                training_only=draft.training_only,
            )
            for name, draft in zip(names, self.drafts, strict=True)
        )
        modules = tuple(names[m] if isinstance(m, int) else m for m in self.modules)
        return Scope(
            self.kind,
            self.block,
            doc,
            tuple((n, v) for n, v in self.arguments if is_plain(v)),
            self._values(),
            tuple(self.input_names),
            tuple(self.inputs),
            steps,
            results,
            tuple(dict.fromkeys(modules)),
            self.definition,
            self.env.module.function if self.env.module is not None else no_function,
        )

    def _values(self) -> tuple[tuple[str, object], ...]:
        values = dict(told_of(self.env.values.items()))
        if self.inputs and self.parent is None:
            values.update(_input_facts(self.inputs[0]))
        return tuple(values.items())

    def coming_name(self, word: str) -> Callable[[], str]:
        """The name of the next step if it is given none, to be asked when the body has ended."""
        placed, unplaced = len(self.drafts), len(self.unplaced)

        def name() -> str:
            missing = [(None, w) for w in (*self.unplaced[:unplaced], word)]
            return self._numbered([*self._written(placed), *missing])[-1]

        return name

    def _written(self, count: int) -> list[tuple[str | None, str]]:
        """The given names and the words of the first steps."""
        return [(draft.name, draft.word) for draft in self.drafts[:count]]

    def _names(self) -> list[str]:
        return self._numbered(self._written(len(self.drafts)))

    def _numbered(self, steps: list[tuple[str | None, str]]) -> list[str]:
        """Given names as they are; others from the op, numbered in order, colliding with none;
        in a sequence every step counts."""
        if self.kind is ScopeKind.SEQUENTIAL:
            return [name if name is not None else str(i) for i, (name, _) in enumerate(steps)]
        from archdsl.base.names import refusal

        taken = {*self.given, *(d.name for d in self.drafts if d.name is not None)}
        counts: dict[str, int] = {}
        names: list[str] = []
        for given, op in steps:
            if given is not None:
                names.append(given)
                continue
            word = op if refusal(op) is None else f"{op}_"
            while True:
                counts[word] = counts.get(word, 0) + 1
                name = word if counts[word] == 1 else f"{word}_{counts[word]}"
                if name not in taken:
                    break
            taken.add(name)
            names.append(name)
        return names


_only = lru_cache(maxsize=4096)(Ref)  # the sole result of a step


@lru_cache(maxsize=1024)
def _input_facts(type_: TensorType) -> tuple[tuple[str, object], ...]:
    """The facts of its input that a body's expressions can read."""
    return tuple((f"input.{name}", value) for name, value in tensor_facts(type_).items())


def _variable(name: str) -> str:
    """A step's name as that of a variable: in a sequence `0` and `block1-0` are names too."""
    plain = name.replace("-", "_")
    return plain if plain.isidentifier() else f"x{plain}"
