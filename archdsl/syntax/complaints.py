"""Syntax errors that one token, line or value shows by itself; `unexpected.py` has the rest."""

import re
import unicodedata

from lark import Token

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Edit, Label, Severity
from archdsl.base.source import Source, Span
from archdsl.base.suggest import nearest
from archdsl.syntax import tree
from archdsl.syntax.characters import describe_character, visible
from archdsl.syntax.words import LANGUAGE, PYTHON


def span_of(source: Source, token: Token) -> Span:
    """The text of one token."""
    return Span(source, token.start_pos or 0, token.end_pos or 0)


def short(text: str, limit: int = 30) -> str:
    """A word of the source, cut where it would flood the message."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def complaint(code: str, message: str, span: Span, hint: str = "", label: str = "") -> Diagnostic:
    return Diagnostic(code, message, Label(span, label), hint=hint)


# --- brackets ---------------------------------------------------------------------------------

_BRACKETS = {"(": ")", "[": "]", "{": "}"}


def never_closed(source: Source, opener: Token) -> Diagnostic:
    bracket = opener[-1]
    span = span_of(source, opener)
    span = Span(source, span.end - 1, span.end)
    hint = f"add `{_BRACKETS[bracket]}` where it ends"
    end = _end_of_call(span) if bracket != "{" else None
    edits = () if end is None else (Edit(end, _BRACKETS[bracket]),)
    message = f"this `{bracket}` is never closed"
    return Diagnostic("E0102", message, Label(span), hint=hint, edits=edits)


def _end_of_call(bracket: Span) -> Span | None:
    """Where the line of a bracket ends, before `:` and comments; None where a chain goes on."""
    rest = bracket.source.text[bracket.end :].partition("\n")[0]
    inside = rest.partition("#")[0].rstrip().removesuffix(":").rstrip()
    if not inside or "->" in inside or inside.endswith(("(", "[", ",")):
        return None
    return Span(bracket.source, bracket.end + len(inside), bracket.end + len(inside))


def wrong_closer(source: Source, opener: Token | None, closer: Token) -> Diagnostic:
    found = closer[0]
    span = span_of(source, closer)
    if opener is None:
        message = f"this `{found}` closes nothing"
        edits = (Edit(span, ""),)
        return Diagnostic("E0103", message, Label(span), hint="delete it", edits=edits)
    bracket, wanted = opener[-1], _BRACKETS[opener[-1]]
    start = span_of(source, opener).end - 1
    return Diagnostic(
        "E0103",
        f"`{bracket}` is closed by `{found}`",
        Label(span, f"`{wanted}` belongs here"),
        (Label(Span(source, start, start + 1), "opened here"),),
        hint=f"write `{wanted}`",
    )


# --- tokens -----------------------------------------------------------------------------------


def unreadable(source: Source, token: Token) -> Diagnostic:
    """A token that is no word of the language."""
    span = span_of(source, token)
    match token.type:
        case "OPEN_STRING":
            return _open_string(span, 1)
        case "OPEN_DOCSTRING":
            return _open_string(span, 3)
        case "BAD_NUMBER":
            return complaint("E0116", f"`{short(token)}` is no number", span, _number_hint(token))
        case "BAD_NAME":
            return _bad_name(span, token)
    what, hint = describe_character(str(token))
    if token == "|" and _joins_steps(span):
        edits = (Edit(span, "->"),)
        return Diagnostic("E0115", what, Label(span), hint="write `->`", edits=edits)
    return complaint("E0115", what, span, hint)


def _joins_steps(sign: Span) -> bool:
    """Whether a sign stands on a line of steps, and not in a condition."""
    before = sign.source.text[: sign.start].rpartition("\n")[2]
    words = set(re.findall(r"\w+", before))
    return not words & {"if", "elif", "expect", "let"} and before.count("(") == before.count(")")


def _open_string(span: Span, quotes: int) -> Diagnostic:
    quote = span.text[:quotes]
    opening = Span(span.source, span.start, span.start + quotes)
    message = "this string is never closed" if quotes == 1 else "this docstring is never closed"
    return complaint("E0104", message, opening, f"add `{quote}` where it ends")


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
    if plain.isascii():
        what = "a full-width character" if odd in _wide(text) else "a special form of a letter"
        return complaint("E0115", f"{visible(odd)} is {what}", span, f"write `{short(plain)}`")
    message = f"`{short(text)}` holds {visible(odd)}"
    hint = "names are made of the letters a–z and A–Z, digits and `_`"
    return complaint("E0115", message, span, hint)


def _wide(text: str) -> set[str]:
    return {c for c in text if unicodedata.east_asian_width(c) == "F"}


def python_word(source: Source, token: Token) -> Diagnostic:
    message = f"`{token}` is a word of Python, not of this language"
    return complaint("E0117", message, span_of(source, token), PYTHON[str(token)])


def python_import(source: Source, tokens: list[Token]) -> Diagnostic:
    """An import of a module of Python: ops and the library's blocks need none."""
    line = span_of(source, tokens[0]).to(span_of(source, tokens[-1]))
    message = "modules of Python cannot be imported"
    hint = "delete the line: ops and the library's blocks need no import"
    label = Label(span_of(source, tokens[0]))
    return Diagnostic("E0117", message, label, hint=hint, edits=(Edit(line, ""),))


