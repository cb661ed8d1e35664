"""Two recordings side by side: which calls have other settings, which are written otherwise.

Counted are the elements that a call works on, so that the order of branches, and whether two
tensors are joined before or after an activation, make no difference.
"""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from archdsl.runtime.recording import CallUse, OperatorCall

DROPOUT = "dropout"  # whatever keeps elements by chance: no number shows its rate

Uses = Mapping[OperatorCall, CallUse]
Runs = Mapping[str, tuple[Uses, Uses]]  # ours and the reference's, by the mode


class CallDifference(BaseModel):
    """A kind of call that has other settings, or that only one side makes."""

    model_config = ConfigDict(frozen=True)

    mode: str
    ours: str | None
    ours_at: str | None
    theirs: str | None
    theirs_at: str | None
    unreached: bool = False

    def __str__(self) -> str:
        sides = [_side(self.ours, self.ours_at, "the emitted module has")]
        sides += [_side(self.theirs, self.theirs_at, "the reference has")]
        why = ", and no input here reaches its limits" if self.unreached else ""
        return f"{', '.join(s for s in sides if s)}{why} ({self.mode})"


class CallComparison(BaseModel):
    """The telling calls of both modes; `kinds` are those that are the same on both sides.

    `otherwise` are calls that only one side makes, or makes more often. The same may be written in
    another way, so the outputs alone decide.
    """

    model_config = ConfigDict(frozen=True)

    kinds: tuple[str, ...] = ()
    differences: tuple[CallDifference, ...] = ()
    otherwise: tuple[CallDifference, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.differences


def compare_calls(runs: Runs, further: tuple[tuple[Uses, Uses], ...] = ()) -> CallComparison:
    """Both sides' calls by mode; `further` runs only show which limits are reached."""
    kinds = dict.fromkeys(c.kind for sides in runs.values() for uses in sides for c in uses)
    otherwise: dict[str, CallDifference] = {}
    differences: list[CallDifference] = []
    different: set[str] = set()
    reached = [_reached([*runs.values(), *further], side) for side in (0, 1)]
    for mode, (ours, theirs) in runs.items():
        for kind in kinds:
            more, less = _more(kind, ours, theirs), _more(kind, theirs, ours)
            apart = (more and less) or (kind == DROPOUT and (more or less))
            hidden = [call for call in more if _hides(call, ours, theirs, reached[0])]
            unseen = [call for call in less if _hides(call, theirs, ours, reached[1])]
            if apart or hidden or unseen:
                difference = _difference(mode, ours, theirs, hidden or more, unseen or less)
                differences.append(difference.model_copy(update={"unreached": not apart}))
                different.add(kind)
            elif more or less:
                otherwise.setdefault(kind, _difference(mode, ours, theirs, more, less))
    return CallComparison(
        kinds=tuple(sorted(set(kinds) - different - set(otherwise))),
        differences=tuple(differences),
        otherwise=tuple(otherwise.values()),
    )


def _hides(
    call: OperatorCall, own: Uses, other: Uses, reached: Mapping[OperatorCall, set[str]]
) -> bool:
    """True where the other side may lack a limit without a number that shows it.

    False where both make the call at equally many places, one of them for each sample anew.
    """
    if not call.limits - reached.get(call, set()):
        return False
    mine, theirs = own[call], other.get(call)
    if theirs is None or len(theirs.paths) != len(mine.paths):
        return True
    return mine.elements % theirs.elements != 0


def _reached(runs: list[tuple[Uses, Uses]], side: int) -> dict[OperatorCall, set[str]]:
    """The limits that some element lay beyond in any of the runs."""
    reached: dict[OperatorCall, set[str]] = {}
    for sides in runs:
        for call, use in sides[side].items():
            reached.setdefault(call, set()).update(use.reached)
    return reached


def _more(kind: str, own: Uses, other: Uses) -> list[OperatorCall]:
    """The calls of a kind that work on more elements here than there."""
    return [
        call
        for call, use in own.items()
        if call.kind == kind and use.elements > (other[call].elements if call in other else 0)
    ]


def _difference(
    mode: str, ours: Uses, theirs: Uses, more: list[OperatorCall], less: list[OperatorCall]
) -> CallDifference:
    return CallDifference(
        mode=mode,
        ours=_told(more, ours, theirs),
        ours_at=_place(more, ours, theirs),
        theirs=_told(less, theirs, ours),
        theirs_at=_place(less, theirs, ours),
    )


def _told(calls: list[OperatorCall], own: Uses, other: Uses) -> str | None:
    """The first call, and on how many elements it works that it does not work on there."""
    if not calls:
        return None
    common = other[calls[0]].elements if calls[0] in other else 0
    more = " more" if common else ""
    return f"{calls[0]} on {own[calls[0]].elements - common:,} elements{more}"


def _place(calls: list[OperatorCall], own: Uses, other: Uses) -> str | None:
    """The first path where this side alone makes the call, and how many others there are."""
    if not calls:
        return None
    common = other[calls[0]].paths if calls[0] in other else {}
    paths = list(own[calls[0]].paths)
    first, *more = [path for path in paths if path not in common] or paths
    return f"{first} and {len(more)} more" if more else first


def _side(call: str | None, place: str | None, has: str) -> str:
    if call is None:
        return ""
    return f"{has} {call}{f' at {place}' if place else ''}"
