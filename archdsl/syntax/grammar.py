"""The tables of the grammar: built once from `grammar.lark`, kept in the user's cache folder.

Building them takes longer than reading any spec. A cache file that is missing, unreadable or
damaged is built again without a word; it is never needed.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, Self

import lark
from lark import Lark, Token, Tree
from lark.lark import PostLex

UNREADABLE = ("OPEN_DOCSTRING", "OPEN_STRING", "BAD_NUMBER", "BAD_NAME", "UNKNOWN")


class EveryToken(PostLex):
    """Keeps the terminals that no rule mentions: the layout and the complaints need them."""

    always_accept = (*UNREADABLE, "COMMENT", "LINE_END")

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        return stream


class Parser(Protocol):
    """What the reader uses of Lark's interactive parser."""

    def feed_token(self, token: Token) -> object: ...
    def feed_eof(self, last_token: Token) -> Tree[Token]: ...
    def copy(self, deepcopy_values: bool) -> Self: ...
    def accepts(self) -> set[str]: ...
    def choices(self) -> dict[str, object]: ...


@cache
def grammar() -> Lark:
    """The parser of the language, one per process."""
    text = resources.files("archdsl.syntax").joinpath("grammar.lark").read_text("utf-8")
    stored = cache_file(text)
    found = _load(stored)
    if found is None:
        found = build(text)
        _save(found, stored)
    return found


def start(rule: str) -> Parser:
    """A parser at the beginning of a `file` or an `expression`."""
    return grammar().parse_interactive(start=rule)


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
        propagate_positions=True,
        maybe_placeholders=True,
        strict=strict,
    )


def cache_file(text: str) -> Path:
    """Where the tables for this grammar, Lark and Python are kept."""
    key = f"{text}\0{lark.__version__}\0{sys.version}"
    return cache_folder() / f"grammar-{sha256(key.encode()).hexdigest()[:20]}.pickle"


def cache_folder() -> Path:
    """`ARCHDSL_CACHE_DIR`, or the folder that the platform has for such things."""
    chosen = os.environ.get("ARCHDSL_CACHE_DIR")
    if chosen:
        return Path(chosen)
    match sys.platform:
        case "win32":
            base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
        case "darwin":
            base = "~/Library/Caches"
        case _:
            base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(os.path.expanduser(base)) / "archdsl"


def _load(stored: Path) -> Lark | None:
    try:
        with stored.open("rb") as file:
            return Lark.load(file)
    except Exception:  # a damaged pickle raises anything at all; the tables are then built again
        return None


def _save(tables: Lark, stored: Path) -> None:
    """Written aside and renamed, so that no process ever reads half a file."""
    if stored.parts[0] == "~":
        return  # a user without a home has no cache
    with suppress(OSError):
        stored.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=stored.parent) as aside:
            fresh = Path(aside) / stored.name
            with fresh.open("wb") as file:
                tables.save(file)
            os.replace(fresh, stored)
