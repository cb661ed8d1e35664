"""A scope's steps, nested as the source nests them: loops and choices found again by trails."""

from itertools import groupby
from weakref import WeakKeyDictionary

from msgspec import Struct

from archdsl.ir import measured
from archdsl.ir.code import CALL, Emission
from archdsl.ir.graph import INPUT, Mark, Ref, Scope, ScopeKind, Step
from archdsl.ir.trail import place, turn
from archdsl.syntax import tree


class Site(Struct, frozen=True):
    """One step in one scope; `key` is where in the source it stands, loops and choices aside."""

    scope: Scope
    index: int
    step: Step
    key: tuple[int, ...]

    @property
    def place(self) -> tuple[int, ...]:
        """The same; of a step that came in by a name, such as a parameter's, the name's place."""
        return place(self.step)

    def emission(self) -> Emission:
        """The PyTorch of a step that is an op."""
        return emission(self.scope, self.index)


def emission(scope: Scope, index: int) -> Emission:
    """The PyTorch of a step's op."""
    known = _EMISSIONS.get(scope)
    if known is None:
        known = _EMISSIONS[scope] = {}
    if index not in known:
        step = scope.steps[index]
        known[index] = measured.emission(scope, step)
    return known[index]


_EMISSIONS: WeakKeyDictionary[Scope, dict[int, Emission]] = WeakKeyDictionary()


class Round(Struct, frozen=True):
    """One round of a loop, one copy of a repeat, or the arm that was taken."""

    mark: Mark
    parts: "tuple[Part, ...]"


class Region(Struct, frozen=True):
    """A loop with its rounds, or a choice with the one arm that was taken."""

    way: tuple[tree.Node, ...]
    rounds: tuple[Round, ...]

    @property
    def node(self) -> tree.Node:
        return self.way[-1]

    @property
    def key(self) -> tuple[int, ...]:
        """Its place in the source."""
        return tuple(id(node) for node in self.way)

    @property
    def place(self) -> tuple[int, ...]:
        return self.key

    @property
    def loops(self) -> bool:
        return isinstance(self.node, tree.For | tree.Binary)


Part = Site | Region


def regions(scope: Scope) -> tuple[Part, ...]:
    """All steps of a scope, nested."""
    return _nest([Site(scope, i, step, _key(step)) for i, step in enumerate(scope.steps)], 0)


def _key(step: Step) -> tuple[int, ...]:
    last = len(step.trail) - 1
    return tuple(id(m.node) for i, m in enumerate(step.trail) if i == last or not turn(m))


def _nest(sites: list[Site], depth: int) -> tuple[Part, ...]:
    parts: list[Part] = []
    for way, group in groupby(sites, lambda site: _way(site, depth)):
        members = list(group)
        if way:
            parts.append(_region(way, members, depth + len(way) - 1))
        else:
            parts.extend(members)
    return tuple(parts)


def _way(site: Site, depth: int) -> tuple[tree.Node, ...]:
    """The nodes on the way to the next loop or choice around a step, that one last."""
    for at, mark in enumerate(site.step.trail[depth:-1], depth):
        if turn(mark):
            return tuple(m.node for m in site.step.trail[depth : at + 1])
    return ()


def _region(way: tuple[tree.Node, ...], sites: list[Site], place: int) -> Region:
    rounds = []
    for _, group in groupby(sites, lambda site: site.step.trail[place].index):
        members = list(group)
        rounds.append(Round(members[0].step.trail[place], _nest(members, place + 1)))
    return Region(way, tuple(rounds))


def sequential(scope: Scope) -> bool:
    """True where the scope is its modules run one after the other, and nothing else."""
    if scope not in _SEQUENTIAL:
        _SEQUENTIAL[scope] = _sequential(scope)
    return _SEQUENTIAL[scope]


_SEQUENTIAL: WeakKeyDictionary[Scope, bool] = WeakKeyDictionary()


def _sequential(scope: Scope) -> bool:
    names = [step.name for step in scope.steps]
    return (
        scope.kind is ScopeKind.SEQUENTIAL
        and len(scope.inputs) == 1
        and scope.results == (Ref(len(names) - 1) if names else INPUT,)
        and tuple(names) == scope.modules
        and len(set(names)) == len(names)
        and all(_in_line(scope, i) for i in range(len(names)))
    )


def _in_line(scope: Scope, index: int) -> bool:
    """One input, the result before it; one result, by calling a module."""
    step = scope.steps[index]
    before = Ref(index - 1) if index else INPUT
    if step.inputs != (before,) or len(step.outputs) != 1:
        return False
    if isinstance(step.target, Scope):
        return len(step.target.inputs) == 1 and len(step.target.results) == 1
    written = emission(scope, index)
    return written.build is not None and written.forward == CALL


def numbered(scope: Scope) -> bool:
    """True where its modules are called 0, 1, 2, … as `nn.Sequential` calls them."""
    return scope.modules == tuple(str(i) for i in range(len(scope.modules)))


def inline(scope: Scope) -> bool:
    """True for a scope that is written as `nn.Sequential(…)` in place."""
    return not scope.block and sequential(scope) and numbered(scope)
