"""Calls, chains and what opens lines of its own, as values: recipes, or what a function gives."""

from archdsl.base.labels import Edit
from archdsl.base.source import Span
from archdsl.ir.graph import Mark
from archdsl.ops.registry import ops
from archdsl.semantics.environment import MISSING, Environment
from archdsl.semantics.evaluate import arguments, op_arguments
from archdsl.semantics.evaluate.expected import TENSOR, Want
from archdsl.semantics.evaluate.functions import FUNCTIONS, BuiltIn, Refusal
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
    brief,
    is_plain,
    is_recipe,
    is_step,
    key,
    marked,
    told,
    unmarked,
)
from archdsl.syntax import tree


class Calls:
    """Works out calls for one evaluator."""

    def __init__(self, evaluator: Evaluation, lookup: Lookup) -> None:
        self.evaluator = evaluator
        self.lookup = lookup
        self._calls = 0

    def call(self, expr: tree.Call, env: Environment, want: Want) -> object:
        if _is_path(expr.callee):
            return self._path(expr, env)
        callee = self._callee(expr.callee, env, want)
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
                    self.evaluator, callee, expr, expr.arguments, env, whole=want.step
                )
            case _ if is_recipe(callee):
                return self._call_recipe(callee, expr)
        return self.evaluator.mistake(
            "E0207",
            f"`{brief(expr.callee.span)}` is {told(callee)} and cannot be called",
            expr.callee.span,
        )

    def _call_recipe(self, callee: Recipe, expr: tree.Call) -> object:
        inner = unmarked(callee)
        if isinstance(inner, OpRecipe | BlockRecipe) and inner.node is expr.callee:
            return self.evaluator.mistake(
                "E0207",
                f"`{brief(expr.callee.span)}` has its arguments already",
                expr.span,
                hint=f"write `{brief(expr.callee.span)}` once"
                if not expr.arguments
                else "give all arguments in one pair of parentheses",
            )
        if isinstance(inner, BlockRecipe) and not expr.arguments:
            return callee
        if not expr.arguments and not isinstance(inner, TapRecipe | LayerRecipe):
            return callee
        if isinstance(inner, LayerRecipe) and self._hides_op(inner):
            return self.evaluator.mistake(
                "E0207",
                f"`{inner.layer.name}` is the shared layer of line {inner.layer.span.line} here, "
                "and takes no arguments",
                expr.callee.span,
                hint=f"give the layer another name, `layer shared_{inner.layer.name} = …`: "
                f"`{inner.layer.name}` is the op or block again then",
            )
        what = {
            TapRecipe: "a step's output",
            LayerRecipe: "a shared layer",
            ChainRecipe: "a chain",
            RepeatRecipe: "a repeated step",
        }.get(type(inner), "a block that has its arguments already")
        return self.evaluator.mistake(
            "E0207",
            f"`{brief(expr.callee.span)}` is {what} and takes no arguments",
            expr.callee.span,
            hint="leave the parentheses away",
        )

    def _hides_op(self, recipe: LayerRecipe) -> bool:
        return self.lookup.is_step_word(recipe.layer.name, recipe.layer.env)

    def _callee(self, expr: tree.Expr, env: Environment, want: Want) -> object:
        """What is called: a bare name is looked up as a step where a step stands, otherwise as a
        function first; a tap or number of that name, which cannot be called, hides neither."""
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
        if expr.id in FUNCTIONS and not (want.step and expr.id in ops()):
            return FUNCTIONS[expr.id]
        if expr.id in ops():
            return OpRef(expr, ops()[expr.id])
        return lookup.unknown(expr, env, Want(step=want.step))

    def _function(self, built_in: BuiltIn, expr: tree.Call, env: Environment) -> object:
        name, fewest, most = built_in.name, built_in.fewest, built_in.most
        for argument in expr.arguments:
            if argument.name is not None:
                return self.evaluator.mistake(
                    "E0202", f"`{name}` takes no argument by name", argument.name.span
                )
        values = [self.evaluator.value(a.value, env) for a in expr.arguments]
        if not fewest <= len(values) <= most:
            wanted = f"{fewest} to {most}" if fewest != most else f"{fewest}"
            noun = "argument" if most == 1 else "arguments"
            raise Refusal("E0208", f"`{name}` takes {wanted} {noun}, not {len(values)}")
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
            self.evaluator.reporter.exhausted(
                "E0503",
                f"functions call each other more than {self.evaluator.limits.calls} deep",
                expr.span,
                "one that calls itself needs a case in which it does not: `… if n > 0 else 1`",
            )
        self._calls += 1
        try:
            inner = Environment(callee.module, values=dict(bound))
            value = self.evaluator.value(declaration.value, inner, Want(step=False))
        finally:
            self._calls -= 1
        if is_plain(value):
            self.evaluator.memory.called(known, value)
        return marked(Mark(expr), value)

    def chain(self, expr: tree.Chain, env: Environment, want: Want) -> object:
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
            self.evaluator.lost(item.span, tap is not None)
            return
        self.evaluator.reporter.withdraw("E0313", tap.made)  # that line was to declare, not to run
        if not tap.applied:
            tap.applied = True
            merge = "" if tap.refs is None else "merge the two with `add` or `concat`, or "
            start = Span(tap.span.source, tap.span.start, tap.span.start)
            self.evaluator.mistake(
                "E0209",
                f"`{tap.name}` is a step's output: what flows into it here would be lost",
                item.span,
                hint=f"{merge}write `layer {tap.name} = {made}` at line {tap.span.line}",
                edits=() if merge else (Edit(start, "layer "),),
            )

    def suite(self, expr: tree.Suite, env: Environment, want: Want) -> object:
        head = expr.head
        callee = head.callee if isinstance(head, tree.Call) else head
        if _is_path(callee):
            if isinstance(head, tree.Call):
                message = "the steps of `path` stand either in parentheses or on indented lines"
                return self.evaluator.mistake("E0215", message, head.span)
            return suite(expr, None, env)
        op = op_arguments.bind_merge_head(self.evaluator, expr, env)
        return suite(expr, op, env) if op is not None else UnknownRecipe(expr)

    def _path(self, expr: tree.Call, env: Environment) -> object:
        """`path(conv1=conv(8, 3), relu)`: the same as its steps on lines of their own."""
        if not expr.arguments:
            hint = "write them in the parentheses, or on indented lines below `path:`"
            return self.evaluator.mistake("E0208", "`path` has no steps", expr.span, hint=hint)
        return self.evaluator.suites.lines(expr, expr.callee, expr.arguments, env)


def _made(tap: Tap | None) -> str | None:
    """What was written for a tap's step, of a path its first line; None where that is long."""
    if tap is None or tap.made is None:
        return None
    first, _, below = tap.made.text.partition("\n")
    if below and not first.rstrip().endswith(":"):
        return None
    return first.rstrip() if below else first if brief(tap.made) == first else None


def _is_path(callee: tree.Expr) -> bool:
    return isinstance(callee, tree.Name) and callee.id == "path"


def elements(*values: object) -> int:
    """How many elements the tuples among the values have."""
    return sum(len(v) for v in values if isinstance(v, tuple))
