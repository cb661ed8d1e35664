"""Colours for Vim and Neovim: a syntax file."""

from collections.abc import Iterator

from archdsl.editors.rules import TextKind, vocabulary
from archdsl.semantics.names.parameters import type_names
from archdsl.syntax.words import CALLED, DECLARATIONS, OPENERS

GROUPS = {
    TextKind.KEYWORD: "Keyword",
    TextKind.DECLARED: "Type",
    TextKind.OP: "Function",
    TextKind.BLOCK: "Structure",
    TextKind.FUNCTION: "Special",
    TextKind.TYPE: "Type",
    TextKind.CONSTANT: "Boolean",
    TextKind.NUMBER: "Number",
    TextKind.STRING: "String",
    TextKind.DOC: "String",
    TextKind.COMMENT: "Comment",
}
NAME_FOLLOWS = r"{\@!\%(\s*\%(=\|->\|:\|,\|\.\|\[\|\*\|(\|if\>\|#\|$\)\)\@!"
NOT_BEFORE_ASSIGNMENT = r"\%(\s*==\@!\)\@!"


def vim() -> str:
    """The syntax file. Of two matches that begin in one place Vim takes the one defined last."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield 'if exists("b:current_syntax") | finish | endif'
    known = vocabulary()
    for kind in (TextKind.KEYWORD, TextKind.CONSTANT):
        yield f"syn keyword {_group(kind)} {' '.join(known[kind])}"
    for kind in (TextKind.FUNCTION, TextKind.BLOCK, TextKind.OP):
        yield _match(kind, rf"\.\@1<!\<{_any(known[kind])}\>{NOT_BEFORE_ASSIGNMENT}")
    yield _match(TextKind.TYPE, rf":\s*\zs{_any(type_names())}\>")
    yield _match(TextKind.NUMBER, r"\<\d[0-9_]*\%(\.\d\+\)\=\%([eE][+-]\=\d\+\|[KMGT]\)\=\>")
    yield _match(TextKind.NUMBER, r"\<\d\+\%(x\d\+\)\+\>")
    yield _match(TextKind.KEYWORD, rf"^\s*\zs{_any(OPENERS)}\>{NAME_FOLLOWS}")
    named = _any(tuple(word for word in DECLARATIONS if word != "from"))
    declared = f"nextgroup={_group(TextKind.DECLARED)} skipwhite"
    yield _match(TextKind.KEYWORD, rf"^\s*\zs{named}\>{NAME_FOLLOWS}", declared)
    yield _match(TextKind.DECLARED, r"\h\w*", "contained")
    yield _match(TextKind.KEYWORD, rf"^\s*\zs{_any(CALLED)}\>\ze\s*(")
    yield _match(TextKind.KEYWORD, r"^archdsl\ze\s\+\d")
    yield f"syn keyword {_group(TextKind.KEYWORD)} import as contained"
    inside = (
        f"contains={_group(TextKind.KEYWORD)},{_group(TextKind.STRING)},{_group(TextKind.COMMENT)}"
    )
    yield rf"syn region archImport start=~^from\ze\s~ end=~$~ keepend {inside}"
    yield _match(TextKind.COMMENT, "#.*$", "contains=@Spell")
    for quote in ('"', "'"):
        yield _region(TextKind.STRING, quote, "oneline")
        yield _region(TextKind.DOC, quote * 3, "contains=@Spell")
    yield "syn sync minlines=200"
    for kind, standard in GROUPS.items():
        yield f"hi def link {_group(kind)} {standard}"
    yield 'let b:current_syntax = "arch"'


def _group(kind: TextKind) -> str:
    return f"arch{kind.name.title()}"


def _any(names: tuple[str, ...]) -> str:
    return r"\%(" + r"\|".join(names) + r"\)"


def _match(kind: TextKind, pattern: str, *further: str) -> str:
    return " ".join((f"syn match {_group(kind)} ~{pattern}~", *further))


def _region(kind: TextKind, quote: str, *further: str) -> str:
    skip = r"skip=+\\.+"
    return " ".join((f"syn region {_group(kind)} start=+{quote}+ {skip} end=+{quote}+", *further))
