"""The parser met a token that no rule can take: what was most likely meant, in plain words.

`explain` asks the questions below one after the other; the first that has an answer gives it.
"""

from collections.abc import Callable, Iterator

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Edit, Label
from archdsl.syntax.complaints import complaint, short, span_of
from archdsl.syntax.habits import HABITS
from archdsl.syntax.place import CONSTANTS, ENDS_VALUE, Place
from archdsl.syntax.words import HARD, OPENERS

_HEADERS = {"IF", "ELIF", "ELSE", "FOR", "_BLOCK", "_NETWORK"}
_DECLARES = {"_BLOCK": "block", "_NETWORK": "network", "_FN": "fn", "_FROM": "from"}
_LISTS = {"_OUTPUT", "_LET", "_FROM", "FOR"}
_KEYWORDS = {word.upper() for word in HARD}

_SALIENT = {
    "COLON": "`:`",
    "ASSIGN": "`=`",
    "RPAR": "`)`",
    "RSQB": "`]`",
    "TEMPLATE_CLOSE": "`}`",
    "COMMA": "`,`",
    "ARROW": "`->`",
    "ELSE": "`else`",
    "_IMPORT": "`import`",
    "_INDENT": "an indented body",
    "_NEWLINE": "the end of the line",
}


def explain(place: Place) -> Diagnostic:
    for question in _QUESTIONS:
        answer = question(place)
        if answer is not None:
            return answer
    hint = _expected(place.accepts)
    return complaint("E0100", f"{place.text} is not expected here", place.span, hint)


def _opening_word(place: Place) -> Diagnostic | None:
    """The line's first word already stands in the wrong place."""
    if place.index:
        return None
    if place.kind in ("ELSE", "ELIF"):
        message = f"this {place.text} belongs to no `if`"
        hint = "indent it like its `if`, whose body stands right above"
        return complaint("E0123", message, place.span, hint)
    if place.kind == "DOCSTRING":
        message = "a docstring stands right below the header of a block or network"
        return complaint("E0112", message, place.span, "move it there, or write a comment with `#`")
    if place.kind in _DECLARES:
        message = f"`{_DECLARES[place.kind]}` stands inside a body"
        return complaint("E0114", message, place.span, "start it at the left edge of the file")
    return None


def _keyword_as_name(place: Place) -> Diagnostic | None:
    """`in = conv(64, 3)`: reading stops at the keyword or at the `=`."""
    at = place.index - 1 if place.kind == "ASSIGN" else place.index
    if place.kind_at(at) in _KEYWORDS and place.kind_at(at + 1) == "ASSIGN":
        word = place.tokens[at]
        message = f"`{word}` is a keyword and cannot be a name"
        return complaint("E0116", message, span_of(place.source, word), f"write `{word}_`")
    return None


def _sign_behind_opener(place: Place) -> Diagnostic | None:
    """`input: 3x224x224`, `output = a, b`: the statement's word was taken for a name."""
    word, sign = place.tokens[0], place.kind_at(1)
    if word not in OPENERS or place.index < 2 or sign not in ("COLON", "ASSIGN"):
        return None
    if (sign == "COLON" and place.index == 2) or place.kind == "COMMA":
        span = span_of(place.source, place.tokens[1])
        message = f"no `{place.tokens[1]}` stands behind `{word}`"
        return complaint("E0118", message, span, f"write `{word} …`")
    return None


def _else_if(place: Place) -> Diagnostic | None:
    if place.head == "ELSE" and place.index == 1 and place.kind == "IF":
        span = span_of(place.source, place.tokens[0]).to(place.span)
        return complaint("E0100", "`else if` is one word here", span, "write `elif`")
    return None


def _let_function(place: Place) -> Diagnostic | None:
    if place.head == "_LET" and place.index == 2 and place.kind == "LPAR":
        hint = f"declare it at the left edge of the file: `fn {place.before}(…) = …`"
        return complaint("E0119", "`let` binds values, not functions", place.span, hint)
    return None


def _body_on_header(place: Place) -> Diagnostic | None:
    if place.kind_at(place.index - 1) != "COLON" or place.accepts != {"_NEWLINE"}:
        return None
    span = place.span.to(span_of(place.source, place.tokens[-1]))
    message = "the body stands on the header's own line"
    return complaint("E0111", message, span, "write it below, indented by four spaces")


