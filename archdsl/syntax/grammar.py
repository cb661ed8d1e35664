"""The tables of the grammar: built once from `grammar.lark`, and kept.

Building them takes longer than reading any spec.
"""

import json
import sys
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

import lark
from lark import Lark, Token
from lark.grammar import Rule
from lark.lark import PostLex
from lark.lexer import TerminalDef

from archdsl.base import cache_folder
from archdsl.syntax.automaton import Automaton, Tables

UNREADABLE = ("OPEN_DOCSTRING", "OPEN_STRING", "BAD_NUMBER", "BAD_NAME", "UNKNOWN")


class EveryToken(PostLex):
    """Keeps the terminals that no rule mentions: the layout and the complaints need them."""

    always_accept = (*UNREADABLE, "COMMENT", "LINE_END")

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        return stream


@cache
def grammar() -> Lark:
    """The parser of the language, one per process."""
    text = resources.files("archdsl.syntax").joinpath("grammar.lark").read_text("utf-8")
    name = entry_name(text)
    parser = _load(cache_folder.recall(name))
    if parser is None:
        parser = build(text)
        cache_folder.keep(name, _content(parser))
    return parser


_TABLES: dict[type, Tables] = {}  # by the class of the builder


def _tables(builder: type) -> Tables:
    if builder not in _TABLES:
        table = grammar().parser.parser.parser.parse_table
        _TABLES[builder] = Tables(table.states, table.start_states, table.end_states, builder)
    return _TABLES[builder]


def start(rule: str, builder: object) -> Automaton:
    """A reading at the beginning of a `file` or an `expression`; a method of the builder, called
    with the extent and the parts, makes the value of each rule."""
    return Automaton(_tables(type(builder)), rule, builder)


def tokens(text: str) -> Iterator[Token]:
    """Every token of a text, those that no rule takes among them."""
    parser = grammar().parse_interactive(text, start="file")
    lex: Callable[[object], Iterator[Token]] = parser.lexer_thread.lex
    return lex(parser.parser_state)


def build(text: str, *, strict: bool = False) -> Lark:
    """The tables from the grammar's text; `strict` refuses terminals that collide."""
    return Lark(
        text,
        parser="lalr",
        lexer="basic",
        start=["file", "expression"],
        postlex=EveryToken(),
        maybe_placeholders=True,
        strict=strict,
    )


def entry_name(text: str) -> str:
    """Under what the tables for this grammar, Lark and Python are kept."""
    key = f"{text}\0{lark.__version__}\0{sys.version}"
    return f"grammar-{sha256(key.encode()).hexdigest()[:20]}"


_FROM_DICT: Callable[..., Any] = Lark._load_from_dict


def _load(stored: bytes | None) -> Lark | None:
    if stored is None:
        return None
    try:
        known = json.loads(stored, object_hook=_numbered)
        data, memo = known["data"], known["memo"]
        parser: Lark = _FROM_DICT(data, memo, postlex=EveryToken())
        return parser
    except Exception:  # Lark trips over foreign tables in many ways; they are then built again
        return None


def _content(tables: Lark) -> bytes:
    """The data of `Lark.save`, as JSON instead of a pickle: reading it runs nothing."""
    data, memo = tables.memo_serialize([TerminalDef, Rule])
    options = {**data["options"], "postlex": None}
    return json.dumps({"data": {**data, "options": options}, "memo": memo}).encode()


def _numbered(known: dict[str, object]) -> dict[int | str, object]:
    """JSON has words as keys only; Lark's numbers are numbers again."""
    return {int(key) if key.isdecimal() else key: value for key, value in known.items()}
