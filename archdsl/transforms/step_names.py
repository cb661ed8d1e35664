"""Program -> the same with names of steps without weights that are the same in all uses of a block.

A step without a name is called after its op, and numbered: `relu`, `relu_2`. So its name depends on
the steps before it, and on the op that a parameter gives: `cell(8, relu)`, `cell(8, hardswish)`.
Where uses of a block disagree, the step is called after the parameter, and numbered by its place
in the block. Steps with weights keep their names, which are keys of the `state_dict`.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct, field
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
    blocks = _blocks(scopes)
    if not blocks:
        return programs, {scope: scope for scope in scopes}
    made: dict[Scope, Scope] = {}
    for root in roots:
        _renamed(root, blocks, made)
    return tuple(replace(p, root=made[p.root]) for p in programs), made


class _Uses(Struct):
    """The uses of one block. Of each place in it with steps that have neither weights nor a name
    from the user: their `words`, the `called` names, where the place begins in the source. `others`
    are the names of all other steps; `rounds` are places with several steps in one use."""

    words: dict[Place, str] = field(default_factory=dict)
    called: dict[Place, set[str]] = field(default_factory=dict)
    begins: dict[Place, int] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    rounds: set[Place] = field(default_factory=set)
    given: dict[Place, set[str]] = field(default_factory=dict)  # the ops that a parameter gives
    scopes: list[Scope] = field(default_factory=list)
    by_place: bool = False  # numbered by place, since one after the other they differ

    def see(self, scope: Scope) -> None:
        self.scopes.append(scope)
        counts: Counter[Place] = Counter()
        for step in scope.steps:
            if not _is_free(scope, step):
                self.others.add(step.name)
                continue
            at, parameter = place(step), _parameter(scope, step)
            counts[at] += 1
            self.words.setdefault(at, _sayable(parameter or _word(step)))
            self.begins.setdefault(at, step.trail[-1].node.span.start if step.trail else 0)
            self.called.setdefault(at, set()).add(step.name)
            if parameter is not None:
                self.given.setdefault(at, set()).add(_word(step))
        self.rounds |= {at for at, count in counts.items() if count > 1}

    def disagree(self) -> bool:
        """True where a step of one place is called differently, or a parameter gives it another
        op."""
        names = (called for at, called in self.called.items() if at not in self.rounds)
        return any(len(row) > 1 for row in (*names, *self.given.values()))

    def settle(self) -> None:
        """Decides how the steps are numbered: one after the other, if a step has the same number in
        all uses then, else by their places."""
        known: dict[tuple[Place, int], str] = {}
        for scope in self.scopes:
            counts: Counter[Place] = Counter()
            names = self.names(scope)
            for step in scope.steps:
                if step.name in names and _is_free(scope, step):
                    counts[place(step)] += 1
                    key = place(step), counts[place(step)]
                    self.by_place |= known.setdefault(key, names[step.name]) != names[step.name]

    def names(self, scope: Scope) -> dict[str, str]:
        """The new names of a use, by the old ones."""
        taken, counts = set(self.others), Counter[str]()
        places: list[Place] = []
        if self.by_place:
            places = sorted(self.words.keys() - self.rounds, key=self.begins.__getitem__)
        known = {at: _numbered(self.words[at], counts, taken) for at in places}
        free = [step for step in scope.steps if _is_free(scope, step)]
        return {
            step.name: known.get(place(step)) or _numbered(self.words[place(step)], counts, taken)
            for step in free
        }


def _blocks(scopes: Collection[Scope]) -> Mapping[int, _Uses]:
    """The blocks whose uses disagree, by their definitions."""
    blocks: dict[int, _Uses] = {}
    for scope in scopes:
        if scope.kind is ScopeKind.BLOCK and scope.definition is not None:
            blocks.setdefault(id(scope.definition), _Uses()).see(scope)
    disagreeing = {key: uses for key, uses in blocks.items() if uses.disagree()}
    for uses in disagreeing.values():
        uses.settle()
    return disagreeing


def _scopes(root: Scope) -> Iterator[Scope]:
    yield root
    for scope, index in different_steps(root):
        target = scope.steps[index].target
        if isinstance(target, Scope):
            yield target


def _is_free(scope: Scope, step: Step) -> bool:
    """True for a step that nobody named, and whose name is no key."""
    if step.named or isinstance(step.target, Scope):
        return False
    return not step.target.weights(scope.types_of(step.inputs))


def _parameter(scope: Scope, step: Step) -> str | None:
    """The parameter of the block that gives a step, if one does."""
    names = (mark.node.id for mark in step.trail if isinstance(mark.node, tree.Name))
    name = next(names, None)
    parameters = scope.definition.parameters if scope.definition is not None else ()
    return name if any(parameter.name.id == name for parameter in parameters) else None


def _word(step: Step) -> str:
    assert not isinstance(step.target, Scope)
    return step.target.word


def _sayable(word: str) -> str:
    return word if refusal(word) is None else f"{word}_"


def _numbered(word: str, counts: Counter[str], taken: set[str]) -> str:
    """The next name after a word that is not taken, and is from now on."""
    while True:
        counts[word] += 1
        name = word if counts[word] == 1 else f"{word}_{counts[word]}"
        if name not in taken:
            taken.add(name)
            return name


def _renamed(scope: Scope, blocks: Mapping[int, _Uses], made: dict[Scope, Scope]) -> Scope:
    """A scope with the new names in it; the very same where nothing has one."""
    if scope not in made:
        uses = blocks.get(id(scope.definition)) if scope.kind is ScopeKind.BLOCK else None
        names = uses.names(scope) if uses is not None else {}
        steps = tuple(_step(step, names, blocks, made) for step in scope.steps)
        modules = tuple(names.get(name, name) for name in scope.modules)
        changed = steps != scope.steps
        made[scope] = replace(scope, steps=steps, modules=modules) if changed else scope
    return made[scope]


def _step(
    step: Step, names: Mapping[str, str], blocks: Mapping[int, _Uses], made: dict[Scope, Scope]
) -> Step:
    target = step.target
    if isinstance(target, Scope):
        target = _renamed(target, blocks, made)
    name = names.get(step.name, step.name)
    same = target is step.target and name == step.name
    return step if same else replace(step, target=target, name=name)
