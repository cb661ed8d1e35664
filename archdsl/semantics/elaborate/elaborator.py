"""Elaboration: blocks meet inputs, recipes become steps, and shapes flow forward.

A block elaborated for the same arguments and input types is the same `Scope`: the cost of a deep
network grows with its different blocks. After a mistake the flow is None (unknown), which every
later step passes on in silence.
"""

from collections.abc import Callable
from typing import assert_never

from archdsl.base.source import Span
from archdsl.ir.graph import Mark, Ref, Scope, ScopeKind
from archdsl.ir.shape import TensorType
from archdsl.ops.base import Op
from archdsl.semantics.elaborate import mistakes
from archdsl.semantics.elaborate.body import Body, Flow
from archdsl.semantics.elaborate.lines import Lines, Pieces
from archdsl.semantics.elaborate.placing import Placer
from archdsl.semantics.elaborate.protocols import Networks
from archdsl.semantics.elaborate.remembering import Remembering
from archdsl.semantics.elaborate.shared_layers import SharedLayers
from archdsl.semantics.elaborate.tensor_arguments import given_tensors, received, sealed
from archdsl.semantics.elaborate.unused_steps import report_idle
from archdsl.semantics.elaboration_memory import ElaborationMemory, Origin
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate.evaluator import Evaluator
from archdsl.semantics.evaluate.free_names import meaning
from archdsl.semantics.limits import LIMITS, Limits
from archdsl.semantics.reporter import BlockLevel, Reporter
from archdsl.semantics.values import (
    BlockRecipe,
    Branch,
    ChainRecipe,
    LayerRecipe,
    MarkedRecipe,
    OpRecipe,
    Recipe,
    RepeatRecipe,
    SuiteRecipe,
    Tap,
    TapRecipe,
    UnknownRecipe,
    is_settled,
    key,
    unmarked,
)
from archdsl.syntax import tree


