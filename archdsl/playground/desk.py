"""A text of the page as it was read, with what is known of one of its networks.

Places in it are told in units of UTF-16, as JavaScript counts; archdsl counts characters.
"""

from bisect import bisect_left
from functools import lru_cache

from msgspec import Struct

from archdsl import catalogue, driver
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.exceptions import Misuse
from archdsl.base.labels import Severity
from archdsl.base.source import Source, Span
from archdsl.editing.analysis import Analysis, Traced
from archdsl.editing.kept import Kept
from archdsl.ir.graph import Program

NAME = "playground.arch"
_kept: Kept[Traced] = Kept()  # what one version of the text leaves to the next


class Units:
    """The places of one text; characters of two units are those beyond U+FFFF."""

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._wide = [k for k, character in enumerate(text) if character > "\uffff"]
        self._behind = [offset + k for k, offset in enumerate(self._wide)]

    def of(self, offset: int) -> int:
        """The place of a character."""
        return offset + bisect_left(self._wide, offset)

    def span(self, span: Span) -> tuple[int, int]:
        """The places of a span's ends."""
        return self.of(span.first), self.of(span.last)

    def offset(self, units: int) -> int:
        """The character at a place; one outside of the text is its nearest end."""
        characters = units - bisect_left(self._behind, units)
        return min(max(characters, 0), self._length)


class Desk(Struct, frozen=True):
    """A text as it was read; its imports are files of the catalogue.

    `traced` is the network that is looked at, None where the text has none; `sound` where it has
    no error, but for promises that it may break.
    """

    analysis: Analysis
    units: Units
    traced: Traced | None
    sound: bool

    @property
    def network(self) -> str:
        return "" if self.traced is None else self.traced.name

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """The promises that the sound network breaks, and its warnings."""
        return () if self.traced is None else self.traced.findings

    @property
    def program(self) -> Program:
        """The sound program. Raises `Misuse` where there is none."""
        if self.traced is None:
            raise Misuse("the text declares no network")
        if self.traced.program is None or not self.sound:
            raise Misuse("the network has mistakes")
        return self.traced.program


@lru_cache(maxsize=1)
def desk(text: str, network: str) -> Desk:
    """A text with one network looked at, the first one if it has none of that name; what is said of
    the others is not told of this one."""
    spec = driver.Spec(Source(NAME, text), catalogue.LIST.parent, network or None, "")
    analysis = Analysis(spec, kept=_kept)
    known = analysis.networks
    name = network if network in known else next(iter(known), "")
    traced = analysis.trace(name) if name else None
    failed = any(d.severity is Severity.ERROR for d in analysis.so_far)
    sound = traced is not None and traced.program is not None and analysis.readable and not failed
    return Desk(analysis, Units(text), traced, sound)
