"""The mistakes that one token, line or value shows by itself; `unexpected.py` has the rest."""

import re
import unicodedata

from lark import Token

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Edit, Remedy, replaced
from archdsl.base.source import Source, Span
from archdsl.base.suggest import nearest
from archdsl.syntax import mistakes, tree
from archdsl.syntax.characters import describe_character, visible
from archdsl.syntax.mistakes import short
from archdsl.syntax.place import CONSTANTS, over, span_of
from archdsl.syntax.words import DECLARED

# --- brackets ---------------------------------------------------------------------------------

_BRACKETS = {"(": ")", "[": "]", "{": "}"}


def never_closed(source: Source, opener: Token) -> Diagnostic:
    bracket = _last_character(source, opener)
    if opens_lines(bracket):
        return braces(bracket, None)
    end = _end_of_call(bracket) if bracket.text != "{" else None
    return mistakes.never_closed(bracket, _BRACKETS[bracket.text], end)


OUTPUT = re.compile(r"\s*output\b")
HEADERS = {"network", "block", "for", "if", "elif", "else"}


def opens_lines(span: Span) -> bool:
    """True for a `{` that stands apart, with nothing but a comment behind it in its line."""
    text = span.source.text
    before, rest = text[: span.start], text[span.end :].partition("\n")[0]
    apart = before.endswith((" ", "\t", ")", ":")) and not OUTPUT.match(before.rpartition("\n")[2])
    return span.text == "{" and apart and not rest.partition("#")[0].strip()


def braces(opening: Span, closing: Span | None) -> Diagnostic:
    """`for i in range(3) {`, `add {`: braces around the lines of a body; `conv(8, 3) {`."""
    source = opening.source
    line = source.text[: opening.start].rpartition("\n")[2]
    head = line.rstrip().removesuffix(":").rstrip()
    gap = Span(source, opening.start - len(line) + len(head), opening.end)
    closed = (Edit(closing, ""),) if closing is not None else ()
    word = re.match(r"(\s*)(\w*)", head)
    assert word is not None
    if word[2] in HEADERS or not head.endswith(")"):
        return mistakes.body_in_braces(opening, head.strip(), (Edit(gap, ":"), *closed))
    inside = Span(source, opening.end, closing.start if closing is not None else opening.end)
    lines = tuple(Edit(start, f"\n{word[1]}") for start in _line_starts(inside))
    return mistakes.step_with_braces(opening, (Edit(gap, ""), *lines, *closed))


def _line_starts(span: Span) -> list[Span]:
    """The blanks in front of each line of a text, with the end of the line before."""
    breaks = re.finditer(r"\n[ \t]*", span.text)
    return [
        Span(span.source, span.start + start.start(), span.start + start.end()) for start in breaks
    ]


def _end_of_call(bracket: Span) -> Span | None:
    """The end of a bracket's line, before `:` and comments; None where a chain continues."""
    rest = bracket.source.text[bracket.end :].partition("\n")[0]
    inside = rest.partition("#")[0].rstrip().removesuffix(":").rstrip()
    if not inside or "->" in inside or inside.endswith(("(", "[", ",")):
        return None
    return Span(bracket.source, bracket.end + len(inside), bracket.end + len(inside))


def wrong_closer(source: Source, opener: Token | None, closer: Token) -> Diagnostic:
    if opener is None:
        span = span_of(source, closer)
        return _turned(span) or mistakes.closes_nothing(span)
    bracket = _last_character(source, opener)
    return mistakes.wrong_closer(bracket, span_of(source, closer), _BRACKETS[bracket.text])


NEAR = 200  # characters on both sides of a sign that are read for what was meant
_TURNED = re.compile(r"\)([^()\n]*)\(")


def _turned(closer: Span) -> Diagnostic | None:
    """`conv)8, 3(`: right behind a name, with the opening bracket at the other end."""
    source = closer.source
    before = source.text[max(0, closer.start - NEAR) : closer.start]
    word = re.search(r"\w+$", before)
    bracket = _TURNED.match(source.text, closer.start, closer.start + NEAR)
    if word is None or bracket is None:
        return None
    span = Span(source, closer.start - len(word[0]), bracket.end())
    return mistakes.brackets_turned(span, f"{word[0]}({bracket[1]})")


def _last_character(source: Source, token: Token) -> Span:
    end = span_of(source, token).end
    return Span(source, end - 1, end)


# --- tokens -----------------------------------------------------------------------------------


def unreadable(source: Source, token: Token) -> Diagnostic:
    """A token that is no word of the language."""
    span = span_of(source, token)
    match token.type:
        case "OPEN_STRING":
            return mistakes.open_string(Span(source, span.start, span.start + 1))
        case "OPEN_DOCSTRING":
            return mistakes.open_string(Span(source, span.start, span.start + 3))
        case "BAD_NUMBER":
            return mistakes.no_number(token, span, _number_hint(token))
        case "BAD_NAME":
            return _bad_name(span, token)
    what, hint = describe_character(str(token))
    plain = _PLAIN.fullmatch(hint)
    remedy = replaced(span, plain[1]) if plain else hint
    return mistakes.odd_character(what, span, _instead_of_sign(span) or remedy)


