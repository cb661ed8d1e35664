"""A scope of the program, run over stand-ins: the lines that its class must write."""

from re import findall
from typing import Any, assert_never

from msgspec import Struct

from archdsl.ir import measured
from archdsl.ir.code import (
    CALL,
    Attr,
    Call,
    Code,
    CodeForm,
    Emission,
    Fold,
    In,
    Index,
    Infix,
    List,
    Name,
    Self,
    Slice,
)
from archdsl.ir.graph import Program, Ref, Scope, Step
from archdsl.ir.liveness import running_order, training_only_steps
from archdsl.ir.shape import Shape
from archdsl.proof.stand_ins import CAT, Dotted, Recorder, Value
from archdsl.proof.unproven import Unproven

RANDOM = ("Dropout", "DropPath", "RReLU", "MultiheadAttention", "dot_product_attention")


class ProgramRun(Struct, frozen=True):
    """The lines that one run wrote, its results, and the facts of its values."""

    lines: list[str]
    results: tuple[Any, ...]
    shapes: dict[str, Shape]
    counts: dict[str, int]


def mentioned(run: ProgramRun, word: str) -> set[int]:
    """The numbers of the values with this name that a run reads or gives."""
    text = "\n".join([*run.lines, repr(run.results)])
    return {int(number) for number in findall(rf"\b{word}(\d+)\b", text)}


class ExpectedCalls:
    """The steps of one scope as calls; each scope's code is worked out once."""

    def __init__(self, program: Program, recorder: Recorder) -> None:
        self.program = program
        self.recorder = recorder
        self._runs: dict[tuple[int, bool, bool], ProgramRun] = {}
        self._drawing: dict[int, bool] = {}
        self._reads: dict[int, tuple[int, ...]] = {}
        self._emissions: dict[int, tuple[Step, Emission]] = {}

    def emission(self, scope: Scope, step: Step) -> Emission:
        """The code of a step's op."""
        if id(step) not in self._emissions:
            self._emissions[id(step)] = step, measured.emission(scope, step)
        return self._emissions[id(step)][1]

    def built(self, scope: Scope) -> dict[str, Step]:
        """The steps that construct something, by name, in the order of construction."""
        return {
            name: step
            for name, step in scope.first_uses().items()
            if isinstance(step.target, Scope) or self.emission(scope, step).build is not None
        }

    def drawers(self, scope: Scope) -> frozenset[str]:
        """The steps of a scope, as lines call them, that may draw random numbers."""
        return frozenset(repr(step.name) for step in scope.steps if self._draws(scope, step))

    def _draws(self, scope: Scope, step: Step) -> bool:
        if isinstance(step.target, Scope):
            inner = step.target
            if id(inner) not in self._drawing:
                self._drawing[id(inner)] = any(self._draws(inner, each) for each in inner.steps)
            return self._drawing[id(inner)]
        emission = self.emission(scope, step)
        text = f"{emission.build} {emission.forward}"
        return any(word in text for word in RANDOM)

    def joins(self, scope: Scope) -> list[Step]:
        """The steps that put tensors side by side."""
        ops = [step for step in scope.steps if not isinstance(step.target, Scope)]
        codes = [(step, self.emission(scope, step).forward) for step in ops]
        return [step for step, code in codes if isinstance(code, Call) and code.func == CAT]

    def run(self, scope: Scope, training: bool, flat: bool = False) -> ProgramRun:
        """The scope's calls in order; afterwards the recorder knows its shapes."""
        key = id(scope), training, flat
        if key not in self._runs:
            for step in scope.steps:
                if isinstance(step.target, Scope):
                    self.reads(step.target)
            self._runs[key] = self._ran(scope, training, flat)
        run = self._runs[key]
        self.recorder.shapes, self.recorder.counts = run.shapes, run.counts
        return run

    def modes(self, scope: Scope) -> tuple[bool, ...]:
        """Evaluation, and training where the scope then does something else."""
        heads = scope is self.program.root and bool(self.program.heads)
        return (False, True) if heads or training_only_steps(scope) else (False,)

    def reads(self, scope: Scope) -> tuple[int, ...]:
        """The inputs that the scope does something with, beside asking how many samples."""
        if id(scope) not in self._reads:
            runs = [self.run(scope, training) for training in self.modes(scope)]
            names = {name for run in runs for name in mentioned(run, "input")}
            self._reads[id(scope)] = tuple(sorted(names))
        return self._reads[id(scope)]

    def _ran(self, scope: Scope, training: bool, flat: bool) -> ProgramRun:
        recorder = self.recorder
        inputs = inputs_of(scope, recorder)
        shapes = {repr(v): t.shape for v, t in zip(inputs, scope.inputs, strict=True)}
        recorder.shapes, recorder.counts = shapes, {}
        lines = recorder.run(training, flat)
        given: dict[Ref, Any] = {Ref(-1, k): value for k, value in enumerate(inputs)}
        for index in self._order(scope, training):
            self._step(scope, index, given)
        refs = [*scope.results]
        if scope is self.program.root and training:
            refs += [Ref(head.step) for head in self.program.heads]
        recorder.lines = None
        results = tuple(given[ref] for ref in refs)
        return ProgramRun(lines, results, shapes, recorder.counts)

    def _order(self, scope: Scope, training: bool) -> list[int]:
        idle = frozenset() if training else training_only_steps(scope)
        return [index for index in running_order(self.program, scope) if index not in idle]

    def _step(self, scope: Scope, index: int, given: dict[Ref, Any]) -> None:
        step, recorder = scope.steps[index], self.recorder
        inputs = tuple(given[ref] for ref in step.inputs)
        own = f"self[{step.name!r}]"
        if isinstance(step.target, Scope):
            value = recorder.called(own, [inputs[k] for k in self.reads(step.target)])
        else:
            code = self.emission(scope, step).forward
            if code == CALL:
                value = recorder.called(own, inputs)
            else:
                value = evaluate(code, recorder, Value(recorder, own), inputs)
        shapes = [type.shape for type in step.outputs]
        if len(shapes) == 1:
            given[Ref(index)] = value
            recorder.shapes.setdefault(repr(value), shapes[0])
            return
        recorder.counts[repr(value)] = len(shapes)
        for k, (part, shape) in enumerate(zip(value, shapes, strict=True)):
            given[Ref(index, k)] = part
            recorder.shapes[repr(part)] = shape


