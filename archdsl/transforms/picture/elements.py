"""What is drawn as one thing: runs of ops fused into a box, equal neighbours folded into one.

A scope becomes elements in running order. A *box* is a run of ops (a convolution with the
normalisation and activation after it); a *part* is a use of a block; a *group* is several
elements that repeat in turn.
"""

from collections import Counter
from collections.abc import Hashable
from math import inf
from typing import Union

from msgspec import Struct, field

from archdsl.ir.graph import INPUT, Ref, Scope, Step
from archdsl.ops.base import Family, Op

# Ops that change what flows too little to have a box of their own beside another.
LIGHT = frozenset({Family.NORMALISATION, Family.ACTIVATION, Family.REGULARISATION, Family.SHAPE})
RATES = frozenset({Family.REGULARISATION})  # ops whose arguments change nothing that is drawn
LONGEST_PERIOD = 4


class Box(Struct, frozen=True):
    """Steps of a scope in one box: indices in running order; `count` equal copies in a row."""

    steps: tuple[int, ...]
    count: int = 1

    @property
    def first(self) -> tuple[int, ...]:
        """The steps of the first copy."""
        return self.steps[: len(self.steps) // self.count]


class Part(Struct, frozen=True):
    """A block's use; `steps` are all its copies in a row, of which the first is drawn."""

    steps: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.steps)


class Group(Struct, frozen=True):
    """Elements that follow each other `count` times, the first turn drawn; `last` ends them all."""

    elements: tuple[Box | Part, ...]
    count: int
    last: int


Element = Union[Box, Part, Group]


class Core(Struct, frozen=True):
    """The block behind a part: `names` lead to it, through chains that hold nothing else."""

    names: tuple[str, ...]
    scope: Scope
    count: int


def last_step(element: Element) -> int:
    return element.last if isinstance(element, Group) else element.steps[-1]


def first_step(element: Element) -> int:
    return (element.elements[0] if isinstance(element, Group) else element).steps[0]


class Folding(Struct):
    """Elements, sizes and designs of scopes, each worked out once."""

    _elements: dict[int, tuple[Element, ...]] = field(default_factory=dict)
    _designs: dict[tuple[int, bool], int] = field(default_factory=dict)
    _numbers: dict[Hashable, int] = field(default_factory=dict)
    _sizes: dict[tuple[int, float], int] = field(default_factory=dict)
    _levels: dict[int, int] = field(default_factory=dict)
    _telling: dict[int, dict[str, str]] = field(default_factory=dict)

    def elements(self, scope: Scope) -> tuple[Element, ...]:
        if id(scope) not in self._elements:
            found: list[Element] = []
            for chain in _chains(scope):
                found += self._folded(scope, self._split(scope, chain))
            self._elements[id(scope)] = tuple(sorted(found, key=first_step))
        return self._elements[id(scope)]

    def is_run(self, target: object) -> bool:
        """Whether a scope is nothing but one box of ops, and so needs no frame."""
        if not isinstance(target, Scope) or len(target.inputs) != 1 or len(target.results) != 1:
            return False
        match self.elements(target):
            case (Box(steps, 1),):
                first = target.steps[steps[0]]
                return first.inputs == (INPUT,) and target.results == (Ref(steps[-1]),)
            case _:
                return False

    def only_part(self, scope: Scope) -> Part | None:
        """The one block, however often repeated, that a chain without a name consists of."""
        if scope.block or len(scope.inputs) != 1:
            return None
        match self.elements(scope):
            case (Part(steps) as part,):
                first = scope.steps[steps[0]]
                passes = first.inputs == (INPUT,) and scope.results == (Ref(steps[-1]),)
                return part if passes else None
            case _:
                return None

    def core(self, scope: Scope, part: Part) -> Core:
        step = scope.steps[part.steps[0]]
        assert isinstance(step.target, Scope)
        only = self.only_part(step.target)
        if only is None:
            return Core((step.name,), step.target, part.count)
        inner = self.core(step.target, only)
        return Core((step.name, *inner.names), inner.scope, inner.count * part.count)

    def size(self, scope: Scope, levels: float) -> int:
        """How many boxes a scope takes with so many levels of blocks opened."""
        key = (id(scope), levels)
        if key not in self._sizes:
            self._sizes[key] = sum(self._size(scope, e, levels) for e in self.elements(scope))
        return self._sizes[key]

    def _size(self, scope: Scope, element: Element, levels: float) -> int:
        match element:
            case Box():
                return 1
            case Part():
                core = self.core(scope, element)
                left = levels - len(core.names)
                return self.size(core.scope, left) if left >= 0 else 1
            case Group():
                return sum(self._size(scope, inner, levels) for inner in element.elements)

    def telling(self, scope: Scope, block: str) -> str:
        """The one argument in which the uses of a block in a scope differ, but for its first."""
        if id(scope) not in self._telling:
            uses: dict[str, list[Scope]] = {}
            for step in scope.steps:
                if isinstance(step.target, Scope):
                    uses.setdefault(step.target.block, []).append(step.target)
            self._telling[id(scope)] = {name: _differing(found) for name, found in uses.items()}
        return self._telling[id(scope)].get(block, "")

    def opening(self, scope: Scope, most: int) -> float | None:
        """The most levels at which a block's inside has no more than `most` boxes; None where it
        has too many, or one alone."""
        sizes = ((levels, self.size(scope, levels)) for levels in (inf, 1, 0))
        return next((levels for levels, size in sizes if 1 < size <= most), None)

    def levels(self, scope: Scope) -> int:
        """How deep blocks nest in a scope."""
        if id(scope) not in self._levels:
            inner = (s.target for s in scope.steps if isinstance(s.target, Scope))
            self._levels[id(scope)] = max((1 + self.levels(i) for i in inner), default=0)
        return self._levels[id(scope)]

    def design(self, scope: Scope, exact: bool = True) -> int:
        """A number that scopes of one structure share: the same ops with the same arguments
        wired alike, whatever the rates of dropout; or (not `exact`) whatever the arguments."""
        key = (id(scope), exact)
        if key not in self._designs:
            steps = tuple((self._what(s, exact), s.inputs, s.training_only) for s in scope.steps)
            structure = (scope.block, exact, steps, scope.results)
            self._designs[key] = self._numbers.setdefault(structure, len(self._numbers))
        return self._designs[key]

    def _what(self, step: Step, exact: bool) -> Hashable:
        if isinstance(step.target, Scope):
            return self.design(step.target, exact)
        assert isinstance(step.target, Op)
        family = step.target.family
        if not exact and family is Family.ACTIVATION:
            return family
        return step.target if exact and family not in RATES else step.target.word

    def _split(self, scope: Scope, chain: tuple[int, ...]) -> list[Box | Part]:
        """A chain of steps cut into boxes and parts."""
        normed = _family(scope.steps[chain[0]]) is Family.NORMALISATION
        runs: list[list[int]] = []
        for index in chain:
            run = [scope.steps[i] for i in runs[-1]] if runs else []
            if not run or self._begins(scope.steps[index], run, normed):
                runs.append([])
            runs[-1].append(index)
        return [
            Part(tuple(run)) if self._is_part(scope.steps[run[0]]) else Box(tuple(run))
            for run in runs
        ]

    def _begins(self, step: Step, run: list[Step], normed: bool) -> bool:
        """Whether a step begins a box after a run: there is one weighty op in each. Where the
        chain leads with a norm (`normed`), norms lead every box."""
        if self._is_part(step) or self._is_part(run[0]):
            return True
        family = _family(step)
        leads = family not in LIGHT or (normed and family is Family.NORMALISATION)
        return leads and any(_family(before) not in LIGHT for before in run)

    def _is_part(self, step: Step) -> bool:
        return isinstance(step.target, Scope) and not self.is_run(step.target)

    def _folded(self, scope: Scope, elements: list[Box | Part]) -> list[Element]:
        """Equal neighbours as one, the longest repetition first found from the left."""
        uses = Counter(step.name for step in scope.steps)
        keys = [self._key(scope, element, uses) for element in elements]
        found: list[Element] = []
        at = 0
        while at < len(elements):
            period, count = _repetition(keys, at, elements)
            turn = elements[at : at + period]
            whole = elements[at : at + period * count]
            found.append(_folded_turn(turn, whole, count))
            at += period * count
        return found

    def _key(self, scope: Scope, element: Box | Part, uses: Counter[str]) -> Hashable:
        """What two neighbours share if they can be drawn as one."""
        first = scope.steps[element.steps[0]]
        types = scope.types_of(first.inputs)
        if uses[first.name] > 1 or first.training_only:
            return element
        if isinstance(element, Box):
            return (types, *(self._what(scope.steps[i], True) for i in element.steps))
        assert isinstance(first.target, Scope)
        outlines = tuple(t.shape[1:] for t in (*types, *first.outputs))
        return self.design(first.target), outlines


