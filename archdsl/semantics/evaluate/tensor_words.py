"""Tensors where PyTorch would have them and this language has not: as arguments, as operands.

A step's tensor flows into it, so `relu(x)` is `x -> relu`; sums and products of tensors are merges.
Each mistake comes with the text to write instead.
"""

from archdsl.base.labels import Remedy, replaced
from archdsl.base.source import Span
from archdsl.ops.argument import Described
from archdsl.ops.base import Op
from archdsl.ops.registry import ops
from archdsl.semantics.environment import MISSING, Environment
from archdsl.semantics.evaluate import mistakes
from archdsl.semantics.evaluate.protocols import Reports
from archdsl.semantics.values import Tap, TapRecipe, is_recipe, unmarked
from archdsl.syntax import tree

_MERGES = {"+": "add", "-": "subtract", "*": "multiply"}


def is_tensor(value: object) -> bool:
    return is_recipe(value) and isinstance(unmarked(value), TapRecipe)


# --- arguments -----------------------------------------------------------------------------------


def refuses_tensors(
    evaluator: Reports,
    op: type[Described],
    node: tree.Expr,
    given: tuple[tree.Argument, ...],
    env: Environment,
) -> bool:
    """True where tensors are arguments of an op that takes none; reports the remedy, once."""
    tensors = _leading_tensors(given, env)
    if not tensors or not isinstance(node, tree.Call):
        return False
    remedy = _instead(op, node, tensors, given[1:])
    evaluator.report(mistakes.tensor_in_parentheses(op.word, tensors[0].span, remedy))
    return True


def _instead(
    op: type[Described],
    node: tree.Call,
    tensors: list[tree.Name],
    rest: tuple[tree.Argument, ...],
) -> Remedy:
    """The text to write, and an edit where that text is all of it."""
    branches = ", ".join(t.span.text for t in tensors)
    first, merge = tensors[0].id, _merging(op, len(tensors))
    if merge:
        text = f"{merge}({branches})"
        hint = f"for tensors of their own write `{text}`"
    elif len(tensors) > 1:
        return Remedy(f"merges take several: `concat({branches})`")
    elif _lacks(op, rest):
        channels = f"its number of channels is `{first}.channels`"
        return Remedy(f"{channels}; a chain begins `{first} -> …`")
    else:
        text = _flowing(op.word, tensors[0], rest)
        hint = f"write `{text}`, or `{text.partition(' -> ')[2]}` where it flows already"
    return replaced(node.span, text, hint)


def _merging(op: type[Described], count: int) -> str:
    """The merge that does an op's work on `count` branches; empty where there is none."""
    merge = op.merging if issubclass(op, Op) else ""
    fewest, most = ops()[merge].inputs if merge else (0, 0)
    return merge if fewest <= count <= most else ""


def _lacks(op: type[Described], given: tuple[tree.Argument, ...]) -> bool:
    """True where the op needs more arguments than these."""
    unnamed = sum(argument.name is None for argument in given)
    named = {argument.name.id for argument in given if argument.name is not None}
    known = {*op.positional[:unnamed], *named}
    return any(a.required and word not in known for word, a in op.arguments.items())


def _leading_tensors(given: tuple[tree.Argument, ...], env: Environment) -> list[tree.Name]:
    """The first arguments as far as they are names of steps, or `input`."""
    tensors: list[tree.Name] = []
    for argument in given:
        name = argument.value
        if argument.name is not None or not isinstance(name, tree.Name):
            break
        tap = env.find(name.id)
        if not isinstance(tap, Tap) or tap.hides is not MISSING:
            break
        tensors.append(name)
    return tensors


def _flowing(word: str, tensor: tree.Name, rest: tuple[tree.Argument, ...]) -> str:
    """`x -> conv(64, 3)` for `conv(x, 64, 3)`."""
    inside = ", ".join(argument.span.text for argument in rest)
    return f"{tensor.id} -> {word}({inside})" if rest else f"{tensor.id} -> {word}"


# --- operands ------------------------------------------------------------------------------------


def refuses_operands(evaluator: Reports, expr: tree.Binary, left: object, right: object) -> bool:
    """True where an operand is a tensor, which no operator takes; reports the remedy."""
    if not is_tensor(left) and not is_tensor(right):
        return False
    step = _written(expr, left, right)
    evaluator.report(mistakes.operator_on_tensor(expr, _tensor(expr, left).text, step))
    return True


def _tensor(expr: tree.Binary, left: object) -> Span:
    return expr.left.span if is_tensor(left) else expr.right.span


def _written(expr: tree.Binary, left: object, right: object) -> str:
    """The step that stands for the operator; empty where there is none."""
    a, b = expr.left.span.text, expr.right.span.text
    if is_tensor(left) and is_tensor(right):
        return f"{_MERGES[expr.op]}({a}, {b})" if expr.op in _MERGES else ""
    tensor, number = (a, b) if is_tensor(left) else (b, a)
    if expr.op == "*":
        return f"{tensor} -> scale({number}, learned=false)"
    if expr.op == "/" and is_tensor(left):
        divisor = number if isinstance(expr.right, tree.Constant | tree.Name) else f"({number})"
        return f"{tensor} -> scale(1 / {divisor}, learned=false)"
    return ""