def slashes(sign: Span) -> Diagnostic:
    """A comment of another language."""
    edits = (Edit(sign, "#"),)
    hint = "write `#` in its place"
    return Diagnostic("E0100", "`//` begins no comment", Label(sign), hint=hint, edits=edits)


def dashed(name: Span) -> Diagnostic:
    """A name with `-` in it."""
    plain = name.text.replace("-", "_")
    edits = (Edit(name, plain),)
    message = "`-` is a minus, and no part of a name"
    return Diagnostic("E0116", message, Label(name), hint=f"write `{plain}`", edits=edits)


# --- lines and levels -------------------------------------------------------------------------


def mixed_blanks(source: Source, head: Token) -> Diagnostic:
    message = "tabs and spaces are mixed in the indentation"
    return complaint("E0106", message, _blanks(source, head), "indent with four spaces a level")


def uneven_dedent(source: Source, head: Token, nearest: int) -> Diagnostic:
    message = "this indentation fits no line above"
    hint = f"indent by {nearest} spaces" if nearest else "start it at the left edge"
    return complaint("E0107", message, _blanks(source, head), hint)


def unexpected_indent(source: Source, head: Token, above: Token | None) -> Diagnostic:
    if above is None:
        hint = "start it at the left edge"
        return complaint("E0108", "the first line is indented", _blanks(source, head), hint)
    return Diagnostic(
        "E0108",
        "this line stands deeper than the one above, which opens no body",
        Label(_blanks(source, head)),
        (Label(span_of(source, above), "the line above"),),
        hint="indent it like the line above, or end that line with `:`",
    )


def _blanks(source: Source, head: Token) -> Span:
    end = head.start_pos or 0
    return Span(source, source.text.rfind("\n", 0, end) + 1, end)


def empty_body(source: Source, tokens: list[Token]) -> Diagnostic:
    span = span_of(source, tokens[0]).to(span_of(source, tokens[-1]))
    hint = "indent the lines of the body by four spaces; `identity` is a step that does nothing"
    return complaint("E0110", "the body is missing below this line", span, hint)


def only_docstring(span: Span) -> Diagnostic:
    return complaint(
        "E0110", "this body holds no step", span, "write the steps below the docstring"
    )


def stray_statement(source: Source, tokens: list[Token]) -> Diagnostic:
    span = span_of(source, tokens[0]).to(span_of(source, tokens[-1]))
    if tokens[0].type == "DOCSTRING":
        message = "a docstring stands below the header of a block or network"
        return complaint("E0112", message, span, "move it there, or write a comment with `#`")
    if tokens[0] == "//":
        return slashes(span_of(source, tokens[0]))
    meant = _declaration(tokens)
    if meant:
        message = f"there is no declaration `{short(tokens[0])}`"
        edits = (Edit(span_of(source, tokens[0]), meant),)
        label = Label(span_of(source, tokens[0]))
        return Diagnostic("E0113", message, label, hint=f"write `{meant}`", edits=edits)
    message = "this line stands outside of every block and network"
    hint = "a file holds `block`, `network`, `fn` and `from`; steps are indented below a header"
    return complaint("E0113", message, span, hint)


_DECLARED = {
    "model": "network",
    "module": "network",
    "architecture": "network",
    "component": "block",
    "function": "fn",
    "func": "fn",
}


def _declaration(tokens: list[Token]) -> str:
    """What a line like `Network Example:` was to declare with; empty where it was not to."""
    if len(tokens) < 3 or tokens[1].type != "NAME":
        return ""
    word = tokens[0].lower()
    return _DECLARED.get(word) or nearest(word, ("network", "block", "fn")) or ""


# --- what reads well and means nothing --------------------------------------------------------


def unknown_version(span: Span) -> Diagnostic:
    message = f"version {span.text} of the language is not known"
    hint = f"this is version {LANGUAGE}: write `archdsl {LANGUAGE}`"
    return complaint("E0128", message, span, hint)


def not_in_variant(span: Span) -> Diagnostic:
    message = "a variant holds a docstring and `expect` lines only"
    hint = "give the base a parameter for what differs, or declare a network of its own"
    return complaint("E0130", message, span, hint)


def cannot_open(span: Span) -> Diagnostic:
    message = "only a name or a call can open a body"
    return complaint("E0125", message, span, "write `path:` or a merge, such as `add:`")


_DASHED = re.compile(r"[A-Za-z_]\w*(?:-\w+)+")


