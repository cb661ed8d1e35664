"""Elaboration: blocks meet inputs, recipes become steps, and shapes flow forward.

A block elaborated for the same arguments and input types is the same `Scope`: the cost of a deep
network grows with its different blocks. After a mistake the flow is None (unknown), which every
later step passes on in silence.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from typing import TYPE_CHECKING, assert_never

from archdsl.base.diagnostics import Label, Severity
from archdsl.base.names import refusal, suggestion
from archdsl.base.source import Span
from archdsl.ir.graph import Mark, Ref, Scope, ScopeKind, state_dict
from archdsl.ir.shape import DType, TensorType, format_shape
from archdsl.ops.base import MANY, Misfit, Op
from archdsl.semantics.body import Body, Draft, Flow
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate import Evaluator
from archdsl.semantics.limits import LIMITS, Limits
from archdsl.semantics.report import Frame, Reporter
from archdsl.semantics.values import (
    UNKNOWN,
    BlockRecipe,
    Branch,
    ChainRecipe,
    LayerRecipe,
    MarkedRecipe,
    OpRecipe,
    Recipe,
    RepeatRecipe,
    SharedLayer,
    SuiteRecipe,
    Tap,
    TapRecipe,
    UnknownRecipe,
    is_plain,
    key,
    show,
    unmarked,
)
from archdsl.syntax import tree

if TYPE_CHECKING:
    from archdsl.semantics.network import NetworkLines

Name = tree.Name | tree.Template
Pieces = list[tuple[Flow, Span]]  # a merge's branches: what each gives, and where it is written


class Elaborator:
    def __init__(self, reporter: Reporter, limits: Limits = LIMITS) -> None:
        self.reporter = reporter
        self.limits = limits
        self.evaluator = Evaluator(reporter, limits)
        self.networks: NetworkLines | None = None
        self.sizes: dict[int, int] = {}  # steps of a scope, every instance counted
        self._blocks: dict[object, Scope | None] = {}
        self._steps = 0
        self._depth = 0

    # --- statements --------------------------------------------------------------------------

    def run(
        self, statements: tuple[tree.Statement, ...], body: Body, env: Environment, flow: Flow
    ) -> Flow:
        for statement in statements:
            flow = self._statement(statement, body, env, flow)
        return flow

    def _statement(
        self, statement: tree.Statement, body: Body, env: Environment, flow: Flow
    ) -> Flow:
        match statement:
            case tree.Flow():
                return self._flow(statement, body, env, flow)
            case tree.For():
                items = self._items(statement, env)
                if items is None:
                    return None
                for inner in self._rounds(statement, items, body, env):
                    flow = self.run(inner, body, env, flow)
            case tree.If():
                arm = self._arm(statement, body, env)
                if arm is None:
                    return None
                with _marked(body, Mark(statement, arm[0])):
                    return self.run(arm[1], body, env, flow)
            case tree.Let():
                self._let(statement, env)
            case tree.Layer():
                self._declare_layer(statement, body, env)
            case tree.Output():
                self._output(statement, body, env, flow)
            case tree.Input() | tree.Aux() | tree.Init() | tree.Expect():
                if self.networks is None:
                    return flow
                return self.networks.statement(statement, body, env, flow)
            case _:
                assert_never(statement)
        return flow

    def _items(self, statement: tree.For, env: Environment) -> tuple[object, ...] | None:
        items = self.evaluator.items(statement.iterable, env)
        env.tainted = env.tainted or items is None
        return items

    def _let(self, statement: tree.Let, env: Environment) -> None:
        value = self.evaluator.value(statement.value, env)
        self.evaluator.unpack(statement.targets, value, env, statement.value.span)

    def _rounds(
        self, statement: tree.For, items: tuple[object, ...], body: Body, env: Environment
    ) -> Iterator[tuple[tree.Statement, ...]]:
        """The loop's body once a round, with its variables bound and its mark set."""
        for index, item in enumerate(items):
            pairs = self.evaluator.unpack(statement.targets, item, env, statement.iterable.span)
            values = tuple((n, v) for n, v in pairs if is_plain(v))
            with _marked(body, Mark(statement, index, values)):
                yield statement.body

    def _arm(
        self, statement: tree.If, body: Body, env: Environment
    ) -> tuple[int, tuple[tree.Statement, ...]] | None:
        """The number of the arm that is taken and its lines; None where that is unknown."""
        for index, (condition, lines) in enumerate(statement.arms):
            truth = self.evaluator.condition(condition, env)
            if truth is None:
                env.tainted = True
                return None
            if truth:
                return index, lines
        return len(statement.arms), statement.otherwise

    def _flow(self, statement: tree.Flow, body: Body, env: Environment, flow: Flow) -> Flow:
        names = tuple(self.evaluator.text(n, env) for n in statement.names)
        recipe = self.evaluator.recipe(statement.value, env)
        single = names[0] if len(names) == 1 else None
        if single is not None and not self.nameable(statement.names[0], single, recipe, body):
            single = None
        result = self.apply(recipe, flow, body, env, single)
        if names:
            self._tap(statement, names, result, body, env)
        if statement.shape is not None and result is not None:
            self._check_shape(statement, statement.shape, result, body, env)
        return result

    def nameable(self, written: Name, name: str, recipe: Recipe, body: Body) -> bool:
        """Whether a name can be a module's attribute here; says so where it cannot."""
        why = None if name.isdigit() else refusal(name)
        if why is not None:
            self.reporter.error(
                "E0801",
                f"a step cannot be called `{name}`: it {why}",
                written.span,
                hint=f"call it `{suggestion(name)}`",
            )
            return False
        if isinstance(unmarked(recipe), TapRecipe | LayerRecipe):
            return True
        return self._claim(written, name, body)

    def _claim(self, written: Name, name: str, body: Body) -> bool:
        before = body.given.get(name)
        if before is not None:
            self.reporter.error(
                "E0802",
                f"two steps are called `{name}`",
                written.span,
                others=(Label(before, "the first is here"),) if before != written.span else (),
                hint=f"in a loop, number them: `{name}{{i}}`"
                if before == written.span
                else "rename one of the two",
            )
            return False
        body.given[name] = written.span
        return True

    def _tap(
        self,
        statement: tree.Flow,
        names: tuple[str | None, ...],
        result: Flow,
        body: Body,
        env: Environment,
    ) -> None:
        if len(names) == 1:
            parts: list[Flow] = [result]
        elif result is None:
            parts = [None] * len(names)
        elif len(result) != len(names):
            self.reporter.error(
                "E0311",
                f"{len(names)} names for {len(result)} result{'s' if len(result) > 1 else ''}",
                statement.span,
                hint="`chunk` and `split` have several results",
            )
            parts = [None] * len(names)
        else:
            parts = [(ref,) for ref in result]
        for written, name, refs in zip(statement.names, names, parts, strict=True):
            if name is not None:
                env.values[name] = Tap(name, written.span, body, refs)
            else:
                env.tainted = True

    def _check_shape(
        self,
        statement: tree.Flow,
        expr: tree.Expr,
        result: tuple[Ref, ...],
        body: Body,
        env: Environment,
    ) -> None:
        wanted = self.evaluator.value(expr, env)
        if wanted is UNKNOWN:
            return
        sizes = wanted if isinstance(wanted, tuple) else (wanted,)
        if not all(isinstance(s, int) and not isinstance(s, bool) for s in sizes):
            self.reporter.error(
                "E0312", f"a shape is written `64x56x56`, not {show(wanted)}", expr.span
            )
            return
        if len(result) != 1:
            self.reporter.error(
                "E0312", f"there are {len(result)} tensors here, not one", expr.span
            )
            return
        shape = body.type_of(result[0]).shape
        if shape != sizes:
            wanted_text = format_shape(tuple(s for s in sizes if isinstance(s, int)))
            self.reporter.error(
                "E0310",
                f"the shape here is {format_shape(shape)}, not {wanted_text}",
                expr.span,
                label=f"this is {format_shape(shape)}",
                hint=f"write `:: {format_shape(shape)}`, or change the steps before it",
                severity=Severity.NOTE if self._overridden() else Severity.ERROR,
            )

    def _overridden(self) -> bool:
        """Whether the user set inputs or parameters: shapes as written are no promise then."""
        return self.networks is not None and bool(self.networks.overrides)

    def _declare_layer(self, statement: tree.Layer, body: Body, env: Environment) -> None:
        name = self.evaluator.text(statement.name, env)
        recipe = self.evaluator.recipe(statement.value, env)
        if name is None:
            env.tainted = True
            return
        if isinstance(unmarked(recipe), TapRecipe | LayerRecipe | SuiteRecipe) and not isinstance(
            recipe, UnknownRecipe
        ):
            inner = unmarked(recipe)
            if not (isinstance(inner, SuiteRecipe) and inner.op is None):
                self.reporter.error(
                    "E0410",
                    "a shared layer is made of a block, an op or a chain of them",
                    statement.value.span,
                )
                recipe = UnknownRecipe(statement.value)
        if self.nameable(statement.name, name, UnknownRecipe(statement.value), body):
            body.modules.append(name)
        env.values[name] = SharedLayer(name, statement.name.span, body, recipe, env)

    def _output(self, statement: tree.Output, body: Body, env: Environment, flow: Flow) -> None:
        if body.parent is not None:
            self.reporter.error(
                "E0803",
                "`output` belongs to a block's or network's own lines",
                statement.span,
                hint="name the step here and write `output` at the end of the body",
            )
            return
        if body.outputs is not None:
            self.reporter.error("E0804", "the outputs are declared twice", statement.span)
            return
        body.outputs = []
        for argument in statement.values:
            recipe = self.evaluator.recipe(argument.value, env)
            refs = self.apply(recipe, flow, body, env)
            inner = unmarked(recipe)
            name = inner.tap.name if isinstance(inner, TapRecipe) else ""
            name = argument.name.id if argument.name is not None else name
            body.outputs.append((name, refs))

    # --- recipes -----------------------------------------------------------------------------

    def apply(
        self, recipe: Recipe, flow: Flow, body: Body, env: Environment, name: str | None = None
    ) -> Flow:
        """Applies a recipe to the flow in a body; `name` names the step, or opens a scope."""
        if self._depth >= self.limits.depth:
            what = f"steps stand within steps more than {self.limits.depth} deep"
            self.reporter.exhausted("E0503", what, recipe.node.span)
        self._depth += 1
        try:
            return self._apply(recipe, flow, body, env, name)
        finally:
            self._depth -= 1

    def _apply(
        self, recipe: Recipe, flow: Flow, body: Body, env: Environment, name: str | None
    ) -> Flow:
        match recipe:
            case MarkedRecipe():
                with _marked(body, recipe.mark):
                    return self.apply(recipe.item, flow, body, env, name)
            case UnknownRecipe():
                return None
            case TapRecipe():
                return self._reach(recipe, body)
            case OpRecipe():
                return self._op(recipe, flow, body, env, name)
            case BlockRecipe():
                return self._block(recipe, flow, body, name)
            case LayerRecipe():
                return self._layer(recipe, flow, body)
            case ChainRecipe():
                return self._chain(recipe, flow, body, env, name)
            case RepeatRecipe():
                if name is not None:
                    return self._open(recipe, flow, body, env, name)
                for index in range(recipe.count):
                    self._count(recipe.node.span)
                    with _marked(body, Mark(recipe.node, index)):
                        flow = self.apply(recipe.item, flow, body, env)
                return flow
            case SuiteRecipe():
                return self._suite(recipe, flow, body, env, name)
            case _:
                assert_never(recipe)

    def _reach(self, recipe: TapRecipe, body: Body) -> Flow:
        if not body.sees(recipe.tap.body):
            self.reporter.error(
                "E0411",
                f"`{recipe.tap.name}` belongs to another block and is out of reach here",
                recipe.node.span,
                hint="give the block a parameter for it and pass the step by its name",
            )
            return None
        return body.reach(recipe.tap)

    def _chain(
        self, recipe: ChainRecipe, flow: Flow, body: Body, env: Environment, name: str | None
    ) -> Flow:
        first, *rest = recipe.items
        if name is None:
            for item in recipe.items:
                flow = self.apply(item, flow, body, env)
            return flow
        if isinstance(unmarked(first), TapRecipe | UnknownRecipe):
            flow = self.apply(first, flow, body, env)
            if len(rest) == 1:
                return self.apply(rest[0], flow, body, env, name)
            return self._open(ChainRecipe(recipe.node, tuple(rest)), flow, body, env, name)
        return self._open(recipe, flow, body, env, name)

    def _open(self, recipe: Recipe, flow: Flow, body: Body, env: Environment, name: str) -> Flow:
        """A chain, repeat or path under a name: a sequence of its own, numbered from 0."""
        scope, refs = self._sequence(recipe, flow, body, env, name)
        if scope is None or refs is None:
            return None
        return self._add(scope, "", refs, scope.outputs, recipe.node, body, name)

    def _sequence(
        self, recipe: Recipe, flow: Flow, body: Body, env: Environment, name: str
    ) -> tuple[Scope | None, Flow]:
        inner = Body(ScopeKind.SEQUENTIAL, "", env.inner(), parent=body, training=body.training)
        inner_flow = self._enter(inner, flow, body, recipe.node.span)
        self.reporter.frames.append(Frame(name, "", None))
        try:
            match recipe:
                case SuiteRecipe():
                    result = self.run(recipe.node.body, inner, inner.env, inner_flow)
                case _:
                    result = self.apply(recipe, inner_flow, inner, inner.env)
            self._close(inner)
        finally:
            self.reporter.frames.pop()
        if inner.env.tainted:
            env.tainted = True
        if result is None or flow is None:
            return None, None
        scope = inner.finish(result)
        self._measure(scope, recipe.node.span)
        return scope, (*flow, *inner.captured_refs())

    def _enter(self, inner: Body, flow: Flow, body: Body, span: Span) -> Flow:
        """The flow as the inner body's inputs."""
        if flow is None:
            inner.unknown_input = True
            return None
        several = len(flow) > 1
        return tuple(
            inner.add_input(f"x{k + 1}" if several else "x", body.type_of(ref), body.origin(ref))
            for k, ref in enumerate(flow)
        )

    def _close(self, body: Body) -> None:
        """Layers that nothing used: their weights have no shape."""
        for name in body.modules:
            if not isinstance(name, str):
                continue
            layer = body.env.values.get(name)
            if not isinstance(layer, SharedLayer) or layer.body is not body:
                continue
            if layer.first is None and not layer.unknown and not body.env.doubtful:
                self.reporter.error(
                    "E0412",
                    f"the layer `{name}` is never used, so its weights have no shape",
                    layer.span,
                    hint="use it as a step, or delete the line",
                )

    # --- ops ---------------------------------------------------------------------------------

    def _op(
        self, recipe: OpRecipe, flow: Flow, body: Body, env: Environment, name: str | None
    ) -> Flow:
        op = recipe.op
        if op.inputs[1] == 1:
            return self._unary(recipe, flow, body, name)
        with _marked(body, Mark(recipe.node)):
            pieces = [(self._branch(b, flow, body, env), b.node.span) for b in recipe.branches]
            if not pieces and flow is not None and len(flow) > 1:
                pieces = [((ref,), body.origin(ref) or recipe.node.span) for ref in flow]
        return self._merge(op, pieces, recipe.node, recipe.node.span, flow, body, name)

    def _branch(self, branch: Branch, flow: Flow, body: Body, env: Environment) -> Flow:
        inner = unmarked(branch.recipe)
        if isinstance(inner, OpRecipe) and inner.op.transparent:
            return flow
        return self.apply(branch.recipe, flow, body, env)

    def _unary(self, recipe: OpRecipe, flow: Flow, body: Body, name: str | None) -> Flow:
        if flow is None:
            return None
        if len(flow) != 1:
            return self._several(recipe.op.word, flow, recipe.node.span, body)
        return self._infer(recipe.op, flow, recipe.node, recipe.node.span, body, name, ())

    def _several(self, word: str, flow: tuple[Ref, ...], span: Span, body: Body) -> Flow:
        shapes = ", ".join(str(t) for t in body.types_of(flow))
        self.reporter.error(
            "E0313",
            f"`{word}` takes one tensor, but {len(flow)} flow into it ({shapes})",
            span,
            hint="name them, `a, b = chunk(2)`, and start a line with one, or merge them",
        )
        return None

    def _merge(
        self,
        op: Op,
        pieces: Pieces,
        node: tree.Node,
        span: Span,
        flow: Flow,
        body: Body,
        name: str | None,
    ) -> Flow:
        if flow is None and not pieces:
            return None
        fewest, most = op.inputs
        if not fewest <= len(pieces) <= most:
            wanted = f"{fewest} branches or more" if most >= MANY else f"{fewest} branches"
            self.reporter.error(
                "E0314",
                f"`{op.word}` merges {wanted}, not {len(pieces)}",
                span,
                hint="write `identity` for the branch that passes its input on",
            )
            return None
        refs: list[Ref] = []
        known = True
        for piece, place in pieces:
            if piece is None:
                known = False
            elif len(piece) != 1:
                self._several(op.word, piece, place, body)
                known = False
            else:
                refs.append(piece[0])
        if not known:
            return None
        spans = tuple(place for _, place in pieces)
        return self._infer(op, tuple(refs), node, span, body, name, spans)

    def _infer(
        self,
        op: Op,
        refs: tuple[Ref, ...],
        node: tree.Node,
        span: Span,
        body: Body,
        name: str | None,
        branches: tuple[Span, ...],
    ) -> Flow:
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
        return self._add(op, op.word, refs, outputs, node, body, name, span)

    def _check_size(
        self,
        op: Op,
        inputs: tuple[TensorType, ...],
        outputs: tuple[TensorType, ...],
        span: Span,
    ) -> None:
        shapes = [t.shape for t in outputs] + [w.shape for w in op.weights(inputs)]
        for shape in shapes:
            if prod(shape) > self.limits.elements:
                what = f"a tensor of {format_shape(shape)} has more elements than PyTorch can count"
                self.reporter.exhausted("E0504", what, span)

    def _wrong_dtype(self, op: Op, type_: TensorType, ref: Ref, span: Span, body: Body) -> None:
        whole = type_.dtype is DType.INT
        self.reporter.error(
            "E0315",
            f"`{op.word}` takes {'numbers' if whole else 'whole numbers (indices)'}, but "
            f"{'whole numbers' if whole else 'learned features'} flow into it ({type_})",
            span,
            others=self._origins((ref,), body),
            hint="turn indices into features with `embedding`"
            if whole
            else "declare the input with `int`: `input ids: 128 int`",
        )

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
        if branches:
            types = body.types_of(refs)
            guilty = misfit.branches or tuple(range(len(refs)))
            others = tuple(Label(branches[i], f"this branch is {types[i]}") for i in guilty)
        else:
            others = self._origins(refs, body)
        self.reporter.error(
            misfit.code,
            misfit.message,
            place,
            others=others,
            hint=misfit.hint,
            arithmetic=(misfit.arithmetic,) if misfit.arithmetic else (),
        )

    def _origins(self, refs: tuple[Ref, ...], body: Body) -> tuple[Label, ...]:
        labels = []
        for ref in refs:
            span = body.origin(ref)
            if span is not None:
                labels.append(Label(span, f"{body.type_of(ref)} comes from here"))
        return tuple(labels)

    def _add(
        self,
        target: Op | Scope,
        word: str,
        refs: tuple[Ref, ...],
        outputs: tuple[TensorType, ...],
        node: tree.Node,
        body: Body,
        name: str | None,
        span: Span | None = None,
        shared: bool = False,
    ) -> tuple[Ref, ...]:
        span = span or node.span
        self._count(span)
        trail = (*body.marks, Mark(node))
        return body.add(
            Draft(name, word, target, refs, outputs, span, trail, shared, body.training)
        )

    def _count(self, span: Span) -> None:
        self._steps += 1
        if self._steps > self.limits.scope_steps:
            self.reporter.exhausted(
                "E0501", f"the network has more than {self.limits.scope_steps:,} steps", span
            )

    def _measure(self, scope: Scope, span: Span) -> None:
        size = sum(
            1 + (self.sizes[id(s.target)] if isinstance(s.target, Scope) else 0)
            for s in scope.steps
        )
        self.sizes[id(scope)] = size
        if size > self.limits.steps:
            self.reporter.exhausted(
                "E0501", f"the network has more than {self.limits.steps:,} steps", span
            )

    # --- merges and paths in block form ------------------------------------------------------

    def _suite(
        self, recipe: SuiteRecipe, flow: Flow, body: Body, env: Environment, name: str | None
    ) -> Flow:
        node = recipe.node
        if recipe.op is None:
            if name is not None:
                return self._open(recipe, flow, body, env, name)
            with _marked(body, Mark(node)):
                return self.run(node.body, body, env, flow)
        with _marked(body, Mark(node)):
            pieces = self._pieces(node.body, flow, body, env)
        return self._merge(recipe.op, pieces, node, node.head.span, flow, body, name)

    def _pieces(
        self, lines: tuple[tree.Statement, ...], flow: Flow, body: Body, env: Environment
    ) -> Pieces:
        """Each line of a merge is a branch; `for` and `if` make and choose branches."""
        pieces: Pieces = []
        for line in lines:
            match line:
                case tree.Flow():
                    pieces.append((self._branch_line(line, body, env, flow), _head(line)))
                case tree.For():
                    items = self._items(line, env)
                    if items is None:
                        pieces.append((None, line.span))
                    for inner in self._rounds(line, items or (), body, env):
                        pieces.extend(self._pieces(inner, flow, body, env))
                case tree.If():
                    arm = self._arm(line, body, env)
                    if arm is None:
                        pieces.append((None, line.span))
                        continue
                    with _marked(body, Mark(line, arm[0])):
                        pieces.extend(self._pieces(arm[1], flow, body, env))
                case _:
                    self._statement(line, body, env, flow)
        return pieces

    def _branch_line(self, line: tree.Flow, body: Body, env: Environment, flow: Flow) -> Flow:
        if not line.names and line.shape is None:
            recipe = self.evaluator.recipe(line.value, env)
            return self._branch(Branch(line.value, recipe), flow, body, env)
        return self._flow(line, body, env, flow)

    # --- shared layers -----------------------------------------------------------------------

    def _layer(self, recipe: LayerRecipe, flow: Flow, body: Body) -> Flow:
        layer, span = recipe.layer, recipe.node.span
        if layer.body is not body:
            self.reporter.error(
                "E0413",
                f"the layer `{layer.name}` belongs to the body that declares it, and cannot be "
                "used inside another block or named chain",
                span,
                others=(Label(layer.span, "declared here"),),
                hint="use it on a line of its own, and name that line's result",
            )
            layer.unknown = True
            return None
        if flow is None:
            layer.unknown = True
            return None
        made = self._layer_target(layer, flow, body, span)
        if made is None:
            layer.unknown = True
            return None
        target, refs, outputs = made
        if not self._same_weights(layer, target, refs, span, body):
            return None
        return self._add(target, "", refs, outputs, recipe.node, body, layer.name, shared=True)

    def _layer_target(
        self, layer: SharedLayer, flow: tuple[Ref, ...], body: Body, span: Span
    ) -> tuple[Op | Scope, tuple[Ref, ...], tuple[TensorType, ...]] | None:
        inner = unmarked(layer.recipe)
        if isinstance(inner, OpRecipe | BlockRecipe):
            scratch = Body(body.kind, body.block, layer.env, body.definition)
            start = tuple(
                scratch.add_input("x", body.type_of(ref), body.origin(ref)) for ref in flow
            )
            result = self.apply(inner, start, scratch, layer.env)
            if result is None or not scratch.drafts:
                return None
            draft = scratch.drafts[-1]
            return draft.target, flow, draft.outputs
        scope, refs = self._sequence(layer.recipe, flow, body, layer.env, layer.name)
        return (scope, refs, scope.outputs) if scope is not None and refs is not None else None

    def _same_weights(
        self, layer: SharedLayer, target: Op | Scope, refs: tuple[Ref, ...], span: Span, body: Body
    ) -> bool:
        if isinstance(target, Scope):
            weights = tuple((k, w.shape) for k, w in state_dict(target))
        else:
            weights = tuple((w.name, w.shape) for w in target.weights(body.types_of(refs)))
        if layer.first is None:
            layer.first, layer.first_span = weights, span
            return True
        if weights == layer.first:
            return True
        shapes = " and ".join(str(t) for t in body.types_of(refs))
        assert layer.first_span is not None
        self.reporter.error(
            "E0316",
            f"the shared layer `{layer.name}` cannot take {shapes} here: its weights were made "
            "for another input",
            span,
            others=(Label(layer.first_span, "its weights get their shapes here"),),
            hint="give it inputs with the same channels, or make a second layer",
        )
        return False

    # --- blocks ------------------------------------------------------------------------------

    def _block(self, recipe: BlockRecipe, flow: Flow, body: Body, name: str | None) -> Flow:
        word = recipe.declaration.name.id
        if flow is not None and len(flow) != 1:
            return self._several(word, flow, recipe.node.span, body)
        taps: list[tuple[str, Flow]] = []
        for parameter, value in recipe.arguments:
            if isinstance(value, TapRecipe):
                refs = self._reach(value, body)
                if refs is not None and len(refs) != 1:
                    refs = self._several(word, refs, value.node.span, body)
                taps.append((parameter, refs))
        numbered = body.kind is ScopeKind.SEQUENTIAL
        step_name = name or (str(len(body.drafts)) if numbered else word)
        frame = Frame(step_name, word, recipe.node.span)
        types = body.types_of(flow) if flow is not None else None
        tap_types = tuple(
            (p, body.type_of(refs[0]) if refs is not None else None) for p, refs in taps
        )
        scope = self.elaborate(recipe, types[0] if types else None, tap_types, frame)
        if scope is None or flow is None:
            return None
        refs_in = (*flow, *(refs[0] for _, refs in taps if refs is not None))
        return self._add(scope, word, refs_in, scope.outputs, recipe.node, body, name)

    def elaborate(
        self,
        recipe: BlockRecipe,
        input_: TensorType | None,
        taps: tuple[tuple[str, TensorType | None], ...],
        frame: Frame,
    ) -> Scope | None:
        """The block's scope for these arguments and inputs, remembered; None after a mistake."""
        arguments = tuple(
            (n, "tensor" if isinstance(v, TapRecipe) else key(v)) for n, v in recipe.arguments
        )
        memo = (recipe.declaration, arguments, input_, taps)
        if memo in self._blocks:
            return self._blocks[memo]
        if len(self.reporter.frames) >= self.limits.nesting:
            self.reporter.exhausted(
                "E0503",
                f"blocks stand within blocks more than {self.limits.nesting} deep",
                recipe.node.span,
            )
        self.reporter.frames.append(frame)
        try:
            scope = self._elaborate(recipe, input_, taps)
        finally:
            self.reporter.frames.pop()
        self._blocks[memo] = scope
        return scope

    def _elaborate(
        self,
        recipe: BlockRecipe,
        input_: TensorType | None,
        taps: tuple[tuple[str, TensorType | None], ...],
    ) -> Scope | None:
        declaration = recipe.declaration
        env = Environment(recipe.module)
        sequential = isinstance(declaration, tree.BlockDecl) and declaration.value is not None
        kind = ScopeKind.SEQUENTIAL if sequential else ScopeKind.BLOCK
        body = Body(kind, declaration.name.id, env, declaration, arguments=recipe.arguments)
        env.values.update(recipe.arguments)
        flow: Flow = None
        if input_ is not None:
            flow = (body.add_input("x", input_),)
        env.values["input"] = Tap("input", declaration.name.span, body, flow)
        for parameter, type_ in taps:
            refs = (body.add_input(parameter, type_),) if type_ is not None else None
            env.values[parameter] = Tap(parameter, declaration.name.span, body, refs)
        if isinstance(declaration, tree.BlockDecl) and declaration.value is not None:
            result = self._block_value(declaration.value, flow, body, env)
        elif isinstance(declaration, tree.NetworkDecl) and self.networks is not None:
            result = self.networks.embed(declaration, flow, body, env)
        else:
            result = self.run(declaration.body, body, env, flow)
        self._close(body)
        results = self._results(body, result)
        if results is None or any(t is None for _, t in taps):
            return None
        scope = body.finish(results, declaration.doc.text if declaration.doc else "")
        self._measure(scope, declaration.name.span)
        return scope

    def _block_value(self, value: tree.Expr, flow: Flow, body: Body, env: Environment) -> Flow:
        recipe = self.evaluator.recipe(value, env)
        inner = unmarked(recipe)
        if isinstance(inner, SuiteRecipe) and inner.op is None:
            return self.run(inner.node.body, body, env, flow)
        return self.apply(recipe, flow, body, env)

    def _results(self, body: Body, flow: Flow) -> tuple[Ref, ...] | None:
        """What a block gives: its declared outputs, else the flow's end."""
        if body.outputs is None:
            return flow
        refs: list[Ref] = []
        for _, piece in body.outputs:
            if piece is None:
                return None
            refs.extend(piece)
        return tuple(refs)


@contextmanager
def _marked(body: Body, mark: Mark) -> Iterator[None]:
    body.marks.append(mark)
    try:
        yield
    finally:
        body.marks.pop()


def _head(line: tree.Flow) -> Span:
    """Where a branch is shown: of a block form only the line that opens it."""
    return line.value.head.span if isinstance(line.value, tree.Suite) else line.span


def _argument_span(node: tree.Node, argument: str | None) -> Span | None:
    """Where an argument of a call is written by name, or None."""
    call = node.head if isinstance(node, tree.Suite) else node
    if argument is None or not isinstance(call, tree.Call):
        return None
    for given in call.arguments:
        if given.name is not None and given.name.id == argument:
            return given.span
    return None
