"""The user's expressions as Python: translated, worked out and simplified."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, reduce
from math import ceil, floor, log2, sqrt
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

from archdsl.base.names import is_variable
from archdsl.ir.code import Call, Code, Index, Infix, Name, Slice
from archdsl.ir.graph import FindFunction, Function, Opaque, no_function
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants
from archdsl.transforms.classes import plan

Values = Mapping[Any, Any]  # by names, and by sizes of inputs
BUILTINS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "enumerate": lambda *given: tuple(enumerate(*given)),
    "float": float,
    "int": int,
    "len": len,
    "max": max,
    "min": min,
    "range": lambda *given: tuple(range(*given)),
    "round": round,
    "sum": sum,
    "zip": lambda *given: tuple(zip(*given, strict=True)),
}
MATH: dict[str, Callable[..., Any]] = {
    f"math.{function.__name__}": function for function in (ceil, floor, log2, sqrt)
}
FUNCTIONS = BUILTINS | MATH
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
    "in": lambda item, row: item in row,
    "not in": lambda item, row: item not in row,
    "is": is_,
    "is not": is_not,
}


INIT_NAMES = frozenset({*BUILTINS, "F", "Tensor", "list", "math", "nn", "self", "super", "torch"})
MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def free_in_init(name: str) -> bool:
    """True where a parameter or variable of `__init__` may have this name: what the code around it
    means by its own names stays."""
    return is_variable(name) and name not in INIT_NAMES


class NoValue(Exception):
    """An expression that has no value for these names, or no Python form."""


def identical(a: object, b: object) -> bool:
    """Equal and of the same type throughout: `1`, `1.0` and `True` differ."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(identical, a, b))
    return a == b


Resolve = Callable[[str], Code]


def translate(expr: tree.Expr, resolve: Resolve, find: FindFunction = no_function) -> Code:
    """The expression in Python, or `Unknown`; `resolve` says what a name stands for, `find` which
    function."""

    def part(inner: tree.Expr) -> Code:
        return translate(inner, resolve, find)

    match expr:
        case tree.Constant():
            return expr.value
        case tree.Shape():
            return expr.dims
        case tree.Name():
            return resolve(expr.id)
        case tree.Tuple():
            return tuple(map(part, expr.items))
        case tree.Unary():
            operand = part(expr.operand)
            return operand if expr.op == "+" else plan.Unary(expr.op, operand)
        case tree.Binary():
            return Infix(expr.op, (part(expr.left), part(expr.right)))
        case tree.Compare(ops=(op,)) if op in MIRRORED:
            return _comparison(op, *map(part, expr.operands))
        case tree.Compare(ops=("in" | "not in" as op,), operands=operands):
            return Infix(op, tuple(map(part, operands)))
        case tree.IfElse():
            return plan.IfElse(part(expr.condition), part(expr.then), part(expr.otherwise))
        case tree.Attribute(value=tree.Name(id=owner)):
            return resolve(f"{owner}.{expr.name.id}")
        case tree.Attribute(value=tree.Index(value=tree.Name(id=owner), index=index)):
            return Index(resolve(f"{owner}.{expr.name.id}"), (part(index),))
        case tree.Index():
            return Index(part(expr.value), (part(expr.index),))
        case tree.Slice(start=start, stop=stop, step=step):
            bounds = (None if bound is None else part(bound) for bound in (start, stop, step))
            return Index(part(expr.value), (Slice(*bounds),))
        case tree.Comprehension():
            return _comprehension(expr, resolve, find)
        case tree.Call(callee=tree.Name(id=function)):
            return _call(function, expr.arguments, part, find)
    raise NoValue


def _call(
    name: str,
    arguments: tuple[tree.Argument, ...],
    part: Callable[[tree.Expr], Code],
    find: FindFunction,
) -> Code:
    """A function of Python, or one of the spec."""
    function = find(name)
    if function is not None:
        if _calls_itself(function):
            raise NoValue
        body_of(function), defaults_of(function)  # every arm of a choice must have a Python form
        given = [p.name.id for p in function.declaration.parameters]
        names = [a.name.id if a.name else given[k] for k, a in enumerate(arguments)]
        values = map(part, (a.value for a in arguments))
        return plan.Computed(function, tuple(zip(names, values, strict=True)))
    word = name if name in BUILTINS else f"math.{name}"
    if word not in FUNCTIONS or any(argument.name is not None for argument in arguments):
        raise NoValue
    return Call(word, tuple(part(a.value) for a in arguments))


def _comprehension(expr: tree.Comprehension, resolve: Resolve, find: FindFunction) -> Code:
    names = tuple(t.id for t in expr.targets if isinstance(t, tree.Name))
    if len(names) < len(expr.targets) or not all(map(free_in_init, names)):
        raise NoValue

    def inside(name: str) -> Code:
        return Name(name) if name in names else resolve(name)

    return plan.Comprehension(
        translate(expr.element, inside, find),
        names,
        translate(expr.iterable, resolve, find),
        True if expr.condition is None else translate(expr.condition, inside, find),
    )


