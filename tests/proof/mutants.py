"""Emitted source with one thing changed: as text, so that the rest stays letter by letter."""

import ast
from collections.abc import Callable, Iterator
from itertools import pairwise
from random import Random
from typing import NamedTuple

Place = tuple[int, int, int, int]


class Mutant(NamedTuple):
    """The text with the change, and what it is."""

    text: str
    what: str


class Edit(NamedTuple):
    """What to put in the place of a node, or of a run of statements."""

    first: ast.AST
    last: ast.AST
    text: str
    what: str


Rule = Callable[["Scene", ast.AST, Random], Iterator[Edit]]


class Scene(NamedTuple):
    """What stands around a node: its class's attributes, its function's names, its block."""

    names: tuple[str, ...]
    attributes: tuple[str, ...]


def mutants(text: str, helpers: frozenset[str], random: Random, count: int) -> list[Mutant]:
    """So many different mutants of a source, its helpers aside; fewer where it has no more."""
    edits = list(_edits(text, helpers, random))
    random.shuffle(edits)
    by_text: dict[str, str] = {}
    for edit in edits:
        if len(by_text) == count:
            break
        changed = _applied(text, edit)
        if changed != text and _parses(changed):
            line = getattr(edit.first, "lineno", 0)
            by_text.setdefault(changed, f"line {line}: {edit.what}: {edit.text}"[:160])
    return [Mutant(changed, what) for changed, what in by_text.items()]


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _applied(text: str, edit: Edit) -> str:
    lines = text.encode().splitlines(keepends=True)
    first, last = edit.first, edit.last
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    begin = starts[first.lineno - 1] + first.col_offset
    end = starts[last.end_lineno - 1] + last.end_col_offset
    content = text.encode()
    return (content[:begin] + edit.text.encode() + content[end:]).decode()


def _edits(text: str, helpers: frozenset[str], random: Random) -> Iterator[Edit]:
    tree = ast.parse(text)
    for cls in [n for n in tree.body if isinstance(n, ast.ClassDef) and n.name not in helpers]:
        parts = list(ast.walk(cls))
        attributes = {
            p.attr
            for p in parts
            if isinstance(p, ast.Attribute)
            and isinstance(p.value, ast.Name)
            and p.value.id == "self"
        }
        for function in [n for n in cls.body if isinstance(n, ast.FunctionDef)]:
            yield from _in_function(function, tuple(sorted(attributes)), random)
        for member in cls.body:
            if isinstance(member, ast.AnnAssign) and member.value is not None:
                yield from _in_expression(Scene((), ()), member.value, random)


def _in_function(
    function: ast.FunctionDef, attributes: tuple[str, ...], random: Random
) -> Iterator[Edit]:
    parts = [part for statement in function.body for part in ast.walk(statement)]
    names = {a.arg for a in function.args.args}
    names |= {p.id for p in parts if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Store)}
    scene = Scene(tuple(sorted(names - {"self"})), attributes)
    for default in function.args.defaults:
        yield from _in_expression(scene, default, random)
    arguments = [a for a in function.args.args if a.arg != "self"]
    for a, b in pairwise(arguments):
        yield Edit(a, a, b.arg + "_", "argument renamed")
    yield from _in_block(function.body)
    annotations = {
        id(q) for p in parts if isinstance(p, ast.AnnAssign) for q in ast.walk(p.annotation)
    }
    for part in parts:
        for block in ("body", "orelse"):
            statements = getattr(part, block, None)
            if isinstance(statements, list) and statements:
                yield from _in_block(statements)
        if id(part) not in annotations:
            yield from _in_node(scene, part, random)


def _in_expression(scene: Scene, node: ast.AST, random: Random) -> Iterator[Edit]:
    for part in ast.walk(node):
        yield from _in_node(scene, part, random)