def no_step(value: tree.Expr) -> Diagnostic | None:
    """What is wrong with a value that stands where a step must; None if it may be one."""
    return _habit(value) or _no_step(value)


def _habit(value: tree.Expr) -> Diagnostic | None:
    """`relu // the first`, `my-block(8)`: what reads as a value by a sign of other languages."""
    if not isinstance(value, tree.Binary):
        return None
    if value.op == "//":
        return slashes(_sign_of(value))
    if value.op == "+" and isinstance(value.left, tree.Name) and isinstance(value.right, tree.Name):
        text = f"add({value.left.id}, {value.right.id})"
        edits = (Edit(value.span, text),)
        label, hint = Label(value.span), f"`+` adds numbers; write `{text}`"
        return Diagnostic("E0122", "this is a sum, not a step", label, hint=hint, edits=edits)
    name = _DASHED.match(value.span.text) if value.op == "-" else None
    if name is None:
        return None
    return dashed(Span(value.span.source, value.span.start, value.span.start + name.end()))


def _sign_of(value: tree.Binary) -> Span:
    """The `//` between both sides."""
    start, end = value.left.span.end, value.right.span.start
    at = value.span.source.text.index(value.op, start, end)
    return Span(value.span.source, at, at + len(value.op))


def _no_step(value: tree.Expr) -> Diagnostic | None:
    match value:
        case tree.Compare(ops=("==", *_)):
            text = "this compares two values", "name a step with one `=`"
        case tree.Compare(ops=(">", *_), operands=(step, *_)):
            arrow = f"an arrow is written `->`: `{step.span.text} -> …`"
            text = "this compares two values", arrow
        case tree.Binary(op="+"):
            text = "this is a sum, not a step", "`+` adds numbers; join branches with `add(a, b)`"
        case tree.Constant(value=str()):
            text = (
                "a string is not a step",
                "a docstring has three quotes; a comment begins with `#`",
            )
        case tree.Constant(value=bool() | None) | tree.Unary() | tree.Compare():
            text = "this is a value, not a step", ""
        case tree.Shape():
            text = "a shape is not a step", f"an input is declared `input {value.span.text}`"
        case tree.Constant():
            text = "a number is not a step", _closed_late(value)
        case tree.Tuple() | tree.Comprehension() | tree.Slice():
            text = "several values are not a step", "join steps with `->`, branches with a merge"
        case tree.Binary(op=op) if op != "*":
            text = f"`{op}` makes a value, not a step", ""
        case _:
            return None
    return complaint("E0122", text[0], value.span, text[1])


def _closed_late(number: tree.Constant) -> str:
    """For `conv(8, 3 -> relu)`: where the parenthesis ends."""
    source, end = number.span.source, number.span.end
    line = source.text[end:].partition("\n")[0]
    if line.lstrip().startswith("->") and line.rstrip().endswith(")"):
        return f"close the parenthesis behind `{number.span.text}`, and not at the end of the line"
    return ""


# --- limits -----------------------------------------------------------------------------------


def too_many_brackets(source: Source, token: Token, limit: int) -> Diagnostic:
    message = f"more than {limit} brackets are open here"
    return complaint("E0126", message, span_of(source, token), "name the inner parts with `let`")


def too_many_words(source: Source, head: Token, limit: int) -> Diagnostic:
    message = f"this line has more than {limit} words and signs"
    return complaint("E0126", message, span_of(source, head), "write it as a loop, or in parts")


def too_deep(source: Source, head: Token, limit: int) -> Diagnostic:
    message = f"bodies stand inside one another more than {limit} deep"
    hint = "declare the inner part as a block"
    return complaint("E0126", message, span_of(source, head), hint)


def expression_too_deep(span: Span, limit: int) -> Diagnostic:
    message = f"this expression is nested more than {limit} deep"
    start = Span(span.source, span.start, min(span.end, span.start + 1))
    return complaint("E0126", message, start, "name its parts with `let`")


def too_long(source: Source, limit: int) -> Diagnostic:
    message = f"the file has {len(source.text)} characters; the limit is {limit}"
    return complaint("E0126", message, Span(source, 0, 0), "split it, and import its parts")


def too_many_errors(last: Diagnostic, limit: int) -> Diagnostic:
    message = f"more than {limit} syntax errors: the rest of the file was not read"
    return Diagnostic("E0129", message, Label(last.primary.span), severity=Severity.NOTE)


def not_text(source: Source) -> Diagnostic:
    position = source.text.index("\0")
    hint = "give the name of a text file that ends in `.arch`"
    return complaint("E0127", "this is not a text file", Span(source, position, position), hint)


# --- values on the command line ---------------------------------------------------------------


def not_one_value(source: Source, second: Token | None) -> Diagnostic:
    if second is None:
        return complaint("E0101", "a value is missing", Span(source, 0, 0))
    message = "one value is expected, and this begins another"
    return complaint("E0100", message, span_of(source, second))
