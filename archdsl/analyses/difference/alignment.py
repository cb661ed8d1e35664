"""Two scopes laid over each other: which step of one is which step of the other.

Steps are matched in running order so that as much as possible stays the same: what a step is
counts first, its name second. What is left over is matched once more by the names that the user
gave. What differs between matched steps is not decided here.
"""

from collections.abc import Container, Iterator, Sequence

from msgspec import Struct, field

from archdsl.ir.graph import Primitive, Ref, Scope, Step
from archdsl.ops.base import Op, OpFamily

LARGEST = 1_000_000  # pairs of steps that are weighed; beyond, names alone decide

NAMED_ALIKE = 100  # both have the name, and the user gave it
SAME_KIND = 40  # the same op or block
SAME_ARGUMENTS = 20
SAME_CONTENT = 40  # weights and insides
SAME_FAMILY = 6  # relu and silu; two blocks
SAME_NAME = 5  # a name that was made, or a number


class Contents:
    """A number for everything that a step can be; equal ones are the same thing.

    That is the op with its arguments and weights, or the block with its steps, their names and
    connections. The step's own name and the shapes of data are no part of it.
    """

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._scopes: dict[Scope, int] = {}

    def of(self, scope: Scope, step: Step) -> int:
        """The number of one of the scope's steps."""
        if isinstance(step.target, Scope):
            return self.of_scope(step.target)
        weights = step.target.weights(scope.types_of(step.inputs))
        return self._number((step.target, weights, len(step.inputs), step.training_only))

    def arguments(self, step: Step) -> int:
        """The number of what the spec asks for, whatever becomes of it for the input."""
        target = step.target
        if isinstance(target, Scope):
            return self._number((target.block, target.arguments))
        return self._number(target)

    def of_scope(self, scope: Scope) -> int:
        if scope not in self._scopes:
            steps = tuple((s.name, self.of(scope, s), s.inputs) for s in scope.steps)
            key = (scope.kind, scope.block, steps, scope.results)
            self._scopes[scope] = self._number(key)
        return self._scopes[scope]

    def _number(self, key: object) -> int:
        return self._numbers.setdefault(key, len(self._numbers))


Pair = tuple[int | None, int | None]


class Alignment(Struct, frozen=True):
    """Pairs of step indices in running order; None on the other side of a removed or added one."""

    old: Scope
    new: Scope
    pairs: tuple[Pair, ...]
    ahead: dict[int, int] = field(default_factory=dict)  # from the old index to the new one
    back: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.back.update((new, old) for old, new in self.ahead.items())

    def rewired(self, old: Step, new: Step) -> Iterator[tuple[Ref, Ref]]:
        """Inputs of two matched steps that come from steps which do not match.

        Where a step was put in between, or taken away, its result counts as its input.
        """
        for before, after in zip(old.inputs, new.inputs, strict=False):
            if self._parted(before, after):
                yield before, after

    def same_results(self) -> bool:
        """True where the scopes give the results of matching steps."""
        pairs = zip(self.old.results, self.new.results, strict=False)
        same_count = len(self.old.results) == len(self.new.results)
        return same_count and not any(self._parted(a, b) for a, b in pairs)

    def _parted(self, before: Ref, after: Ref) -> bool:
        old = _origin(before, self.old, self.ahead)
        new = _origin(after, self.new, self.back)
        if old is None or new is None:
            return False  # what feeds it was added or removed, and is told as that
        return (self.ahead.get(old.step, -1), old.output) != (new.step, new.output)


def _origin(ref: Ref, scope: Scope, matched: Container[int]) -> Ref | None:
    """The ref itself, or the one behind the unmatched steps that it comes through."""
    while ref.step >= 0 and ref.step not in matched:
        step = scope.steps[ref.step]
        if len(step.inputs) != 1 or len(step.outputs) != 1:
            return None
        ref = step.inputs[0]
    return ref


def align(old: Scope, new: Scope, contents: Contents) -> Alignment:
    """Matches the steps of two scopes."""
    before = [_item(old, step, contents) for step in old.steps]
    after = [_item(new, step, contents) for step in new.steps]
    pairs = _with_named(_in_order(before, after), before, after)
    ahead = {i: j for i, j in pairs if i is not None and j is not None}
    return Alignment(old, new, tuple(pairs), ahead)


# --- how alike two steps are ------------------------------------------------------------------


class _Item(Struct, frozen=True):
    """The features by which the likeness of steps is measured."""

    name: str
    named: bool
    content: int
    arguments: int
    kind: str
    family: OpFamily | None  # None: a block, or a chain