def _in_block(body: list[ast.stmt]) -> Iterator[Edit]:
    """Statements dropped, doubled, exchanged; docstrings aside."""
    body = [s for s in body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            continue
        yield Edit(statement, statement, "pass", "statement dropped")
        if not isinstance(statement, ast.Return | ast.If | ast.For):
            twice = f"{ast.unparse(statement)}; {ast.unparse(statement)}"
            yield Edit(statement, statement, twice, "statement doubled")
    simple = (ast.Assign, ast.Expr, ast.AugAssign)
    for a, b in pairwise(body):
        if isinstance(a, simple) and isinstance(b, simple):
            yield Edit(a, b, f"{ast.unparse(b)}; {ast.unparse(a)}", "statements exchanged")


OPERATORS = {ast.Add: "-", ast.Sub: "+", ast.Mult: "+", ast.FloorDiv: "*", ast.Div: "*"}
OTHERS = {"Conv2d": "Conv1d", "ReLU": "GELU", "BatchNorm2d": "InstanceNorm2d", "Linear": "Bilinear"}


def _in_node(scene: Scene, node: ast.AST, random: Random) -> Iterator[Edit]:
    match node:
        case ast.Constant(value=bool() as value):
            yield Edit(node, node, str(not value), "truth turned")
        case ast.Constant(value=int() as value):
            for other in (value + 1, value - 1):
                yield Edit(node, node, str(other) if other >= 0 else f"({other})", "number changed")
        case ast.Constant(value=float() as value):
            yield Edit(node, node, repr(value * 2 + 0.5), "number changed")
        case ast.Constant(value=str() as value) if hasattr(node, "col_offset"):
            yield Edit(node, node, repr(value + "1"), "string changed")
        case ast.Name(id=name, ctx=ast.Load()) if name in scene.names:
            others = [other for other in scene.names if other != name]
            if others:
                yield Edit(node, node, random.choice(others), "other name")
        case ast.Name(id=name, ctx=ast.Store()) if name in scene.names and name != "_":
            others = [other for other in scene.names if other != name]
            yield Edit(node, node, random.choice([*others, name + "_"]), "other target")
        case ast.Attribute(value=ast.Name(id="self"), attr=attr):
            others = [other for other in scene.attributes if other != attr]
            if others:
                yield Edit(node, node, f"self.{random.choice(others)}", "other attribute")
        case ast.Attribute(attr=attr) if attr in OTHERS:
            yield Edit(node, node, f"{ast.unparse(node.value)}.{OTHERS[attr]}", "other class")
        case ast.Call():
            yield from _in_call(node)
        case ast.BinOp() if type(node.op) in OPERATORS:
            left, right = ast.unparse(node.left), ast.unparse(node.right)
            sign = OPERATORS[type(node.op)]
            yield Edit(node, node, f"(({left}) {sign} ({right}))", "other operator")
            own = ast.unparse(ast.BinOp(ast.Name("a"), node.op, ast.Name("b"))).split()[1]
            yield Edit(node, node, f"(({right}) {own} ({left}))", "operands exchanged")
        case ast.Compare(ops=[_]):
            yield Edit(node, node, f"(not ({ast.unparse(node)}))", "test turned")
        case ast.If(test=test):
            yield Edit(test, test, f"not ({ast.unparse(test)})", "test turned")
        case ast.IfExp():
            turned = ast.IfExp(node.test, node.orelse, node.body)
            yield Edit(node, node, f"({ast.unparse(turned)})", "arms exchanged")
        case ast.List(elts=elts) | ast.Tuple(elts=elts) if len(elts) > 1:
            turned = type(node)([elts[-1], *elts[1:-1], elts[0]], node.ctx)
            yield Edit(node, node, ast.unparse(turned), "elements exchanged")
            fewer = type(node)(elts[:-1], node.ctx)
            yield Edit(node, node, ast.unparse(fewer), "element dropped")
        case ast.Slice(lower=ast.Constant() as lower, upper=upper, step=step):
            other = ast.unparse(ast.Slice(upper, lower, step))
            yield Edit(node, node, other, "ends exchanged")
        case ast.Return(value=ast.expr() as value):
            yield Edit(value, value, "None", "result dropped")


def _in_call(node: ast.Call) -> Iterator[Edit]:
    arguments = node.args
    for index in range(len(arguments) - 1):
        order = [*arguments]
        order[index], order[index + 1] = order[index + 1], order[index]
        if not any(isinstance(a, ast.Starred | ast.GeneratorExp) for a in order):
            turned = ast.Call(node.func, order, node.keywords)
            yield Edit(node, node, ast.unparse(turned), "arguments exchanged")
    for keyword in node.keywords:
        rest = [other for other in node.keywords if other is not keyword]
        yield Edit(node, node, ast.unparse(ast.Call(node.func, arguments, rest)), "keyword dropped")
    several = (ast.Starred, ast.GeneratorExp)
    if len(arguments) == 1 and not node.keywords and not isinstance(arguments[0], several):
        yield Edit(node, node, f"({ast.unparse(arguments[0])})", "call dropped")
    if arguments:
        fewer = ast.Call(node.func, arguments[:-1], node.keywords)
        yield Edit(node, node, ast.unparse(fewer), "argument dropped")
