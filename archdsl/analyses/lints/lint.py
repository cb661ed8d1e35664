"""All rules over a program; each mistake once, at a place that the user can change."""

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from archdsl.analyses.lints.inputs import (
    groups_of_elsewhere,
    one_value_a_channel,
    sequence_in_merge,
    shape_of_elsewhere,
)
from archdsl.analyses.lints.layers import (
    bias_before_norm,
    doubled_activation,
    final_softmax,
    nothing_beside,
    unflattened,
    unused_result,
)
from archdsl.analyses.lints.sizes import narrow_field, odd_channels
from archdsl.analyses.lints.windows import checkerboard, even_same, gaps, rounding
from archdsl.analyses.lints.wiring import Wiring, wiring
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Source, Span
from archdsl.codes import LINTS
from archdsl.ir.graph import Program

_RULES: tuple[Callable[[Wiring], Iterator[Diagnostic]], ...] = (
    bias_before_norm,
    even_same,
    gaps,
    checkerboard,
    doubled_activation,
    unused_result,
    final_softmax,
    rounding,
    unflattened,
    nothing_beside,
    shape_of_elsewhere,
    sequence_in_merge,
    groups_of_elsewhere,
    one_value_a_channel,
)


def lint(
    program: Program, *, everything: bool = False, foreign: Callable[[Source], bool]
) -> tuple[Diagnostic, ...]:
    """The warnings about a program; those of W02… only if `everything` is asked for.

    A source that is `foreign` (the library's) is not the user's to change: what is found there is
    told at the use that led to it, and not at all where no use is the user's.
    """
    found: dict[tuple[str, Span], Diagnostic] = {}
    for diagnostic in _all(program, everything):
        places = (diagnostic.primary, *diagnostic.calls)
        own = next((k for k, place in enumerate(places) if not foreign(place.span.source)), None)
        if own is not None:
            moved = replace(diagnostic, primary=places[own], calls=places[own + 1 :])
            found.setdefault((moved.code, moved.primary.span), moved)
    return tuple(found.values())


def _all(program: Program, everything: bool) -> Iterator[Diagnostic]:
    found = wiring(program)
    for rule in _RULES:
        for diagnostic in rule(found):
            if everything or diagnostic.code.startswith(LINTS):
                yield diagnostic
    if everything:
        yield from odd_channels(found)
        yield from narrow_field(found, program)
