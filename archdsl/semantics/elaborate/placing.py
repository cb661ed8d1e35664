"""Puts ops and scopes into a body as steps: types, sizes, limits, what to say of a misfit."""

from collections.abc import Callable
from math import prod

from archdsl.base.labels import Label, Remedy
from archdsl.base.source import Span
from archdsl.ir.graph import Mark, Ref, Scope
from archdsl.ir.shape import DType, TensorType, Types
from archdsl.ops.base import Misfit, Op
from archdsl.semantics.elaborate import mistakes
from archdsl.semantics.elaborate.body import Body, DraftStep, Flow
from archdsl.semantics.limits import Limits
from archdsl.semantics.reporter import Reporter
from archdsl.semantics.values import excerpt
from archdsl.syntax import tree


class Placer:
    """`supposing` says whether the lines at hand may not run: they leave no steps then."""

    def __init__(
        self,
        reporter: Reporter,
        limits: Limits,
        supposing: Callable[[], bool],
        sizes: dict[int, int],
    ) -> None:
        self.reporter = reporter
        self.limits = limits
        self.supposing = supposing
        self.sizes = sizes  # steps of a scope, every instance counted
        self._steps = 0

    def several(self, what: str, flow: tuple[Ref, ...], span: Span, body: Body) -> Flow:
        """Says that there are several tensors where `what` takes one."""
        given = all(ref.step < 0 for ref in flow)
        first = body.input_names[flow[0].output] if given else None
        self.reporter.report(mistakes.several_tensors(what, body.types_of(flow), first, span))
        return None

    def infer(
        self,
        op: Op,
        refs: tuple[Ref, ...],
        node: tree.Node,
        span: Span,
        body: Body,
        name: str | None,
        branches: tuple[Span, ...],
    ) -> Flow:
        if self.supposing():
            return None
        inputs = body.types_of(refs)
        for ref, type_ in zip(refs, inputs, strict=True):
            if op.dtype not in (None, type_.dtype) and op.inputs[0] > 0:
                self._wrong_dtype(op, type_, ref, span, body)
                return None
        try:
            outputs = op.infer(inputs)
        except Misfit as misfit:
            self._misfit(misfit, refs, node, span, body, branches)
            return None
        self._check_size(op, inputs, outputs, span)
        return self.add(op, op.word, refs, outputs, node, body, name, span)

    def _check_size(
        self,
        op: Op,
        inputs: Types,
        outputs: Types,
        span: Span,
    ) -> None:
        shapes = [t.shape for t in outputs] + [w.shape for w in op.weights(inputs)]
        if max(map(prod, shapes), default=0) <= self.limits.elements:
            return
        for shape in shapes:
            if prod(shape) > self.limits.elements:
                self.reporter.exhausted(mistakes.tensor_too_large(shape, span))

    def _wrong_dtype(self, op: Op, type_: TensorType, ref: Ref, span: Span, body: Body) -> None:
        whole = type_.dtype is DType.INT
        tell = mistakes.whole_numbers_flow_in if whole else mistakes.features_flow_in
        self.reporter.report(tell(op.word, type_, span, self._origins((ref,), body)))

    def _misfit(
        self,
        misfit: Misfit,
        refs: tuple[Ref, ...],
        node: tree.Node,
        span: Span,
        body: Body,
        branches: tuple[Span, ...],
    ) -> None:
        place = _argument_span(node, misfit.argument) or span
        hint: Remedy | str = misfit.hint
        if branches:
            types = body.types_of(refs)
            guilty = misfit.branches or tuple(range(len(refs)))
            others = tuple(Label(branches[i], f"this branch is {types[i]}") for i in guilty)
            hint = _remedy(misfit, guilty, refs, body, branches, self._file(place)) or hint
        else:
            others = self._origins(refs, body)
            hint = _as_head(refs, body) or hint
        self.reporter.report(mistakes.misfit(misfit, place, others, hint))

    def _file(self, place: Span) -> str:
        """The file of the network that is elaborated, as a command names it."""
        calls = [frame.call for frame in self.reporter.frames if frame.call is not None]
        return (calls[0] if calls else place).source.name

    def _origins(self, refs: tuple[Ref, ...], body: Body) -> tuple[Label, ...]:
        labels = []
        for ref in refs:
            span = body.origin(ref)
            if span is not None:
                labels.append(Label(span, f"{body.type_of(ref)} comes from here"))
        return tuple(labels)

    def add(
        self,
        target: Op | Scope,
        word: str,
        refs: tuple[Ref, ...],
        outputs: Types,
        node: tree.Node,
        body: Body,
        name: str | None,
        span: Span | None = None,
        shared: bool = False,
    ) -> tuple[Ref, ...]:
        span = span or node.span
        self.count(span)
        trail = (*body.marks, Mark(node))
        head = body.training and body.parent is None  # not what is inside it
        return body.add(DraftStep(name, word, target, refs, outputs, span, trail, shared, head))

    def enclose(
        self,
        scope: Scope,
        word: str,
        refs: tuple[Ref, ...],
        node: tree.Node,
        body: Body,
        name: str | None,
    ) -> Flow:
        """Adds a scope as a step; an unfinished one stays for those who ask how far it goes."""
        if not scope.results and not scope.steps:
            return None
        results = self.add(scope, word, refs, scope.outputs, node, body, name)
        return results or None

    def count(self, span: Span) -> None:
        self._steps += 1
        if self._steps > self.limits.scope_steps:
            self.reporter.exhausted(mistakes.too_many_steps(self.limits.scope_steps, span))

    def measure(self, scope: Scope, span: Span) -> None:
        size = sum(
            1 + (self.sizes[id(s.target)] if isinstance(s.target, Scope) else 0)
            for s in scope.steps
        )
        self.sizes[id(scope)] = size
        if size > self.limits.steps:
            self.reporter.exhausted(mistakes.too_many_steps(self.limits.steps, span))


def _as_head(refs: tuple[Ref, ...], body: Body) -> str:
    """For what flows out of `aux = …`, which was to stand beside the flow; else empty."""
    steps = (body.drafts[ref.step] for ref in refs if ref.step >= 0)
    head = next((step for step in steps if step.name == "aux"), None)
    return f"for a head beside the flow write `aux aux1 = {excerpt(head.span)}`" if head else ""


def _remedy(
    misfit: Misfit,
    guilty: tuple[int, ...],
    refs: tuple[Ref, ...],
    body: Body,
    branches: tuple[Span, ...],
    file: str,
) -> Remedy | str | None:
    """One thing to do about branches that differ, by the steps that made them."""
    if misfit.differ is None:
        return None
    from archdsl.semantics.elaborate.remedies import remedy

    places = tuple(branches[i] for i in guilty)
    return remedy(misfit.differ, body, tuple(refs[i] for i in guilty), places, file)


def _argument_span(node: tree.Node, argument: str | None) -> Span | None:
    """The place of an argument that is written by name in a call, or None."""
    call = node.head if isinstance(node, tree.Suite) else node
    if argument is None or not isinstance(call, tree.Call):
        return None
    for given in call.arguments:
        if given.name is not None and given.name.id == argument:
            return given.span
    return None
