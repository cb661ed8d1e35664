"""Programs built by hand, step by step, without the parser and the elaborator."""

from dataclasses import dataclass, field

from archdsl.base.source import Source, Span
from archdsl.ir.graph import INPUT, Head, Program, Ref, Scope, ScopeKind, Step
from archdsl.ir.shape import TensorType
from archdsl.ops.base import Op

NOWHERE = Span(Source("hand", ""), 0, 0)


@dataclass
class Body:
    """A scope in the making: `flow` is the last result."""

    inputs: tuple[TensorType, ...]
    block: str = ""
    kind: ScopeKind = ScopeKind.BLOCK
    doc: str = ""
    arguments: tuple[tuple[str, object], ...] = ()
    input_names: tuple[str, ...] = ("input",)
    steps: list[Step] = field(default_factory=list)
    flow: Ref = INPUT

    def type(self, ref: Ref) -> TensorType:
        return self.inputs[ref.output] if ref.step < 0 else self.steps[ref.step].outputs[ref.output]

    def add(
        self,
        target: "Op | Scope",
        *refs: Ref,
        name: str = "",
        training_only: bool = False,
    ) -> Ref:
        """Applies an op or a scope to the refs (none: to the flow) and flows on from it."""
        refs = refs or (self.flow,)
        types = tuple(self.type(ref) for ref in refs)
        outputs = target.outputs if isinstance(target, Scope) else target.infer(types)
        word = target.block if isinstance(target, Scope) else target.word
        taken = {step.name for step in self.steps}
        auto = next(n for n in (word, *(f"{word}_{k}" for k in range(2, 99))) if n not in taken)
        if self.kind is ScopeKind.SEQUENTIAL:
            auto = str(len(self.steps))
        step = Step(name or auto, target, refs, outputs, NOWHERE, (), bool(name), training_only)
        self.steps.append(step)
        result = Ref(len(self.steps) - 1)
        if not training_only:
            self.flow = result
        return result

    def scope(self, *results: Ref) -> Scope:
        names = tuple(dict.fromkeys(step.name for step in self.steps))
        return Scope(
            self.kind,
            self.block,
            self.doc,
            self.arguments,
            self.arguments,
            self.input_names,
            self.inputs,
            tuple(self.steps),
            results or (self.flow,),
            names,
        )

    def program(
        self, name: str, *results: Ref, outputs: tuple[str, ...] = (), heads: tuple[Head, ...] = ()
    ) -> Program:
        return Program(name, self.doc, self.scope(*results), outputs, heads, (), ())


def image(*shape: int) -> tuple[TensorType, ...]:
    return (TensorType(shape),)


def sequence(inputs: tuple[TensorType, ...], *targets: "Op | Scope") -> Scope:
    """A chain with numbered steps."""
    body = Body(inputs, kind=ScopeKind.SEQUENTIAL)
    for target in targets:
        body.add(target)
    return body.scope()
