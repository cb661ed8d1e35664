"""A source text and places in it: what every diagnostic points at."""

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from msgspec import Struct


class Source(Struct, eq=False, dict=True):
    """One `.arch` text under its file's name; compared by identity.

    `shipped` names the part of archdsl that it is from, the catalogue or the library: a shipped
    file is shown by its stem, since the user has no folder of that name. For a piece of a file,
    `start` and `above` are the numbers of characters and lines above it.
    """

    name: str
    text: str
    shipped: str = ""
    start: int = 0
    above: int = 0

    @property
    def stem(self) -> str:
        return self.name.rpartition("/")[2].removesuffix(".arch")

    @property
    def shown(self) -> str:
        """Its name for people: `resnet18 (catalogue)`, or its file's name."""
        return f"{self.stem} ({self.shipped})" if self.shipped else self.name

    @cached_property
    def line_starts(self) -> list[int]:
        lines = self.text.split("\n")[:-1]
        return [0, *accumulate(len(line) + 1 for line in lines)]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1."""
        line = bisect_right(self.line_starts, offset)
        return line + self.above, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of one line, counted from 1, without its line break."""
        place = number - self.above
        start = self.line_starts[place - 1]
        last = place >= len(self.line_starts)
        end = len(self.text) if last else self.line_starts[place] - 1
        return self.text[start:end].rstrip("\r")

    def __repr__(self) -> str:
        return f"Source({self.name!r})"


class Span(Struct, frozen=True, gc=False):
    """A range of characters `[start, end)` in one source."""

    source: Source
    start: int
    end: int

    @property
    def first(self) -> int:
        """The offset of the first character in the file, of which the source may be a piece."""
        return self.source.start + self.start

    @property
    def last(self) -> int:
        """The offset behind the last character in the file."""
        return self.source.start + self.end

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.position(self.start)[1]

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def to(self, other: "Span") -> "Span":
        """The span from the start of this one to the end of another in the same source."""
        return Span(self.source, self.start, max(self.end, other.end))

    def covers(self, other: "Span") -> bool:
        """True where the other place lies inside this one."""
        same = self.source is other.source
        return same and self.start <= other.start and other.end <= self.end
