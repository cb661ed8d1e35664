"""The memory that one version of a text leaves to the next: trees, elaborated blocks, networks.

It holds for one text and what it imports. Where an import has changed, all of it is dropped.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Source
from archdsl.semantics.elaboration_memory import ElaborationMemory
from archdsl.syntax import tree
from archdsl.syntax.line_reader import read
from archdsl.syntax.pieces import Pieces
from archdsl.syntax.tree import Parsed
from archdsl.syntax.walk import descendants

STALE = 40  # blocks of older versions that are remembered, beside half as many as one needs

T = TypeVar("T")


class Kept(Generic[T]):
    """The memory of one text's versions; `T` is what is known of a network, `told` what was last
    said of the whole text."""

    def __init__(self) -> None:
        self._pieces = Pieces()
        self._imports: dict[str, tuple[str, Parsed]] = {}
        self._seen: tuple[Parsed, ...] = ()
        self._now: list[Parsed] = []
        self.memory = ElaborationMemory(watch=True)
        self._needed = 0  # the most blocks of one version so far
        self.networks: dict[tree.Declaration, T] = {}
        self.told: tuple[Diagnostic, ...] = ()

    def reader(self, own: Source) -> Callable[[Source], Parsed]:
        """The reader of the text itself and its imports. It does not know a version's analysis:
        blocks keep the reader alive, and they live longer than a version."""
        return lambda source: self.read_first(source) if source is own else self.read(source)

    def read(self, source: Source) -> Parsed:
        """The tree of one of the imports; nothing is written to disk."""
        if source.shipped:
            return _shipped(source)
        known = self._imports.get(source.name)
        if known is None or known[0] != source.text:
            known = source.text, read(source)
            self._imports[source.name] = known
        self._now.append(known[1])
        return known[1]

    def read_first(self, source: Source) -> Parsed:
        """The tree of the text itself."""
        self._now = []
        return self._pieces.read(source)

    def ready(self, declarations: tuple[tree.Declaration, ...]) -> None:
        """To be called when a version is read, before it is elaborated: what does not hold for
        it, or is too much, is dropped."""
        seen, self._seen = self._seen, tuple(self._now)
        unlike = len(seen) != len(self._seen) or any(
            a is not b for a, b in zip(seen, self._seen, strict=True)
        )
        if unlike:
            self.memory = ElaborationMemory(watch=True)
            self.networks = {}
            return
        self._forget()
        present = set(declarations) - self._pieces.affected
        self.networks = {d: known for d, known in self.networks.items() if d in present}

    def tidy(self, file: tree.File) -> None:
        """Drops blocks that were made of nodes which no version will have again. It looks at every
        node of the text, so it is for moments in which nothing is typed."""
        kept = (*self._pieces.declarations, *file.declarations)
        present = {id(node) for d in kept for node in (d, *descendants(d))}
        self.memory.keep_made_of(present, file.source.name)

    def _forget(self) -> None:
        """Drops blocks with mistakes, and those of versions that are long gone."""
        memory = self.memory
        memory.forget_faulty()
        self._needed = max(self._needed, len(memory.met))
        if len(memory.blocks) > STALE + self._needed * 3 // 2:
            memory.keep_met(self._needed)
        memory.met.clear()


_SHIPPED: dict[Source, Parsed] = {}


def _shipped(source: Source) -> Parsed:
    """The tree of a block of the library, which does not change."""
    if source not in _SHIPPED:
        _SHIPPED[source] = read(source)
    return _SHIPPED[source]
