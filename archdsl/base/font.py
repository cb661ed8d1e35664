"""The face in which diagrams are set: a TrueType file → how wide its letters are.

`fonts` holds Arimo, as wide as Helvetica and Arial.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from struct import error as StructError
from struct import unpack_from

from msgspec import Struct

from archdsl.base.exceptions import Explained

FOLDER = Path(__file__).parent / "fonts"
UNKNOWN = 1.0  # em, of a letter that the face does not have
UNICODE = {(3, 10): 0, (3, 1): 1, (0, 4): 2, (0, 3): 3}  # forms of a `cmap`, best first
Tables = dict[str, bytes]


class NoFont(Explained):
    """A file is no TrueType face; the message names it."""


class Widths(dict[str, float]):
    """The widths of letters in parts of their size, that of an unknown one too."""

    def __missing__(self, letter: str) -> float:
        return UNKNOWN


class Face(Struct, frozen=True):
    """One weight of a family."""

    family: str
    path: Path
    widths: Widths

    def width(self, text: str, size: float) -> float:
        """The points that a line takes across."""
        return size * sum(map(self.widths.__getitem__, text))

    def has(self, text: str) -> bool:
        return all(letter in self.widths for letter in text)


class Font(Struct, frozen=True):
    """The typefaces of a drawing: a face for text, and one for titles."""

    regular: Face
    bold: Face

    @property
    def family(self) -> str:
        return self.regular.family


@cache
def standard() -> Font:
    """The font that comes with archdsl."""
    return Font(face(FOLDER / "Arimo-Regular.ttf"), face(FOLDER / "Arimo-Bold.ttf"))


@cache
def font_of(path: Path) -> Font:
    """A user's font, one face for all."""
    one = face(path)
    return Font(one, one)


def face(path: Path) -> Face:
    """A face from a TrueType file."""
    try:
        tables = _tables(path.read_bytes())
        per_em: int = unpack_from(">H", tables["head"], 18)[0]
        advances = _advances(tables)
        widths = (
            (chr(code), advances[min(glyph, len(advances) - 1)] / per_em)
            for code, glyph in _glyphs(tables["cmap"])
        )
        return Face(_family(tables["name"]), path, Widths(widths))
    except OSError as error:
        raise NoFont(f"{path} cannot be read: {error.strerror}") from None
    except (KeyError, ValueError, IndexError, StructError):
        raise NoFont(f"{path} is no TrueType font; give a .ttf file") from None


def _tables(data: bytes) -> Tables:
    """The tables of a font by their tags; without outlines in TrueType's form it is refused."""
    (count,) = unpack_from(">H", data, 4)
    tables = {}
    for at in range(12, 12 + 16 * count, 16):
        tag, _, start, length = unpack_from(">4sIII", data, at)
        tables[tag.decode("ascii")] = data[start : start + length]
    if "glyf" not in tables:
        raise ValueError("no outlines")
    return tables


def _advances(tables: Tables) -> list[int]:
    """The width of each glyph; the last one's is that of all that follow."""
    (count,) = unpack_from(">H", tables["hhea"], 34)
    return [unpack_from(">H", tables["hmtx"], 4 * glyph)[0] for glyph in range(count)]


def _glyphs(cmap: bytes) -> Iterator[tuple[int, int]]:
    """Each code point with the number of its glyph."""
    (count,) = unpack_from(">H", cmap, 2)
    records = [unpack_from(">HHI", cmap, 4 + 8 * index) for index in range(count)]
    starts = {(platform, encoding): start for platform, encoding, start in records}
    start = starts[min(starts.keys() & UNICODE.keys(), key=UNICODE.__getitem__)]
    (form,) = unpack_from(">H", cmap, start)
    return _segments(cmap, start) if form == 4 else _groups(cmap, start)


def _segments(cmap: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Of a table of form 4."""
    count = unpack_from(">H", cmap, start + 6)[0] // 2
    ends, firsts = start + 14, start + 16 + 2 * count
    deltas, offsets = firsts + 2 * count, firsts + 4 * count
    for at in range(0, 2 * count, 2):
        (end,), (first,) = unpack_from(">H", cmap, ends + at), unpack_from(">H", cmap, firsts + at)
        (delta,), (offset,) = (unpack_from(">H", cmap, where + at) for where in (deltas, offsets))
        for code in range(first, min(end, 0xFFFE) + 1):
            glyph = code
            if offset:
                (glyph,) = unpack_from(">H", cmap, offsets + at + offset + 2 * (code - first))
            if offset == 0 or glyph:
                yield code, (glyph + delta) & 0xFFFF


def _groups(cmap: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Of a table of form 12."""
    (count,) = unpack_from(">I", cmap, start + 12)
    for index in range(count):
        first, end, glyph = unpack_from(">III", cmap, start + 16 + 12 * index)
        yield from ((code, glyph + code - first) for code in range(first, end + 1))


def _family(name: bytes) -> str:
    """The family's name, in the first of Windows' records of it."""
    count, texts = unpack_from(">HH", name, 2)
    for index in range(count):
        platform, _, _, kind, length, start = unpack_from(">6H", name, 6 + 12 * index)
        if platform == 3 and kind == 1:
            return name[texts + start : texts + start + length].decode("utf-16-be")
    raise ValueError("no name")