_PLAIN = re.compile("write `(.+)`")
_CHOICE = re.compile(r"([\w.]+(?: *[=<>!]=? *[\w.]+)?) *\? *([\w.]+) *: *([\w.]+)")


def _instead_of_sign(sign: Span) -> Remedy | None:
    """The text to write for a sign of other languages, where the line tells it."""
    source, start, end = sign.source, sign.start, sign.end
    rest = source.text[end:].partition("\n")[0]
    match sign.text:
        case "|" if _joins_steps(sign) and not rest.startswith("|"):
            return replaced(sign, "->")
        case ("|" | "&") as text:
            whole = Span(source, start, end + rest.startswith(text))
            return replaced(whole, "or" if text == "|" else "and")
        case "!" if rest[:1].isidentifier() or rest.startswith("("):
            return replaced(sign, "not ", f"write `not {short(rest.rstrip(': '))}`")
        case ";" if not rest.partition("#")[0].strip():
            return replaced(sign, "", "delete it: a line ends by itself")
        case "?":
            return _choice(sign)
    return None


def _choice(sign: Span) -> Remedy | None:
    """`deep ? 16 : 8`."""
    source = sign.source
    line = max(source.text.rfind("\n", 0, sign.start) + 1, sign.start - NEAR)
    match = next(
        (
            m
            for m in _CHOICE.finditer(source.text, line, sign.end + NEAR)
            if m.start() < sign.start < m.end()
        ),
        None,
    )
    if match is None:
        return None
    condition, then, otherwise = match.groups()
    return replaced(Span(source, *match.span()), f"{then} if {condition} else {otherwise}")


def _joins_steps(sign: Span) -> bool:
    """True where a sign stands on a line of steps, and not in a condition."""
    before = sign.source.text[: sign.start].rpartition("\n")[2]
    words = set(re.findall(r"\w+", before))
    return not words & {"if", "elif", "expect", "let"} and before.count("(") == before.count(")")


def _number_hint(text: str) -> str:
    if text.startswith("."):
        return f"write `0{short(text)}`"
    if text.endswith("."):
        return f"write `{short(text)}0`, or leave the point out"
    if text[-1] in "kmgt":
        return f"the suffixes are K, M, G and T: `{short(text[:-1])}{text[-1].upper()}`"
    if "x" in text.lower():
        return "a shape is written `3x224x224`, without spaces"
    if text.isascii() and not text[-1].isdigit():
        return "a name begins with a letter or `_`"
    return "numbers are written `64`, `11_689_512`, `0.5`, `1e-5`, `4.1G`"


def _bad_name(span: Span, text: str) -> Diagnostic:
    odd = next(c for c in text if not c.isascii())
    plain = unicodedata.normalize("NFKC", text)
    if not plain.isascii():
        return mistakes.foreign_letter(visible(odd), text, span)
    kind = "a full-width character" if odd in _wide(text) else "a special form of a letter"
    return mistakes.special_letter(visible(odd), kind, plain, span)


def _wide(text: str) -> set[str]:
    return {c for c in text if unicodedata.east_asian_width(c) == "F"}


# --- lines and levels -------------------------------------------------------------------------


def blanks(source: Source, head: Token) -> Span:
    """The indentation of a line."""
    end = head.start_pos or 0
    return Span(source, source.text.rfind("\n", 0, end) + 1, end)


def unexpected_indent(source: Source, head: Token, above: Token | None) -> Diagnostic:
    if above is None:
        return mistakes.first_line_indented(blanks(source, head))
    return mistakes.deeper_than_above(blanks(source, head), span_of(source, above))


def stray_statement(source: Source, tokens: list[Token]) -> Diagnostic:
    """A line at the left edge that declares nothing."""
    word, line = span_of(source, tokens[0]), over(source, tokens)
    if tokens[0].type == "DOCSTRING":
        return mistakes.docstring_elsewhere(line, inside=False)
    if tokens[0] == "//":
        return mistakes.comment_of_slashes(word)
    if len(tokens) > 2 and tokens[1].type == "ASSIGN" and tokens[2].type in CONSTANTS:
        return mistakes.value_outside_of_bodies(line)
    meant = _declaration(tokens)
    return mistakes.unknown_declaration(word, meant) if meant else mistakes.outside_of_bodies(line)


_MEANT = {
    "model": "network",
    "module": "network",
    "architecture": "network",
    "component": "block",
    "function": "fn",
    "func": "fn",
}


