"""All rules over a program; each mistake once, at a place that the user can change."""

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from archdsl.analyses.lints.rules import RULES
from archdsl.analyses.lints.wiring import wiring
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Source, Span
from archdsl.codes import LINTS
from archdsl.ir.graph import Program


def lint(
    program: Program, *, everything: bool = False, foreign: Callable[[Source], bool]
) -> tuple[Diagnostic, ...]:
    """The warnings about a program; those of W02… only if `everything` is asked for.

    A source that is `foreign` (the library's) is not the user's to change: what is found there is
    told at the use that led to it, and not at all where no use is the user's.
    """
    told: dict[tuple[str, Span], Diagnostic] = {}
    for diagnostic in _all(program, everything):
        places = (diagnostic.primary, *diagnostic.calls)
        own = next((k for k, place in enumerate(places) if not foreign(place.span.source)), None)
        if own is not None:
            moved = replace(diagnostic, primary=places[own], calls=places[own + 1 :])
            told.setdefault((moved.code, moved.primary.span), moved)
    return tuple(told.values())


def _all(program: Program, everything: bool) -> Iterator[Diagnostic]:
    wired = wiring(program)
    for rule in RULES:
        if everything or not rule.on_request:
            yield from (d for d in rule.find(wired) if everything or d.code.startswith(LINTS))
