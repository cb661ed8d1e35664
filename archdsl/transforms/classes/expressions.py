"""What the user wrote as expressions, as Python: translated, worked out and simplified."""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from keyword import iskeyword
from operator import (
    add,
    attrgetter,
    eq,
    floordiv,
    ge,
    gt,
    is_,
    is_not,
    le,
    lt,
    mod,
    mul,
    ne,
    pow,
    sub,
    truediv,
)
from typing import Any

from msgspec import Struct

from archdsl.ir.code import Call, Code, Index, Infix, Name, Slice
from archdsl.syntax import tree
from archdsl.transforms.classes import plan

Values = Mapping[str, Any]
BUILTINS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "float": float,
    "int": int,
    "len": len,
    "max": max,
    "min": min,
    "round": round,
    "sum": sum,
}
OPERATORS: dict[str, Callable[..., Any]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": truediv,
    "//": floordiv,
    "%": mod,
    "**": pow,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
    "==": eq,
    "!=": ne,
    "is": is_,
    "is not": is_not,
}


TAKEN = frozenset(
    {*BUILTINS, "F", "Tensor", "enumerate", "list", "nn", "range", "self", "super", "torch"}
)
MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def legal(name: str) -> bool:
    """Whether a parameter or variable of `__init__` may be called so: what the code around it
    means by its own names stays, and Python renames what begins with two underscores."""
    plain = name.isidentifier() and not iskeyword(name) and not name.startswith("__")
    return plain and name not in TAKEN


class Unknown(Exception):
    """An expression that has no value for these names, or no Python form."""


def identical(a: object, b: object) -> bool:
    """Equal and of the same type throughout: `1`, `1.0` and `True` differ."""
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(identical, a, b))
    return a == b


def translate(expr: tree.Expr, resolve: Callable[[str], Code]) -> Code:
    """The expression in Python, or `Unknown`; `resolve` says what a name stands for."""
    match expr:
        case tree.Constant():
            return expr.value
        case tree.Shape():
            return expr.dims
        case tree.Name():
            return resolve(expr.id)
        case tree.Tuple():
            return tuple(translate(item, resolve) for item in expr.items)
        case tree.Unary():
            operand = translate(expr.operand, resolve)
            return operand if expr.op == "+" else plan.Unary(expr.op, operand)
        case tree.Binary():
            sides = translate(expr.left, resolve), translate(expr.right, resolve)
            return Infix(expr.op, sides)
        case tree.Compare(ops=(op,)) if op in MIRRORED:
            left, right = (translate(operand, resolve) for operand in expr.operands)
            return _comparison(op, left, right)
        case tree.IfElse():
            parts = (expr.condition, expr.then, expr.otherwise)
            return plan.IfElse(*(translate(part, resolve) for part in parts))
        case tree.Attribute(value=tree.Name(id=owner)):
            return resolve(f"{owner}.{expr.name.id}")
        case tree.Index():
            return Index(translate(expr.value, resolve), (translate(expr.index, resolve),))
        case tree.Slice(start=tree.Constant(value=int() as start), stop=None, step=None):
            return Index(translate(expr.value, resolve), (Slice(start),))
        case tree.Call(callee=tree.Name(id=function)) if function in BUILTINS:
            if any(argument.name is not None for argument in expr.arguments):
                raise Unknown
            return Call(function, tuple(translate(a.value, resolve) for a in expr.arguments))
    raise Unknown


def _comparison(op: str, left: Code, right: Code) -> Code:
    """With a literal on the right, as one says it; `is` where that is None or a truth value."""
    if plain(left) and not plain(right):
        op, left, right = MIRRORED[op], right, left
    if op in ("==", "!=") and (right is None or isinstance(right, bool)):
        op = "is" if op == "==" else "is not"
    return Infix(op, (left, right))


def plain(value: object) -> bool:
    """Whether a value can be written as a literal."""
    if isinstance(value, tuple):
        return all(map(plain, value))
    return value is None or isinstance(value, bool | int | float | str)


def evaluate(code: Code, values: Values) -> Any:
    """What Python would make of the expression under these names, or `Unknown`."""
    try:
        return _evaluate(code, values)
    except (ArithmeticError, TypeError, ValueError, LookupError) as error:
        raise Unknown from error


def _evaluate(code: Code, values: Values) -> Any:
    if type(code) in LITERALS:
        return code
    match code:
        case Name():
            return values[code.text] if code.text in values else _global(code)
        case Infix(op, operands):
            found = (_evaluate(operand, values) for operand in operands)
            if op in ("and", "or"):
                return all(found) if op == "and" else any(found)
            return reduce(OPERATORS[op], found)
        case plan.Unary():
            operand = _evaluate(code.operand, values)
            return not operand if code.op == "not" else -operand
        case plan.IfElse():
            test = _evaluate(code.test, values)
            return _evaluate(code.then if test else code.otherwise, values)
        case Index(items=(Slice(start, stop, step),)):
            return _evaluate(code.value, values)[start:stop:step]
        case Index(items=(item,)) if not isinstance(item, Slice):
            return _evaluate(code.value, values)[_evaluate(item, values)]
        case Call(func=str() as function, kwargs=()) if function in BUILTINS:
            return BUILTINS[function](*(_evaluate(a, values) for a in code.args))
        case tuple():
            return tuple(_evaluate(item, values) for item in code)
    raise Unknown


