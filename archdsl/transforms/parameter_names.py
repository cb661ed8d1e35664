"""Program -> the same with steps that a block's parameter gives called after that parameter.

`cell(8, relu)` and `cell(8, hardswish)` name the step `relu` and `hardswish`, after the op. Where a
file has both, the step is `act` in both, as the parameter is: one class for all uses. Steps with
weights keep their names, which are keys of the `state_dict`.
"""

from collections.abc import Collection, Iterator, Mapping

from msgspec.structs import replace

from archdsl.base.names import refusal
from archdsl.ir.graph import Program, Scope, ScopeKind, Step, different_steps
from archdsl.ir.trail import place
from archdsl.syntax import tree

Place = tuple[int, ...]


def named_alike(
    programs: tuple[Program, ...], siblings: Collection[Scope]
) -> tuple[tuple[Program, ...], Mapping[Scope, Scope]]:
    """The same programs and siblings, and what became of each scope."""
    roots = (*(program.root for program in programs), *siblings)
    scopes = dict.fromkeys(scope for root in roots for scope in _scopes(root))
    differing = _differing(scopes)
    if not differing:
        return programs, {scope: scope for scope in scopes}
    made: dict[Scope, Scope] = {}
    for root in roots:
        _renamed(root, differing, made)
    return tuple(replace(p, root=made[p.root]) for p in programs), made


def _scopes(root: Scope) -> Iterator[Scope]:
    yield root
    for scope, index in different_steps(root):
        target = scope.steps[index].target
        if isinstance(target, Scope):
            yield target


def _differing(scopes: Collection[Scope]) -> frozenset[int]:
    """The definitions in which a parameter stands for different ops at one place."""
    words: dict[tuple[int, Place], str] = {}
    differing: set[int] = set()
    for scope in scopes:
        for step in scope.steps if _has_parameters(scope) else ():
            if _parameter(scope, step):
                key = id(scope.definition), place(step)
                if words.setdefault(key, _word(step)) != _word(step):
                    differing.add(id(scope.definition))
    return frozenset(differing)


def _has_parameters(scope: Scope) -> bool:
    block = scope.kind is ScopeKind.BLOCK and scope.definition is not None
    return block and bool(scope.definition and scope.definition.parameters)


def _parameter(scope: Scope, step: Step) -> str | None:
    """The parameter that gives a step without weights, if one does."""
    if step.named or isinstance(step.target, Scope) or scope.definition is None:
        return None
    names = (mark.node.id for mark in step.trail if isinstance(mark.node, tree.Name))
    name = next(names, None)
    known = any(parameter.name.id == name for parameter in scope.definition.parameters)
    return name if known and not _has_weights(scope, step) else None


def _has_weights(scope: Scope, step: Step) -> bool:
    return isinstance(step.target, Scope) or bool(step.target.weights(scope.types_of(step.inputs)))


def _word(step: Step) -> str:
    return "" if isinstance(step.target, Scope) else step.target.word


def _renamed(scope: Scope, differing: frozenset[int], made: dict[Scope, Scope]) -> Scope:
    """A scope with the new names in it; the very same where nothing has one."""
    if scope not in made:
        names = _names(scope) if id(scope.definition) in differing else {}
        steps = tuple(_step(step, names, differing, made) for step in scope.steps)
        modules = tuple(names.get(name, name) for name in scope.modules)
        changed = steps != scope.steps
        made[scope] = replace(scope, steps=steps, modules=modules) if changed else scope
    return made[scope]


def _step(
    step: Step, names: Mapping[str, str], differing: frozenset[int], made: dict[Scope, Scope]
) -> Step:
    target = step.target
    if isinstance(target, Scope):
        target = _renamed(target, differing, made)
    name = names.get(step.name, step.name)
    same = target is step.target and name == step.name
    return step if same else replace(step, target=target, name=name)


def _names(scope: Scope) -> dict[str, str]:
    """The new names of the steps that the user gave none, and that have no weights: numbered among
    themselves, so that no name depends on the ops that are given."""
    if not _has_parameters(scope):
        return {}
    free = [step for step in scope.steps if not step.named and not _has_weights(scope, step)]
    taken = {step.name for step in scope.steps}.difference(step.name for step in free)
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    for step in free:
        word = _parameter(scope, step) or _word(step)
        word = word if refusal(word) is None else f"{word}_"
        name = ""
        while not name or name in taken:
            counts[word] = counts.get(word, 0) + 1
            name = word if counts[word] == 1 else f"{word}_{counts[word]}"
        taken.add(name)
        names[step.name] = name
    return names
