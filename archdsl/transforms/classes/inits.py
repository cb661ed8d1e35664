"""`init` rules resolved against the program: which modules each one means, and how to say so.

Rules that mean the same modules, one after the other, become one; so do rules that make the same
calls for different modules.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from archdsl.ir.code import Call
from archdsl.ir.graph import Init, Program, Scope, Step, walk
from archdsl.transforms.classes.plan import InitCall, InitRule


@dataclass(frozen=True, slots=True)
class _Module:
    """A step that holds a module or tensor of its own."""

    path: str
    word: str
    cls: str
    tensors: frozenset[str]


def init_rules(program: Program) -> tuple[InitRule, ...]:
    """What `init_weights` does, in the order written."""
    modules = tuple(_modules(program))
    rules: list[InitRule] = []
    for init in program.inits:
        resolved = _resolved(init, modules)
        if resolved is not None:
            _add(rules, resolved)
    return tuple(_alike_joined(rules))


def _modules(program: Program) -> Iterator[_Module]:
    seen: set[str] = set()
    for path, scope, step in walk(program.root):
        if not isinstance(step.target, Scope) and path not in seen:
            seen.add(path)
            yield _module(path, scope, step)


def _module(path: str, scope: Scope, step: Step) -> _Module:
    assert not isinstance(step.target, Scope)
    inputs = scope.types_of(step.inputs)
    build = step.target.emit(inputs).build
    cls = build.func if isinstance(build, Call) and isinstance(build.func, str) else ""
    tensors = frozenset(weight.name for weight in step.target.weights(inputs))
    return _Module(path, step.target.word, cls, tensors)


def _resolved(init: Init, modules: tuple[_Module, ...]) -> InitRule | None:
    """The rule with what it means; None where that is nothing."""
    asked = [m for m in modules if _means(init, m)]
    meant = [m for m in asked if init.tensor in m.tensors or m.tensors == {""}]
    if not meant:
        return None
    classes = tuple(sorted({m.cls for m in meant}))
    guarded = any(m.cls in classes and init.tensor not in m.tensors for m in asked)
    bare = all(m.tensors == {""} for m in meant)
    call = InitCall(init.function, "" if bare else init.tensor, init.arguments, guarded)
    if init.path is None and not bare:
        return InitRule(classes, (), (), (call,))
    paths = tuple(m.path for m in meant)
    pieces = tuple((init.path or "").split("*"))
    exact = {m.path for m in modules if m.cls in classes and _matches(pieces, m.path)}
    plain = bare or len(paths) == 1 or set(init.path or "") & set("?[")
    if plain or exact != {m.path for m in asked if m.cls in classes}:
        pieces = ()
    return InitRule(classes, pieces, paths, (call,))


def _means(init: Init, module: _Module) -> bool:
    return (init.op is None or init.op == module.word) and (
        init.path is None or fnmatchcase(module.path, init.path)
    )


def _matches(pieces: tuple[str, ...], path: str) -> bool:
    """What the printed test will say: how the path starts and ends, and what it holds."""
    first, *middle, last = pieces if len(pieces) > 1 else (pieces[0], pieces[0])
    return path.startswith(first) and path.endswith(last) and all(m in path for m in middle)


def _add(rules: list[InitRule], rule: InitRule) -> None:
    """Joins the rule before, where that means the same modules."""
    before = rules[-1] if rules else None
    if before and (before.classes, before.pieces, before.paths) == (
        rule.classes,
        rule.pieces,
        rule.paths,
    ):
        rules[-1] = replace(before, calls=(*before.calls, *rule.calls))
    else:
        rules.append(rule)


def _alike_joined(rules: list[InitRule]) -> Iterator[InitRule]:
    """Neighbours for op classes that say the same become one; their modules differ."""
    waiting: InitRule | None = None
    for rule in rules:
        if waiting is not None and _joinable(waiting, rule):
            classes = tuple(sorted({*waiting.classes, *rule.classes}))
            pairs = zip(waiting.calls, rule.calls, strict=True)
            calls = tuple(replace(a, guarded=a.guarded or b.guarded) for a, b in pairs)
            waiting = InitRule(classes, (), (), calls)
            continue
        if waiting is not None:
            yield waiting
        waiting = rule
    if waiting is not None:
        yield waiting


def _joinable(a: InitRule, b: InitRule) -> bool:
    same = [replace(call, guarded=False) for call in a.calls] == [
        replace(call, guarded=False) for call in b.calls
    ]
    return same and not a.paths and not b.paths and not set(a.classes) & set(b.classes)