def inputs_of(scope: Scope, recorder: Recorder) -> tuple[Value, ...]:
    """The stand-ins for the inputs of a scope."""
    return tuple(Value(recorder, f"input{k}") for k in range(len(scope.inputs)))


def evaluate(code: Code, recorder: Recorder, own: Any, inputs: tuple[Any, ...]) -> Any:
    """The value of an op's code over stand-ins: `own` is what it constructed."""

    def go(part: Any) -> Any:
        return evaluate(part, recorder, own, inputs)

    match code:
        case In():
            return inputs[code.index]
        case Self():
            return own
        case Name():
            return Dotted(recorder, code.text)
        case Attr():
            return getattr(go(code.value), code.name)
        case Call():
            arguments = tuple(map(go, code.args))
            keywords = {name: go(value) for name, value in code.kwargs}
            if isinstance(code.func, str):
                return recorder.called(code.func, arguments, keywords)
            function = go(code.func)
            if function is own:
                return recorder.called(repr(own), arguments, keywords)
            return function(*arguments, **keywords)
        case Infix():
            return _infix(code.op, [go(operand) for operand in code.operands])
        case Fold():
            value, *others = map(go, code.operands)
            for other in others:
                value = recorder.called(code.func, (value, other))
            return value
        case List():
            return [go(item) for item in code.items]
        case Index():
            items = tuple(_item(item, go) for item in code.items)
            return go(code.value)[items if len(items) > 1 else items[0]]
        case tuple():
            return tuple(map(go, code))
        case CodeForm():
            raise Unproven(f"an op writes {code!r}")
        case int() | float() | str() | None:
            return code
    assert_never(code)


def _item(item: Any, go: Any) -> Any:
    return slice(item.start, item.stop, item.step) if isinstance(item, Slice) else go(item)


def _infix(sign: str, operands: list[Any]) -> Any:
    value, *others = operands
    for other in others:
        value = OPERATORS[sign](value, other)
    return value


OPERATORS: dict[str, Any] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "@": lambda a, b: a @ b,
}
