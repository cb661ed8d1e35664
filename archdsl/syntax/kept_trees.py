"""The trees of the texts that were read without a complaint, kept between runs.

An entry holds the text it was read from and a stamp of the code that read it: it is taken for the
same text and the same code only. It is data and no code, `flat`.
"""

from functools import cache
from pathlib import Path
from zlib import crc32

import msgspec

from archdsl.base import cache_folder
from archdsl.base.source import Source
from archdsl.syntax.flat import Flat, Unfit, flat, unflat
from archdsl.syntax.tree import Parsed

LONGEST = 100_000  # characters of a text worth remembering


class _Entry(msgspec.Struct, array_like=True):
    stamp: cache_folder.Stamp
    text: str
    tree: Flat


def recall(source: Source) -> Parsed | None:
    """The tree of this very text, if it was kept."""
    stored = cache_folder.recall(_name(source.text))
    if stored is None:
        return None
    try:
        entry = msgspec.msgpack.decode(stored, type=_Entry)
        if (entry.stamp, entry.text) != (_stamp(), source.text):
            return None
        parsed = unflat(entry.tree, source)
    except (msgspec.DecodeError, Unfit, ValueError, TypeError, RecursionError):
        return None  # a foreign entry: the text is read again
    return parsed if isinstance(parsed, Parsed) else None


def keep(source: Source, parsed: Parsed) -> None:
    """Remembers the tree of a file without complaints; other texts are seldom read again."""
    if parsed.diagnostics or len(source.text) > LONGEST or source.name.startswith("<"):
        return
    try:
        entry = _Entry(_stamp(), source.text, flat(parsed, source))
        cache_folder.keep(_name(source.text), msgspec.msgpack.encode(entry))
    except (Unfit, RecursionError, OverflowError, UnicodeEncodeError):
        return  # numbers beyond 64 bits, lines nested deep: read each time


def _name(text: str) -> str:
    return f"tree-{crc32(text.encode('utf-8', 'surrogatepass')):08x}-{len(text)}"


@cache
def _stamp() -> cache_folder.Stamp:
    return cache_folder.stamp(Path(__file__).parent, Path(cache_folder.__file__).parent)
