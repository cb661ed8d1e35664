"""`init_weights`: the `init` rules as straight calls of `torch.nn.init`."""

from itertools import groupby
from typing import Any

from archdsl.backends.python.layout import BODY, INDENT, laid, quoted
from archdsl.ir.code import Call, Code, Infix, Name
from archdsl.transforms.classes.plan import InitCall, InitRule, sayable


def init_method(name: str, rules: tuple[InitRule, ...]) -> list[str]:
    """The method's lines: runs of rules over many modules share a loop."""
    lines = [f"{INDENT}def {name}(self) -> None:"]
    for kind, run in groupby(rules, _kind):
        members = list(run)
        if kind == "paths":
            for rule in members:
                lines += _over_paths(rule)
        else:
            lines += _over_modules(members, named=kind == "names")
    return lines


def _kind(rule: InitRule) -> str:
    if rule.pieces:
        return "names"
    return "paths" if rule.paths else "classes"


def _over_modules(rules: list[InitRule], named: bool) -> list[str]:
    """One loop; a rule for other classes than all before it since the last `if` is an `elif`."""
    head = "name, module in self.named_modules()" if named else "module in self.modules()"
    lines = [f"{BODY}for {head}:"]
    inner = BODY + INDENT
    seen: set[str] = set()
    for rule in rules:
        word = "elif" if seen and not named and not seen & set(rule.classes) else "if"
        seen = seen | set(rule.classes) if word == "elif" else set(rule.classes)
        lines += laid(inner, f"{word} ", _test(rule), ":")
        for call in rule.calls:
            lines += _call(f"module.{call.tensor}", call, inner + INDENT)
    return lines


def _test(rule: InitRule) -> Code:
    kinds = _of_classes(tuple(Name(c) for c in rule.classes), rule.exact)
    tests: list[Code] = [kinds]
    if rule.pieces:
        first, *middle, last = rule.pieces
        tests += [Call("name.startswith", (first,))] if first else []
        tests += [Infix("in", (piece, Name("name"))) for piece in middle]
        tests += [Call("name.endswith", (last,))] if last else []
    return Infix("and", tuple(tests)) if len(tests) > 1 else kinds


def _of_classes(classes: tuple[Name, ...], exact: bool) -> Code:
    several = len(classes) > 1
    module, wanted = Name("module"), classes if several else classes[0]
    if not exact:
        return Call("isinstance", (module, wanted))
    return Infix("in" if several else "is", (Call("type", (module,)), wanted))


def _over_paths(rule: InitRule) -> list[str]:
    lines: list[str] = []
    if len(rule.paths) == 1:
        for call in rule.calls:
            lines += _call(_tensor(rule.paths[0], call), call, BODY)
        return lines
    lines += laid(BODY, "for name in ", rule.paths, ":")
    for call in rule.calls:
        key = f'f"{{name}}.{call.tensor}"' if call.tensor else "name"
        lines += _call(f"self.get_parameter({key})", call, BODY + INDENT)
    return lines


def _tensor(path: str, call: InitCall) -> str:
    """`self.head.weight`, or by its key where that is no Python."""
    key = f"{path}.{call.tensor}" if call.tensor else path
    if all(map(sayable, key.split("."))):
        return f"self.{key}"
    return f"self.get_parameter({quoted(key)})"


def _call(tensor: str, call: InitCall, indent: str) -> list[str]:
    lines: list[str] = []
    if call.guarded:
        lines.append(f"{indent}if {tensor} is not None:")
        indent += INDENT
    arguments: tuple[tuple[str, Any], ...] = call.arguments
    made = Call(f"nn.init.{call.function}_", (Name(tensor),), arguments)
    return [*lines, *laid(indent, "", made)]
