"""Shared layers: constructed once in the body that declares them, used as often as one likes."""

from archdsl.base.source import Span
from archdsl.ir.graph import Ref, Scope, state_dict
from archdsl.ir.shape import Types
from archdsl.ops.base import Op
from archdsl.semantics.elaborate import mistakes
from archdsl.semantics.elaborate.body import Body, Flow
from archdsl.semantics.elaborate.naming import nameable, pattern
from archdsl.semantics.elaborate.protocols import Elaboration
from archdsl.semantics.environment import Environment
from archdsl.semantics.values import (
    BlockRecipe,
    LayerRecipe,
    OpRecipe,
    Recipe,
    SharedLayer,
    UnknownRecipe,
    begins_with_tap,
    unmarked,
)
from archdsl.syntax import tree


def _unfit(recipe: Recipe) -> bool:
    """True where no layer can be made of it: a tap takes no input, a layer is one already."""
    return isinstance(unmarked(recipe), LayerRecipe) or begins_with_tap(recipe)


class SharedLayers:
    def __init__(self, elaborator: Elaboration) -> None:
        self.elaborator = elaborator
        self.reporter = elaborator.reporter

    def declare(self, statement: tree.Layer, body: Body, env: Environment) -> None:
        name = self.elaborator.evaluator.text(statement.name, env)
        recipe = self.elaborator.evaluator.recipe(statement.value, env)
        if name is None:
            env.doubts.append(pattern(statement.name))
            return
        if _unfit(recipe):
            span = statement.value.span
            if begins_with_tap(recipe):
                self.reporter.report(mistakes.layer_of_a_tap(name, span))
            else:
                self.reporter.report(mistakes.layer_of_a_layer(span))
            recipe = UnknownRecipe(statement.value)
        if nameable(self.reporter, statement.name, name, UnknownRecipe(statement.value), body):
            body.modules.append(name)
        env.values[name] = SharedLayer(name, statement.name.span, body, recipe, env)

    def use(self, recipe: LayerRecipe, flow: Flow, body: Body) -> Flow:
        layer, span = recipe.layer, recipe.node.span
        if layer.body is not body:
            self.reporter.report(mistakes.layer_of_another_body(layer.name, span, layer.span))
            layer.unknown = True
            return None
        if flow is None:
            layer.unknown = True
            return None
        made = self._target(layer, flow, body, span)
        if made is None:
            layer.unknown = True
            return None
        target, refs, outputs = made
        if not self._same_layer(layer, target, refs, span, body):
            return None
        return self.elaborator.placer.add(
            target, "", refs, outputs, recipe.node, body, layer.name, shared=True
        )

    def _target(
        self, layer: SharedLayer, flow: tuple[Ref, ...], body: Body, span: Span
    ) -> tuple[Op | Scope, tuple[Ref, ...], Types] | None:
        inner = unmarked(layer.recipe)
        if isinstance(inner, BlockRecipe) or (isinstance(inner, OpRecipe) and not inner.branches):
            scratch = Body(body.kind, body.block, layer.env, body.definition, parent=body)
            start = tuple(
                scratch.add_input("x", body.type_of(ref), body.origin(ref)) for ref in flow
            )
            result = self.elaborator.apply(inner, start, scratch, layer.env, layer.name)
            if result is None or not scratch.drafts:
                return None
            draft, outer = scratch.drafts[-1], (*flow, *scratch.captured_refs())
            return draft.target, tuple(outer[ref.output] for ref in draft.inputs), draft.outputs
        scope, refs = self.elaborator.sequence(layer.recipe, flow, body, layer.env, layer.name)
        return (scope, refs, scope.outputs) if scope.results and refs is not None else None

    def _same_layer(
        self, layer: SharedLayer, target: Op | Scope, refs: tuple[Ref, ...], span: Span, body: Body
    ) -> bool:
        types = body.types_of(refs)
        if isinstance(target, Scope):
            weights = tuple((k, w.shape) for k, w in state_dict(target))
        else:
            weights = tuple((w.name, w.shape) for w in target.weights(types))
        made = _construction(target, types)
        if layer.first is None:
            layer.first, layer.made, layer.first_span = weights, made, span
            return True
        if (weights, made) == (layer.first, layer.made):
            return True
        assert layer.first_span is not None
        differ = mistakes.other_steps if weights == layer.first else mistakes.other_weights
        self.reporter.report(differ(layer.name, types, span, layer.first_span))
        return False

    def unused(self, body: Body) -> None:
        """Layers that nothing used: their weights have no shape."""
        for name in body.modules:
            if not isinstance(name, str):
                continue
            layer = body.env.values.get(name)
            if not isinstance(layer, SharedLayer) or layer.body is not body:
                continue
            silent = layer.unknown or (layer.mentioned and self.reporter.failed)
            if layer.first is None and not silent:
                self.reporter.report(mistakes.unused_layer(name, layer.span))


def _construction(target: Op | Scope, inputs: Types) -> object:
    """The code of the module that all uses share: it differs where it depends on the input."""
    if not isinstance(target, Scope):
        return target.emit(inputs).build
    steps = []
    for step in target.steps:
        types = target.types_of(step.inputs)
        inner = step.target
        made = _construction(inner, types) if isinstance(inner, Scope) else inner.emit(types)
        steps.append((step.name, step.inputs, made))
    return tuple(steps), target.results