@lru_cache(maxsize=256)
def body_of(function: Function) -> Code:
    """The value of a function, over the names of its parameters; or `Unknown`."""
    names = {parameter.name.id for parameter in function.declaration.parameters}
    if not all(map(free_in_init, names)):
        raise NoValue

    def resolve(name: str) -> Code:
        if name not in names:
            raise NoValue
        return Name(name)

    return translate(function.declaration.value, resolve, function.find)


@lru_cache(maxsize=256)
def _calls_itself(function: Function) -> bool:
    """True for a function that ends up in itself, whose type nothing tells."""
    seen: set[Function] = set()
    waiting = _called_in(function)
    while waiting:
        other = waiting.pop()
        if other == function:
            return True
        if other not in seen:
            seen.add(other)
            waiting += _called_in(other)
    return False


def _called_in(function: Function) -> list[Function]:
    """The functions in what a function gives and in its defaults."""
    declaration = function.declaration
    parts = [node for node in descendants(declaration) if node is not declaration.name]
    names = (node.id for node in parts if isinstance(node, tree.Name))
    return [called for called in map(function.find, names) if called is not None]


def defaults_of(function: Function) -> dict[str, Code]:
    """The defaults of a function's parameters; or `Unknown`."""
    return {
        p.name.id: translate(p.default, refuse, function.find)
        for p in function.declaration.parameters
        if p.default is not None
    }


def refuse(name: str) -> Code:
    """For a place that may read no name."""
    raise NoValue


def _comparison(op: str, left: Code, right: Code) -> Code:
    """With a literal on the right, as one says it; `is` where that is None or a truth value."""
    if plain(left) and not plain(right):
        op, left, right = MIRRORED[op], right, left
    if op in ("==", "!=") and (right is None or isinstance(right, bool)):
        op = "is" if op == "==" else "is not"
    return Infix(op, (left, right))


def sayable(code: Code) -> bool:
    """True where every part of an expression has a text."""
    return not any(isinstance(part, Opaque) for part in parts_of(code))


def plain(value: object) -> bool:
    """True for a value that can be written as a literal."""
    if isinstance(value, tuple):
        return all(map(plain, value))
    return value is None or isinstance(value, bool | int | float | str)


def evaluate(code: Code, values: Values) -> Any:
    """The value that Python gives the expression under these names, or `Unknown`."""
    try:
        return _evaluate(code, values)
    except (ArithmeticError, TypeError, ValueError, LookupError, RecursionError) as error:
        raise NoValue from error


def _evaluate(code: Code, values: Values) -> Any:
    if type(code) in LITERALS:
        return code
    match code:
        case Name():
            return values[code.text] if code.text in values else _global(code)
        case Infix(op, operands):
            operand_values = (_evaluate(operand, values) for operand in operands)
            if op in ("and", "or"):
                return all(operand_values) if op == "and" else any(operand_values)
            return reduce(OPERATORS[op], operand_values)
        case plan.SizeOf():
            return values[code]
        case plan.Unary():
            operand = _evaluate(code.operand, values)
            return not operand if code.op == "not" else -operand
        case plan.IfElse():
            test = _evaluate(code.test, values)
            return _evaluate(code.then if test else code.otherwise, values)
        case Index(items=(Slice(start, stop, step),)):
            bounds = slice(*(_evaluate(bound, values) for bound in (start, stop, step)))
            return _evaluate(code.value, values)[bounds]
        case Index(items=(item,)) if not isinstance(item, Slice):
            return _evaluate(code.value, values)[_evaluate(item, values)]
        case Call(func=str() as function, kwargs=()) if function in FUNCTIONS:
            return FUNCTIONS[function](*(_evaluate(a, values) for a in code.args))
        case plan.Computed():
            given = {name: _evaluate(value, values) for name, value in code.arguments}
            left = defaults_of(code.function).items()
            given |= {name: _evaluate(value, {}) for name, value in left if name not in given}
            return _evaluate(body_of(code.function), given)
        case plan.Comprehension():
            return tuple(_rounds(code, values))
        case tuple():
            return tuple(_evaluate(item, values) for item in code)
        case Opaque():
            return code
    raise NoValue


def _rounds(code: plan.Comprehension, values: Values) -> Iterator[Any]:
    for item in _evaluate(code.iterable, values):
        parts = (item,) if len(code.targets) == 1 else item
        inside = {**values, **dict(zip(code.targets, parts, strict=True))}
        if _evaluate(code.condition, inside):
            yield _evaluate(code.element, inside)