def _item(scope: Scope, step: Step, contents: Contents) -> _Item:
    return _Item(
        step.name,
        step.named,
        contents.of(scope, step),
        contents.arguments(step),
        kind_of(step.target),
        _family(step.target),
    )


def kind_of(target: "Primitive | Scope") -> str:
    """An op's word or a block's name; empty for a chain."""
    return target.block if isinstance(target, Scope) else target.word


def _family(target: "Primitive | Scope") -> OpFamily | None:
    return target.family if isinstance(target, Op) else None


def _likeness(a: _Item, b: _Item) -> int:
    """0 for steps that have nothing to do with each other."""
    alike = 0
    if a.name == b.name and a.named and b.named:
        alike = NAMED_ALIKE
    if a.kind == b.kind and (a.family is None) == (b.family is None):
        alike += SAME_KIND
        alike += SAME_ARGUMENTS if a.arguments == b.arguments else 0
        alike += SAME_CONTENT if a.content == b.content else 0
    elif a.family is b.family:
        alike += SAME_FAMILY
    return alike + SAME_NAME if alike and a.name == b.name else alike


# --- matching ---------------------------------------------------------------------------------


def _in_order(old: Sequence[_Item], new: Sequence[_Item]) -> list[Pair]:
    """The matching with the greatest likeness whose matches do not cross."""
    first, last = _common(old, new)
    inner_old, inner_new = old[first : len(old) - last], new[first : len(new) - last]
    large = len(inner_old) * len(inner_new) > LARGEST
    middle = _unmatched(inner_old, inner_new) if large else _best(inner_old, inner_new)
    shifted: list[Pair] = [
        (i if i is None else i + first, j if j is None else j + first) for i, j in middle
    ]
    ends = [(len(old) - k, len(new) - k) for k in range(last, 0, -1)]
    return [*((k, k) for k in range(first)), *shifted, *ends]


def _common(old: Sequence[_Item], new: Sequence[_Item]) -> tuple[int, int]:
    """The numbers of equal steps at the beginning and at the end, names included."""
    shorter = min(len(old), len(new))
    first = 0
    while first < shorter and _equal(old[first], new[first]):
        first += 1
    last = 0
    while last < shorter - first and _equal(old[-1 - last], new[-1 - last]):
        last += 1
    return first, last


def _equal(a: _Item, b: _Item) -> bool:
    return a.name == b.name and a.content == b.content


def _unmatched(old: Sequence[_Item], new: Sequence[_Item]) -> list[Pair]:
    return [*((i, None) for i in range(len(old))), *((None, j) for j in range(len(new)))]


def _best(old: Sequence[_Item], new: Sequence[_Item]) -> list[Pair]:
    """Needleman and Wunsch 1970, with no price for a gap."""
    likeness = [[_likeness(a, b) for b in new] for a in old]
    score = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            matched = likeness[i][j] + score[i + 1][j + 1]
            score[i][j] = max(matched, score[i + 1][j], score[i][j + 1])
    return list(_traced(likeness, score))


def _traced(likeness: list[list[int]], score: list[list[int]]) -> Iterator[Pair]:
    """The matching behind the best score: matches as early as they can be, removals first."""
    i = j = 0
    olds, news = len(score) - 1, len(score[0]) - 1
    while i < olds and j < news:
        if likeness[i][j] and score[i][j] == likeness[i][j] + score[i + 1][j + 1]:
            yield i, j
            i, j = i + 1, j + 1
        elif score[i][j] == score[i + 1][j]:
            yield i, None
            i += 1
        else:
            yield None, j
            j += 1
    yield from ((k, None) for k in range(i, olds))
    yield from ((None, k) for k in range(j, news))


def _with_named(pairs: list[Pair], old: Sequence[_Item], new: Sequence[_Item]) -> list[Pair]:
    """Matches the rest that has the same name and kind: it has changed its place."""
    left = {(old[i].name, old[i].kind): i for i, j in pairs if i is not None and j is None}
    crossed: dict[int, int] = {}
    for i, j in pairs:
        if i is None and j is not None and (new[j].name, new[j].kind) in left:
            crossed[j] = left.pop((new[j].name, new[j].kind))
    gone = set(crossed.values())
    kept = ((i, j) for i, j in pairs if not (j is None and i in gone))
    return [(crossed.get(j, i) if j is not None else i, j) for i, j in kept]