def _missing_colon(place: Place) -> Diagnostic | None:
    if place.at_end and place.head in _HEADERS and "COLON" in place.accepts:
        return complaint("E0109", "`:` is missing at the end of this line", place.span, "add `:`")
    return None


def _missing_else(place: Place) -> Diagnostic | None:
    if "ELSE" not in place.accepts or place.between_values():
        return None
    ifs = [token for token in place.tokens[: place.index] if token.type == "IF"]
    if not ifs:
        return None
    message = "an `if` inside an expression needs an `else`"
    span = span_of(place.source, ifs[-1])
    return complaint("E0124", message, span, "write `A if CONDITION else B`")


def _early_end(place: Place) -> Diagnostic | None:
    if not place.at_end:
        return None
    last = place.tokens[-1]
    if last.type == "ARROW":
        message = "a step is missing after `->`"
        hint = "to break a long chain, begin the next line with `->`"
        return complaint("E0101", message, span_of(place.source, last), hint)
    message = f"the line ends too early, after `{short(last)}`"
    return complaint("E0101", message, place.span, _expected(place.accepts))


def _assignment(place: Place) -> Diagnostic | None:
    """`=` where a value is compared or where no name stands before it."""
    if place.kind != "ASSIGN":
        return None
    earlier = {token.type for token in place.tokens[: place.index]}
    if earlier & {"IF", "ELIF", "_EXPECT", "AND", "OR", "NOT"}:
        return complaint("E0118", "`=` names a step; it compares nothing", place.span, "write `==`")
    if "ASSIGN" in earlier and not place.depth:
        hint = "give one name here, and the next one on a line of its own"
        return complaint("E0119", "a line has one `=`", place.span, hint)
    message = "only names can stand left of `=`"
    return complaint("E0119", message, place.span, "write `name = …`")


def _name_in_brackets(place: Place) -> Diagnostic | None:
    """`let (a) = …`, `for (a) in …`: brackets around one name take nothing apart."""
    if place.kind == "RPAR" and place.accepts == {"COMMA"} and place.before is not None:
        message = "one name stands without brackets"
        hint = f"write `{place.before}`, or `({place.before},)` for the element of a tuple of one"
        return complaint("E0119", message, place.span, hint)
    return None


def _other_arrow(place: Place) -> Diagnostic | None:
    """`=>` and `>>`, which other languages join with: two signs with nothing between them."""
    first = place.index if place.kind == "ASSIGN" else place.index - 1
    if first < 1 or place.kind_at(first - 1) not in ENDS_VALUE:
        return None
    signs = place.tokens[first : first + 2]
    text = "".join(map(str, signs))
    if text not in ("=>", ">>") or signs[0].end_pos != signs[1].start_pos:
        return None
    span = span_of(place.source, signs[0]).to(span_of(place.source, signs[1]))
    message = f"`{text}` joins nothing here"
    edits = (Edit(span, "->"),)
    return Diagnostic("E0121", message, Label(span), hint="write `->`", edits=edits)


def _comparison(place: Place) -> Diagnostic | None:
    if place.kind == "COMPARE" and "ASSIGN" in place.accepts and "COMPARE" not in place.accepts:
        return complaint(
            "E0118", f"{place.text} compares; it names nothing", place.span, "write `=`"
        )
    return None


def _colon_for_assign(place: Place) -> Diagnostic | None:
    """`conv(kernel_size: 3)`, `let x: int = 3`."""
    if place.kind != "COLON" or place.kind_at(place.index - 1) != "NAME":
        return None
    name = place.before
    if place.depth:
        message = "an argument is given with `=`"
        return complaint("E0118", message, place.span, f"write `{name}=…`")
    if place.head == "_LET":
        return complaint("E0118", "`let` takes no types", place.span, f"write `let {name} = …`")
    return None


def _missing_in(place: Place) -> Diagnostic | None:
    earlier = {token.type for token in place.tokens[: place.index]}
    if place.head != "FOR" or "IN" in earlier or place.depth or not place.between_values():
        return None
    hint = f"write `{place.before} in {_plain(place)}`"
    return _gap("E0100", "`in` is missing", place, hint)