def _global(name: Name) -> Name:
    if "." not in name.text:
        raise Unknown
    return name


def simplify(code: Code) -> Code:
    """The same with constant parts worked out and neutral ones left out: `c * 1` is `c`."""
    match code:
        case Infix(op="and" | "or"):
            return _simplify_logic(code.op, tuple(simplify(o) for o in code.operands))
        case Infix():
            return _simplify_infix(code.op, tuple(simplify(o) for o in code.operands))
        case plan.Unary():
            return _worked_out(plan.Unary(code.op, simplify(code.operand)))
        case plan.IfElse():
            test, then = simplify(code.test), simplify(code.then)
            otherwise = simplify(code.otherwise)
            if isinstance(test, bool):
                return then if test else otherwise
            return plan.IfElse(test, then, otherwise)
        case Call():
            return _worked_out(Call(code.func, tuple(simplify(a) for a in code.args), code.kwargs))
        case Index(items=(item,)) if not isinstance(item, Slice):
            return _worked_out(Index(simplify(code.value), (simplify(item),)))
        case tuple():
            return tuple(simplify(item) for item in code)
    return code


def _worked_out(code: Code) -> Code:
    try:
        value: Code = evaluate(code, {})
    except Unknown:
        return code
    return value


def _simplify_logic(op: str, operands: tuple[Code, ...]) -> Code:
    decisive = op == "or"
    if any(operand is decisive for operand in operands):
        return decisive
    rest = tuple(operand for operand in operands if not isinstance(operand, bool))
    if not rest:
        return not decisive
    return rest[0] if len(rest) == 1 else Infix(op, rest)


def _simplify_infix(op: str, operands: tuple[Code, ...]) -> Code:
    folded = _worked_out(Infix(op, operands))
    if not isinstance(folded, Infix) or len(operands) != 2:
        return folded
    left, right = operands
    if op in ("*", "//", "**") and identical(right, 1):
        return left
    if op in ("+", "-") and identical(right, 0):
        return left
    if (op == "*" and identical(left, 1)) or (op == "+" and identical(left, 0)):
        return right
    return folded


def decided(code: Code, rows: Iterable[Values]) -> Code:
    """The same without choices that come out alike under all of these names and values."""
    found = tuple(rows)

    def change(part: object) -> object:
        if not isinstance(part, plan.IfElse):
            return part
        try:
            truths = {bool(evaluate(part.test, values)) for values in found}
        except Unknown:
            return part
        if len(truths) > 1:
            return part
        return transform(part.then if truths.pop() else part.otherwise, change)

    settled: Code = transform(code, change)
    return settled


def transform(node: object, change: Callable[[object], object]) -> Any:
    """The expression with every part, literals aside, for which `change` gives another one
    replaced."""
    kind = type(node)
    if kind in LITERALS:
        return node
    changed = change(node)
    if changed is not node:
        return changed
    parts = (_PARTS.get(kind) or _look_into(kind))(node)
    found = [part if type(part) in LITERALS else transform(part, change) for part in parts]
    if all(map(is_, found, parts)):
        return node
    return tuple(found) if kind is tuple else kind(*found)


def parts_of(node: object) -> list[object]:
    """The expression and everything in it but literals, outermost first."""
    found: list[object] = []
    waiting = [node]
    while waiting:
        part = waiting.pop()
        kind = type(part)
        if kind in LITERALS:
            continue
        found.append(part)
        parts = (_PARTS.get(kind) or _look_into(kind))(part)
        if parts:
            waiting += parts[::-1]
    return found


LITERALS = frozenset((int, float, bool, str, type(None)))
Parts = Callable[[Any], tuple[object, ...]]


def _look_into(kind: type) -> Parts:
    fields = kind.__struct_fields__ if issubclass(kind, Struct) else ()
    if kind is tuple:
        parts: Parts = tuple
    elif len(fields) > 1:
        parts = attrgetter(*fields)
    else:
        parts = _one_or_none(fields)
    _PARTS[kind] = parts
    return parts


def _one_or_none(fields: tuple[str, ...]) -> Parts:
    return lambda node: tuple(getattr(node, field) for field in fields)


_PARTS: dict[type, Parts] = {}
"""How to look into each kind of expression."""


def names_in(code: object) -> set[str]:
    """The variables that an expression reads."""
    found = {part.text for part in parts_of(code) if isinstance(part, Name)}
    return {name for name in found if "." not in name}
