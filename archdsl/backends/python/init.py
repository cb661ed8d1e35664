"""`init_weights`: the `init` rules as straight calls of `torch.nn.init`."""

from itertools import groupby
from typing import Any

from archdsl.backends.python.layout import INDENT, laid, quoted
from archdsl.ir.code import Call, Infix, Name
from archdsl.transforms.classes.plan import InitRule

BODY = INDENT * 2


def init_method(rules: tuple[InitRule, ...]) -> list[str]:
    """The method's lines: runs of rules for op classes share a loop, path rules stand alone."""
    lines = [f"{INDENT}def init_weights(self) -> None:"]
    for by_class, run in groupby(rules, lambda rule: rule.rule.path is None):
        members = list(run)
        if by_class:
            lines += _over_modules(members)
        else:
            for rule in members:
                lines += _over_paths(rule)
    return lines


def _over_modules(rules: list[InitRule]) -> list[str]:
    lines = [f"{BODY}for module in self.modules():"]
    seen: set[str] = set()
    before: tuple[str, ...] | None = None
    for rule in rules:
        inner = BODY + INDENT
        if rule.classes != before:
            word = "elif" if seen and not seen & set(rule.classes) else "if"
            if word == "if":
                seen = set()
            lines += laid(inner, f"{word} ", _is_instance(rule.classes), ":")
        seen |= set(rule.classes)
        before = rule.classes
        lines += _call("module", rule, inner + INDENT)
    return lines


def _is_instance(classes: tuple[str, ...]) -> Call:
    names = tuple(Name(c) for c in classes)
    return Call("isinstance", (Name("module"), names if len(names) > 1 else names[0]))


def _over_paths(rule: InitRule) -> list[str]:
    if len(rule.paths) == 1:
        owner = f"self.get_submodule({quoted(rule.paths[0])})"
        dotted = all(part.isidentifier() for part in rule.paths[0].split("."))
        return _call(f"self.{rule.paths[0]}" if dotted else owner, rule, BODY)
    test = _suffix_test(rule)
    if test is not None:
        return [
            f"{BODY}for name, module in self.named_modules():",
            *laid(BODY + INDENT, "if ", test, ":"),
            *_call("module", rule, BODY + INDENT * 2),
        ]
    return [
        *laid(BODY, "for name in ", rule.paths, ":"),
        *_call("self.get_submodule(name)", rule, BODY + INDENT),
    ]


def _suffix_test(rule: InitRule) -> Call | Infix | None:
    """`name.endswith(".bn3")` where the pattern says just that."""
    pattern = rule.rule.path or ""
    end = pattern[1:]
    if pattern[:1] != "*" or not end.startswith(".") or set(end) & set("*?["):
        return None
    return Call("name.endswith", (end,))


def _call(owner: str, rule: InitRule, indent: str) -> list[str]:
    init = rule.rule
    tensor = f"{owner}.{init.tensor}" if init.tensor else owner
    lines: list[str] = []
    if rule.guarded:
        lines.append(f"{indent}if {tensor} is not None:")
        indent += INDENT
    arguments: tuple[tuple[str, Any], ...] = init.arguments
    call = Call(f"nn.init.{init.function}_", (Name(tensor),), arguments)
    return [*lines, *laid(indent, "", call)]
