"""Sizes that change from round to round of a loop: what comes in, and what leaves each round."""

from collections.abc import Collection, Iterator, Mapping
from itertools import chain, count

from msgspec import Struct
from msgspec.structs import replace

from archdsl.ir.shape import TensorType
from archdsl.transforms.classes.proto import Occurrence
from archdsl.transforms.classes.regions import Part, Region, Site

Bodies = dict[Occurrence, tuple[Part, ...]]
Sizes = Mapping[Occurrence, int]
WORDS = {
    0: ("in_channels", "channels", "width"),
    -1: ("in_features", "features", "width"),
}  # by the axis, in the order of taste


class Running(Struct, frozen=True):
    """A size on these axes in each round, as it comes in and as it leaves."""

    name: str
    axes: tuple[int, ...]
    entering: Sizes
    leaving: Sizes

    def first(self, outer: Collection[Occurrence]) -> Sizes:
        """The sizes that come into the loop."""
        by_round = {(occ.instance, occ.rounds): size for occ, size in self.entering.items()}
        keys = {occ: (occ.instance, (*occ.rounds, 0)) for occ in outer}
        return {occ: by_round[key] for occ, key in keys.items() if key in by_round}

    def last(self, outer: Collection[Occurrence]) -> Sizes | None:
        """The sizes that leave the loop; None where it has no round somewhere."""
        ends = {(occ.instance, occ.rounds[:-1]): size for occ, size in self.leaving.items()}
        if not all((occ.instance, occ.rounds) in ends for occ in outer):
            return None
        return {occ: ends[occ.instance, occ.rounds] for occ in outer}


def sizes_through(bodies: Bodies, taken: frozenset[str]) -> tuple[tuple[Running, ...], Bodies]:
    """The first and the last size of what runs through the rounds, where a round changes them, and
    the rounds that know them by names that are not taken."""
    ends = {occ: _ends(parts) for occ, parts in bodies.items()}
    pairs = {occ: pair for occ, pair in ends.items() if pair is not None}
    ranks = {type.rank for pair in pairs.values() for type in pair}
    if len(ranks) != 1 or len(pairs) < len(ends) or ranks == {0}:
        return (), bodies
    running: list[Running] = []
    for axes in ((-1, 0),) if ranks == {1} else ((0,), (-1,)):
        entering, leaving = (
            {occ: pair[end].shape[axes[0]] for occ, pair in pairs.items()} for end in (0, 1)
        )
        if any(entering[occ] != size for occ, size in leaving.items()):
            name = next(name for name in _names(axes[0]) if name not in taken)
            taken |= {name}
            running.append(Running(name, axes, entering, leaving))
    return _known(tuple(running), bodies)


def _known(sizes: tuple[Running, ...], bodies: Bodies) -> tuple[tuple[Running, ...], Bodies]:
    """The rounds with the sizes that come in among their names."""
    known = {
        occ: replace(occ, names=(*occ.names, *((s.name, s.entering[occ]) for s in sizes)))
        for occ in bodies
    }

    def under(sizes_at: Sizes) -> Sizes:
        return {known[occ]: size for occ, size in sizes_at.items()}

    named = tuple(
        replace(size, entering=under(size.entering), leaving=under(size.leaving)) for size in sizes
    )
    return named, {known[occ]: parts for occ, parts in bodies.items()}


def _names(axis: int) -> Iterator[str]:
    words = WORDS[axis]
    return chain(words, (f"{words[0]}_{number}" for number in count(2)))


def _ends(parts: tuple[Part, ...]) -> tuple[TensorType, TensorType] | None:
    """The type that the first step reads first, and the type that the last one gives."""
    first, last = _site(parts, 0), _site(parts, -1)
    if first is None or last is None or not first.step.inputs or not last.step.outputs:
        return None
    return first.scope.type_of(first.step.inputs[0]), last.step.outputs[0]


def _site(parts: tuple[Part, ...], end: int) -> Site | None:
    """The step at an end of the parts, inside of its loops and choices."""
    if not parts:
        return None
    part = parts[end]
    return _site(part.rounds[end].parts, end) if isinstance(part, Region) else part
