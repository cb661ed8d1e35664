"""Two networks as one tree of matched steps, with what differs between each two.

Every step of both is in it once for each use, blocks with their insides; of a block that was
added or removed only itself.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Literal

from msgspec import Struct

from archdsl.analyses.difference.alignment import Alignment, Contents, align, kind_of
from archdsl.ir.graph import Ref, Scope, Step, StepPlace, WeightKind
from archdsl.ir.shape import format_shape
from archdsl.ops.base import Op
from archdsl.ops.brief import brief
from archdsl.semantics.values import key, show

LONG = 3  # parts of a chain that its label shows
Change = Literal["same", "added", "removed", "changed", "moved"]


class Differing(Struct, frozen=True):
    """One thing that differs: an argument, a weight's shape, an input; empty where it is not."""

    name: str
    old: str
    new: str


class Match(Struct, frozen=True):
    """Two matched steps, or one without a match.

    `change` and `values` are those of the step itself: a block may be the same and have
    insides that are not. It has moved where its own name differs.
    """

    change: Change
    old: StepPlace | None
    new: StepPlace | None
    values: tuple[Differing, ...] = ()
    inside: tuple["Match", ...] = ()

    def walk(self) -> Iterator["Match"]:
        """The node and all below it."""
        yield self
        for node in self.inside:
            yield from node.walk()


def label(place: StepPlace | None) -> str:
    """`conv 3x3/2`, `bottleneck`, `conv -> bn` for a chain; empty where there is no step."""
    if place is None:
        return ""
    target = place.step.target
    if isinstance(target, Scope):
        return target.block or _chain(target)
    return f"{target.word} {brief(target, place.scope.types_of(place.step.inputs))}".rstrip()


def _chain(scope: Scope) -> str:
    """The steps of a chain, as the language would write them: `bottleneck * 3`."""
    parts = []
    for kind, run in groupby(kind_of(step.target) or "path" for step in scope.steps):
        count = len(list(run))
        parts.append(f"{kind} * {count}" if count > 1 else kind)
    shown = parts if len(parts) <= LONG else [*parts[: LONG - 1], "…"]
    return " -> ".join(shown)


def pair(old: Scope, new: Scope) -> tuple[tuple[Match, ...], tuple[Differing, ...]]:
    """The matched steps of two networks, and what differs between their results."""
    pairing = _Pairing()
    return pairing.inside(old, new, "", ""), pairing.results(old, new)


class _Pairing:
    """Each two scopes are aligned once."""

    def __init__(self) -> None:
        self.contents = Contents()
        self._alignments: dict[tuple[Scope, Scope], Alignment] = {}

    def inside(self, old: Scope, new: Scope, before: str, after: str) -> tuple[Match, ...]:
        """The steps of two scopes, whose paths begin with `before` and `after`."""
        alignment = self._align(old, new)
        nodes = []
        for i, j in alignment.pairs:
            left = _place(old, old.steps[i], before) if i is not None else None
            right = _place(new, new.steps[j], after) if j is not None else None
            nodes.append(self._node(left, right, alignment))
        return tuple(nodes)

    def results(self, old: Scope, new: Scope) -> tuple[Differing, ...]:
        """The change of the results, where two scopes give results of other steps."""
        if self._align(old, new).same_results():
            return ()
        return (Differing("result", _names(old, old.results), _names(new, new.results)),)

    def _align(self, old: Scope, new: Scope) -> Alignment:
        if (old, new) not in self._alignments:
            self._alignments[old, new] = align(old, new, self.contents)
        return self._alignments[old, new]

    def _node(self, old: StepPlace | None, new: StepPlace | None, alignment: Alignment) -> Match:
        if old is None or new is None:
            return Match("added" if old is None else "removed", old, new)
        values = (*self._values(old, new), *_inputs(old, new, alignment))
        inside: tuple[Match, ...] = ()
        if isinstance(old.step.target, Scope) and isinstance(new.step.target, Scope):
            inside = self.inside(old.step.target, new.step.target, f"{old.path}.", f"{new.path}.")
        return Match(_change(old, new, values), old, new, values, inside)

    def _values(self, old: StepPlace, new: StepPlace) -> Iterator[Differing]:
        """The differences between two steps themselves, without their inputs."""
        if self.contents.of(old.scope, old.step) == self.contents.of(new.scope, new.step):
            return
        before, after = old.step.target, new.step.target
        if isinstance(before, Scope) and isinstance(after, Scope):
            if before.block == after.block:
                yield from _arguments(dict(before.arguments), dict(after.arguments))
            yield from self.results(before, after)
        else:
            yield from _of_ops(old, new)