def _chains(scope: Scope) -> list[tuple[int, ...]]:
    """The steps as maximal runs: each is fed by the one before it alone, which feeds it alone."""
    users: dict[Ref, int] = {}
    for ref in [*(r for step in scope.steps for r in sources(step)), *scope.results]:
        users[ref] = users.get(ref, 0) + 1
    chains: list[list[int]] = []
    ending: dict[Ref, list[int]] = {}
    for index, step in enumerate(scope.steps):
        feeding = sources(step)
        chain = ending.pop(feeding[0], None) if len(feeding) == 1 else None
        if chain is not None and scope.steps[chain[-1]].training_only == step.training_only:
            chain.append(index)
        else:
            chain = [index]
            chains.append(chain)
        if len(step.outputs) == 1 and users.get(Ref(index)) == 1:
            ending[Ref(index)] = chain
    return [tuple(chain) for chain in chains]


def sources(step: Step) -> tuple[Ref, ...]:
    """What a step is computed from; a learned tensor takes the flow for the batch size alone."""
    independent = isinstance(step.target, Op) and step.target.inputs[0] == 0
    return () if independent else step.inputs


def _family(step: Step) -> Family | None:
    return step.target.family if isinstance(step.target, Op) else None


def _repetition(keys: list[Hashable], at: int, elements: list[Box | Part]) -> tuple[int, int]:
    """The period and the number of turns, from `at` on, that fold the most elements."""
    best = (1, 1)
    for period in range(1, LONGEST_PERIOD + 1):
        turn = keys[at : at + period]
        if period > 1 and not all(isinstance(e, Part) for e in elements[at : at + period]):
            break
        count = 1
        while keys[at + period * count : at + period * (count + 1)] == turn:
            count += 1
        if count > 1 and period * count > best[0] * best[1]:
            best = (period, count)
    return best


def _differing(uses: list[Scope]) -> str:
    """The name of the argument that differs, if one alone does and it is not the first."""
    first = uses[0].arguments
    differing = [
        place
        for place, argument in enumerate(first)
        if any(use.arguments[place] != argument for use in uses)
    ]
    return first[differing[0]][0] if len(differing) == 1 and differing[0] > 0 else ""


def _folded_turn(turn: list[Box | Part], whole: list[Box | Part], count: int) -> Element:
    if len(turn) > 1:
        return Group(tuple(turn), count, whole[-1].steps[-1])
    steps = tuple(i for element in whole for i in element.steps)
    return Box(steps, count) if isinstance(turn[0], Box) else Part(steps)
