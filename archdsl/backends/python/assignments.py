"""Several variables set at once: in which order, so that none is set before it was read.

Goes in: what each variable is to hold. Comes out: the same in groups, one after the other; those
of one group need each other's old values and are set by one statement.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from archdsl.ir.code import Code
from archdsl.transforms.classes import plan


class Move(Struct, frozen=True):
    """`target = code`, which reads the variables `reads`; `value` is what the code still has to
    work out, None where it is but another variable."""

    target: str
    code: Code
    reads: frozenset[str]
    value: plan.Value | None = None


def in_turn(moves: Sequence[Move]) -> Iterator[tuple[Move, ...]]:
    """The moves in groups; what is worked out stays in the given order."""
    waiting = [move for move in moves if not _idle(move)]
    while waiting:
        ready = next((move for move in waiting if _may_be_next(move, waiting)), None)
        group = (ready,) if ready is not None else tuple(waiting)
        yield group
        waiting = [move for move in waiting if move not in group]


def _idle(move: Move) -> bool:
    """True where the variable holds its value already."""
    return move.value is None and move.reads == {move.target}


def _may_be_next(move: Move, waiting: list[Move]) -> bool:
    others = [other for other in waiting if other is not move]
    computed = [other for other in waiting if other.value is not None]
    in_order = move.value is None or computed[0] is move
    return in_order and not any(move.target in other.reads for other in others)
