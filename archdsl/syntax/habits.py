"""Lines as other languages write them: questions of `unexpected`, each with the change to make.

A question answers only where the change leads to a line that reads.
"""

import re
from collections.abc import Callable, Sequence

from lark import Token

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import replaced
from archdsl.base.source import Span
from archdsl.base.suggest import nearest
from archdsl.syntax import complaints, mistakes
from archdsl.syntax.mistakes import short
from archdsl.syntax.place import CONSTANTS, StoppingPlace, over, span_of
from archdsl.syntax.words import OPENERS

_PYTHON = {"torch", "torchvision", "timm", "numpy", "tensorflow", "keras", "jax", "typing", "math"}
_BODIES = re.compile(r"(?:network|block|path)\b|.*\bpath\s*:")
_SIZES = {"NUMBER", "COMMA", "SHAPE"}
_FOR_SHAPES = ("shape", "size", "input_shape", "input_size")
_BINDS = ("var", "val", "const", "int", "float", "auto", "set", "def")
_STATEMENTS = ("input", "output", "expect", "layer", "init", "let", "aux")
_PAIR = re.compile(r"""["'](\w+)["']\s*:\s*([\w.]+)""")
_PAIRS = re.compile(rf"\{{\s*{_PAIR.pattern}(?:\s*,\s*{_PAIR.pattern})*\s*,?\s*\}}")


def shape_in_parts(place: StoppingPlace) -> Diagnostic | None:
    """`input 3,32,32`, `:: 64 x 30 x 30`: sizes that nothing joins to a shape."""
    first = _first_size(place)
    if first is None:
        return None
    last = first
    while last + 1 < len(place.tokens) and _of_shape(place.tokens[last + 1]):
        last += 1
    parts = place.tokens[first : last + 1]
    sizes = [size for token in parts if token.type != "COMMA" for size in token.split("x") if size]
    if place.index > last + 1 or len(sizes) < 2 or parts[-1].type not in ("NUMBER", "SHAPE"):
        return None
    span = _over(place, parts)
    if place.kind_at(first - 1) == "LSQB" and place.kind_at(last + 1) == "RSQB":
        span = _over(place, place.tokens[first - 1 : last + 2])
    return mistakes.sizes_apart(span, "x".join(sizes))


def input_behind_sign(place: StoppingPlace) -> Diagnostic | None:
    """`input a = 3x32x32`, `input shape=3x32x32`."""
    kinds = [token.type for token in place.tokens[:4]]
    if kinds != ["_INPUT", "NAME", "ASSIGN", "SHAPE"] or place.index != 2:
        return None
    _, name, _, shape = place.tokens[:4]
    named = f"{shape}" if name in _FOR_SHAPES else f"{name}: {shape}"
    return mistakes.input_behind_sign(_over(place, place.tokens[:4]), f"input {named}")


def inputs_on_a_line(place: StoppingPlace) -> Diagnostic | None:
    """`input a: 3x32x32, b: 3x32x32`."""
    kinds = [token.type for token in place.tokens]
    named = kinds[:3] == ["_INPUT", "NAME", "COLON"] and "COLON" in kinds[place.index :]
    if place.kind != "COMMA" or not named:
        return None
    rest = _over(place, place.tokens[place.index + 1 :])
    before = span_of(place.source, place.tokens[place.index - 1]).end
    gap = Span(place.source, before, rest.start)
    return mistakes.inputs_on_a_line(place.span, gap, _blanks(place), rest.text)


def _blanks(place: StoppingPlace) -> str:
    """The line's indentation."""
    begin = span_of(place.source, place.tokens[0]).start
    return place.source.text[place.source.text.rfind("\n", 0, begin) + 1 : begin]


