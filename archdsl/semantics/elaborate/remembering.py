"""The mistakes and the shapes of lines of a remembered block, told again where it is met again.

A memory that outlives one elaboration must not hide a mistake from the next one, and a block that
is not elaborated again tells nothing of its lines.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from archdsl.ir.graph import Scope
from archdsl.semantics.elaborate.lines import Lines
from archdsl.semantics.elaboration_memory import ElaborationMemory, Seen
from archdsl.semantics.reporter import Reporter


class Noted:
    """The events of one block's elaboration: mistakes so far, and changes of the flow."""

    def __init__(self, told: int) -> None:
        self.told = told
        self.seen: Seen = {}


class Remembering:
    def __init__(self, memory: ElaborationMemory, reporter: Reporter, lines: Lines) -> None:
        self._memory, self._reporter, self._lines = memory, reporter, lines

    @contextmanager
    def noting(self) -> Iterator[Noted]:
        """Notes what is told while a block is elaborated, for `keep`."""
        noted, outer = Noted(self._reporter.told), self._lines.seen
        if not self._memory.watch:
            yield noted
            return
        self._lines.seen = noted.seen
        try:
            yield noted
        finally:
            self._lines.seen = outer
            if outer is not None:
                outer.update(noted.seen)

    def keep(self, memo: object, scope: Scope, noted: Noted) -> None:
        """Remembers a block."""
        self._memory.blocks[memo] = scope
        self._met(scope)
        if noted.seen:
            self._memory.changes[scope] = noted.seen
        if self._reporter.told > noted.told:
            self._memory.faulty.add(scope)

    def again(self, scope: Scope) -> Scope:
        """A block that is remembered: what stands around it has its mistakes too."""
        self._met(scope)
        if scope in self._memory.faulty:
            self._reporter.keep_silent()
        if self._lines.seen is not None:
            self._lines.seen.update(self._memory.changes.get(scope, {}))
        return scope

    def _met(self, scope: Scope) -> None:
        if self._memory.watch:
            self._memory.met.add(scope)
