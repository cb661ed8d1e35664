"""The tables of the grammar: built once from `grammar.lark`, kept in the user's cache folder.

Building them takes longer than reading any spec. A cache file that is missing, unreadable or
damaged is built again without a word; it is never needed.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from tempfile import NamedTemporaryFile

import lark
from lark import Lark, Token
from lark.lark import PostLex

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
    stored = cache_file(text)
    found = _load(stored)
    if found is None:
        found = build(text)
        _save(found, stored)
    return found


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
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/AppData/Local")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "archdsl"


def _load(stored: Path) -> Lark | None:
    try:
        with stored.open("rb") as file:
            return Lark.load(file)
    except Exception:  # a damaged pickle raises anything at all; the tables are then built again
        return None


def _save(tables: Lark, stored: Path) -> None:
    """Written aside and renamed, so that no process ever reads half a file."""
    with suppress(OSError):
        stored.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=stored.parent, delete=False) as file:
            tables.save(file)
        os.replace(file.name, stored)