def _declaration(tokens: list[Token]) -> str:
    """The keyword meant by a line like `Network Example:`; empty where none was meant."""
    if len(tokens) < 3 or tokens[1].type != "NAME":
        return ""
    word = tokens[0].lower()
    return _MEANT.get(word) or nearest(word, DECLARED) or ""


# --- shapes -----------------------------------------------------------------------------------

_BATCH = re.compile(r"(?:None|none|-1|[BN]|batch|batch_size)x(\d+(?:x\d+)*)")


def batch_in_shape(shape: tree.Expr) -> Diagnostic | None:
    """`Nonex3x32x32`, `-1x3x32x32`: an open size before those of a sample."""
    match = _BATCH.fullmatch(shape.span.text)
    return None if match is None else mistakes.batch_in_shape(shape.span, match[1])


# --- values that stand for steps --------------------------------------------------------------

_DASHED = re.compile(r"[A-Za-z_]\w*(?:-\w+)+")


def no_step(value: tree.Expr) -> Diagnostic | None:
    """The mistake of a value in the place of a step; None if it may be one."""
    return _habit(value) or _without_let(value) or _no_step(value)


def _without_let(value: tree.Expr) -> Diagnostic | None:
    """`c = 16`: a line that gives a name to a value alone."""
    source, span = value.span.source, value.span
    begin = source.text.rfind("\n", 0, span.start) + 1
    before = source.text[begin : span.start]
    behind = source.text[span.end :].partition("\n")[0].partition("#")[0].strip()
    plain = isinstance(value, tree.Constant | tree.Tuple | tree.Shape)
    if not plain or behind or not re.fullmatch(r"\s*\w+ *= *", before):
        return None
    name = before.partition("=")[0].strip()
    line = Span(source, begin + len(before) - len(before.lstrip()), span.end)
    if name == "input":
        return mistakes.input_behind_sign(line, f"input {span.text}")
    return mistakes.value_without_let(line, f"let {name} = {span.text}")


def _habit(value: tree.Expr) -> Diagnostic | None:
    """`relu // the first`, `my-block(8)`: what reads as a value by a sign of other languages."""
    if not isinstance(value, tree.Binary):
        return None
    if value.op == "//":
        return mistakes.comment_of_slashes(_sign_of(value))
    if value.op == "+" and isinstance(value.left, tree.Name) and isinstance(value.right, tree.Name):
        text = f"add({value.left.id}, {value.right.id})"
        remedy = replaced(value.span, text, f"`+` adds numbers; write `{text}`")
        return mistakes.sum_for_step(value.span, remedy)
    name = _DASHED.match(value.span.text) if value.op == "-" else None
    if name is None:
        return None
    start = value.span.start
    return mistakes.name_with_dash(Span(value.span.source, start, start + name.end()))


def _sign_of(value: tree.Binary) -> Span:
    """The `//` between both sides."""
    start, end = value.left.span.end, value.right.span.start
    at = value.span.source.text.index(value.op, start, end)
    return Span(value.span.source, at, at + len(value.op))


def _no_step(value: tree.Expr) -> Diagnostic | None:
    span = value.span
    match value:
        case tree.Compare(ops=("==", *_)):
            return mistakes.comparison_for_step(span, "name a step with one `=`")
        case tree.Compare(ops=(">", *_), operands=(step, *_)):
            arrow = f"an arrow is written `->`: `{step.span.text} -> …`"
            return mistakes.comparison_for_step(span, arrow)
        case tree.Binary(op="+"):
            merge = "`+` adds numbers; join branches with `add(a, b)`"
            return mistakes.sum_for_step(span, merge)
        case tree.Constant(value=str()):
            return mistakes.string_for_step(span)
        case tree.Unary(op="+", operand=tree.Name(id=name)):
            return mistakes.sign_before_tensor(span, name)
        case tree.Constant(value=bool() | None) | tree.Unary() | tree.Compare():
            return mistakes.value_for_step(span)
        case tree.Shape():
            before = span.source.text[: span.start].rstrip()
            if before.endswith("->"):
                sign = Span(span.source, len(before) - 2, len(before))
                return mistakes.shape_behind_sign(sign, span.text)
            return mistakes.shape_for_step(span)
        case tree.Constant():
            return mistakes.number_for_step(span, _closed_late(value))
        case tree.Tuple() | tree.Comprehension() | tree.Slice():
            return mistakes.values_for_step(span)
        case tree.Binary(op=op) if op != "*":
            return mistakes.operator_for_step(op, span)
    return None


def _closed_late(number: tree.Constant) -> str:
    """For `conv(8, 3 -> relu)`: where the parenthesis ends."""
    source, end = number.span.source, number.span.end
    line = source.text[end:].partition("\n")[0]
    if line.lstrip().startswith("->") and line.rstrip().endswith(")"):
        return f"close the parenthesis behind `{number.span.text}`, and not at the end of the line"
    return ""