def _missing_comma(place: Place) -> Diagnostic | None:
    if not place.between_values() or "COMMA" not in place.accepts:
        return None
    if not place.depth and place.head not in _LISTS:
        return None
    before = place.before
    hint = f"write `{before}, {_plain(place)}`"
    if before is not None and before.type == "NAME" and place.kind in CONSTANTS:
        hint += f", or `{before}={_plain(place)}` for an argument by name"
    return _gap("E0120", "`,` is missing", place, hint)


def _comma_for_arrow(place: Place) -> Diagnostic | None:
    """`conv(3), relu`; and `bn, relu`, which reads like names up to its end."""
    if place.head.startswith("_") or place.head in _HEADERS:
        return None
    if place.kind == "COMMA" and not place.depth:
        comma = place.tokens[place.index]
    elif place.at_end and place.kind_at(1) == "COMMA" and "ASSIGN" in place.accepts:
        comma = place.tokens[1]
    else:
        return None
    span = span_of(place.source, comma)
    return complaint("E0121", "`,` does not join steps", span, "write `->`")


def _missing_arrow(place: Place) -> Diagnostic | None:
    """`bn relu`."""
    if place.head in _DECLARES:
        return None
    before = place.before
    if before is None or not place.between_values() or "ARROW" not in place.accepts:
        return None
    if before.type in CONSTANTS:
        return None
    return _gap("E0121", "`->` is missing between two steps", place, "join steps with `->`")


def _declaration_header(place: Place) -> Diagnostic | None:
    if place.head not in _DECLARES:
        return None
    before, word = place.before, _DECLARES[place.head]
    if word == "from" and place.index == 1:
        message = "the path of a file goes in quotes"
        return complaint("E0100", message, place.span, 'write `from "blocks/se.arch" import NAME`')
    if word == "from" and place.kind == "STAR":
        message = "the names that are imported are written out"
        return complaint("E0100", message, place.span, "list them: `import squeeze_excite, cbam`")
    if place.index == 1:
        return complaint("E0100", f"this {word} has no name", place.span, f"write `{word} NAME…`")
    if "LPAR" in place.accepts and before is not None and place.between_values():
        return _gap("E0121", "parameters go in parentheses", place, f"write `{word} {before}(…)`")
    if place.kind == "ASSIGN" and word == "fn" and place.index == 2:
        hint = f"write `fn {before}(…) = …`"
        return complaint("E0100", "a function has parameters", place.span, hint)
    if place.kind == "ASSIGN" and word == "network":
        hint = "write `network NAME = BASE(…)`; to have parameters, declare a network of its own"
        return complaint("E0119", "a variant has no parameters", place.span, hint)
    return None


def _gap(code: str, message: str, place: Place, hint: str) -> Diagnostic:
    """Something is missing between the token and the one before it."""
    before = place.tokens[place.index - 1]
    return Diagnostic(code, message, Label(span_of(place.source, before).to(place.span)), hint=hint)


_QUESTIONS: tuple[Callable[[Place], Diagnostic | None], ...] = (
    *HABITS,
    _opening_word,
    _keyword_as_name,
    _sign_behind_opener,
    _else_if,
    _body_on_header,
    _missing_colon,
    _other_arrow,
    _declaration_header,
    _assignment,
    _missing_else,
    _name_in_brackets,
    _let_function,
    _comparison,
    _colon_for_assign,
    _comma_for_arrow,
    _early_end,
    _missing_in,
    _missing_comma,
    _missing_arrow,
)


def _expected(accepts: set[str]) -> str:
    words = list(_expected_words(accepts))
    if not words:
        return ""
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
    return f"here may stand {listed}"


def _expected_words(accepts: set[str]) -> Iterator[str]:
    """The words for what the parser could have taken, the telling ones only."""
    if {"NAME", "NUMBER"} <= accepts:
        yield "a step or a value"
    elif "NAME" in accepts:
        yield "a name"
    elif "NUMBER" in accepts:
        yield "a number"
    elif "STRING" in accepts:
        yield "a string"
    for kind, word in _SALIENT.items():
        if kind in accepts:
            yield word


def _plain(place: Place) -> str:
    return short(place.tokens[place.index])
