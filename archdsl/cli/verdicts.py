"""The results of `archdsl check` for sound specs, kept between runs.

A verdict is taken again for the very same texts, judged by the same code under the same options.
Only what drew no diagnostic at all is kept: whatever is wrong is looked at, and said, each time.
"""

import os
import sys
from argparse import Namespace
from collections.abc import Mapping
from functools import cache
from json import dumps, loads
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import archdsl
from archdsl.base import cache_folder

_PRESENTATION = (
    "specs",
    "format",
    "json",
    "command",
    "module",
    "watch",
    "stdin_filename",
)  # a verdict is the same in all


class Judgement(NamedTuple):
    """The results of the networks of one SPEC."""

    sound: list[str]  # a line for each sound one
    errors: int = 0
    failed: int = 0  # networks with errors
    misused: int = 0  # SPECs that name no file or network, or give wrong arguments
    status: int = 0

    @property
    def checked(self) -> int:
        return len(self.sound) + self.failed + self.misused


def recall(spec: str, arguments: Namespace) -> list[str] | None:
    """The lines of a spec whose networks were all sound, if nothing has changed."""
    question = _question(spec, arguments)
    stored = cache_folder.recall(_name(question))
    if stored is None:
        return None
    try:
        known = loads(stored)
        if known["question"] != question or known["code"] != _code():
            return None
        same = all(_text(path) == text for path, text in known["texts"].items())
        return list(known["lines"]) if same else None
    except (ValueError, TypeError, KeyError, AttributeError):  # a foreign entry: judge again
        return None


def keep(spec: str, arguments: Namespace, texts: Mapping[Path, str], lines: list[str]) -> None:
    """Remembers the lines of a sound spec with the text of every file that it was read from."""
    if not texts:
        return  # a pipe cannot be compared
    question = _question(spec, arguments)
    read = {str(path): text for path, text in texts.items()}
    known = {"question": question, "code": _code(), "texts": read, "lines": lines}
    cache_folder.keep(_name(question), dumps(known).encode())


def _question(spec: str, arguments: Namespace) -> str:
    options = {k: v for k, v in sorted(vars(arguments).items()) if k not in _PRESENTATION}
    return dumps([os.getcwd(), spec, options], default=str)


def _name(question: str) -> str:
    return f"verdict-{crc32(question.encode()):08x}"


@cache
def _code() -> list[object]:
    """Everything that judges: this package and the interpreter."""
    package = Path(archdsl.__file__).parent
    rooms = [room for room, _, _ in os.walk(package) if not room.endswith("__pycache__")]
    return [sys.version, *map(list, cache_folder.stamp(*rooms))]


def _text(path: str) -> str | None:
    if not os.path.isfile(path):  # nor a pipe, which would keep its reader waiting
        return None
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except (OSError, ValueError):
        return None
