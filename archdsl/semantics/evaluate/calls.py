"""Calls, chains and what opens lines of its own, as values: recipes, or what a function gives."""

from archdsl.ir.graph import Mark
from archdsl.ops.registry import ops
from archdsl.semantics.environment import MISSING, Environment
from archdsl.semantics.evaluate import arguments, mistakes, op_arguments
from archdsl.semantics.evaluate.expected import TENSOR, Expected
from archdsl.semantics.evaluate.functions import FUNCTIONS, BuiltIn
from archdsl.semantics.evaluate.lookup import Lookup
from archdsl.semantics.evaluate.protocols import Evaluation
from archdsl.semantics.evaluate.suites import suite
from archdsl.semantics.values import (
    UNKNOWN,
    BlockRecipe,
    BlockRef,
    ChainRecipe,
    FnRef,
    LayerRecipe,
    OpRecipe,
    OpRef,
    Recipe,
    RepeatRecipe,
    Tap,
    TapRecipe,
    UnknownRecipe,
    begins_with_tap,
    excerpt,
    is_plain,
    is_recipe,
    is_step,
    key,
    marked,
    unmarked,
)
from archdsl.syntax import tree


class Calls:
    """Works out calls for one evaluator."""

    def __init__(self, evaluator: Evaluation, lookup: Lookup) -> None:
        self.evaluator = evaluator
        self.lookup = lookup
        self._calls = 0

    def call(self, expr: tree.Call, env: Environment, expected: Expected) -> object:
        if _is_path(expr.callee):
            return self._path(expr, env)
        callee = self._callee(expr, env, expected)
        match callee:
            case _ if callee is UNKNOWN:
                arguments.evaluate_all(self.evaluator, expr.arguments, env)
                return UNKNOWN
            case BuiltIn():
                return self._function(callee, expr, env)
            case FnRef():
                return self._user_function(callee, expr, env)
            case OpRef() | BlockRef():
                return arguments.bind(
                    self.evaluator, callee, expr, expr.arguments, env, whole=expected.step
                )
            case _ if is_recipe(callee):
                return self._call_recipe(callee, expr)
        return self.evaluator.report(mistakes.not_callable(expr.callee.span, callee))

    def _call_recipe(self, callee: Recipe, expr: tree.Call) -> object:
        inner = unmarked(callee)
        if isinstance(inner, OpRecipe | BlockRecipe) and inner.node is expr.callee:
            return self.evaluator.report(mistakes.has_its_arguments(expr))
        if isinstance(inner, BlockRecipe) and not expr.arguments:
            return callee
        if not expr.arguments and not isinstance(inner, TapRecipe | LayerRecipe):
            return callee
        if isinstance(inner, LayerRecipe) and self._hides_op(inner):
            layer = inner.layer
            return self.evaluator.report(
                mistakes.layer_hides_op(layer.name, layer.span.line, expr.callee.span)
            )
        kind = {
            TapRecipe: "a step's output",
            LayerRecipe: "a shared layer",
            ChainRecipe: "a chain",
            RepeatRecipe: "a repeated step",
        }.get(type(inner), "a block that has its arguments already")
        return self.evaluator.report(mistakes.takes_no_arguments(expr, kind))

    def _hides_op(self, recipe: LayerRecipe) -> bool:
        return self.lookup.is_step_word(recipe.layer.name, recipe.layer.env)

    def _callee(self, call: tree.Call, env: Environment, expected: Expected) -> object:
        """The thing that is called: a bare name is looked up as a step where a step stands, else as
        a function first; a tap or number of that name, which cannot be called, hides neither."""
        expr = call.callee
        if isinstance(expr, tree.Attribute) and self.lookup.of_other_framework(expr, env, call):
            return UNKNOWN
        if not isinstance(expr, tree.Name):
            return self.evaluator.value(expr, env)
        lookup, local = self.lookup, env.find(expr.id)
        if local is not MISSING:
            if isinstance(local, Tap) and is_step(local.hides):
                local = local.hides
            cannot = isinstance(local, Tap) or is_plain(local)
            if not cannot or not (lookup.is_step_word(expr.id, env) or expr.id in FUNCTIONS):
                return lookup.local(expr, local, env, TENSOR)
        declared = lookup.declared(expr, expr.id, env)
        if declared is not None:
            return declared
        if expr.id in FUNCTIONS and not (expected.step and expr.id in ops()):
            return FUNCTIONS[expr.id]
        if expr.id in ops():
            return OpRef(expr, ops()[expr.id])
        return lookup.unknown(expr, env, Expected(step=expected.step), call)

    def _function(self, built_in: BuiltIn, expr: tree.Call, env: Environment) -> object:
        name, fewest, most = built_in.name, built_in.fewest, built_in.most
        for argument in expr.arguments:
            if argument.name is not None:
                return self.evaluator.report(mistakes.no_argument_by_name(name, argument.name.span))
        values = [self.evaluator.value(a.value, env) for a in expr.arguments]
        if not fewest <= len(values) <= most:
            raise mistakes.wrong_count(name, fewest, most, len(values))
        if UNKNOWN in values:
            return UNKNOWN
        self.evaluator.spend(elements(*values) // 10, expr.span)
        return self.evaluator.limited(built_in.call(*values))

    def _user_function(self, callee: FnRef, expr: tree.Call, env: Environment) -> object:
        declaration = callee.declaration
        bound = arguments.bind_parameters(
            self.evaluator,
            declaration.name.id,
            declaration.parameters,
            callee.module,
            expr,
            expr.arguments,
            env,
        )
        if bound is None:
            return UNKNOWN
        known = (declaration, key(tuple([value for _, value in bound])))
        if known in self.evaluator.memory.calls:
            return self.evaluator.memory.calls[known]
        if self._calls >= self.evaluator.limits.calls:
            most = self.evaluator.limits.calls
            self.evaluator.reporter.exhausted(mistakes.calls_too_deep(most, expr.span))
        self._calls += 1
        try:
            inner = Environment(callee.module, values=dict(bound))
            value = self.evaluator.value(declaration.value, inner, Expected(step=False))
        finally:
            self._calls -= 1
        if is_plain(value):
            self.evaluator.memory.called(known, value)
        return marked(Mark(expr), value)

    def chain(self, expr: tree.Chain, env: Environment, expected: Expected) -> object:
        items = []
        for position, item in enumerate(expr.items):
            recipe = self.evaluator.recipe(item, env)
            if position and begins_with_tap(recipe):
                self._lost_in_chain(item, unmarked(recipe))
                recipe = UnknownRecipe(item)
            items.append(recipe)
        return ChainRecipe(expr, tuple(items))

    def _lost_in_chain(self, item: tree.Expr, recipe: Recipe) -> None:
        """A tap behind an arrow: meant as a layer, if the line that names it could declare one."""
        tap = recipe.tap if isinstance(recipe, TapRecipe) else None
        made = _made(tap)
        if tap is None or tap.made is None or made is None:
            self.evaluator.report(mistakes.flow_is_lost(item.span, tap is not None))
            return
        # that line was to declare, not to run
        self.evaluator.reporter.withdraw(mistakes.SEVERAL_TENSORS, tap.made)
        if not tap.applied:
            tap.applied = True
            known = tap.refs is not None
            self.evaluator.report(
                mistakes.output_used_as_layer(tap.name, item.span, tap.span, made, known)
            )

    def suite(self, expr: tree.Suite, env: Environment, expected: Expected) -> object:
        head = expr.head
        callee = head.callee if isinstance(head, tree.Call) else head
        if _is_path(callee):
            if isinstance(head, tree.Call):
                return self.evaluator.report(mistakes.path_in_both_places(head.span))
            return suite(expr, None, env)
        op = op_arguments.bind_merge_head(self.evaluator, expr, env)
        return suite(expr, op, env) if op is not None else UnknownRecipe(expr)

    def _path(self, expr: tree.Call, env: Environment) -> object:
        """`path(conv1=conv(8, 3), relu)`: the same as its steps on lines of their own."""
        if not expr.arguments:
            return self.evaluator.report(mistakes.path_without_steps(expr.span))
        return self.evaluator.as_lines(expr, expr.callee, expr.arguments, env)


def _made(tap: Tap | None) -> str | None:
    """The text of a tap's step; of a path, its first line; None where that is long."""
    if tap is None or tap.made is None:
        return None
    first, _, below = tap.made.text.partition("\n")
    if below and not first.rstrip().endswith(":"):
        return None
    return first.rstrip() if below else first if excerpt(tap.made) == first else None


def _is_path(callee: tree.Expr) -> bool:
    return isinstance(callee, tree.Name) and callee.id == "path"


def elements(*values: object) -> int:
    """The number of elements of the tuples among the values."""
    return sum(len(v) for v in values if isinstance(v, tuple))
