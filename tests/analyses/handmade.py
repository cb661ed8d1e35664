"""Programs put together by hand: ops in, a `Program` out, without reading any source."""

from archdsl.base.source import Source, Span
from archdsl.ir.graph import INPUT, Head, Primitive, Program, Ref, Scope, ScopeKind, Step
from archdsl.ir.shape import TensorType

SPAN = Span(Source("hand.arch", "\n"), 0, 0)


class Bench:
    """A scope under construction; every method returns the `Ref` of what it added."""

    def __init__(self, *inputs: tuple[int, ...]) -> None:
        self.inputs = tuple(TensorType(shape) for shape in inputs)
        self.steps: list[Step] = []

    def type_of(self, ref: Ref) -> TensorType:
        return self.inputs[ref.output] if ref.step < 0 else self.steps[ref.step].outputs[ref.output]

    def use(self, target: Primitive | Scope, *at: Ref, name: str = "", aux: bool = False) -> Ref:
        types = tuple(self.type_of(ref) for ref in at)
        outputs = target.outputs if isinstance(target, Scope) else target.infer(types)
        name = name or f"step{len(self.steps)}"
        step = Step(name, target, at, outputs, SPAN, training_only=aux)
        self.steps.append(step)
        return Ref(len(self.steps) - 1)

    def chain(self, start: Ref, *targets: Primitive | Scope) -> Ref:
        for target in targets:
            start = self.use(target, start)
        return start

    def scope(self, *results: Ref, block: str = "") -> Scope:
        return Scope(
            kind=ScopeKind.BLOCK,
            block=block,
            doc="",
            arguments=(),
            values=(),
            input_names=tuple(f"x{k}" for k in range(len(self.inputs))),
            inputs=self.inputs,
            steps=tuple(self.steps),
            results=results,
            modules=tuple(dict.fromkeys(step.name for step in self.steps)),
        )


def program(root: Scope) -> Program:
    heads = (Head(s.name, k, 1.0) for k, s in enumerate(root.steps) if s.training_only)
    return Program("hand", "", root, (), tuple(heads), (), ())


def stack(shape: tuple[int, ...], *targets: Primitive | Scope, block: str = "") -> Scope:
    """A scope of steps one after the other."""
    bench = Bench(shape)
    return bench.scope(bench.chain(INPUT, *targets), block=block)
