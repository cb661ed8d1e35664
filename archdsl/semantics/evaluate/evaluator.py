"""Compile-time evaluation: an expression in its environment becomes a value, or UNKNOWN.

Total: every loop is over finite values, and work is counted against `Limits`. A mistake is
reported once and its value is UNKNOWN, which every later expression passes on in silence.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.quantities import is_whole
from archdsl.base.source import Span
from archdsl.ir.graph import Mark
from archdsl.semantics.elaboration_memory import ElaborationMemory
from archdsl.semantics.environment import MISSING, Environment
from archdsl.semantics.evaluate import arguments, mistakes
from archdsl.semantics.evaluate.calls import Calls, elements
from archdsl.semantics.evaluate.expected import STEP, TENSOR, VALUE, Expected
from archdsl.semantics.evaluate.functions import bounded, number, sequence
from archdsl.semantics.evaluate.lookup import Lookup
from archdsl.semantics.evaluate.mistakes import BadValue
from archdsl.semantics.evaluate.operators import arithmetic, compared
from archdsl.semantics.evaluate.suites import Suites
from archdsl.semantics.evaluate.tensor_words import refuses_operands
from archdsl.semantics.evaluate.tensors import tensor_facts
from archdsl.semantics.limits import LIMITS, Limits
from archdsl.semantics.names.mistakes import called_input
from archdsl.semantics.reporter import Exhausted, Reporter
from archdsl.semantics.values import (
    COMPOUND,
    UNKNOWN,
    BlockRef,
    OpRef,
    Recipe,
    RepeatRecipe,
    Tap,
    TapRecipe,
    UnknownRecipe,
    begins_with_tap,
    excerpt,
    extent,
    is_recipe,
    is_step,
    marked,
    told_of,
    unmarked,
)
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
        self, reporter: Reporter, limits: Limits = LIMITS, memory: ElaborationMemory | None = None
    ) -> None:
        self.memory = memory if memory is not None else ElaborationMemory()
        self.reporter = reporter
        self.limits = limits
        self._work = 0
        self._largest = 10**limits.digits
        self.as_lines = Suites().lines
        self.lookup = Lookup(self)
        self.calls = Calls(self, self.lookup)
        # How each kind of expression is evaluated: what elaboration does most.
        self._evaluated: dict[type, Callable[[Any, Environment, Expected], object]] = {
            tree.Constant: self._constant,
            tree.Shape: self._shape,
            tree.Name: self.lookup.name,
            tree.Template: self._computed,
            tree.Tuple: self._tuple,
            tree.Unary: self._unary,
            tree.Binary: self._binary,
            tree.Compare: self._compare,
            tree.IfElse: self._choose,
            tree.Call: self.calls.call,
            tree.Attribute: self._attribute,
            tree.Index: self._index,
            tree.Slice: self._slice,
            tree.Comprehension: self._comprehension,
            tree.Chain: self.calls.chain,
            tree.Suite: self.calls.suite,
        }

    # --- entry points ------------------------------------------------------------------------

    def value(self, expr: tree.Expr, env: Environment, expected: Expected = VALUE) -> object:
        self._work += 1
        if self._work > self.limits.evaluations:
            self.spend(0, expr.span)
        kind = type(expr)
        try:
            value = self._evaluated[kind](expr, env, expected)
            if kind in _COMPOUND and type(value) in COMPOUND:
                self._weigh(value, expr.span)
            return value
        except BadValue as bad:
            return self.report(bad.at(expr.span))

    def spend(self, work: int, span: Span) -> None:
        """Counts work of compile time, and ends the elaboration where it is too much."""
        self._work += work
        if self._work > self.limits.evaluations:
            self.reporter.exhausted(mistakes.too_many_evaluations(self.limits.evaluations, span))

    def _weigh(self, value: object, span: Span) -> None:
        """Bounds the size of a tuple or recipe that was just made, and counts it as work."""
        parts, depth = extent(value, self.limits.items)
        self.spend(parts // 10, span)
        what = "tuple" if isinstance(value, tuple) else "chain"
        if parts > self.limits.items:
            self.reporter.exhausted(mistakes.too_many_parts(what, self.limits.items, span))
        if depth > self.limits.depth:
            self.reporter.exhausted(mistakes.parts_too_deep(what, self.limits.depth, span))

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
        self.report(mistakes.not_a_step(value, expr.span))
        return UnknownRecipe(expr)

    def condition(self, expr: tree.Expr, env: Environment) -> bool | None:
        """True, false, or None where it cannot be known."""
        value = self.value(expr, env)
        if isinstance(value, bool):
            return value
        if value is not UNKNOWN:
            self.report(mistakes.not_a_condition(value, expr.span))
        return None

    def items(self, expr: tree.Expr, env: Environment) -> tuple[object, ...] | None:
        """The elements to loop over, or None where they cannot be known."""
        value = self.value(expr, env)
        if value is UNKNOWN:
            return None
        try:
            return sequence(value, "a loop")
        except BadValue as bad:
            self.report(bad.at(expr.span))
            return None

    def unpack(
        self, targets: tuple[tree.Binding, ...], value: object, env: Environment, span: Span
    ) -> tuple[tuple[str, object], ...]:
        """Binds one name to the value, or several to its elements."""
        for target in tree.bound(targets):
            if target.id == "input":
                self.report(called_input("a value", "body", target.span))
                env.values.update((t.id, UNKNOWN) for t in tree.bound(targets) if t is not target)
                return ()
        pairs = self._pairs(targets, value, span)
        env.values.update(pairs)
        return pairs

    def _pairs(
        self, targets: tuple[tree.Binding, ...], value: object, span: Span
    ) -> tuple[tuple[str, object], ...]:
        """The value for each name of the targets; `span` is the place of the whole value."""
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
            self.report(mistakes.names_and_elements(count, value, span))
        return (UNKNOWN,) * count

    def report(self, mistake: Diagnostic) -> object:
        """Tells a mistake; its value is unknown."""
        self.reporter.report(mistake)
        return UNKNOWN

    def text(self, name: "tree.Name | tree.Template", env: Environment) -> str | None:
        """The value of a computed name."""
        if isinstance(name, tree.Name):
            return name.id
        parts: list[str] = []
        for part in name.parts:
            value = part if isinstance(part, str) else self.value(part, env)
            if value is UNKNOWN:
                return None
            if not (is_whole(value) or isinstance(value, str)):
                self.report(mistakes.no_part_of_a_name(value, name.span))
                return None
            parts.append(str(value))
        return "".join(parts)

    # --- expressions -------------------------------------------------------------------------

    def _constant(self, expr: tree.Constant, env: Environment, expected: Expected) -> object:
        return self.limited(expr.value)

    def _shape(self, expr: tree.Shape, env: Environment, expected: Expected) -> object:
        return expr.dims

    def _computed(self, expr: tree.Template, env: Environment, expected: Expected) -> object:
        name = self.text(expr, env)
        if name is None:
            return UNKNOWN
        return self.lookup.name(tree.Name(expr.span, name), env, STEP)

    def _tuple(self, expr: tree.Tuple, env: Environment, expected: Expected) -> object:
        values = bounded(self.value(item, env, expected) for item in expr.items)
        return UNKNOWN if UNKNOWN in values else values

    def _unary(self, expr: tree.Unary, env: Environment, expected: Expected) -> object:
        if expr.op == "not":
            condition = self.condition(expr.operand, env)
            return UNKNOWN if condition is None else not condition
        value = self.value(expr.operand, env)
        if value is UNKNOWN:
            return UNKNOWN
        operand = number(value, f"`{expr.op}`")
        return -operand if expr.op == "-" else operand

    def _binary(self, expr: tree.Binary, env: Environment, expected: Expected) -> object:
        if expr.op in ("and", "or"):
            left = self.condition(expr.left, env)
            if left == (expr.op == "or"):
                return left
            right = self.condition(expr.right, env)
            return UNKNOWN if left is None or right is None else right
        left_value = self.value(expr.left, env, STEP if expected.step else VALUE)
        right_value = self.value(expr.right, env)
        if left_value is UNKNOWN or right_value is UNKNOWN:
            return UNKNOWN
        if refuses_operands(self, expr, left_value, right_value):
            return UNKNOWN
        if expr.op == "*" and is_step(left_value):
            return self._repeat(expr, left_value, right_value)
        if expr.op == "*" and is_step(right_value):
            return self.report(mistakes.copies_first(expr))
        return self.limited(arithmetic(expr.op, left_value, right_value))

    def _repeat(self, expr: tree.Binary, left: object, count: object) -> object:
        item = self.as_recipe(left, expr.left)
        if not is_whole(count) or count < 0:
            return self.report(mistakes.no_number_of_copies(count, expr.right.span))
        if begins_with_tap(item):
            return self.report(mistakes.flow_is_lost(expr.left.span))
        return RepeatRecipe(expr, item, count)

    def limited(self, value: object) -> object:
        if isinstance(value, int) and abs(value) >= self._largest:
            raise mistakes.too_many_digits(self.limits.digits)
        if isinstance(value, float) and not math.isfinite(value):
            raise mistakes.too_large()
        return value

    def _compare(self, expr: tree.Compare, env: Environment, expected: Expected) -> object:
        left = self.value(expr.operands[0], env)
        for op, operand in zip(expr.ops, expr.operands[1:], strict=True):
            right = self.value(operand, env)
            if left is UNKNOWN or right is UNKNOWN:
                return UNKNOWN
            if type(left) is tuple or type(right) is tuple:
                self.spend(elements(left, right) // 10, expr.span)
            if not compared(op, left, right):
                return False
            left = right
        return True

    def _choose(self, expr: tree.IfElse, env: Environment, expected: Expected) -> object:
        condition = self.condition(expr.condition, env)
        if condition is None:  # each arm has mistakes of its own
            self.value(expr.then, env, expected)
            self.value(expr.otherwise, env, expected)
            return UNKNOWN
        arm = expr.then if condition else expr.otherwise
        value = self.value(arm, env, expected)
        if expected.step and value is not UNKNOWN:
            value = self.as_recipe(value, arm)
        return marked(Mark(expr, 0 if condition else 1), value)

    def _comprehension(
        self, expr: tree.Comprehension, env: Environment, expected: Expected
    ) -> object:
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
                value = self.value(expr.element, inner, expected)
                if expected.step and value is not UNKNOWN:
                    value = self.as_recipe(value, expr.element)
                mark = Mark(expr, index, told_of(pairs))
                yield marked(mark, value) if keep else UNKNOWN

        values = bounded(rounds())
        known = items is not None and not any(v is UNKNOWN for v in values)
        return values if known else UNKNOWN

    def _attribute(self, expr: tree.Attribute, env: Environment, expected: Expected) -> object:
        if isinstance(expr.value, tree.Name):
            dotted = env.find(f"{expr.value.id}.{expr.name.id}")
            if dotted is not MISSING:
                return dotted
        if self.lookup.of_other_framework(expr, env):
            return UNKNOWN
        value = self.value(expr.value, env, TENSOR)
        if value is UNKNOWN:
            return UNKNOWN
        if not isinstance(value, TapRecipe):
            raise mistakes.not_a_tensor(expr.name.id, value, self._arrow(expr, value, env))
        types = value.tap.types()
        if types is None:
            return UNKNOWN
        if len(types) != 1:
            raise mistakes.several_tensors(value.tap.name, len(types))
        facts = tensor_facts(types[0])
        if expr.name.id in facts:
            return facts[expr.name.id]
        return self.report(mistakes.unknown_fact(expr.name, types[0], facts, _method(expr)))

    def _arrow(self, expr: tree.Attribute, value: object, env: Environment) -> str:
        """The meaning of a step, or a list, with a word behind a dot."""
        if expr.name.id in ("append", "extend") and isinstance(value, tuple):
            return "name each step, `part{i} = …`, and gather them: `[part{i} for i in …]`"
        if not is_step(value) or not self.lookup.is_step_word(expr.name.id, env):
            return ""
        return f"join steps with an arrow: `{excerpt(expr.value.span)} -> {expr.name.id}`"

    def _index(self, expr: tree.Index, env: Environment, expected: Expected) -> object:
        value, index = self.value(expr.value, env), self.value(expr.index, env)
        if value is UNKNOWN or index is UNKNOWN:
            return UNKNOWN
        inner = unmarked(value) if is_recipe(value) else value
        what = excerpt(expr.value.span)
        if isinstance(inner, TapRecipe):
            return self._result(expr, inner.tap, index)
        if not isinstance(value, tuple | str):
            raise mistakes.no_elements(value)
        return value[_place(index, len(value), what)]

    def _result(self, expr: tree.Index, tap: Tap, index: object) -> object:
        """One of several results: `stage[0]`."""
        if tap.refs is None:
            return TapRecipe(expr, tap)
        if len(tap.refs) == 1:
            raise mistakes.only_one_tensor(tap.name)
        return TapRecipe(expr, tap.result(_place(index, len(tap.refs), tap.name)))

    def _slice(self, expr: tree.Slice, env: Environment, expected: Expected) -> object:
        value = self.value(expr.value, env)
        bounds = []
        for part in (expr.start, expr.stop, expr.step):
            bound = self.value(part, env) if part is not None else None
            if bound is UNKNOWN:
                return UNKNOWN
            if bound is not None and not is_whole(bound):
                raise mistakes.no_bound_of_a_slice(bound)
            bounds.append(bound)
        if value is UNKNOWN:
            return UNKNOWN
        if bounds[2] == 0:
            raise mistakes.steps_by_zero("a slice")
        whole = value if isinstance(value, str) else sequence(value, "a slice")
        return whole[slice(*bounds)]


def evaluate_plain(expr: tree.Expr, values: Mapping[str, object]) -> object:
    """The value of an expression over plain names (`input.channels` may be one), or UNKNOWN.

    Reports nothing: for passes that check a guess or a promise after elaboration.
    """
    env = Environment(values=dict(values))
    try:
        return Evaluator(Reporter()).value(expr, env)
    except Exhausted:
        return UNKNOWN


def _place(index: object, count: int, what: str) -> int:
    """An index as the number of an element, from 0 on."""
    if not is_whole(index):
        raise mistakes.no_index(index)
    if not -count <= index < count:
        raise mistakes.no_such_element(index, what, count)
    return index % count


def _method(expr: tree.Attribute) -> str:
    """For `x.flatten(1)`: what applies a step to a tensor; empty where no op is meant."""
    from archdsl.ops.foreign import op_meant

    word = op_meant(expr.name.id)
    if expr.name.id in ("size", "dim", "ndim"):
        tensor = excerpt(expr.value.span)
        return f"write `{tensor}.channels`, `{tensor}.height` …; `{tensor}.shape` has no batch"
    return f"a step is applied by an arrow: `{excerpt(expr.value.span)} -> {word}`" if word else ""
