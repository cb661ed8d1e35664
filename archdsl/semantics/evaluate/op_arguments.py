"""Arguments meet the arguments of ops, which pydantic checks.

What it refuses is told in the user's words here, by the type of the fault.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from msgspec import Struct

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Remedy, replaced
from archdsl.base.quantities import is_whole
from archdsl.base.source import Span
from archdsl.base.suggest import did_you_mean
from archdsl.ops.argument import Argument, Described, Refused
from archdsl.ops.base import Op
from archdsl.ops.foreign import KNOWN_SIZES, argument_meant
from archdsl.ops.initialiser import Initialiser
from archdsl.ops.registry import ops
from archdsl.semantics.environment import Environment
from archdsl.semantics.evaluate import mistakes
from archdsl.semantics.evaluate.argument_cache import accepted
from archdsl.semantics.evaluate.expected import STEP, Expected
from archdsl.semantics.evaluate.positional_habits import behind_input, instead
from archdsl.semantics.evaluate.protocols import Evaluation
from archdsl.semantics.evaluate.tensor_words import refuses_tensors
from archdsl.semantics.evaluate.types_in_words import describe, words_of
from archdsl.semantics.values import UNKNOWN, Branch, OpRecipe, is_step
from archdsl.syntax import tree

Arguments = Sequence[tree.Argument]
Settings = tuple[tuple[str, Any], ...]
D = TypeVar("D", bound=Described)


def bind_initialiser(
    evaluator: Evaluation,
    kind: type[Initialiser],
    node: tree.Expr,
    given: Arguments,
    env: Environment,
) -> Settings | None:
    """The settings of an initialiser, in the order of its arguments; None after a mistake."""
    bound = _gather(evaluator, kind, node, given, env)
    if bound is None:
        return None
    return tuple((w, getattr(bound.made, w)) for w in kind.arguments if w in bound.given)


def bind_op(
    evaluator: Evaluation, op: type[Op], node: tree.Expr, given: Arguments, env: Environment
) -> object:
    plain = _without_arguments(op) if not given else None
    if plain is not None:
        return OpRecipe(node, plain)
    bound = _gather(evaluator, op, node, given, env)
    return UNKNOWN if bound is None else OpRecipe(node, bound.made, bound.branches)


@cache
def _without_arguments(op: type[Op]) -> Op | None:
    """An op as its bare word makes it; None where it needs arguments."""
    try:
        return accepted(op, {})
    except Refused:
        return None


class _Bound(Struct, Generic[D], frozen=True):
    """An op or initialiser with its arguments, a merge's branches, and which words were given."""

    made: D
    branches: tuple[Branch, ...]
    given: frozenset[str]


def _gather(
    evaluator: Evaluation, op: type[D], node: tree.Expr, given: Arguments, env: Environment
) -> _Bound[D] | None:
    """The arguments as checked values, and a merge's branches; None after a mistake."""
    merge = op.inputs[1] > 1
    if not merge and refuses_tensors(evaluator, op, node, tuple(given), env):
        return None
    branches: list[Branch] = []
    values: dict[str, object] = {}
    spans: dict[str, tree.Node] = {}
    fine = merge or not _too_many(evaluator, op, given, node)
    for position, argument in enumerate(given):
        if merge and (argument.name is None or argument.name.id not in _words(op)):
            own = _branches(evaluator, op, argument, env)
            fine = fine and own is not None
            branches.extend(own or ())
            continue
        word = _argument_word(evaluator, op, argument, position, node)
        if word is None:
            fine = False
            continue
        value = evaluator.value(argument.value, env, _expected(op, word))
        if word == op.variadic and argument.name is None:
            value = _collect(values.get(word), value, sole=_positional(given) == 1)
        elif word in values:
            remedy = behind_input(op, given, node)
            evaluator.report(mistakes.given_twice(word, op.word, argument.span, remedy))
            fine = False
            continue
        fine = fine and value is not UNKNOWN
        values[word], spans[word] = value, argument.value
    if not fine:
        values = {w: v for w, v in values.items() if v is not UNKNOWN}
    checked = _validate(evaluator, op, values, spans, node, complete=fine)
    if not fine or checked is None:
        return None
    return _Bound(checked, tuple(branches), frozenset(spans))


def _positional(given: Arguments) -> int:
    """The number of arguments without a name."""
    return sum(argument.name is None for argument in given)


