"""`init` rules resolved against the program: which classes or paths each one means."""

from fnmatch import fnmatchcase

from archdsl.ir.code import Call
from archdsl.ir.graph import Init, Program, Scope, Step, walk
from archdsl.transforms.classes.plan import InitRule


def init_rules(program: Program) -> tuple[InitRule, ...]:
    """Every rule that touches something, in the order written."""
    found = [(path, scope, step) for path, scope, step in walk(program.root)]
    rules = (_resolved(rule, found) for rule in program.inits)
    return tuple(rule for rule in rules if rule.classes or rule.paths)


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
