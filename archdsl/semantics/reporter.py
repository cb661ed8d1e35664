"""Collects the diagnostics of one elaboration and knows in which block instance they arise."""

from collections.abc import Callable
from typing import NoReturn, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Label, Severity
from archdsl.base.source import Span
from archdsl.codes import SYNTAX


class BlockLevel(Struct, frozen=True):
    """One block instance on the way down: the step's name, the block's, and where it was called.

    A step without a name of its own gets it when its body ends: it is asked for afterwards.
    """

    name: str | Callable[[], str]
    block: str
    call: Span | None

    @property
    def final_name(self) -> str:
        return self.name if isinstance(self.name, str) else self.name()


class Exhausted(Exception):
    """A limit is reached and reported; caught where the elaboration began."""


T = TypeVar("T")
_SHOWN = 4  # levels of nesting that a message shows at either end


def _shortened(levels: tuple[T, ...], gap: T | None = None) -> tuple[T, ...]:
    """The first and last levels of a deep nesting, with a gap between where one is given."""
    if len(levels) <= 2 * _SHOWN:
        return levels
    middle = (gap,) if gap is not None else ()
    return (*levels[:_SHOWN], *middle, *levels[-_SHOWN:])


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    span = diagnostic.primary.span
    return span.source.name, span.first, span.last, diagnostic.code


def _path(frames: tuple[BlockLevel, ...]) -> str:
    """`ResNet50 / layer2.0 (bottleneck)`; the network's name alone at the top."""
    network, *inner = frames
    if not inner:
        return network.block
    names = ".".join(_shortened(tuple(f.final_name for f in inner), "…"))
    block = next((f.block for f in reversed(inner) if f.block), "")
    return f"{network.block} / {names}" + (f" ({block})" if block else "")


class Reporter:
    """Collects mistakes; the same mistake at the same place is told once. Where nobody `warns`,
    warnings need not be looked for."""

    warns = True

    def __init__(self) -> None:
        self.told = 0  # mistakes so far, repeated ones and those kept silent among them
        self.frames: list[BlockLevel] = []
        self._by_place: dict[
            tuple[str, int, int, int], tuple[Diagnostic, tuple[BlockLevel, ...]]
        ] = {}

    def report(self, mistake: Diagnostic) -> None:
        """Notes a mistake, with the calls that led to the block at hand."""
        span = mistake.primary.span
        self.told += 1
        told = replace(mistake, calls=_shortened(self._calls()))
        place = (mistake.code, id(span.source), span.start, span.end)
        self._by_place.setdefault(place, (told, tuple(self.frames)))

    def keep_silent(self) -> None:
        """Counts a mistake that is not told, since it may follow from one that is told already."""
        self.told += 1

    def warn(self, warning: Diagnostic) -> None:
        """Notes what is no mistake but seldom meant."""
        self.report(replace(warning, severity=Severity.WARNING))

    def note(self, note: Diagnostic) -> None:
        """Notes what is worth a look only."""
        self.report(replace(note, severity=Severity.NOTE))

    def exhausted(self, mistake: Diagnostic) -> NoReturn:
        """Reports that a limit is reached, and ends the elaboration."""
        self.report(mistake)
        raise Exhausted

    def _calls(self) -> tuple[Label, ...]:
        """The calls that lead to this block; a block that calls itself has its line once."""
        calls = dict.fromkeys(f.call for f in reversed(self.frames) if f.call is not None)
        return tuple(map(Label, calls))

    def extend(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        for d in diagnostics:
            span = d.primary.span
            self._by_place.setdefault((d.code, id(span.source), span.start, span.end), (d, ()))

    def withdraw(self, code: str, within: Span) -> None:
        """Takes back what was said inside a place that a later line explains better."""
        for place in list(self._by_place):
            told, source, start, end = place
            inside = within.start <= start and end <= within.end
            if told == code and source == id(within.source) and inside:
                del self._by_place[place]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """By file, and by place in it; the paths have the names that the steps got in the end."""
        diagnostics = (replace(d, path=_path(f)) if f else d for d, f in self._by_place.values())
        return tuple(sorted(diagnostics, key=_place))

    @property
    def unreadable(self) -> bool:
        """True where lines could not be read (E01…), so that their meaning is unknown."""
        return any(d.code.startswith(SYNTAX) for d, _ in self._by_place.values())

    @property
    def failed(self) -> bool:
        return any(d.severity is Severity.ERROR for d, _ in self._by_place.values())
