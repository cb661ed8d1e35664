"""The trees of the texts that were read without a complaint, kept between runs.

An entry holds the text it was read from and a stamp of the code that read it: it is taken for the
same text and the same code only. The source itself is left out and put in again, so that a tree
points to the source that was asked for.
"""

import pickle
from functools import cache
from io import BytesIO
from pathlib import Path
from zlib import crc32

from archdsl.base import store
from archdsl.base.source import Source
from archdsl.syntax.parsed import Parsed

LONGEST = 100_000  # characters of a text worth remembering


class _Writer(pickle.Pickler):
    """Leaves the source out."""

    def __init__(self, stream: BytesIO, source: Source) -> None:
        super().__init__(stream, protocol=pickle.HIGHEST_PROTOCOL)
        self._source = source

    def persistent_id(self, obj: object) -> str | None:
        return "source" if obj is self._source else None


class _Reader(pickle.Unpickler):
    """Puts the source in."""

    def __init__(self, stream: BytesIO, source: Source) -> None:
        super().__init__(stream)
        self._source = source

    def persistent_load(self, pid: object) -> Source:
        return self._source


def recall(source: Source) -> Parsed | None:
    """The tree of this very text, if it was kept."""
    stored = store.recall(_name(source.text))
    if stored is None:
        return None
    stream = BytesIO(stored)
    try:
        if pickle.load(stream) != (_stamp(), source.text):
            return None
        parsed = _Reader(stream, source).load()
    except Exception:  # a foreign pickle raises anything at all; the text is then read again
        return None
    return parsed if isinstance(parsed, Parsed) else None


def keep(source: Source, parsed: Parsed) -> None:
    """Remembers the tree of a file without complaints; other texts are seldom read again."""
    if parsed.diagnostics or len(source.text) > LONGEST or source.name.startswith("<"):
        return
    stream = BytesIO()
    pickle.dump((_stamp(), source.text), stream, protocol=pickle.HIGHEST_PROTOCOL)
    try:
        _Writer(stream, source).dump(parsed)
    except RecursionError:  # lines nested deeper than a pickle can be: read each time
        return
    store.keep(_name(source.text), stream.getvalue())


def _name(text: str) -> str:
    return f"tree-{crc32(text.encode('utf-8', 'surrogatepass')):08x}-{len(text)}"


@cache
def _stamp() -> store.Stamp:
    return store.stamp(Path(__file__).parent, Path(store.__file__).parent)
