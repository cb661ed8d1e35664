"""A text that changes while it is typed, read in pieces: a declaration that stays as it is keeps
its tree.

A piece is a declaration with the comments above it. One that has not changed, and leads by its
names to none that has, has the same nodes as before: what was worked out for them holds. The nodes
of all others are new. Nothing is kept on disk.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain, pairwise

from msgspec import Struct
from msgspec.structs import replace

from archdsl.base.source import Source
from archdsl.syntax import grammar, tree
from archdsl.syntax.line_reader import MAX_CHARACTERS, MAX_ERRORS, read
from archdsl.syntax.walk import descendants, renewed
from archdsl.syntax.words import CLOSING, OPENING, opens_statement

_HEADS = ("block ", "network ", "fn ", "from ")
MOST_OF_A_HEAD = 20  # words that tell whether a line opens a declaration


class Edges(Struct, frozen=True):
    """The relations of a piece to its neighbours: `opens` if its first line, if any, opens a
    declaration; a docstring that does not end in it; brackets that it closes or leaves open."""

    opens: bool
    unended: bool
    closed: int
    open: int


class Piece(Struct, frozen=True):
    """One piece as it was read: the names that it declares and those that it mentions."""

    source: Source
    parsed: tree.Parsed
    declares: frozenset[str]
    mentions: frozenset[str]
    edges: "Edges"

    def renewed(self) -> "Piece":
        """The same piece with new nodes, since it may no longer mean what it meant. Variants that
        give values alone keep theirs: nothing is remembered by these nodes, and blocks are
        remembered by their arguments, which should stay the same."""
        file = self.parsed.file
        new = tuple(d if _only_values(d) else renewed(d) for d in file.declarations)
        return replace(self, parsed=replace(self.parsed, file=replace(file, declarations=new)))


class Pieces:
    """The versions of one text, one after the other. `affected` are the variants that have their
    nodes still, though what they vary has changed."""

    def __init__(self) -> None:
        self._last: tuple[Piece, ...] = ()
        self.affected: frozenset[tree.Declaration] = frozenset()

    @property
    def declarations(self) -> tuple[tree.Declaration, ...]:
        """Those whose nodes the next version can have again."""
        return tuple(chain.from_iterable(p.parsed.file.declarations for p in self._last))

    def read(self, source: Source) -> tree.Parsed:
        """The tree of the next version."""
        texts = split(source.text)
        if "\0" in source.text or "\t" in source.text or len(source.text) > MAX_CHARACTERS:
            return read(source)
        pieces = self._matched(source.name, texts)
        if not _separate(pieces):
            return read(source)
        before = self._last
        self._last = tuple(_consistent(before, pieces))
        old = {id(piece) for piece in before}
        self.affected = _affected(piece for piece in self._last if id(piece) not in old)
        self._place()
        parsed = _joined(source, self._last)
        return read(source) if len(parsed.diagnostics) > MAX_ERRORS else parsed

    def _matched(self, name: str, texts: list[str]) -> list[Piece]:
        """The pieces of these texts: those of the version before where they are the same."""
        known: defaultdict[str, list[Piece]] = defaultdict(list)
        for piece in self._last[::-1]:
            known[piece.source.text].append(piece)
        return [known[text].pop() if known[text] else _piece(name, text) for text in texts]

    def _place(self) -> None:
        """Tells the pieces where they stand now."""
        start = above = 0
        for piece in self._last:
            piece.source.start, piece.source.above = start, above
            start += len(piece.source.text)
            above += piece.source.text.count("\n")


def split(text: str) -> list[str]:
    """The pieces of a text, and the empty lines between them; joined they are the text."""
    *whole, last = text.split("\n")
    lines = [*(f"{line}\n" for line in whole), *([last] if last else [])]
    cuts = {0, len(lines)}
    for number, line in enumerate(lines):
        if line.startswith(_HEADS):
            while number and lines[number - 1].startswith("#"):
                number -= 1
            cuts.add(number)
            while number and not lines[number - 1].strip():
                number -= 1
            cuts.add(number)
    places = sorted(cuts)
    return ["".join(lines[start:end]) for start, end in pairwise(places)]


def _piece(name: str, text: str) -> Piece:
    source = Source(name, text)
    parsed = read(source)
    declared = parsed.file.declarations
    names = (n.id for n in descendants(parsed.file) if isinstance(n, tree.Name))
    return Piece(
        source,
        parsed,
        frozenset(chain.from_iterable(map(_declared, declared))),
        frozenset(names),
        _edges(text),
    )


def _only_values(declaration: tree.Declaration) -> bool:
    return isinstance(declaration, tree.VariantDecl) and not any(
        isinstance(node, tree.Suite) for node in descendants(declaration)
    )


def _affected(pieces: Iterable[Piece]) -> frozenset[tree.Declaration]:
    return frozenset(
        d for p in pieces for d in p.parsed.file.declarations if isinstance(d, tree.VariantDecl)
    )


def _declared(declaration: tree.Declaration) -> tuple[str, ...]:
    if isinstance(declaration, tree.Import):
        return tuple((item.alias or item.name).id for item in declaration.names)
    return (declaration.name.id,)


def _edges(text: str) -> Edges:
    """Found by the text's words alone: they may say anything."""
    listed = list(grammar.tokens(text))
    closed = open_ = 0
    for token in listed:
        if token.type in OPENING:
            open_ += 1
        elif token.type in CLOSING and open_:
            open_ -= 1
        elif token.type in CLOSING:
            closed += 1
    words = [t for t in listed if t.type not in ("COMMENT", "LINE_END")][:MOST_OF_A_HEAD]
    unended = any(token.type == "OPEN_DOCSTRING" for token in listed)
    return Edges(not words or opens_statement(words), unended, closed, open_)


