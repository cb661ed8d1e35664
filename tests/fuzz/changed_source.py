"""Emitted source -> the same with one thing wrong: an argument, a layer, a wire or a mode.

`sites` finds what can be changed in a source, each with a word for it; `mutants` draws from them.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

ACTIVATIONS = {
    "ReLU": "ReLU6",
    "ReLU6": "ReLU",
    "Hardswish": "SiLU",
    "SiLU": "Hardswish",
    "GELU": "SiLU",
    "Hardsigmoid": "Sigmoid",
    "Sigmoid": "Hardsigmoid",
    "Tanh": "Hardtanh",
    "MaxPool2d": "AvgPool2d",
    "AvgPool2d": "MaxPool2d",
}
INTEGERS = {"padding", "stride", "dilation"}
FLOATS = {"eps", "momentum", "p", "negative_slope", "drop", "dropout"}
FLAGS = {"ceil_mode", "align_corners", "count_include_pad"}


@dataclass(frozen=True)
class Mutant:
    """A wrong source, and what was changed in which line."""

    what: str
    source: str


def mutants(source: str, count: int, seed: int) -> list[Mutant]:
    """As many different ones, if there are."""
    draw = Random(seed)
    by_text: dict[str, Mutant] = {}
    changes = [what for what, _ in _sites(ast.parse(source))]
    for at in draw.sample(range(len(changes)), len(changes)):
        tree = ast.parse(source)
        what, change = list(_sites(tree))[at]
        change()
        text = ast.unparse(ast.fix_missing_locations(tree))
        by_text.setdefault(text, Mutant(what, text))
        if len(by_text) == count:
            break
    return list(by_text.values())


Site = tuple[str, Callable[[], None]]


def _sites(tree: ast.Module) -> Iterator[Site]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield from _layer(node, node.func)
        if isinstance(node, ast.FunctionDef) and node.name == "forward":
            yield from _wires(node)


def _layer(call: ast.Call, name: ast.Attribute) -> Iterator[Site]:
    """Arguments and classes of `nn.Layer(…)`; a convolution's channels would change its keys."""
    if not (isinstance(name.value, ast.Name) and name.value.id == "nn"):
        return
    if name.attr in ACTIVATIONS:
        other = ACTIVATIONS[name.attr]
        yield _told(call, f"{name.attr} is {other}"), lambda: setattr(name, "attr", other)
    if name.attr == "Dropout" and call.args and isinstance(call.args[0], ast.Constant):
        yield _number(call, call.args[0], "p", lambda p: round(p / 2 + 0.05, 3))
    if name.attr == "MaxPool2d" and not any(k.arg == "ceil_mode" for k in call.keywords):
        flag = ast.keyword("ceil_mode", ast.Constant(True))
        yield _told(call, "ceil_mode is True"), lambda: call.keywords.append(flag)
    if name.attr.startswith("BatchNorm"):
        keywords = {k.arg for k in call.keywords}
        for word, value in (("eps", 1.1e-5), ("momentum", 0.11)):
            if word not in keywords:
                added = ast.keyword(word, ast.Constant(value))
                yield _told(call, f"{word} is {value}"), _appending(call, added)
    for keyword in call.keywords:
        if isinstance(keyword.value, ast.Constant):
            yield from _keyword(call, keyword.arg or "", keyword.value)


def _keyword(call: ast.Call, word: str, value: ast.Constant) -> Iterator[Site]:
    if word in INTEGERS and type(value.value) is int:
        yield _number(call, value, word, lambda n: n + 1)
    if word in FLOATS and type(value.value) is float:
        yield _number(call, value, word, lambda x: round(x * 0.9, 12))
    if word in FLAGS:
        yield _number(call, value, word, lambda flag: not flag)


def _wires(forward: ast.FunctionDef) -> Iterator[Site]:
    """Layers left out, sums that are differences, tensors joined in another order."""
    for node in ast.walk(forward):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and _tensors(node):
            yield _told(node, "+ is -"), lambda node=node: setattr(node, "op", ast.Sub())
        if isinstance(node, ast.List) and len(node.elts) > 1:
            yield _told(node, "a list turned round"), node.elts.reverse
        for field, value in ast.iter_fields(node):
            if _applied(value) and isinstance(node, ast.Call | ast.Return | ast.Assign | ast.BinOp):
                inner = value.args[0]
                left_out = f"{ast.unparse(value.func)} is left out"
                yield (
                    _told(value, left_out),
                    lambda node=node, field=field, inner=inner: setattr(node, field, inner),
                )


def _tensors(node: ast.BinOp) -> bool:
    """Whether a sum is of results of layers, not of sizes."""
    return any(isinstance(n, ast.Call) for n in ast.walk(node)) and not any(
        isinstance(n, ast.Constant) for n in ast.walk(node)
    )


def _applied(value: object) -> bool:
    """`self.layer(x)`."""
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and isinstance(value.func.value, ast.Name)
        and value.func.value.id == "self"
        and len(value.args) == 1
    )


def _number(call: ast.Call, value: ast.Constant, word: str, other: Callable) -> Site:
    new = other(value.value)
    return _told(call, f"{word} is {new}"), lambda: setattr(value, "value", new)


def _appending(call: ast.Call, keyword: ast.keyword) -> Callable[[], None]:
    return lambda: call.keywords.append(keyword)


def _told(node: ast.expr, what: str) -> str:
    return f"line {node.lineno}, {ast.unparse(node)[:60]}: {what}"
