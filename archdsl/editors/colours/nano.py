"""Colours for nano: of two patterns that match one place, the later counts."""

from collections.abc import Iterator

from archdsl.editors.rules import TextKind, vocabulary
from archdsl.syntax.words import OPENERS

COLOURS = {
    TextKind.OP: "brightblue",
    TextKind.BLOCK: "cyan",
    TextKind.FUNCTION: "blue",
    TextKind.KEYWORD: "magenta",
    TextKind.CONSTANT: "yellow",
    TextKind.NUMBER: "yellow",
    TextKind.STRING: "green",
    TextKind.COMMENT: "brightblack",
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
    yield _colour(TextKind.KEYWORD, rf"^[[:blank:]]*({'|'.join(OPENERS)})\>")
    yield " ".join(["color normal", *(f'"{name}"' for name in NAMES)])
    for kind in (TextKind.FUNCTION, TextKind.BLOCK, TextKind.OP):
        yield _colour(kind, rf"\<({'|'.join(known[kind])})\>")
    yield f'color normal "{NAMES[0]}"'
    for kind in (TextKind.KEYWORD, TextKind.CONSTANT):
        yield _colour(kind, rf"\<({'|'.join(known[kind])})\>")
    yield _colour(TextKind.NUMBER, r"\<[0-9][0-9_.xeKMGT]*\>")
    yield _colour(TextKind.STRING, r'"[^"]*"', "'[^']*'")
    yield f'color {COLOURS[TextKind.STRING]} start="\\"\\"\\"" end="\\"\\"\\""'
    yield _colour(TextKind.COMMENT, "#.*$")


def _colour(kind: TextKind, *patterns: str) -> str:
    return " ".join([f"color {COLOURS[kind]}", *(f'"{pattern}"' for pattern in patterns)])