def _separate(pieces: list[Piece]) -> bool:
    """True where every piece reads alone as it does among the others."""
    edges = [piece.edges for piece in pieces]
    first_open = next((place for place, edge in enumerate(edges) if edge.open), len(edges))
    return (
        all(edge.opens for edge in edges[1:])
        and not any(edge.unended for edge in edges[:-1])
        and not any(edge.closed for edge in edges[first_open + 1 :])
    )


def _consistent(before: tuple[Piece, ...], now: list[Piece]) -> list[Piece]:
    """The pieces with new nodes for those that lead to a name that may mean something else."""
    places = {id(piece): place for place, piece in enumerate(before)}
    kept = [places[id(p)] for p in now if id(p) in places and p.declares]
    if kept != sorted(kept):
        return [piece.renewed() if id(piece) in places else piece for piece in now]
    left = {id(piece) for piece in now}
    unlike = [p for p in before if id(p) not in left] + [p for p in now if id(p) not in places]
    names = set(chain.from_iterable(piece.declares for piece in unlike))
    stale: set[int] = set()
    waiting = [piece for piece in now if id(piece) in places]
    while touched := [p for p in waiting if p.mentions & names]:
        stale |= {id(piece) for piece in touched}
        names |= set(chain.from_iterable(piece.declares for piece in touched))
        waiting = [piece for piece in waiting if id(piece) not in stale]
    return [piece.renewed() if id(piece) in stale else piece for piece in now]


def _joined(source: Source, pieces: tuple[Piece, ...]) -> tree.Parsed:
    """The tree of the whole text."""
    parts = [piece.parsed for piece in pieces]
    version = parts[0].file.version if parts else None
    declarations = tuple(chain.from_iterable(part.file.declarations for part in parts))
    return tree.Parsed(
        tree.File(source, declarations, version),
        tuple(chain.from_iterable(part.diagnostics for part in parts)),
        tuple(chain.from_iterable(part.comments for part in parts)),
    )
