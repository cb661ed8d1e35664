"""The parser met a token that no rule can take: what was most likely meant, in plain words.

`explain` asks the questions below one after the other; the first that has an answer gives it.
"""

from collections.abc import Callable, Iterator

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Span
from archdsl.syntax import mistakes
from archdsl.syntax.habits import HABITS
from archdsl.syntax.mistakes import short
from archdsl.syntax.place import CONSTANTS, ENDS_VALUE, StoppingPlace, over, span_of
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


def explain(place: StoppingPlace) -> Diagnostic:
    for question in _QUESTIONS:
        answer = question(place)
        if answer is not None:
            return answer
    return mistakes.unexpected(place.text, place.span, _expected(place.accepts))


def _opening_word(place: StoppingPlace) -> Diagnostic | None:
    """The line's first word already stands in the wrong place."""
    if place.index:
        return None
    if place.kind in ("ELSE", "ELIF"):
        return mistakes.belongs_to_no_if(place.text, place.span)
    if place.kind == "DOCSTRING":
        return mistakes.docstring_elsewhere(place.span, inside=True)
    if place.kind in _DECLARES:
        return mistakes.inside_a_body(_DECLARES[place.kind], place.span)
    return None


def _keyword_as_name(place: StoppingPlace) -> Diagnostic | None:
    """`in = conv(64, 3)`: reading stops at the keyword or at the `=`."""
    at = place.index - 1 if place.kind == "ASSIGN" else place.index
    if place.kind_at(at) in _KEYWORDS and place.kind_at(at + 1) == "ASSIGN":
        word = place.tokens[at]
        return mistakes.keyword_as_name(word, span_of(place.source, word))
    return None


def _sign_behind_opener(place: StoppingPlace) -> Diagnostic | None:
    """`input: 3x224x224`, `output = a, b`: the statement's word was taken for a name."""
    word, sign = place.tokens[0], place.kind_at(1)
    if word not in OPENERS or place.index < 2 or sign not in ("COLON", "ASSIGN"):
        return None
    if (sign == "COLON" and place.index == 2) or place.kind == "COMMA":
        return mistakes.no_sign_behind(word, span_of(place.source, place.tokens[1]))
    return None


def _else_if(place: StoppingPlace) -> Diagnostic | None:
    if place.head == "ELSE" and place.index == 1 and place.kind == "IF":
        return mistakes.else_if(span_of(place.source, place.tokens[0]).to(place.span))
    return None


def _let_function(place: StoppingPlace) -> Diagnostic | None:
    if place.head == "_LET" and place.index == 2 and place.kind == "LPAR":
        return mistakes.let_function(place.before, place.span)
    return None


def _body_on_header(place: StoppingPlace) -> Diagnostic | None:
    if place.kind_at(place.index - 1) != "COLON" or place.accepts != {"_NEWLINE"}:
        return None
    return mistakes.body_on_header(place.span.to(span_of(place.source, place.tokens[-1])))


def _missing_colon(place: StoppingPlace) -> Diagnostic | None:
    if place.at_end and place.head in _HEADERS and "COLON" in place.accepts:
        return mistakes.missing_colon(place.span)
    return None


def _missing_else(place: StoppingPlace) -> Diagnostic | None:
    if "ELSE" not in place.accepts or place.between_values():
        return None
    ifs = [token for token in place.tokens[: place.index] if token.type == "IF"]
    if not ifs:
        return None
    return mistakes.missing_else(span_of(place.source, ifs[-1]))


def _early_end(place: StoppingPlace) -> Diagnostic | None:
    if not place.at_end:
        return None
    last = place.tokens[-1]
    if last.type == "ARROW":
        return mistakes.missing_step(span_of(place.source, last))
    return mistakes.ends_too_early(last, place.span, _expected(place.accepts))


def _assignment(place: StoppingPlace) -> Diagnostic | None:
    """`=` where a value is compared or where no name stands before it."""
    if place.kind != "ASSIGN":
        return None
    earlier = {token.type for token in place.tokens[: place.index]}
    if earlier & {"IF", "ELIF", "_EXPECT", "AND", "OR", "NOT"}:
        return mistakes.compares_nothing(place.span)
    if "ASSIGN" in earlier and not place.depth:
        return mistakes.second_name(place.span)
    return mistakes.names_what_is_no_name(place.span)


def _name_in_brackets(place: StoppingPlace) -> Diagnostic | None:
    """`let (a) = …`, `for (a) in …`: brackets around one name take nothing apart."""
    if place.kind == "RPAR" and place.accepts == {"COMMA"} and place.before is not None:
        return mistakes.name_in_brackets(place.before, place.span)
    return None