def outputs_in_braces(place: StoppingPlace) -> Diagnostic | None:
    """`output {"low": a, "high": b}`."""
    if place.head not in ("_OUTPUT", "NAME") or place.tokens[0] != "output":
        return None
    if place.kind != "COLON" or place.kind_at(place.index - 1) != "STRING":
        return None
    span = _over(place, place.tokens[1:])
    inside = _PAIRS.fullmatch(span.text)
    if inside is None:
        return None
    named = _PAIR.findall(span.text)
    return mistakes.outputs_in_braces(span, ", ".join(f"{key}={value}" for key, value in named))


def name_in_quotes(place: StoppingPlace) -> Diagnostic | None:
    """`f"conv{i}" = conv(8, 3)`."""
    kinds = [token.type for token in place.tokens[:3]]
    if kinds != ["NAME", "STRING", "ASSIGN"] or place.tokens[0] != "f":
        return None
    span = _over(place, place.tokens[:2])
    return mistakes.name_in_quotes(span, place.tokens[1][1:-1])


def name_with_index(place: StoppingPlace) -> Diagnostic | None:
    """`skips[i] = conv(8, 3)`."""
    kinds = [token.type for token in place.tokens[: place.index + 1]]
    if kinds[:2] != ["NAME", "LSQB"] or kinds[3:] != ["RSQB", "ASSIGN"]:
        return None
    name, _, index = place.tokens[:3]
    if index.type not in ("NAME", "NUMBER"):
        return None
    numbered = f"{name}{index}" if index.type == "NUMBER" else f"{name}{{{index}}}"
    return mistakes.name_with_index(_over(place, place.tokens[:4]), numbered)


def result_in_header(place: StoppingPlace) -> Diagnostic | None:
    """`block stem(c) -> Tensor:`."""
    if place.head not in ("_NETWORK", "_BLOCK") or place.kind != "ARROW":
        return None
    if len(place.tokens) < place.index + 3 or place.tokens[-1].type != "COLON":
        return None
    before = span_of(place.source, place.tokens[place.index - 1]).end
    end = span_of(place.source, place.tokens[-1]).start
    return mistakes.returns_no_type(Span(place.source, before, end))


def unknown_statement(place: StoppingPlace) -> Diagnostic | None:
    """`outputs a, b`, `var c = 16`."""
    word, names = place.tokens[0], place.kind_at(1) == "NAME"
    if word.type != "NAME" or not names or place.index != 1:
        return None
    binds = place.kind_at(2) == "ASSIGN"
    meant = "let" if binds and word in _BINDS else nearest(word, _STATEMENTS)
    if not meant or len(place.tokens) < 2 or (meant == "let") != binds:
        return None
    return mistakes.unknown_statement(span_of(place.source, word), meant)


def copies_with_x(place: StoppingPlace) -> Diagnostic | None:
    """`basic_block(16) x 3`, `relu x3`."""
    if place.kind != "NAME" or place.depth or not place.between_values():
        return None
    if place.head.startswith("_") or any(t.type == "ANNOTATION" for t in place.tokens):
        return None
    word = place.tokens[place.index]
    last = place.index + (word == "x")
    count = word.removeprefix("x")
    if word == "x":
        count = str(place.tokens[last]) if place.kind_at(last) in ("NUMBER", "NAME") else ""
    elif not count.isdigit():
        return None
    if not count:
        return None
    span = _over(place, place.tokens[place.index : last + 1])
    return mistakes.copies_with_x(span, f"* {count}")


def shape_behind_colon(place: StoppingPlace) -> Diagnostic | None:
    """`conv(16, 3): 16x30x30`."""
    if place.kind != "SHAPE" or place.index + 1 < len(place.tokens) or place.head != "NAME":
        return None
    if place.kind_at(place.index - 1) != "COLON" or place.tokens[0] in OPENERS:
        return None
    sign = span_of(place.source, place.tokens[place.index - 1])
    return mistakes.shape_behind_sign(sign, place.tokens[place.index])