class Elaborator:
    def __init__(
        self, reporter: Reporter, limits: Limits = LIMITS, memory: ElaborationMemory | None = None
    ) -> None:
        memory = memory or ElaborationMemory()
        self._memory = memory
        self.reporter = reporter
        self.limits = limits
        self.evaluator = Evaluator(reporter, limits, memory)
        self.supposing = 0  # inside lines that may not run: taps have no value there
        self.placer = Placer(reporter, limits, lambda: self.supposing > 0, memory.sizes)
        self.layers = SharedLayers(self)
        self.lines = Lines(self, self.layers)
        self._remembering = Remembering(memory, reporter, self.lines)
        self.networks: Networks | None = None
        self._blocks = memory.blocks
        self._depth = 0

    def apply(
        self, recipe: Recipe, flow: Flow, body: Body, env: Environment, name: str | None = None
    ) -> Flow:
        """Applies a recipe to the flow in a body; `name` names the step, or opens a scope."""
        if self._depth >= self.limits.depth:
            span = recipe.node.span
            self.reporter.exhausted(mistakes.steps_too_deep(self.limits.depth, span))
        self._depth += 1
        try:
            return self._apply(recipe, flow, body, env, name)
        finally:
            self._depth -= 1

    def _apply(
        self, recipe: Recipe, flow: Flow, body: Body, env: Environment, name: str | None
    ) -> Flow:
        match recipe:  # the frequent ones first
            case OpRecipe():
                return self._op(recipe, flow, body, env, name)
            case BlockRecipe():
                return self._block(recipe, flow, body, name)
            case MarkedRecipe():
                with body.marked(recipe.mark):
                    return self.apply(recipe.item, flow, body, env, name)
            case ChainRecipe():
                return self._chain(recipe, flow, body, env, name)
            case TapRecipe():
                return self._reach(recipe, body)
            case UnknownRecipe():
                return None
            case LayerRecipe():
                return self.layers.use(recipe, flow, body)
            case RepeatRecipe():
                if name is not None:
                    return self._open(recipe, flow, body, env, name)
                for index in range(recipe.count):
                    self.placer.count(recipe.node.span)
                    with body.marked(Mark(recipe.node, index)):
                        flow = self.apply(recipe.item, flow, body, env)
                return flow
            case SuiteRecipe():
                return self._suite(recipe, flow, body, recipe.home(env), name)
            case _:
                assert_never(recipe)

    def _reach(self, recipe: TapRecipe, body: Body) -> Flow:
        tap, span = recipe.tap, recipe.node.span
        if not body.sees(tap.body):
            self.reporter.report(mistakes.out_of_reach(tap.name, span))
            return None
        if tap.training_only and not body.training:
            self.reporter.report(mistakes.exists_in_training_only(tap.name, span, tap.span))
            return None
        return None if self.supposing else body.reach(tap)

    def _chain(
        self, recipe: ChainRecipe, flow: Flow, body: Body, env: Environment, name: str | None
    ) -> Flow:
        first, *rest = recipe.items
        if name is None:
            for item in recipe.items:
                flow = self.apply(item, flow, body, env)
            return flow
        if isinstance(unmarked(first), TapRecipe | UnknownRecipe) and rest:
            flow = self.apply(first, flow, body, env)
            if len(rest) == 1:
                return self.apply(rest[0], flow, body, env, name)
            return self._open(ChainRecipe(recipe.node, tuple(rest)), flow, body, env, name)
        return self._open(recipe, flow, body, env, name)

    def _open(self, recipe: Recipe, flow: Flow, body: Body, env: Environment, name: str) -> Flow:
        """A chain, repeat or path under a name: a sequence of its own, numbered from 0."""
        memo = self._sequence_memo(recipe, flow, body, env)
        known = self._blocks.get(memo) if memo is not None else None
        if known is not None:
            scope, refs = self._remembering.again(known), flow
        else:
            with self._remembering.noting() as noted:
                scope, refs = self.sequence(recipe, flow, body, env, name)
            if memo is not None and scope.results and refs == flow:  # nothing else flows in
                self._remembering.keep(memo, scope, noted)
        if refs is None:
            return None
        return self.placer.enclose(scope, "", refs, recipe.node, body, name)

    def _sequence_memo(
        self, recipe: Recipe, flow: Flow, body: Body, env: Environment
    ) -> tuple[object, ...] | None:
        """Under what a sequence's scope is remembered; None where it is not to be."""
        if flow is None or self.supposing:
            return None
        inside: object
        if isinstance(recipe, SuiteRecipe):
            inside = meaning(recipe.node, env) if recipe.op is None else None
        else:
            inside = key(recipe) if is_settled(recipe) else None
        if inside is None:
            return None
        return recipe.node, inside, body.types_of(flow), body.training

    def sequence(
        self, recipe: Recipe, flow: Flow, body: Body, env: Environment, name: str
    ) -> tuple[Scope, Flow]:
        """The scope, unfinished after a mistake, and what flows into it."""
        inner = Body(ScopeKind.SEQUENTIAL, "", env.inner(), parent=body, training=body.training)
        inner_flow = self._enter(inner, flow, body, recipe.node.span)
        self.reporter.frames.append(BlockLevel(name, "", None))
        try:
            if isinstance(recipe, SuiteRecipe) and recipe.op is None:
                result = self.lines.run(recipe.node.body, inner, inner.env, inner_flow)
                result = self._results(inner, result)
            else:
                result = self.apply(recipe, inner_flow, inner, inner.env)
            self._check_numbers(inner)
            self.layers.unused(inner)
        finally:
            self.reporter.frames.pop()
        if result is not None:
            report_idle(inner, result, self.reporter)
        scope = inner.finish(result or ())
        self.placer.measure(scope, recipe.node.span)
        return scope, None if flow is None else (*flow, *inner.captured_refs())

    def _check_numbers(self, body: Body) -> None:
        """In a sequence steps are numbered by their places: no other step may have the number."""
        for place, draft in enumerate(body.drafts):
            given = body.given.get(str(place)) if draft.name is None else None
            if given is not None:
                self.reporter.report(mistakes.name_is_a_number(place, given, draft.span))

    def _enter(self, inner: Body, flow: Flow, body: Body, span: Span) -> Flow:
        """The flow as the inner body's inputs."""
        if flow is None:
            return None
        several = len(flow) > 1
        return tuple(
            inner.add_input(f"x{k + 1}" if several else "x", body.type_of(ref), body.origin(ref))
            for k, ref in enumerate(flow)
        )

    def _op(
        self, recipe: OpRecipe, flow: Flow, body: Body, env: Environment, name: str | None
    ) -> Flow:
        op = recipe.op
        if op.inputs[1] == 1:
            return self._unary(recipe, flow, body, name)
        with body.marked(Mark(recipe.node)):
            pieces = [(self.branch(b, flow, body, env), b.node.span) for b in recipe.branches]
            if not pieces and flow is not None and len(flow) > 1:
                pieces = [((ref,), body.origin(ref) or recipe.node.span) for ref in flow]
        return self._merge(op, pieces, recipe.node, recipe.node.span, flow, body, name)

    def branch(self, branch: Branch, flow: Flow, body: Body, env: Environment) -> Flow:
        inner = unmarked(branch.recipe)
        if isinstance(inner, OpRecipe) and inner.op.transparent:
            return flow
        return self.apply(branch.recipe, flow, body, env)

    def _unary(self, recipe: OpRecipe, flow: Flow, body: Body, name: str | None) -> Flow:
        if flow is None:
            return None
        if len(flow) != 1:
            return self.placer.several(f"`{recipe.op.word}`", flow, recipe.node.span, body)
        return self.placer.infer(recipe.op, flow, recipe.node, recipe.node.span, body, name, ())

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
        told = any(piece is None for piece, _ in pieces)
        if not told and not fewest <= len(pieces) <= most:
            given = len(pieces)
            self.reporter.report(
                mistakes.wrong_number_of_branches(op.word, fewest, most, given, span, op.crowded)
            )
            return None
        refs: list[Ref] = []
        known = True
        for piece, place in pieces:
            if piece is None:
                known = False
            elif len(piece) != 1:
                self.placer.several(f"a branch of `{op.word}`", piece, place, body)
                known = False
            else:
                refs.append(piece[0])
        if not known:
            return None
        spans = tuple(place for _, place in pieces)
        return self.placer.infer(op, tuple(refs), node, span, body, name, spans)

    def _suite(
        self, recipe: SuiteRecipe, flow: Flow, body: Body, env: Environment, name: str | None
    ) -> Flow:
        node = recipe.node
        if recipe.op is None:
            if name is not None:
                return self._open(recipe, flow, body, env, name)
            with body.inside(Mark(node)):
                return self.lines.run(node.body, body, env, flow)
        with body.inside(Mark(node)):
            pieces = self.lines.pieces(node.body, flow, body, env)
        return self._merge(recipe.op, pieces, node, node.head.span, flow, body, name)

    def _block(self, recipe: BlockRecipe, flow: Flow, body: Body, name: str | None) -> Flow:
        word = recipe.declaration.name.id
        if flow is not None and len(flow) != 1:
            return self.placer.several(f"`{word}`", flow, recipe.node.span, body)
        taps = self._handed(recipe, word, body)
        scope = self.elaborate(
            recipe,
            body.type_of(flow[0]) if flow is not None else None,
            tuple([(p, body.type_of(refs[0]) if refs is not None else None) for p, refs in taps]),
            lambda: BlockLevel(name or body.coming_name(word), word, recipe.node.span),
        )
        result: Flow = None
        before = len(body.drafts)
        if flow is not None and all(refs is not None for _, refs in taps):
            refs_in = (*flow, *(refs[0] for _, refs in taps if refs is not None))
            result = self.placer.enclose(scope, word, refs_in, recipe.node, body, name)
        if name is None and len(body.drafts) == before and not self.supposing:
            body.unplaced.append(word)
        return result

    def _handed(self, recipe: BlockRecipe, word: str, body: Body) -> list[tuple[str, Flow]]:
        """The tensors among a block's arguments, each one tensor alone or None after a mistake."""
        taps: list[tuple[str, Flow]] = []
        for input_name, tap in given_tensors(recipe.arguments):
            refs = self._reach(tap, body)
            if refs is not None and len(refs) != 1:
                refs = self.placer.several(f"`{input_name}` of `{word}`", refs, tap.node.span, body)
            taps.append((input_name, refs))
        return taps

    def elaborate(
        self,
        recipe: BlockRecipe,
        input_: TensorType | None,
        taps: tuple[tuple[str, TensorType | None], ...],
        frame: Callable[[], BlockLevel],
    ) -> Scope:
        """The block's scope for these arguments and inputs, remembered; unfinished where it has a
        mistake. `frame` is where it stands, for messages."""
        arguments = tuple([sealed(value) for _, value in recipe.arguments])
        memo = (recipe.declaration, arguments, input_, taps)
        known = self._blocks.get(memo)
        if known is not None:
            return self._remembering.again(known)
        if len(self.reporter.frames) >= self.limits.nesting:
            span = recipe.node.span
            self.reporter.exhausted(mistakes.blocks_too_deep(self.limits.nesting, span))
        self.reporter.frames.append(frame())
        try:
            with self._remembering.noting() as noted:
                scope = self._elaborate(recipe, input_, taps)
        finally:
            self.reporter.frames.pop()
        if self.reporter.frames:  # the lines of a whole network do more than make steps
            self._remembering.keep(memo, scope, noted)
        self._memory.origins[scope] = Origin(recipe, input_, taps)
        return scope

    def _elaborate(
        self,
        recipe: BlockRecipe,
        input_: TensorType | None,
        taps: tuple[tuple[str, TensorType | None], ...],
    ) -> Scope:
        declaration = recipe.declaration
        env = Environment(recipe.module)
        sequential = isinstance(declaration, tree.BlockDecl) and declaration.value is not None
        kind = ScopeKind.SEQUENTIAL if sequential else ScopeKind.BLOCK
        body = Body(kind, declaration.name.id, env, declaration, arguments=recipe.arguments)
        flow: Flow = None
        if input_ is not None:
            flow = (body.add_input("x", input_),)
        inner = tuple(
            Tap(
                name,
                declaration.name.span,
                body,
                (body.add_input(name, type_),) if type_ is not None else None,
            )
            for name, type_ in taps
        )
        env.values.update(received(recipe.arguments, inner))
        env.values.setdefault("input", Tap("input", declaration.name.span, body, flow))
        if isinstance(declaration, tree.BlockDecl) and declaration.value is not None:
            result = self._block_value(declaration.value, flow, body, env)
            self._check_numbers(body)
        elif isinstance(declaration, tree.NetworkDecl) and self.networks is not None:
            result = self.networks.embed(declaration, flow, body, env)
        else:
            result = self.lines.run(declaration.body, body, env, flow)
        self.layers.unused(body)
        results = self._results(body, result) or ()
        if results:
            report_idle(body, results, self.reporter)
        scope = body.finish(results, declaration.doc.text if declaration.doc else "")
        self.placer.measure(scope, declaration.name.span)
        return scope

    def _block_value(self, value: tree.Expr, flow: Flow, body: Body, env: Environment) -> Flow:
        recipe = self.evaluator.recipe(value, env)
        inner = unmarked(recipe)
        if isinstance(inner, SuiteRecipe) and inner.op is None:
            return self.lines.run(inner.node.body, body, env, flow)
        return self.apply(recipe, flow, body, env)

    def _results(self, body: Body, flow: Flow) -> tuple[Ref, ...] | None:
        """The results of a block: its declared outputs, else the flow's end."""
        if body.outputs is None:
            return flow
        refs: list[Ref] = []
        for _, piece in body.outputs.values:
            if piece is None:
                return None
            refs.extend(piece)
        return tuple(refs)