def _other_arrow(place: StoppingPlace) -> Diagnostic | None:
    """`=>` and `>>`, which other languages join with: two signs with nothing between them."""
    first = place.index if place.kind == "ASSIGN" else place.index - 1
    if first < 1 or place.kind_at(first - 1) not in ENDS_VALUE:
        return None
    signs = place.tokens[first : first + 2]
    text = "".join(map(str, signs))
    if text not in ("=>", ">>") or signs[0].end_pos != signs[1].start_pos:
        return None
    return mistakes.other_arrow(text, over(place.source, signs))


def _comparison(place: StoppingPlace) -> Diagnostic | None:
    if place.kind == "COMPARE" and "ASSIGN" in place.accepts and "COMPARE" not in place.accepts:
        return mistakes.names_nothing(place.text, place.span)
    return None


def _colon_for_assign(place: StoppingPlace) -> Diagnostic | None:
    """`conv(kernel_size: 3)`, `let x: int = 3`."""
    if place.kind != "COLON" or place.kind_at(place.index - 1) != "NAME":
        return None
    if place.depth:
        return mistakes.argument_with_colon(place.before, place.span)
    if place.head == "_LET":
        return mistakes.let_with_type(place.before, place.span)
    return None


def _missing_in(place: StoppingPlace) -> Diagnostic | None:
    earlier = {token.type for token in place.tokens[: place.index]}
    if place.head != "FOR" or "IN" in earlier or place.depth or not place.between_values():
        return None
    return mistakes.missing_in(place.before, _plain(place), _gap(place))


def _missing_comma(place: StoppingPlace) -> Diagnostic | None:
    if not place.between_values() or "COMMA" not in place.accepts:
        return None
    if not place.depth and place.head not in _LISTS:
        return None
    before = place.before
    by_name = before is not None and before.type == "NAME" and place.kind in CONSTANTS
    return mistakes.missing_comma(before, _plain(place), _gap(place), by_name=by_name)


def _comma_for_arrow(place: StoppingPlace) -> Diagnostic | None:
    """`conv(3), relu`; and `bn, relu`, which reads like names up to its end."""
    if place.head.startswith("_") or place.head in _HEADERS:
        return None
    if place.kind == "COMMA" and not place.depth:
        comma = place.tokens[place.index]
    elif place.at_end and place.kind_at(1) == "COMMA" and "ASSIGN" in place.accepts:
        comma = place.tokens[1]
    else:
        return None
    return mistakes.comma_for_arrow(span_of(place.source, comma))


def _missing_arrow(place: StoppingPlace) -> Diagnostic | None:
    """`bn relu`."""
    if place.head in _DECLARES:
        return None
    before = place.before
    if before is None or not place.between_values() or "ARROW" not in place.accepts:
        return None
    if before.type in CONSTANTS:
        return None
    return mistakes.missing_arrow(_gap(place))


def _declaration_header(place: StoppingPlace) -> Diagnostic | None:
    if place.head not in _DECLARES:
        return None
    before, word = place.before, _DECLARES[place.head]
    if word == "from" and place.index == 1:
        return mistakes.path_without_quotes(*_quoted(place))
    if word == "from" and place.kind == "STAR":
        return mistakes.names_not_written_out(place.span)
    if place.index == 1:
        return mistakes.declares_no_name(word, place.span)
    if "LPAR" in place.accepts and before is not None and place.between_values():
        return mistakes.parameters_bare(word, before, _gap(place))
    if place.kind == "ASSIGN" and word == "fn" and place.index == 2:
        return mistakes.function_without_parameters(str(before), place.span)
    if place.kind == "ASSIGN" and word == "network":
        return mistakes.variant_with_parameters(place.span)
    return None


def _quoted(place: StoppingPlace) -> tuple[Span, str]:
    """A path that stands without quotes, and as it is written."""
    words = [str(token.type) for token in place.tokens]
    end = words.index("_IMPORT") if "_IMPORT" in words else len(words)
    path = over(place.source, place.tokens[1 : max(end, 2)])
    name = path.text.removesuffix(".arch").lstrip(".").replace(".", "/")
    return path, f'"{name}.arch"'


def _gap(place: StoppingPlace) -> Span:
    """The token and the one before it, between which something is missing."""
    return span_of(place.source, place.tokens[place.index - 1]).to(place.span)


_QUESTIONS: tuple[Callable[[StoppingPlace], Diagnostic | None], ...] = (
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


def _plain(place: StoppingPlace) -> str:
    return short(place.tokens[place.index])