def _first_size(place: StoppingPlace) -> int | None:
    """The start of the sizes in a line's shape."""
    kinds = [token.type for token in place.tokens]
    if "ANNOTATION" in kinds:
        return kinds.index("ANNOTATION") + 1
    if place.head != "_INPUT":
        return None
    return next((i for i, kind in enumerate(kinds) if kind in _SIZES), None)


def _of_shape(token: Token) -> bool:
    return token.type in _SIZES or token == "x"


def initialiser_behind_sign(place: StoppingPlace) -> Diagnostic | None:
    """`init conv = zeros`."""
    if place.head != "_INIT" or place.kind != "ASSIGN" or place.index + 1 == len(place.tokens):
        return None
    before, rest = place.tokens[place.index - 1], place.tokens[place.index + 1 :]
    span = Span(place.source, span_of(place.source, before).end, place.span.end)
    text = f"{_over(place, place.tokens[: place.index]).text}: {_over(place, rest).text}"
    return mistakes.initialiser_behind_sign(place.span, span, text)


def changed_in_place(place: StoppingPlace) -> Diagnostic | None:
    """`c *= 2`."""
    if place.kind != "ASSIGN" or place.index != 2 or place.head != "NAME":
        return None
    name, sign, rest = place.tokens[0], place.tokens[1], place.tokens[3:]
    if sign.type not in ("STAR", "SIGN", "DIVIDE", "POWER") or sign.end_pos != place.span.start:
        return None
    value = _over(place, rest).text if rest else "…"
    if sign == "+" and rest and _is_step(place, name):
        line = _over(place, place.tokens)
        return mistakes.sum_in_place(line, f"add({name}, {value})", place.span)
    span = span_of(place.source, sign).to(place.span)
    return mistakes.changed_in_place(name, sign, value, span)


def _is_step(place: StoppingPlace, name: str) -> bool:
    """True where the nearest line above that binds the name binds it to a step."""
    above = place.source.text[: span_of(place.source, place.tokens[0]).start]
    given = re.findall(rf"^[ \t]+(let +)?{name} *=", above, re.MULTILINE)
    return bool(given) and not given[-1]


def python_module(place: StoppingPlace) -> Diagnostic | None:
    """`import torch` in a body, `from torch import nn`."""
    if place.tokens[0] == "import" and place.index == 1 and place.kind == "NAME":
        return _python_import(place)
    if place.head == "_FROM" and place.index == 1 and place.tokens[1] in _PYTHON:
        return _python_import(place)
    return None


def _python_import(place: StoppingPlace) -> Diagnostic:
    word = span_of(place.source, place.tokens[0])
    return mistakes.python_import(_over(place, place.tokens), word)


def comment_of_slashes(place: StoppingPlace) -> Diagnostic | None:
    """`// first`, `conv(8, 3) // the first layer`: two words in a row behind the sign."""
    signs = [token for token in place.tokens[: place.index + 1] if token == "//"]
    if not signs or place.depth:
        return None
    behind = place.tokens.index(signs[0]) + 1
    if signs[0] is not place.tokens[0] and behind == place.index:
        return None
    return mistakes.comment_of_slashes(span_of(place.source, signs[0]))


def braces(place: StoppingPlace) -> Diagnostic | None:
    """`network Example { … }`, `for i in range(3) { … }`, `add { … }`, `conv(8, 3) { … }`: the
    lines down to the `}` were read as one."""
    spans = [span_of(place.source, token) for token in place.tokens]
    opening = next((k for k, span in enumerate(spans) if complaints.opens_lines(span)), 0)
    if not opening or abs(opening - place.index) > 1:
        return None
    return complaints.braces(spans[opening], spans[-1] if spans[-1].text == "}" else None)


