"""`init` rules resolved against the program: which classes or paths each one means."""

from dataclasses import replace
from fnmatch import fnmatchcase

from archdsl.ir.code import Call
from archdsl.ir.graph import Init, Program, Scope, Step, walk
from archdsl.transforms.classes.plan import InitRule


def init_rules(program: Program) -> tuple[InitRule, ...]:
    """Every rule that touches something, in the order written."""
    found = [(path, scope, step) for path, scope, step in walk(program.root)]
    rules: list[InitRule] = []
    for rule in program.inits:
        resolved = _resolved(rule, found)
        if rules and _same_call(rules[-1], resolved):
            classes = tuple(sorted({*rules[-1].classes, *resolved.classes}))
            guarded = rules[-1].guarded or resolved.guarded
            rules[-1] = replace(resolved, classes=classes, guarded=guarded)
        elif resolved.classes or resolved.paths:
            rules.append(resolved)
    return tuple(rules)


def _same_call(a: InitRule, b: InitRule) -> bool:
    """Whether two neighbouring rules for op classes say the same."""
    if a.rule.path is not None or b.rule.path is not None or not b.classes:
        return False
    return (a.rule.tensor, a.rule.function, a.rule.arguments) == (
        b.rule.tensor,
        b.rule.function,
        b.rule.arguments,
    )


def _resolved(rule: Init, found: list[tuple[str, Scope, Step]]) -> InitRule:
    classes: dict[str, None] = {}
    paths: dict[str, None] = {}
    lacking = 0
    for path, scope, step in found:
        if isinstance(step.target, Scope) or not _means(rule, path, step.target.word):
            continue
        inputs = scope.types_of(step.inputs)
        if not any(w.name in (rule.tensor, "") for w in step.target.weights(inputs)):
            lacking += 1
            continue
        paths.setdefault(path)
        build = step.target.emit(inputs).build
        if isinstance(build, Call) and isinstance(build.func, str):
            classes.setdefault(build.func)
    if rule.path is None:
        return InitRule(rule, tuple(sorted(classes)), (), lacking > 0)
    return InitRule(rule, (), tuple(paths), lacking > 0)


def _means(rule: Init, path: str, word: str) -> bool:
    return (rule.op is None or rule.op == word) and (
        rule.path is None or fnmatchcase(path, rule.path)
    )
