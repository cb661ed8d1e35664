"""Compile-time evaluation: an expression in its environment becomes a value, or UNKNOWN.

Total: every loop is over finite values, and work is counted against `Limits`. A mistake is
reported once and its value is UNKNOWN, which every later expression passes on in silence.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, get_args

from archdsl.base.source import Span
from archdsl.base.suggest import did_you_mean, nearest
from archdsl.ir.graph import Mark
from archdsl.ir.shape import TensorType
from archdsl.ops.registry import ops
from archdsl.ops.sizes import SPATIAL_NAMES
from archdsl.semantics import arguments
from archdsl.semantics.environment import MISSING, Environment
from archdsl.semantics.functions import FUNCTIONS, BuiltIn, Refusal, bounded, number, sequence
from archdsl.semantics.limits import LIMITS, Limits
from archdsl.semantics.memory import Memory
from archdsl.semantics.operators import arithmetic, compared
from archdsl.semantics.report import Exhausted, Reporter
from archdsl.semantics.values import (
    COMPOUND,
    PLAIN,
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
    SharedLayer,
    SuiteRecipe,
    Tap,
    TapRecipe,
    UnknownRecipe,
    begins_with_tap,
    brief,
    extent,
    is_plain,
    is_recipe,
    is_step,
    key,
    marked,
    show,
    told,
    unmarked,
)
from archdsl.semantics.want import STEP, TENSOR, VALUE, Want
from archdsl.syntax import tree

_COMPOUND = frozenset(
    # what makes a new value of several parts
    (
        tree.Tuple,
        tree.Binary,
        tree.Call,
        tree.Chain,
        tree.Comprehension,
        tree.IfElse,
        tree.Slice,
    )
)


class Evaluator:
    def __init__(
        self, reporter: Reporter, limits: Limits = LIMITS, memory: Memory | None = None
    ) -> None:
        self.memory = memory if memory is not None else Memory()
        self.reporter = reporter
        self.limits = limits
        self._work = 0
        self._largest = 10**limits.digits
        self._calls = 0
        self._suites: dict[tree.Node, tree.Suite] = {}  # see `lines`

    # --- entry points ------------------------------------------------------------------------

    def value(self, expr: tree.Expr, env: Environment, want: Want = VALUE) -> object:
        self._work += 1
        if self._work > self.limits.evaluations:
            self.spend(0, expr.span)
        kind = type(expr)
        try:
            value = _EVALUATED[kind](self, expr, env, want)
            if kind in _COMPOUND and type(value) in COMPOUND:
                self._weigh(value, expr.span)
            return value
        except Refusal as refusal:
            return self.mistake(refusal.code, refusal.message, expr.span, hint=refusal.hint)

    def spend(self, work: int, span: Span) -> None:
        """Counts work of compile time, and ends the elaboration where it is too much."""
        self._work += work
        if self._work > self.limits.evaluations:
            self.reporter.exhausted(
                "E0502", f"the spec takes more than {self.limits.evaluations:,} evaluations", span
            )

    def _weigh(self, value: object, span: Span) -> None:
        """Bounds the size of a tuple or recipe that was just made, and counts it as work."""
        parts, depth = extent(value, self.limits.items)
        self.spend(parts // 10, span)
        what = "tuple" if isinstance(value, tuple) else "chain"
        if parts > self.limits.items:
            noun = "elements" if what == "tuple" else "steps"
            message = f"this {what} has more than {self.limits.items:,} {noun}"
            self.reporter.exhausted("E0502", message, span)
        if depth > self.limits.depth:
            message = f"{what}s stand within {what}s more than {self.limits.depth} deep"
            self.reporter.exhausted("E0503", message, span, "make it in one go, or repeat with `*`")

    def recipe(self, expr: tree.Expr, env: Environment) -> Recipe:
        """A step or chain; where the expression is something else, that is the mistake."""
        return self.as_recipe(self.value(expr, env, STEP), expr)

    def as_recipe(self, value: object, expr: tree.Expr) -> Recipe:
        match value:
            case OpRef() | BlockRef():
                bound = arguments.bind(self, value, expr, (), Environment())
                return bound if is_recipe(bound) else UnknownRecipe(expr)
            case _ if value is UNKNOWN:
                return UnknownRecipe(expr)
            case _ if is_recipe(value):
                return value
        self.mistake(
            "E0401",
            f"a step is needed here, not {told(value)}",
            expr.span,
            hint="a step is an op, a block, or a chain of them",
        )
        return UnknownRecipe(expr)

    def condition(self, expr: tree.Expr, env: Environment) -> bool | None:
        """True, false, or None where it cannot be known."""
        value = self.value(expr, env)
        if isinstance(value, bool):
            return value
        if value is not UNKNOWN:
            self.mistake(
                "E0404",
                f"a condition is true or false, but this is {told(value)}",
                expr.span,
                hint=f"compare it: `{brief(expr.span)} != {'none' if value is None else 0}`"
                if isinstance(value, int | float | None)
                else "",
            )
        return None

    def items(self, expr: tree.Expr, env: Environment) -> tuple[object, ...] | None:
        """The elements to loop over, or None where they cannot be known."""
        value = self.value(expr, env)
        if value is UNKNOWN:
            return None
        try:
            return sequence(value, "a loop")
        except Refusal as refusal:
            self.mistake(refusal.code, refusal.message, expr.span, hint=refusal.hint)
            return None

    def unpack(
        self, targets: tuple[tree.Binding, ...], value: object, env: Environment, span: Span
    ) -> tuple[tuple[str, object], ...]:
        """Binds one name to the value, or several to its elements."""
        for target in tree.bound(targets):
            if target.id == "input":
                self.mistake(
                    "E0204",
                    "a value cannot be called `input`: it is what flows into the body",
                    target.span,
                    hint="choose another name",
                )
                env.values.update((t.id, UNKNOWN) for t in tree.bound(targets) if t is not target)
                return ()
        pairs = self._pairs(targets, value, span)
        env.values.update(pairs)
        return pairs

    def _pairs(
        self, targets: tuple[tree.Binding, ...], value: object, span: Span
    ) -> tuple[tuple[str, object], ...]:
        """What each name of the targets stands for; `span` is where the value comes from."""
        if len(targets) == 1:
            return self._pair(targets[0], value, span)
        values = self._elements(len(targets), value, span)
        parts = zip(targets, values, strict=True)
        return tuple(pair for target, part in parts for pair in self._pair(target, part, span))

    def _pair(
        self, target: tree.Binding, value: object, span: Span
    ) -> tuple[tuple[str, object], ...]:
        if isinstance(target, tree.Name):
            return ((target.id, value),)
        elements = self._elements(len(target.targets), value, target.span)
        parts = zip(target.targets, elements, strict=True)
        return tuple(p for inner, part in parts for p in self._pair(inner, part, target.span))

    def _elements(self, count: int, value: object, span: Span) -> tuple[object, ...]:
        """As many elements of a tuple as there are names for them; unknown ones after a mistake."""
        if isinstance(value, tuple) and len(value) == count:
            return value
        if value is not UNKNOWN:
            what = told(value)
            if isinstance(value, tuple):
                what = f"{len(value)} element{'s' * (len(value) != 1)}"
            names = f"{count} names stand" if count != 1 else "1 name stands"
            self.mistake(
                "E0405",
                f"{names} for {what}",
                span,
                hint="give every element a name; `_` is one for what is not used",
            )
        return (UNKNOWN,) * count

    def mistake(self, code: str, message: str, span: Span, *, hint: str = "") -> object:
        self.reporter.error(code, message, span, hint=hint)
        return UNKNOWN

    def text(self, name: "tree.Name | tree.Template", env: Environment) -> str | None:
        """The name that a computed name comes to."""
        if isinstance(name, tree.Name):
            return name.id
        parts: list[str] = []
        for part in name.parts:
            value = part if isinstance(part, str) else self.value(part, env)
            if value is UNKNOWN:
                return None
            if isinstance(value, bool) or not isinstance(value, int | str):
                self.mistake(
                    "E0406",
                    f"a computed name takes whole numbers and strings, not {told(value)}",
                    name.span,
                )
                return None
            parts.append(str(value))
        return "".join(parts)

    # --- expressions -------------------------------------------------------------------------

    def _constant(self, expr: tree.Constant, env: Environment, want: Want) -> object:
        return self._limited(expr.value)

    def _shape(self, expr: tree.Shape, env: Environment, want: Want) -> object:
        return expr.dims

    def _name(self, expr: tree.Name, env: Environment, want: Want) -> object:
        if expr.id in want.words:
            return expr.id
        local = env.find(expr.id)
        if local is not MISSING:
            return self._local(expr, local, env, want)
        declared = self._declared(expr, expr.id, env)
        if declared is not None:
            return declared
        if expr.id in ops():
            return OpRef(expr, ops()[expr.id])
        return self._unknown_name(expr, env, want)

    def _local(self, expr: tree.Name, value: object, env: Environment, want: Want) -> object:
        if type(value) in PLAIN:
            return value
        if is_recipe(value):
            return marked(Mark(expr), value)
        if isinstance(value, Tap):
            return self._tap(expr, value, env, want)
        if isinstance(value, SharedLayer):
            value.mentioned = True
            return LayerRecipe(expr, value)
        return value

    def _tap(self, expr: tree.Name, tap: Tap, env: Environment, want: Want) -> object:
        """The tensor, unless the name could as well mean the op, block or value that it hides."""
        other = tap.hides
        if other is MISSING and self._is_step_word(expr.id, env):
            other = self._declared(expr, expr.id, env) or OpRef(expr, ops()[expr.id])
        if want.type == "tensor" or other is MISSING or (want.step and not is_step(other)):
            return TapRecipe(expr, tap)
        if want.type == "block" and is_step(other):
            return other
        what = "an op" if isinstance(other, OpRef) and tap.hides is MISSING else "a block"
        if tap.hides is not MISSING:
            what = "a parameter or `let`"
        return self.mistake(
            "E0206",
            f"`{expr.id}` is both a step's name here and {what}",
            expr.span,
            hint=f"write `{expr.id}()` to apply it, or rename the step at line {tap.span.line} to "
            "mean its output"
            if is_step(other)
            else f"rename the step at line {tap.span.line}",
        )

    def _is_step_word(self, name: str, env: Environment) -> bool:
        return name in ops() or (env.module is not None and env.module.find(name) is not None)

    def _declared(self, node: tree.Node, name: str, env: Environment) -> object | None:
        """A block, network or function of this file, its imports or the library."""
        found = env.module.find(name) if env.module is not None else None
        if found is None:
            return None
        declaration, module = found
        match declaration:
            case tree.FnDecl():
                return FnRef(declaration, module)
            case tree.VariantDecl():
                return arguments.bind_variant(self, declaration, module, node)
            case _:
                return BlockRef(node, declaration, module)

    def _unknown_name(self, expr: tree.Name, env: Environment, want: Want) -> object:
        if env.doubtful(expr.id) or (env.module is not None and env.module.lacks(expr.id)):
            return UNKNOWN
        if expr.id == "path":
            return self.mistake(
                "E0401",
                "`path` opens lines of its own and is no step by itself",
                expr.span,
                hint="write `path:` and the steps on indented lines below it",
            )
        known = env.names() | want.words | (env.module.known() if env.module else set())
        if not want.step:
            known |= set(FUNCTIONS)
        if want.words and nearest(expr.id, known) not in env.names():
            hint = did_you_mean(expr.id, want.words)
            hint = hint or f"it knows {', '.join(sorted(want.words))}"
            return self.mistake(
                "E0205", f"{want.place} does not know the word `{expr.id}`", expr.span, hint=hint
            )
        what = "op, block or step" if want.step else "name"
        hint = _meant(expr.id) or did_you_mean(expr.id, known)
        if not hint:  # its definition is missing, which one message says
            env.doubts.append(expr.id)
            hint = "`archdsl ops` and `archdsl blocks` list what there is" if want.step else ""
        message = f"there is no {what} called `{expr.id}`"
        return self.mistake("E0201", message, expr.span, hint=hint)

    def _computed(self, expr: tree.Template, env: Environment, want: Want) -> object:
        name = self.text(expr, env)
        if name is None:
            return UNKNOWN
        return self._name(tree.Name(expr.span, name), env, STEP)

    def _tuple(self, expr: tree.Tuple, env: Environment, want: Want) -> object:
        values = bounded(self.value(item, env, want) for item in expr.items)
        return UNKNOWN if UNKNOWN in values else values

    def _unary(self, expr: tree.Unary, env: Environment, want: Want) -> object:
        if expr.op == "not":
            condition = self.condition(expr.operand, env)
            return UNKNOWN if condition is None else not condition
        value = self.value(expr.operand, env)
        if value is UNKNOWN:
            return UNKNOWN
        operand = number(value, f"`{expr.op}`")
        return -operand if expr.op == "-" else operand

    def _binary(self, expr: tree.Binary, env: Environment, want: Want) -> object:
        if expr.op in ("and", "or"):
            left = self.condition(expr.left, env)
            if left == (expr.op == "or"):
                return left
            right = self.condition(expr.right, env)
            return UNKNOWN if left is None or right is None else right
        left_value = self.value(expr.left, env, STEP if want.step else VALUE)
        right_value = self.value(expr.right, env)
        if left_value is UNKNOWN or right_value is UNKNOWN:
            return UNKNOWN
        if expr.op == "*" and is_step(left_value):
            return self._repeat(expr, left_value, right_value)
        if expr.op == "*" and is_step(right_value):
            return self.mistake(
                "E0407",
                "the number of copies stands behind the step",
                expr.span,
                hint=f"write `{expr.right.span.text} * {expr.left.span.text}`",
            )
        return self._limited(arithmetic(expr.op, left_value, right_value))

    def _repeat(self, expr: tree.Binary, left: object, count: object) -> object:
        item = self.as_recipe(left, expr.left)
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            return self.mistake(
                "E0407",
                f"a step is repeated a whole number of times, not {show(count)}",
                expr.right.span,
            )
        if begins_with_tap(item):
            return self._lost(expr.left.span)
        return RepeatRecipe(expr, item, count)

    def _lost(self, span: Span, alone: bool = False) -> object:
        what = "is" if alone else "begins with"
        return self.mistake(
            "E0209",
            f"`{brief(span)}` {what} a step's output: what flows into it here would be lost",
            span,
            hint="start the line with it, or merge the two with `add` or `concat`",
        )

    def _lost_in_chain(self, item: tree.Expr, recipe: Recipe) -> None:
        """A tap behind an arrow: meant as a layer, if the line that names it could declare one."""
        tap = recipe.tap if isinstance(recipe, TapRecipe) else None
        if tap is None or tap.made is None or brief(tap.made) != tap.made.text:
            self._lost(item.span, tap is not None)
            return
        self.reporter.withdraw("E0313", tap.made)  # that line was to declare, not to run
        if not tap.applied:
            tap.applied = True
            merge = "" if tap.refs is None else "merge the two with `add` or `concat`, or "
            self.mistake(
                "E0209",
                f"`{tap.name}` is a step's output: what flows into it here would be lost",
                item.span,
                hint=f"{merge}write `layer {tap.name} = {tap.made.text}` at line {tap.span.line}",
            )

    def _limited(self, value: object) -> object:
        if isinstance(value, int) and abs(value) >= self._largest:
            raise Refusal("E0502", f"this whole number has more than {self.limits.digits} digits")
        if isinstance(value, float) and not math.isfinite(value):
            raise Refusal("E0402", "the result is too large for a number")
        return value

    def _compare(self, expr: tree.Compare, env: Environment, want: Want) -> object:
        left = self.value(expr.operands[0], env)
        for op, operand in zip(expr.ops, expr.operands[1:], strict=True):
            right = self.value(operand, env)
            if left is UNKNOWN or right is UNKNOWN:
                return UNKNOWN
            if type(left) is tuple or type(right) is tuple:
                self.spend(_elements(left, right) // 10, expr.span)
            if not compared(op, left, right):
                return False
            left = right
        return True

    def _choose(self, expr: tree.IfElse, env: Environment, want: Want) -> object:
        condition = self.condition(expr.condition, env)
        if condition is None:  # each arm has mistakes of its own
            self.value(expr.then, env, want)
            self.value(expr.otherwise, env, want)
            return UNKNOWN
        arm = expr.then if condition else expr.otherwise
        value = self.value(arm, env, want)
        if want.step and value is not UNKNOWN:
            value = self.as_recipe(value, arm)
        return marked(Mark(expr, 0 if condition else 1), value)

    def _comprehension(self, expr: tree.Comprehension, env: Environment, want: Want) -> object:
        items = self.items(expr.iterable, env)

        def rounds() -> Iterator[object]:
            for index, item in enumerate(items if items is not None else (UNKNOWN,)):
                inner = env.inner()
                pairs = self.unpack(expr.targets, item, inner, expr.iterable.span)
                keep: bool | None = True
                if expr.condition is not None:
                    keep = self.condition(expr.condition, inner)
                    if keep is False:
                        continue
                value = self.value(expr.element, inner, want)
                if want.step and value is not UNKNOWN:
                    value = self.as_recipe(value, expr.element)
                mark = Mark(expr, index, _plain(pairs))
                yield marked(mark, value) if keep else UNKNOWN

        values = bounded(rounds())
        known = items is not None and not any(v is UNKNOWN for v in values)
        return values if known else UNKNOWN

    def _attribute(self, expr: tree.Attribute, env: Environment, want: Want) -> object:
        if isinstance(expr.value, tree.Name):
            dotted = env.find(f"{expr.value.id}.{expr.name.id}")
            if dotted is not MISSING:
                return dotted
        value = self.value(expr.value, env, TENSOR)
        if value is UNKNOWN:
            return UNKNOWN
        if not isinstance(value, TapRecipe):
            raise Refusal(
                "E0408",
                f"only a tensor has `.{expr.name.id}`, not {told(value)}",
                self._arrow(expr, value, env),
            )
        types = value.tap.types()
        if types is None:
            return UNKNOWN
        if len(types) != 1:
            raise Refusal(
                "E0408",
                f"`{value.tap.name}` is {len(types)} tensors, each with a shape of its own",
                "name each of them: `a, b = chunk(2)`",
            )
        facts = _known_facts(types[0])
        if expr.name.id in facts:
            return facts[expr.name.id]
        return self.mistake(
            "E0408",
            f"a {types[0]} tensor has no `.{expr.name.id}`",
            expr.name.span,
            hint=did_you_mean(expr.name.id, facts) or f"it has {', '.join(facts)}",
        )

    def _arrow(self, expr: tree.Attribute, value: object, env: Environment) -> str:
        """The chain that was meant by a step with another one behind a dot."""
        if not is_step(value) or not self._is_step_word(expr.name.id, env):
            return ""
        return f"join steps with an arrow: `{brief(expr.value.span)} -> {expr.name.id}`"

    def _index(self, expr: tree.Index, env: Environment, want: Want) -> object:
        value, index = self.value(expr.value, env), self.value(expr.index, env)
        if value is UNKNOWN or index is UNKNOWN:
            return UNKNOWN
        inner = unmarked(value) if is_recipe(value) else value
        what = brief(expr.value.span)
        if isinstance(inner, TapRecipe):
            return self._result(expr, inner.tap, index)
        if not isinstance(value, tuple | str):
            raise Refusal("E0402", f"only a tuple has elements, not {told(value)}")
        return value[_place(index, len(value), what)]

    def _result(self, expr: tree.Index, tap: Tap, index: object) -> object:
        """One of several results: `stage[0]`."""
        if tap.refs is None:
            return TapRecipe(expr, tap)
        if len(tap.refs) == 1:
            raise Refusal(
                "E0402",
                f"`{tap.name}` is one tensor, not several results",
                "`select` and `slice` take parts of a tensor",
            )
        return TapRecipe(expr, tap.result(_place(index, len(tap.refs), tap.name)))

    def _slice(self, expr: tree.Slice, env: Environment, want: Want) -> object:
        value = self.value(expr.value, env)
        bounds = []
        for part in (expr.start, expr.stop, expr.step):
            bound = self.value(part, env) if part is not None else None
            if bound is UNKNOWN:
                return UNKNOWN
            if bound is not None and (isinstance(bound, bool) or not isinstance(bound, int)):
                raise Refusal("E0402", f"a slice takes whole numbers, not {told(bound)}")
            bounds.append(bound)
        if value is UNKNOWN:
            return UNKNOWN
        if bounds[2] == 0:
            raise Refusal("E0402", "a slice cannot step by 0")
        whole = value if isinstance(value, str) else sequence(value, "a slice")
        return whole[slice(*bounds)]

    # --- calls and chains --------------------------------------------------------------------

    def _call(self, expr: tree.Call, env: Environment, want: Want) -> object:
        if _is_path(expr.callee):
            return self._path(expr)
        callee = self._callee(expr.callee, env, want)
        match callee:
            case _ if callee is UNKNOWN:
                arguments.evaluate_all(self, expr.arguments, env)
                return UNKNOWN
            case BuiltIn():
                return self._function(callee, expr, env)
            case FnRef():
                return self._user_function(callee, expr, env)
            case OpRef() | BlockRef():
                return arguments.bind(self, callee, expr, expr.arguments, env, whole=want.step)
            case _ if is_recipe(callee):
                return self._call_recipe(callee, expr)
        return self.mistake(
            "E0207",
            f"`{brief(expr.callee.span)}` is {told(callee)} and cannot be called",
            expr.callee.span,
        )

    def _call_recipe(self, callee: Recipe, expr: tree.Call) -> object:
        inner = unmarked(callee)
        if isinstance(inner, OpRecipe | BlockRecipe) and inner.node is expr.callee:
            return self.mistake(
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
        what = {
            TapRecipe: "a step's output",
            LayerRecipe: "a shared layer",
            ChainRecipe: "a chain",
            RepeatRecipe: "a repeated step",
        }.get(type(inner), "a block that has its arguments already")
        return self.mistake(
            "E0207",
            f"`{brief(expr.callee.span)}` is {what} and takes no arguments",
            expr.callee.span,
            hint="leave the parentheses away",
        )

    def _callee(self, expr: tree.Expr, env: Environment, want: Want) -> object:
        """What is called: a bare name is looked up as a step where a step stands, otherwise as a
        function first; a tap or number of that name, which cannot be called, hides neither."""
        if not isinstance(expr, tree.Name):
            return self.value(expr, env)
        local = env.find(expr.id)
        if local is not MISSING:
            if isinstance(local, Tap) and is_step(local.hides):
                local = local.hides
            cannot = isinstance(local, Tap) or is_plain(local)
            if not cannot or not (self._is_step_word(expr.id, env) or expr.id in FUNCTIONS):
                return self._local(expr, local, env, TENSOR)
        declared = self._declared(expr, expr.id, env)
        if declared is not None:
            return declared
        if expr.id in FUNCTIONS and not (want.step and expr.id in ops()):
            return FUNCTIONS[expr.id]
        if expr.id in ops():
            return OpRef(expr, ops()[expr.id])
        return self._unknown_name(expr, env, Want(step=want.step))

    def _function(self, built_in: BuiltIn, expr: tree.Call, env: Environment) -> object:
        name, fewest, most = built_in.name, built_in.fewest, built_in.most
        for argument in expr.arguments:
            if argument.name is not None:
                return self.mistake(
                    "E0202", f"`{name}` takes no argument by name", argument.name.span
                )
        values = [self.value(a.value, env) for a in expr.arguments]
        if not fewest <= len(values) <= most:
            wanted = f"{fewest} to {most}" if fewest != most else f"{fewest}"
            noun = "argument" if most == 1 else "arguments"
            raise Refusal("E0208", f"`{name}` takes {wanted} {noun}, not {len(values)}")
        if UNKNOWN in values:
            return UNKNOWN
        self.spend(_elements(*values) // 10, expr.span)
        return self._limited(built_in.call(*values))

    def _user_function(self, callee: FnRef, expr: tree.Call, env: Environment) -> object:
        declaration = callee.declaration
        bound = arguments.bind_parameters(
            self,
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
        if known in self.memory.calls:
            return self.memory.calls[known]
        if self._calls >= self.limits.calls:
            self.reporter.exhausted(
                "E0503",
                f"functions call each other more than {self.limits.calls} deep",
                expr.span,
                "one that calls itself needs a case in which it does not: `… if n > 0 else 1`",
            )
        self._calls += 1
        try:
            inner = Environment(callee.module, values=dict(bound))
            value = self.value(declaration.value, inner, Want(step=False))
        finally:
            self._calls -= 1
        if is_plain(value):
            self.memory.called(known, value)
        return marked(Mark(expr), value)

    def _chain(self, expr: tree.Chain, env: Environment, want: Want) -> object:
        items = []
        for position, item in enumerate(expr.items):
            recipe = self.recipe(item, env)
            if position and begins_with_tap(recipe):
                self._lost_in_chain(item, unmarked(recipe))
                recipe = UnknownRecipe(item)
            items.append(recipe)
        return ChainRecipe(expr, tuple(items))

    def _suite(self, expr: tree.Suite, env: Environment, want: Want) -> object:
        head = expr.head
        callee = head.callee if isinstance(head, tree.Call) else head
        if _is_path(callee):
            if isinstance(head, tree.Call):
                message = "the steps of `path` stand either in parentheses or on indented lines"
                return self.mistake("E0215", message, head.span)
            return SuiteRecipe(expr, None)
        op = arguments.bind_merge_head(self, expr, env)
        return SuiteRecipe(expr, op) if op is not None else UnknownRecipe(expr)

    def _path(self, expr: tree.Call) -> object:
        """`path(conv1=conv(8, 3), relu)`: the same as its steps on lines of their own."""
        if not expr.arguments:
            hint = "write them in the parentheses, or on indented lines below `path:`"
            return self.mistake("E0208", "`path` has no steps", expr.span, hint=hint)
        return self.lines(expr, expr.callee, expr.arguments)

    def lines(
        self, node: tree.Node, head: tree.Expr, given: tuple[tree.Argument, ...]
    ) -> SuiteRecipe:
        """Steps in parentheses as lines, the same ones whenever the node is evaluated."""
        if node not in self._suites:
            self._suites[node] = tree.Suite(node.span, head, tuple(_line(a) for a in given))
        return SuiteRecipe(self._suites[node], None)


# How each kind of expression is evaluated; a table, since this is what elaboration does most.
_EVALUATED: dict[type, Callable[[Evaluator, Any, Environment, Want], object]] = {
    tree.Constant: Evaluator._constant,
    tree.Shape: Evaluator._shape,
    tree.Name: Evaluator._name,
    tree.Template: Evaluator._computed,
    tree.Tuple: Evaluator._tuple,
    tree.Unary: Evaluator._unary,
    tree.Binary: Evaluator._binary,
    tree.Compare: Evaluator._compare,
    tree.IfElse: Evaluator._choose,
    tree.Call: Evaluator._call,
    tree.Attribute: Evaluator._attribute,
    tree.Index: Evaluator._index,
    tree.Slice: Evaluator._slice,
    tree.Comprehension: Evaluator._comprehension,
    tree.Chain: Evaluator._chain,
    tree.Suite: Evaluator._suite,
}
assert set(_EVALUATED) == set(get_args(tree.Expr))  # the set is closed


def _is_path(callee: tree.Expr) -> bool:
    return isinstance(callee, tree.Name) and callee.id == "path"


def _line(argument: tree.Argument) -> tree.Flow:
    """A step in parentheses as a line of its own; its name names the step."""
    names = (argument.name,) if argument.name is not None else ()
    return tree.Flow(argument.span, names, argument.value, None)


def tensor_facts(type_: TensorType) -> dict[str, object]:
    """What an expression may ask of a tensor: `input.channels`, `input.height`, …"""
    shape = type_.shape
    facts: dict[str, object] = {"shape": shape, "rank": len(shape)}
    if not shape:
        return facts
    facts["channels"] = shape[0]
    facts["features"] = shape[-1]
    if len(shape) == 2:
        facts["tokens"] = shape[0]
    for name, size in zip(SPATIAL_NAMES.get(len(shape) - 1, ()), shape[1:], strict=False):
        facts[name] = size
    return facts


_known_facts = lru_cache(maxsize=1024)(tensor_facts)


def _elements(*values: object) -> int:
    """How many elements the tuples among the values have."""
    return sum(len(v) for v in values if isinstance(v, tuple))


def evaluate_plain(expr: tree.Expr, values: Mapping[str, object]) -> object:
    """The value of an expression over plain names (`input.channels` may be one), or UNKNOWN.

    Reports nothing: for passes that check a guess or a promise after elaboration.
    """
    env = Environment(values=dict(values))
    try:
        return Evaluator(Reporter()).value(expr, env)
    except Exhausted:
        return UNKNOWN


def _plain(pairs: tuple[tuple[str, object], ...]) -> tuple[tuple[str, object], ...]:
    return tuple((n, v) for n, v in pairs if is_plain(v))


def _meant(name: str) -> str:
    """A hint for a name that users of other frameworks have in their fingers: `BatchNorm2d`."""
    from archdsl.ops.foreign import meant

    return meant(name)


def _place(index: object, count: int, what: str) -> int:
    """An index as the number of an element, from 0 on."""
    if isinstance(index, bool) or not isinstance(index, int):
        raise Refusal("E0402", f"an index is a whole number, not {told(index)}")
    if not -count <= index < count:
        raise Refusal(
            "E0403",
            f"there is no element {index} in `{what}`, which has {count}",
            f"the elements are numbered from 0 to {count - 1}" if count else "",
        )
    return index % count