def _global(name: Name) -> Name:
    if "." not in name.text:
        raise NoValue
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
        case Index(items=(Slice(start, stop, step),)):
            bounds = Slice(*map(simplify, (start, stop, step)))
            if bounds.stop == 0 and bounds.start is None and bounds.step is None:
                return ()
            row = simplify(code.value)
            match bounds:
                case Slice((int() | None) as low, (int() | None) as high, None) if (
                    type(row) is tuple
                ):
                    return row[low:high]
            return _worked_out(Index(row, (bounds,)))
        case Index(items=(item,)) if not isinstance(item, Slice):
            return _worked_out(_element(simplify(code.value), simplify(item)))
        case plan.Comprehension():
            return _worked_out(
                plan.Comprehension(
                    simplify(code.element),
                    code.targets,
                    simplify(code.iterable),
                    simplify(code.condition),
                )
            )
        case plan.Computed():
            given = tuple((name, simplify(value)) for name, value in code.arguments)
            return _worked_out(plan.Computed(code.function, given))
        case tuple():
            return tuple(simplify(item) for item in code)
    return code


def _element(value: Code, index: Any) -> Code:
    """An element: of a tuple that is written out, or of one of several that are zipped."""
    match value, index:
        case tuple(), int() if -len(value) <= index < len(value):
            return value[index]
        case Index(value=Call(func="zip") as rows, items=(row,)), int() if len(rows.args) > index:
            return Index(rows.args[index], (row,))
    return Index(value, (index,))


def _worked_out(code: Code) -> Code:
    if isinstance(code, Call) and code.func in ("range", "enumerate", "zip"):
        return code
    try:
        value: Code = evaluate(code, {})
    except NoValue:
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
    match op, left, right:
        case "*", Infix(op="*", operands=(rest, int() as first)), int() as second:
            return Infix("*", (rest, first * second))
        case "*", int() as first, Infix(op="*", operands=(int() as second, rest)):
            return Infix("*", (first * second, rest))
        case "+", int() as first, Infix(op="+", operands=(rest, int() as second)):
            return Infix("+", (rest, first + second))
        case "+", Infix(op="+", operands=(rest, int() as first)), int() as second:
            return Infix("+", (rest, first + second))
        case "-", Infix(op="+", operands=(rest, int() as first)), int() as second:
            return _shifted(rest, first - second)
    if op in ("*", "//", "**") and identical(right, 1):
        return left
    if op in ("+", "-") and identical(right, 0):
        return left
    if (op == "*" and identical(left, 1)) or (op == "+" and identical(left, 0)):
        return right
    return folded


def _shifted(code: Code, by: int) -> Code:
    if by == 0:
        return code
    return Infix("+", (code, by)) if by > 0 else Infix("-", (code, -by))


def decided(code: Code, rows: Iterable[Values], spared: frozenset[str] = frozenset()) -> Code:
    """The same without choices that come out alike under all of these names and values; those
    that read a name to be `spared` stay."""
    if not any(isinstance(part, plan.IfElse) for part in parts_of(code)):
        return code
    listed = tuple(rows)

    def change(part: object) -> object:
        if not isinstance(part, plan.IfElse) or spared & names_in(part.test):
            return part
        try:
            truths = {bool(evaluate(part.test, values)) for values in listed}
        except NoValue:
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
    replaced = [part if type(part) in LITERALS else transform(part, change) for part in parts]
    if all(map(is_, replaced, parts)):
        return node
    return tuple(replaced) if kind is tuple else kind(*replaced)


def parts_of(node: object) -> list[object]:
    """The expression and everything in it but literals, outermost first."""
    every: list[object] = []
    waiting = [node]
    while waiting:
        part = waiting.pop()
        kind = type(part)
        if kind in LITERALS:
            continue
        every.append(part)
        parts = (_PARTS.get(kind) or _look_into(kind))(part)
        if parts:
            waiting += [inner for inner in reversed(parts) if type(inner) not in LITERALS]
    return every


LITERALS = frozenset((int, float, bool, str, type(None), Function))
Parts = Callable[[Any], tuple[object, ...]]


def _look_into(kind: type) -> Parts:
    fields = kind.__struct_fields__ if issubclass(kind, Struct) else ()
    if getattr(kind, "is_whole", False):
        fields = ()  # what is in it is no expression
    if kind is tuple:
        parts: Parts = tuple
    elif len(fields) > 1:
        parts = attrgetter(*fields)
    elif fields:
        parts = _one(fields[0])
    else:
        parts = _nothing
    _PARTS[kind] = parts
    return parts


def _one(field: str) -> Parts:
    get = attrgetter(field)
    return lambda node: (get(node),)


def _nothing(node: object) -> tuple[object, ...]:
    return ()


_PARTS: dict[type, Parts] = {Name: _nothing}
"""The parts of each kind of expression."""


def names_in(code: object) -> set[str]:
    """The variables and the module's own attributes that an expression reads."""
    if type(code) in LITERALS:
        return set()
    names: set[str] = set()
    for part in (code,) if isinstance(code, Name) else parts_of(code):
        if isinstance(part, plan.Comprehension):
            inside = names_in((part.element, part.condition)) - set(part.targets)
            return _rest(code, part) | names_in(part.iterable) | inside
        if isinstance(part, Name) and ("." not in part.text or part.text.startswith("self.")):
            names.add(part.text)
    return names


def _rest(code: object, inner: plan.Comprehension) -> set[str]:
    """The variables that are read around a part."""
    return names_in(transform(code, lambda part: True if part is inner else part))
