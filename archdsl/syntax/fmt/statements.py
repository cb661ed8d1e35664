"""From the pieces of a logical line to a document: what stands before its value, and behind."""

from msgspec import Struct

from archdsl.syntax.fmt.brackets import Bracket, PieceKind, Pieces, Remark, has_word, is_word
from archdsl.syntax.fmt.document import SOFT, STEP, Doc, IfBroken, Nest, group
from archdsl.syntax.fmt.expressions import between, chain, loosest, operation, sequence

_WITHOUT_VALUE = ("_VERSION", "_FROM", "_INPUT", "ELSE")
_BEFORE_VALUE = {"FOR": "IN", "_INIT": "COLON", "IF": "IF", "ELIF": "ELIF", "_EXPECT": "_EXPECT"}


class LaidLine(Struct, frozen=True):
    """A line's document, and the shape that it states."""

    code: Doc
    shape: Doc | None = None


def lay_out_line(pieces: Pieces) -> LaidLine:
    """The layout of a logical line."""
    opens = is_word(pieces[-1], "COLON")
    body, *shape = between(_without_end(pieces), "ANNOTATION")
    before, value = _cut(body)
    blank = " " if before and value else ""
    code = (sequence(before), blank, _value(before, value, opens), ":" if opens else "")
    return LaidLine(code, _enclosed(_bare(shape[0])) if shape else None)


def _without_end(pieces: Pieces) -> Pieces:
    """Without the colon that opens a body, or a last comma."""
    return pieces[:-1] if is_word(pieces[-1], "COLON", "COMMA") else pieces


def _cut(pieces: Pieces) -> tuple[Pieces, Pieces]:
    """The part before a line's value, and the value; a line may have none."""
    head = pieces[0]
    if is_word(head, *_WITHOUT_VALUE):
        return pieces, ()
    if is_word(head, "_OUTPUT"):
        return pieces[:1], pieces[1:]
    mark = next((end for kind, end in _BEFORE_VALUE.items() if is_word(head, kind)), "ASSIGN")
    for place, piece in enumerate(pieces):
        if is_word(piece, mark):
            return pieces[: place + 1], pieces[place + 1 :]
    return (), pieces


def _value(before: Pieces, value: Pieces, opens: bool) -> Doc:
    head = before[0] if before else value[0]
    if is_word(head, "_OUTPUT"):
        return _listed([_result(part) for part in between(value, "COMMA")])
    if is_word(head, "_EXPECT") and not has_word(value, "ELSE"):
        return _promise(value)
    if has_word(value, "COMMA"):
        return _listed([_enclosed(part) for part in between(value, "COMMA")])
    # where the value begins the line, what stands in its brackets could be read as a keyword
    return _enclosed(_bare(value) if before else value, opens)


def _result(part: Pieces) -> Doc:
    """`value` or `name=value`."""
    name, *value = between(part, "ASSIGN")
    return (sequence(name), "=", _enclosed(value[0])) if value else _enclosed(name)


def _promise(value: Pieces) -> Doc:
    """`condition` or `condition if condition`."""
    condition, *when = (_enclosed(_condition(part)) for part in between(value, "IF"))
    return (condition, " if ", when[0]) if when else condition


def _condition(part: Pieces) -> Pieces:
    """Without needless brackets; `expect [` would be a step's name, and a bare `if` read anew."""
    bare = _bare(part)
    listed = isinstance(bare[0], Bracket) and bare[0].opening == "["
    return part if listed or has_word(bare, "IF") else bare


def _bare(value: Pieces) -> Pieces:
    """A value without brackets that only group all of it; a long one gets them again."""
    if len(value) != 1 or not isinstance(value[0], Bracket):
        return value
    outer = value[0]
    if outer.kind is not PieceKind.GROUPING or outer.commented:
        return value
    inside = outer.items[0].pieces
    commented = any(isinstance(piece, Remark) for piece in inside)
    return value if commented or has_word(inside, "ARROW") else _bare(inside)


def _enclosed(value: Pieces, opens: bool = False) -> Doc:
    """A value outside of brackets: a chain is broken as it is, an operation inside new ones."""
    if has_word(value, "ARROW"):
        return chain(value, 2 * STEP if opens else STEP, sequence)
    kinds = loosest(value)
    if not kinds or "STAR" in kinds:
        return sequence(value)
    inner = Nest((SOFT, operation(value, 0)))
    return group((IfBroken("("), inner, SOFT, IfBroken(")")))


def _listed(parts: list[Doc]) -> Doc:
    first, *rest = parts
    return (first, *((", ", part) for part in rest))
