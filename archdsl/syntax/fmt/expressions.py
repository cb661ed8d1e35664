"""From the pieces of an expression to a document: blanks, and where a long one is broken.

Chains break before every `->`, deeper than their first step; operations before their loosest
operators; brackets between all of their items.
"""

from collections.abc import Callable, Iterator

from archdsl.syntax.fmt.brackets import (
    LISTS,
    Bracket,
    ListItem,
    Piece,
    PieceKind,
    Pieces,
    Remark,
    Template,
    TokenWord,
    ends_value,
    has_word,
    is_word,
)
from archdsl.syntax.fmt.document import SOFT, STEP, Break, Comment, Doc, IfBroken, Nest, group

_OPERATORS = (
    ("IF", "ELSE"),
    ("OR",),
    ("AND",),
    ("COMPARE", "IN"),
    ("SIGN",),
    ("STAR", "DIVIDE"),
)
_TIGHT_BEFORE = ("COMMA", "COLON", "DOT", "PLACE")
_TIGHT_BEHIND = ("DOT", "UNARY")


def expression(pieces: Pieces, hang: int = STEP) -> Doc:
    """An expression inside brackets, where a line may end before every operator."""
    if has_word(pieces, "FOR"):
        return _generator(pieces)
    if has_word(pieces, "ARROW"):
        return chain(pieces, STEP, lambda part: operation(part, STEP))
    return operation(pieces, hang)


def chain(pieces: Pieces, hang: int, element: Callable[[Pieces], Doc]) -> Doc:
    first, *rest = split(pieces, "ARROW")
    step, remarks = _without_remarks(first)
    steps = tuple((Break(), "-> ", element(part[1:])) for part in rest)
    return group((element(step), Nest((*_comments(remarks), *steps), hang)))


def _without_remarks(pieces: Pieces) -> tuple[Pieces, tuple[Remark, ...]]:
    """Pieces without the comments at their end, and these."""
    remarks: list[Remark] = []
    for piece in reversed(pieces):
        if not isinstance(piece, Remark):
            break
        remarks.insert(0, piece)
    return pieces[: len(pieces) - len(remarks)], tuple(remarks)


def operation(pieces: Pieces, hang: int) -> Doc:
    """An expression without `->`, broken before its loosest operators."""
    kinds = loosest(pieces)
    if not kinds:
        return sequence(pieces)
    first, *rest = split(pieces, *kinds)
    parts = tuple((Break(), _operand(part)) for part in rest)
    return group((operation(first, STEP), Nest(parts, hang)))


def _operand(part: Pieces) -> Doc:
    """An operator and what stands behind it."""
    return sequence(part[:1]), " ", operation(part[1:], STEP)


def loosest(pieces: Pieces) -> tuple[str, ...]:
    """The kinds of the operators that bind least; none where only calls could be broken."""
    for kinds in _OPERATORS:
        if has_word(pieces, *kinds):
            calls = any(isinstance(piece, Bracket) for piece in pieces)
            return () if "STAR" in kinds and calls else kinds
    return ()


def split(pieces: Pieces, *kinds: str) -> list[Pieces]:
    """The parts between words of the kinds; each of these words begins the part behind it."""
    parts: list[list[Piece]] = [[]]
    for piece in pieces:
        if is_word(piece, *kinds):
            parts.append([])
        parts[-1].append(piece)
    return [tuple(part) for part in parts]


def between(pieces: Pieces, *kinds: str) -> list[Pieces]:
    """The parts between words of the kinds, without these words."""
    first, *rest = split(pieces, *kinds)
    return [first, *(part[1:] for part in rest)]


def sequence(pieces: Pieces) -> Doc:
    """Pieces on a line, with blanks where they belong."""
    return tuple(_spaced(pieces))


def _spaced(pieces: Pieces) -> Iterator[Doc]:
    before: Piece | None = None
    for piece in pieces:
        if before is not None and _apart(before, piece):
            yield " "
        yield _piece(piece, before)
        before = piece


def _apart(before: Piece, piece: Piece) -> bool:
    """True where a blank stands between two pieces."""
    if isinstance(before, Remark) or isinstance(piece, Remark):
        return False
    if is_word(piece, *_TIGHT_BEFORE) or is_word(before, *_TIGHT_BEHIND):
        return False
    return not (isinstance(piece, Bracket) and ends_value(before))


