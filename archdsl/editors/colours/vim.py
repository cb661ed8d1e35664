"""Colours for Vim and Neovim: a syntax file."""

from collections.abc import Iterator

from archdsl.editors.rules import Kind, vocabulary
from archdsl.semantics.names.parameters import type_names
from archdsl.syntax.words import CALLED, DECLARATIONS, OPENERS

GROUPS = {
    Kind.KEYWORD: "Keyword",
    Kind.DECLARED: "Type",
    Kind.OP: "Function",
    Kind.BLOCK: "Structure",
    Kind.FUNCTION: "Special",
    Kind.TYPE: "Type",
    Kind.CONSTANT: "Boolean",
    Kind.NUMBER: "Number",
    Kind.STRING: "String",
    Kind.DOC: "String",
    Kind.COMMENT: "Comment",
}
NAME_FOLLOWS = r"{\@!\%(\s*\%(=\|->\|:\|,\|\.\|\[\|\*\|(\|if\>\|#\|$\)\)\@!"
NOT_BEFORE_ASSIGNMENT = r"\%(\s*==\@!\)\@!"


def vim() -> str:
    """The syntax file. Of two matches that begin in one place Vim takes the one defined last."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield 'if exists("b:current_syntax") | finish | endif'
    known = vocabulary()
    for kind in (Kind.KEYWORD, Kind.CONSTANT):
        yield f"syn keyword {_group(kind)} {' '.join(known[kind])}"
    for kind in (Kind.FUNCTION, Kind.BLOCK, Kind.OP):
        yield _match(kind, rf"\.\@1<!\<{_any(known[kind])}\>{NOT_BEFORE_ASSIGNMENT}")
    yield _match(Kind.TYPE, rf":\s*\zs{_any(type_names())}\>")
    yield _match(Kind.NUMBER, r"\<\d[0-9_]*\%(\.\d\+\)\=\%([eE][+-]\=\d\+\|[KMGT]\)\=\>")
    yield _match(Kind.NUMBER, r"\<\d\+\%(x\d\+\)\+\>")
    yield _match(Kind.KEYWORD, rf"^\s*\zs{_any(OPENERS)}\>{NAME_FOLLOWS}")
    named = _any(tuple(word for word in DECLARATIONS if word != "from"))
    declared = f"nextgroup={_group(Kind.DECLARED)} skipwhite"
    yield _match(Kind.KEYWORD, rf"^\s*\zs{named}\>{NAME_FOLLOWS}", declared)
    yield _match(Kind.DECLARED, r"\h\w*", "contained")
    yield _match(Kind.KEYWORD, rf"^\s*\zs{_any(CALLED)}\>\ze\s*(")
    yield _match(Kind.KEYWORD, r"^archdsl\ze\s\+\d")
    yield f"syn keyword {_group(Kind.KEYWORD)} import as contained"
    inside = f"contains={_group(Kind.KEYWORD)},{_group(Kind.STRING)},{_group(Kind.COMMENT)}"
    yield rf"syn region archImport start=~^from\ze\s~ end=~$~ keepend {inside}"
    yield _match(Kind.COMMENT, "#.*$", "contains=@Spell")
    for quote in ('"', "'"):
        yield _region(Kind.STRING, quote, "oneline")
        yield _region(Kind.DOC, quote * 3, "contains=@Spell")
    yield "syn sync minlines=200"
    for kind, standard in GROUPS.items():
        yield f"hi def link {_group(kind)} {standard}"
    yield 'let b:current_syntax = "arch"'


def _group(kind: Kind) -> str:
    return f"arch{kind.name.title()}"


def _any(names: tuple[str, ...]) -> str:
    return r"\%(" + r"\|".join(names) + r"\)"


def _match(kind: Kind, pattern: str, *further: str) -> str:
    return " ".join((f"syn match {_group(kind)} ~{pattern}~", *further))


def _region(kind: Kind, quote: str, *further: str) -> str:
    skip = r"skip=+\\.+"
    return " ".join((f"syn region {_group(kind)} start=+{quote}+ {skip} end=+{quote}+", *further))
