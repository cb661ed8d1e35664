"""The elements of a drawing: runs of ops fused into a box, equal neighbours folded into one.

A scope becomes elements in running order. A *box* is a run of ops (a convolution with the
normalisation and activation after it); a *part* is a use of a block; a *group* is several
elements that repeat in turn.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from math import inf
from typing import Union

from msgspec import Struct, field

from archdsl.ir.graph import INPUT, Ref, Scope, Step
from archdsl.ops.base import Op, OpFamily
from archdsl.transforms.picture.designs import Designs, Grain

# Ops that change what flows too little to have a box of their own beside another.
LIGHT = frozenset(
    {OpFamily.NORMALISATION, OpFamily.ACTIVATION, OpFamily.REGULARISATION, OpFamily.SHAPE}
)
LONGEST_PERIOD = 4
FEW = 3
INSET_BOXES = 16  # in an inside that is shown beside the network


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


class Cycle(Struct, frozen=True):
    """Blocks that follow each other `count` times, the first turn drawn; `turns` are all."""

    elements: tuple[Part, ...]
    turns: tuple[tuple[int, ...], ...]

    @property
    def count(self) -> int:
        return len(self.turns)

    @property
    def last(self) -> int:
        return self.turns[-1][-1]


Element = Union[Box, Part, Cycle]


class Core(Struct, frozen=True):
    """The block behind a part: `names` lead to it, through chains that hold nothing else."""

    names: tuple[str, ...]
    scope: Scope
    count: int


def last_step(element: Element) -> int:
    return element.last if isinstance(element, Cycle) else element.steps[-1]


def first_step(element: Element) -> int:
    return (element.elements[0] if isinstance(element, Cycle) else element).steps[0]


class Folding(Struct):
    """Elements and sizes of scopes, each worked out once."""

    designs: Designs
    _elements: dict[int, tuple[Element, ...]] = field(default_factory=dict)
    _sizes: dict[tuple[int, float, bool], int] = field(default_factory=dict)
    _levels: dict[int, int] = field(default_factory=dict)

    def elements(self, scope: Scope) -> tuple[Element, ...]:
        if id(scope) not in self._elements:
            elements: list[Element] = []
            uses = Counter(step.name for step in scope.steps)
            for chain in _chains(scope):
                elements += self._folded(scope, self._split(scope, chain), uses)
            self._elements[id(scope)] = tuple(sorted(elements, key=first_step))
        return self._elements[id(scope)]

    def is_run(self, target: object) -> bool:
        """True where a scope is only one box of ops, and so needs no frame."""
        if not isinstance(target, Scope) or len(target.inputs) != 1 or len(target.results) != 1:
            return False
        match self.elements(target):
            case (Box(steps, 1),):
                first = target.steps[steps[0]]
                return first.inputs == (INPUT,) and target.results == (Ref(steps[-1]),)
            case _:
                return False

    def is_plain(self, scope: Scope) -> bool:
        """True where a scope is no block and holds only a few boxes, one after the other."""
        if scope.block or len(scope.results) != 1 or len(_chains(scope)) > 1:
            return False
        elements = self.elements(scope)
        return len(elements) <= FEW and all(isinstance(element, Box) for element in elements)

    def parts(self, scope: Scope) -> Iterator[Part]:
        """The blocks in a scope, those that repeat in turn once each."""
        for element in self.elements(scope):
            inner = element.elements if isinstance(element, Cycle) else (element,)
            yield from (part for part in inner if isinstance(part, Part))

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

    def chain(self, scope: Scope) -> tuple[Scope, ...]:
        """The blocks of one kind that a scope is a chain of; none for any other scope."""
        steps = [step.target for step in scope.steps]
        scopes = tuple(target for target in steps if isinstance(target, Scope))
        if len(scopes) < len(steps) or not scopes or len({s.block for s in scopes}) > 1:
            return ()
        if len(_chains(scope)) > 1 or any(map(self.is_run, scopes)):
            return ()
        if scopes[0].block:
            return scopes
        return self.chain(scopes[0]) if len(scopes) == 1 else ()

    def core(self, scope: Scope, part: Part) -> Core:
        step = scope.steps[part.steps[0]]
        assert isinstance(step.target, Scope)
        only = self.only_part(step.target)
        if only is None:
            return Core((step.name,), step.target, part.count)
        inner = self.core(step.target, only)
        return Core((step.name, *inner.names), inner.scope, inner.count * part.count)

    def size(self, scope: Scope, levels: float, bare: bool = False) -> int:
        """The number of boxes of a scope with this many levels of blocks opened; `bare`: and all
        paths."""
        key = (id(scope), levels, bare)
        if key not in self._sizes:
            elements = self.elements(scope)
            self._sizes[key] = sum(self._size(scope, e, levels, bare) for e in elements)
        return self._sizes[key]

    def _size(self, scope: Scope, element: Element, levels: float, bare: bool) -> int:
        match element:
            case Box():
                return 1
            case Part():
                core = self.core(scope, element)
                left = levels - len(core.names)
                opened = left >= 0 or self.is_open(core.scope, bare)
                return self.size(core.scope, left, bare) if opened else 1
            case Cycle():
                return sum(self._size(scope, inner, levels, bare) for inner in element.elements)

    def is_open(self, scope: Scope, bare: bool) -> bool:
        """True where a scope is opened at any level: few boxes, or beside the network any path."""
        return not scope.block if bare else self.is_plain(scope)

    def opening(self, scope: Scope, most: int) -> float | None:
        """The most levels at which a block's inside has no more than `most` boxes; None where it
        has too many, or one alone."""
        levels = (inf, *range(self.levels(scope) - 1, -1, -1))
        sizes = ((level, self.size(scope, level, bare=True)) for level in levels)
        return next((level for level, size in sizes if 1 < size <= most), None)

    def levels(self, scope: Scope) -> int:
        """The depth of the blocks in a scope."""
        if id(scope) not in self._levels:
            inner = (s.target for s in scope.steps if isinstance(s.target, Scope))
            self._levels[id(scope)] = max((1 + self.levels(i) for i in inner), default=0)
        return self._levels[id(scope)]

    def _split(self, scope: Scope, chain: tuple[int, ...]) -> list[Box | Part]:
        """A chain of steps cut into boxes and parts."""
        normed = _family(scope.steps[chain[0]]) is OpFamily.NORMALISATION
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
        """True where a step begins a new box after a run: each box has one op with weights. If
        the chain begins with a norm (`normed`), norms begin every box."""
        if self._is_part(step) or self._is_part(run[0]):
            return True
        family = _family(step)
        leads = family not in LIGHT or (normed and family is OpFamily.NORMALISATION)
        return leads and any(_family(before) not in LIGHT for before in run)

    def _is_part(self, step: Step) -> bool:
        return isinstance(step.target, Scope) and not self.is_run(step.target)

    def _folded(
        self, scope: Scope, elements: list[Box | Part], uses: Counter[str]
    ) -> list[Element]:
        """Equal neighbours as one, the longest repetition first found from the left; `uses` counts
        how often each step of the scope runs."""

        def alike(a: int, b: int) -> bool:
            return self._alike(scope, elements[a], elements[b], uses)

        folded: list[Element] = []
        at = 0
        while at < len(elements):
            period, count = _repetition(alike, at, elements)
            folded.append(_folded_turn(elements[at : at + period * count], period))
            at += period * count
        return folded

    def _alike(self, scope: Scope, a: Box | Part, b: Box | Part, uses: Counter[str]) -> bool:
        """True where two neighbours can be drawn as one: differences are told or have no effect."""
        first, other = (scope.steps[element.steps[0]] for element in (a, b))
        if max(uses[first.name], uses[other.name]) > 1 or first.training_only:
            return False
        if isinstance(a, Box) or isinstance(b, Box):
            return type(a) is type(b) and self._ops(scope, a) == self._ops(scope, b)
        if not isinstance(first.target, Scope) or not isinstance(other.target, Scope):
            return False
        same = self.designs.copies(first.target, other.target)
        return same and _outlines(scope, first) == _outlines(scope, other)

    def _ops(self, scope: Scope, box: Box | Part) -> tuple[object, ...]:
        """The ops of a box and the shapes that it reads."""
        steps = [scope.steps[i] for i in box.steps]
        exact = (self.designs.what(step, Grain.EXACT) for step in steps)
        return scope.types_of(steps[0].inputs), *exact


def _outlines(scope: Scope, step: Step) -> list[tuple[int, ...]]:
    """The sizes of what enters and leaves a block, but for the channels."""
    return [t.shape[1:] for t in (*scope.types_of(step.inputs), *step.outputs)]


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
    """The inputs that a step depends on; a learned tensor reads only the batch size of the flow,
    and of what another is to be like only the sizes count."""
    op = step.target
    if not isinstance(op, Op):
        return step.inputs
    return () if op.inputs[0] == 0 else step.inputs[: len(step.inputs) - op.measures]


def _family(step: Step) -> OpFamily | None:
    return step.target.family if isinstance(step.target, Op) else None


def _repetition(
    alike: Callable[[int, int], bool], at: int, elements: list[Box | Part]
) -> tuple[int, int]:
    """The period and the number of turns, from `at` on, that fold the most elements."""
    best = (1, 1)
    for period in range(1, LONGEST_PERIOD + 1):
        if period > 1 and not all(isinstance(e, Part) for e in elements[at : at + period]):
            break
        end = at + period
        while end < len(elements) and alike(at + (end - at) % period, end):
            end += 1
        count = (end - at) // period
        if count > 1 and period * count > best[0] * best[1]:
            best = (period, count)
    return best


def _folded_turn(whole: list[Box | Part], period: int) -> Element:
    steps = tuple(i for element in whole for i in element.steps)
    parts = tuple(element for element in whole if isinstance(element, Part))
    if period > 1:
        turns = tuple(steps[at : at + period] for at in range(0, len(steps), period))
        return Cycle(parts[:period], turns)
    return Part(steps) if parts else Box(steps, len(whole))


def span_of_names(scope: Scope, part: Part) -> str:
    """`1 … 35`, or the one name."""
    first, last = (scope.steps[part.steps[i]].name for i in (0, -1))
    return f"{first} … {last}" if part.count > 1 else first