def _place(scope: Scope, step: Step, prefix: str) -> StepPlace:
    return StepPlace(f"{prefix}{step.name}", scope, step)


def _change(old: StepPlace, new: StepPlace, values: tuple[Differing, ...]) -> Change:
    if values or kind_of(old.step.target) != kind_of(new.step.target):
        return "changed"
    return "same" if old.step.name == new.step.name else "moved"


# --- what differs -----------------------------------------------------------------------------


def _of_ops(old: StepPlace, new: StepPlace) -> Iterator[Differing]:
    """Arguments; where they agree, the shapes of weights, which follow from the input's."""
    before, after = old.step.target, new.step.target
    arguments = []
    if isinstance(before, Op) and isinstance(after, Op) and type(before) is type(after):
        names = before.arguments
        arguments = list(
            _arguments(
                {name: getattr(before, name) for name in names},
                {name: getattr(after, name) for name in names},
            )
        )
    yield from arguments or _weights(old, new)
    if old.step.training_only != new.step.training_only:
        words = {True: "in training only", False: "always"}
        yield Differing("runs", words[old.step.training_only], words[new.step.training_only])


def _arguments(old: dict[str, object], new: dict[str, object]) -> Iterator[Differing]:
    """The values that both have and that differ."""
    for name, before in old.items():
        if name in new and key(before) != key(new[name]):
            yield Differing(name, *_written(before, new[name]))


def _written(old: object, new: object) -> tuple[str, str]:
    """Both values with as many digits as tell them apart."""
    short = _rounded(old), _rounded(new)
    return short if short[0] != short[1] else (show(old), show(new))


def _rounded(value: object) -> str:
    """A value as the language writes it, fractions with four digits."""
    if isinstance(value, tuple) and any(isinstance(item, float) for item in value):
        return f"({', '.join(map(_rounded, value))})"
    return f"{value:.4g}" if isinstance(value, float) else show(value)


def _weights(old: StepPlace, new: StepPlace) -> Iterator[Differing]:
    """The first learned weight whose shape differs: the others differ with it."""
    before, after = _shapes(old), _shapes(new)
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield Differing(name or "weight", before.get(name, ""), after.get(name, ""))
            return


def _shapes(place: StepPlace) -> dict[str, str]:
    target = place.step.target
    if isinstance(target, Scope):
        return {}
    weights = target.weights(place.scope.types_of(place.step.inputs))
    learned = (w for w in weights if w.kind is not WeightKind.BUFFER)
    return {w.name: format_shape(w.shape) for w in learned}


def _inputs(old: StepPlace, new: StepPlace, alignment: Alignment) -> Iterator[Differing]:
    if len(old.step.inputs) != len(new.step.inputs):
        counts = len(old.step.inputs), len(new.step.inputs)
        yield Differing("inputs", *map(str, counts))
        return
    for before, after in alignment.rewired(old.step, new.step):
        yield Differing("input", _names(old.scope, (before,)), _names(new.scope, (after,)))


def _names(scope: Scope, refs: tuple[Ref, ...]) -> str:
    return ", ".join(
        scope.input_names[ref.output] if ref.step < 0 else scope.steps[ref.step].name
        for ref in refs
    )
