"""Colours for nano: of two patterns that match one place, the later counts."""

from collections.abc import Iterator

from archdsl.editors.rules import Kind, vocabulary
from archdsl.syntax.words import OPENERS

COLOURS = {
    Kind.OP: "brightblue",
    Kind.BLOCK: "cyan",
    Kind.FUNCTION: "blue",
    Kind.KEYWORD: "magenta",
    Kind.CONSTANT: "yellow",
    Kind.NUMBER: "yellow",
    Kind.STRING: "green",
    Kind.COMMENT: "brightblack",
}
NAMES = (
    r"[A-Za-z_][A-Za-z0-9_]*[[:blank:]]*=([^=]|$)",
    r"^[[:blank:]]*[A-Za-z_][A-Za-z0-9_]*[[:blank:]]*(->|$)",
    r"\.[A-Za-z_][A-Za-z0-9_]*",
)


def nano() -> str:
    """The lines of a nanorc for the syntax."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield r'syntax arch "\.arch$"'
    yield 'comment "#"'
    yield 'tabgives "    "'
    known = vocabulary()
    yield _colour(Kind.KEYWORD, rf"^[[:blank:]]*({'|'.join(OPENERS)})\>")
    yield " ".join(["color normal", *(f'"{name}"' for name in NAMES)])
    for kind in (Kind.FUNCTION, Kind.BLOCK, Kind.OP):
        yield _colour(kind, rf"\<({'|'.join(known[kind])})\>")
    yield f'color normal "{NAMES[0]}"'
    for kind in (Kind.KEYWORD, Kind.CONSTANT):
        yield _colour(kind, rf"\<({'|'.join(known[kind])})\>")
    yield _colour(Kind.NUMBER, r"\<[0-9][0-9_.xeKMGT]*\>")
    yield _colour(Kind.STRING, r'"[^"]*"', "'[^']*'")
    yield f'color {COLOURS[Kind.STRING]} start="\\"\\"\\"" end="\\"\\"\\""'
    yield _colour(Kind.COMMENT, "#.*$")


def _colour(kind: Kind, *patterns: str) -> str:
    return " ".join([f"color {COLOURS[kind]}", *(f'"{pattern}"' for pattern in patterns)])