def _collect(so_far: object, value: object, *, sole: bool) -> object:
    """Positional values as one tuple; a sole tuple stands for itself."""
    if value is UNKNOWN or so_far is UNKNOWN:
        return UNKNOWN
    if sole and isinstance(value, tuple):
        return value
    return (*so_far, value) if isinstance(so_far, tuple) else (value,)


def _branches(
    evaluator: Evaluation, op: type[Described], argument: tree.Argument, env: Environment
) -> list[Branch] | None:
    """One branch, with a name or without, or those of a comprehension."""
    expr, name = argument.value, argument.name
    value = evaluator.value(expr, env, STEP)
    if value is UNKNOWN:
        env.doubts += [name.id] if name is not None else []  # it would have been a step's
        return None
    if name is not None:
        if is_step(value):
            return [Branch(expr, evaluator.as_lines(argument, name, (argument,), env))]
        if not _foreign_argument(evaluator, op, argument, expr):
            unknown_argument(evaluator, op.word, name, list(op.arguments))
        return None
    if is_whole(value) and "dim" in op.arguments:
        evaluator.report(mistakes.number_among_branches(value, "dim", expr.span))
        return None
    if isinstance(value, tuple):
        return [Branch(expr, evaluator.as_recipe(v, expr)) for v in value]
    return [Branch(expr, evaluator.as_recipe(value, expr))]


def _is_merge(word: str) -> bool:
    return word in ops() and ops()[word].inputs[1] > 1


def _opening(callee: tree.Expr, env: Environment) -> str:
    """The remedy for a word that opens no lines."""
    word = callee.span.text
    merges = [merge for merge in ops() if _is_merge(merge)]
    known = word in ops() or (env.module is not None and env.module.find(word) is not None)
    near = "" if known else did_you_mean(word, [*merges, "path"])
    return near or f"write `path:` around the lines; the merges are {', '.join(merges)}"


def bind_merge_head(evaluator: Evaluation, suite: tree.Suite, env: Environment) -> Op | None:
    """The merge that a block form names, with its arguments."""
    head = suite.head
    callee = head.callee if isinstance(head, tree.Call) else head
    given = head.arguments if isinstance(head, tree.Call) else ()
    if not isinstance(callee, tree.Name) or not _is_merge(callee.id):
        evaluator.report(mistakes.opens_no_lines(callee.span, _opening(callee, env)))
        return None
    for argument in given:
        if argument.name is None:
            evaluator.report(mistakes.branch_in_both_places(callee.id, argument.span))
            return None
    bound = bind_op(evaluator, ops()[callee.id], head, given, env)
    if not isinstance(bound, OpRecipe):
        return None
    if bound.branches:
        branch = bound.branches[0].node.span
        evaluator.report(mistakes.branch_in_both_places(callee.id, branch))
        return None
    return bound.op


def _argument_word(
    evaluator: Evaluation,
    op: type[Described],
    argument: tree.Argument,
    position: int,
    node: tree.Expr,
) -> str | None:
    if argument.name is not None:
        words = _words(op)
        if argument.name.id in words:
            return argument.name.id
        if not _foreign_argument(evaluator, op, argument, node):
            unknown_argument(evaluator, op.word, argument.name, words)
        return None
    if op.variadic:
        return op.variadic
    if position < len(op.positional):
        return op.positional[position]
    return None  # there are too many, which `_too_many` says


def _foreign_argument(
    evaluator: Evaluation, op: type[Described], argument: tree.Argument, node: tree.Expr
) -> bool:
    """True where a word is another framework's name of an argument or known size; reports that."""
    assert argument.name is not None
    given = argument.name
    here = argument_meant(given.id, _words(op))
    if here is not None:
        remedy = replaced(given.span, here)
    elif given.id in KNOWN_SIZES:
        hint = "leave it out: what flows in tells the size"
        remedy = replaced(with_comma(argument.span), "", hint)
    elif given.id == "activation" and isinstance(node, tree.Call):
        remedy = _followed(node, argument)
    else:
        return False
    evaluator.report(mistakes.unknown_argument(op.word, given.id, given.span, remedy))
    return True


def _followed(call: tree.Call, activation: tree.Argument) -> Remedy:
    """`linear(10, activation="relu")`: the activation is a step behind it."""
    rest = ", ".join(a.span.text for a in call.arguments if a is not activation)
    word = activation.value.span.text.strip("\"'")
    callee = call.callee.span.text
    return replaced(call.span, f"{callee}({rest}) -> {word}" if rest else f"{callee} -> {word}")