def dash_in_name(place: StoppingPlace) -> Diagnostic | None:
    """`network My-Net:`, `stem-conv = conv(8, 3)`."""
    at = place.index if place.text == "`-`" else 1 if place.kind == "ASSIGN" else 0
    run = _dashed_run(place.tokens, at)
    targets = place.kind != "ASSIGN" or run == place.tokens[: place.index]
    declares = place.head in ("_NETWORK", "_BLOCK", "_FN") and place.index == 2
    if not run or not (declares or (place.kind == "ASSIGN" and targets)):
        return None
    return mistakes.name_with_dash(_over(place, run))


def _dashed_run(tokens: Sequence[Token], at: int) -> list[Token]:
    """The tokens of `My-Net` around a `-`; none where blanks stand in it."""
    if not 0 < at < len(tokens) - 1:
        return []
    run = [tokens[at - 1]]
    for sign, word in zip(tokens[at::2], tokens[at + 1 :: 2], strict=False):
        together = run[-1].end_pos == sign.start_pos and sign.end_pos == word.start_pos
        if sign != "-" or not together or word.type not in ("NAME", "NUMBER"):
            break
        run += [sign, word]
    return run if len(run) > 2 and run[0].type == "NAME" else []


def arrow_first(place: StoppingPlace) -> Diagnostic | None:
    """A `->` that begins a line of a body, where lines flow by themselves."""
    if place.index or place.kind != "ARROW":
        return None
    if len(place.tokens) == 1 or not _BODIES.match(_header(place.span)):
        hint = "indent the line deeper than the one that it goes on from"
        return mistakes.begins_with_arrow(place.span, hint)
    rest = _over(place, place.tokens[1:])
    span = Span(place.source, place.span.start, rest.start)
    hint = f"write `{short(rest.text)}`: lines flow by themselves"
    return mistakes.begins_with_arrow(place.span, replaced(span, "", hint))


def _header(span: Span) -> str:
    """The line whose body a line stands in."""
    lines = span.source.text[: span.start].split("\n")
    indent = len(lines[-1])
    for line in reversed(lines[:-1]):
        words = line.lstrip()
        if words and not words.startswith("#") and len(line) - len(words) < indent:
            return words
    return ""


def step_behind_input(place: StoppingPlace) -> Diagnostic | None:
    """`input 3x32x32 -> conv(8, 3)`."""
    if place.head != "_INPUT" or place.kind != "ARROW" or place.index + 1 == len(place.tokens):
        return None
    rest = _over(place, place.tokens[place.index + 1 :])
    before = span_of(place.source, place.tokens[place.index - 1]).end
    return mistakes.step_behind_input(place.span, rest, before, _blanks(place))


def arguments_without_parentheses(place: StoppingPlace) -> Diagnostic | None:
    """`conv 64 3`, `conv 64, 3`."""
    at = place.index - 1
    while at > 0 and place.kind_at(at) in CONSTANTS | {"COMMA"}:
        at -= 1
    if place.kind_at(at) != "NAME" or place.kind_at(at + 1) not in CONSTANTS or place.depth:
        return None
    if place.head.startswith("_"):
        return None
    last = at + 1
    while place.kind_at(last + 1) in CONSTANTS | {"COMMA"}:
        last += 1
    given = [str(token) for token in place.tokens[at + 1 : last + 1] if token.type != "COMMA"]
    span = _over(place, place.tokens[at : last + 1])
    text = f"{place.tokens[at]}({', '.join(given)})"
    return mistakes.arguments_bare(span, text)


def _over(place: StoppingPlace, tokens: Sequence[Token]) -> Span:
    return over(place.source, tokens)


HABITS: tuple[Callable[[StoppingPlace], Diagnostic | None], ...] = (
    python_module,
    comment_of_slashes,
    arrow_first,
    step_behind_input,
    input_behind_sign,
    inputs_on_a_line,
    outputs_in_braces,
    name_in_quotes,
    name_with_index,
    result_in_header,
    unknown_statement,
    shape_in_parts,
    copies_with_x,
    shape_behind_colon,
    initialiser_behind_sign,
    changed_in_place,
    braces,
    dash_in_name,
    arguments_without_parentheses,
)