def _piece(piece: Piece, before: Piece | None) -> Doc:
    match piece:
        case TokenWord():
            return piece.text
        case Remark():
            return Comment(piece.text, piece.own)
        case Template():
            return _template(piece)
        case Bracket():
            return bracket(piece)


def _template(template: Template) -> Doc:
    first, *rest = template.texts
    pairs = zip(template.values, rest, strict=True)
    return (first, *((expression(value), text) for value, text in pairs))


def _generator(pieces: Pieces) -> Doc:
    element, *clauses = split(pieces, "FOR")
    iteration = tuple(p for clause in clauses for p in clause)
    source, *conditions = split(iteration, "IF")
    parts = (expression(element), *map(sequence, (source, *conditions)))
    return group(tuple(d for part in parts for d in (Break(), part))[1:])


# --- brackets ------------------------------------------------------------------------------------


def bracket(bracket: Bracket) -> Doc:
    """Brackets around their items: on a line where they fit, else one item a line."""
    if not bracket.items and not bracket.commented:
        return bracket.opening + bracket.closing
    inside = (*_comments(bracket.head), Nest((SOFT, *_items(bracket), *_comments(bracket.tail))))
    magic = bracket.comma and bracket.kind in LISTS and not bracket.is_single
    doc = (bracket.opening, *inside, SOFT, bracket.closing)
    return group(doc, forced=magic)


def _comments(remarks: tuple[Remark, ...]) -> Iterator[Doc]:
    for remark in remarks:
        yield Comment(remark.text, remark.own)


def _items(bracket: Bracket) -> Iterator[Doc]:
    for item in bracket.items[:-1]:
        yield from _item(item, bracket.kind, ",")
        yield Break()
    for item in bracket.items[-1:]:
        yield from _item(item, bracket.kind, _last_comma(bracket))


def _item(item: ListItem, kind: PieceKind, comma: Doc) -> Iterator[Doc]:
    yield from _comments(item.before)
    yield argument(item.pieces) if kind is PieceKind.CALL else _plain_item(item.pieces, kind)
    yield comma
    yield from _comments(item.after)


def _last_comma(bracket: Bracket) -> Doc:
    if bracket.is_single:
        return ","
    return IfBroken(",") if bracket.kind in LISTS else ""


def _plain_item(pieces: Pieces, kind: PieceKind) -> Doc:
    if kind is PieceKind.INDEX and has_word(pieces, "COLON", "ANNOTATION"):
        return _slice(pieces)
    return expression(pieces, STEP if kind in LISTS else 0)


def argument(pieces: Pieces) -> Doc:
    """`value`, `name=value`, and of parameters `name: type` and `name: type = value`."""
    name, *value = split(pieces, "ASSIGN")
    if not value or not all(isinstance(piece, TokenWord) for piece in name):
        return sequence(pieces) if has_word(pieces, "COLON") else expression(pieces)
    sign = " = " if has_word(name, "COLON") else "="
    return sequence(name), sign, expression(value[0][1:])


def _slice(pieces: Pieces) -> Doc:
    """`a[:n]`, but blanks around the colons where a bound is more than a word: `a[i : i + n]`."""
    bounds = between(pieces, "COLON", "ANNOTATION")
    signs = [
        p.text for p in pieces if isinstance(p, TokenWord) and p.kind in ("COLON", "ANNOTATION")
    ]
    blank = "" if all(_is_simple(bound) for bound in bounds) else " "
    parts: list[Doc] = [sequence(bounds[0])]
    for sign, before, bound in zip(signs, bounds, bounds[1:], strict=False):
        parts += [blank if before else "", sign, blank if bound else "", sequence(bound)]
    return tuple(parts)


def _is_simple(bound: Pieces) -> bool:
    return all(isinstance(piece, TokenWord) for piece in bound) and not has_word(bound, *_COMPLEX)


_COMPLEX = (
    "DOT", "PLACE", "SIGN", "STAR", "DIVIDE", "POWER", "IF", "OR", "AND", "NOT", "COMPARE", "IN",
)  # fmt: skip