def with_comma(argument: Span) -> Span:
    """An argument's place with the comma behind it, else with the one before it."""
    text = argument.source.text
    behind = re.match(r"\s*,\s*", text[argument.end :])
    before = re.search(r",\s*$", text[: argument.start])
    if behind is not None:
        return Span(argument.source, argument.start, argument.end + behind.end())
    start = before.start() if before is not None else argument.start
    return Span(argument.source, start, argument.end)


def _too_many(
    evaluator: Evaluation, op: type[Described], given: Arguments, node: tree.Expr
) -> bool:
    """True where there are more arguments without a name than the op takes; reports it once."""
    unnamed = [a for a in given if a.name is None]
    if op.variadic or len(unnamed) <= len(op.positional):
        return False
    most = len(op.positional)
    span, remedy = unnamed[most].span, instead(op, given, node)
    evaluator.report(mistakes.too_many_without_names(op.word, most, len(unnamed), span, remedy))
    return True


def expected_of(argument: Argument, place: str) -> Expected:
    """The bare words that an op's argument accepts."""
    return Expected(words=frozenset(words_of(argument.annotation)), place=place)


@cache
def _words(op: type[Described]) -> tuple[str, ...]:
    """The names of an op's arguments, in order."""
    return tuple(op.arguments)


@cache
def _expected(op: type[Described], word: str) -> Expected:
    """The type that one argument of an op accepts."""
    return expected_of(op.arguments[word], f"`{word}` of `{op.word}`")


def _validate(
    evaluator: Evaluation,
    op: type[D],
    values: dict[str, object],
    spans: dict[str, tree.Node],
    node: tree.Expr,
    *,
    complete: bool,
) -> D | None:
    try:
        return accepted(op, values)
    except Refused as refused:
        faults = refused.faults
    missing = [str(f["loc"][0]) for f in faults if f["type"] == "missing"]
    told: set[str] = set()
    for fault in faults:
        word = str(fault["loc"][0])
        if fault["type"] == "missing" or word in told:
            continue
        told.add(word)
        same = [f for f in faults if f["loc"][0] == word]
        evaluator.report(_refused(op, word, values[word], same, spans[word]))
    if missing and complete:
        usage = _usage(op, missing, spans)
        evaluator.report(mistakes.missing_arguments(op.word, missing, node.span, usage))
    return None


def _usage(op: type[Described], missing: list[str], given: Mapping[str, tree.Node]) -> str:
    """The call as it was written, with what it lacks."""
    words = [w for w in op.positional if w in given or w in missing]
    shown = [given[w].span.text if w in given else w for w in words]
    shown += [f"{w}={n.span.text}" for w, n in given.items() if w not in words]
    shown += [f"{w}=…" for w in missing if w not in words]
    return f"write `{op.word}({', '.join(shown)})`"


_BOUNDS = {
    "greater_than_equal": ("ge", "at least {}"),
    "greater_than": ("gt", "more than {}"),
    "less_than_equal": ("le", "at most {}"),
    "less_than": ("lt", "less than {}"),
}


def _refused(
    op: type[Described], word: str, value: object, faults: Sequence[Any], written: tree.Node
) -> Diagnostic:
    """The mistake in one argument, by the types of pydantic's faults."""
    annotation, span = op.arguments[word].annotation, written.span
    hint = _instead_of(value, annotation, written)
    for fault in faults:
        if fault["type"] in _BOUNDS:
            key, phrase = _BOUNDS[fault["type"]]
            limit, size = phrase.format(fault["ctx"][key]), fault["input"]
            return mistakes.value_out_of_range(word, op.word, limit, size, span, hint)
    kind = describe(annotation)
    return mistakes.value_of_another_kind(word, op.word, kind, value, span, hint)


def _instead_of(value: object, annotation: Any, written: tree.Node) -> str:
    """The nearest word for a string; a way to a whole number where one is expected."""
    if isinstance(value, str):
        return did_you_mean(value, words_of(annotation))
    if not isinstance(value, float) or "whole number" not in describe(annotation):
        return ""
    if isinstance(written, tree.Constant):
        return f"write `{value:.0f}`"
    return "divide with `//`, or round with `int(…)`"


# --- for all calls ---------------------------------------------------------------------------


def unknown_argument(
    evaluator: Evaluation, name: str, given: tree.Name, words: Sequence[str]
) -> bool:
    hint = did_you_mean(given.id, words)
    if not hint:
        hint = f"it takes {', '.join(words)}" if words else "it takes no arguments"
    evaluator.report(mistakes.unknown_argument(name, given.id, given.span, hint))
    return False
