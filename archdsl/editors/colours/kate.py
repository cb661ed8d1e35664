"""Colours for Kate and whatever else uses KDE's syntax highlighting: an XML file."""

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from archdsl.editors.rules import Kind, vocabulary
from archdsl.semantics.names.parameters import type_names
from archdsl.syntax.words import CALLED, DECLARATIONS, OPENERS

STYLES = {
    Kind.KEYWORD: "dsKeyword",
    Kind.DECLARED: "dsOthers",
    Kind.OP: "dsFunction",
    Kind.BLOCK: "dsExtension",
    Kind.FUNCTION: "dsBuiltIn",
    Kind.TYPE: "dsDataType",
    Kind.CONSTANT: "dsConstant",
    Kind.NUMBER: "dsDecVal",
    Kind.STRING: "dsString",
    Kind.DOC: "dsDocumentation",
    Kind.COMMENT: "dsComment",
    Kind.NAME: "dsNormal",
}
NAME_FOLLOWS = r"(?!\{)(?![ \t]*(?:=(?!=)|->|:|,|\.|\[|\*|\(|\bif\b|$|#))"
HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE language>
<language name="arch" section="Scientific" version="1" kateversion="5.0" extensions="*.arch" \
mimetype="text/x-archdsl" license="Apache-2.0">"""


def kate() -> str:
    """The file; of the rules of a context the first that matches counts."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD
    yield "<highlighting><contexts>"
    yield '<context name="line" attribute="NAME" lineEndContext="#stay">'
    yield from _rules()
    yield "</context>"
    for name, quote in (("double", '"""'), ("single", "'''")):
        yield f'<context name="{name}" attribute="DOC" lineEndContext="#stay">'
        yield f'<StringDetect attribute="DOC" String={quoteattr(quote)} context="#pop"/></context>'
    yield "</contexts><itemDatas>"
    for kind, style in STYLES.items():
        yield f'<itemData name="{kind.name}" defStyleNum="{style}"/>'
    yield "</itemDatas></highlighting>"
    yield '<general><comments><comment name="singleLine" start="#"/></comments>'
    yield '<keywords casesensitive="1"/></general></language>'


def _rules() -> Iterator[str]:
    known = vocabulary()
    named = (word for word in DECLARATIONS if word != "from")
    yield _rule(Kind.COMMENT, "#.*$")
    yield _rule(Kind.DOC, '"""', "double")
    yield _rule(Kind.DOC, "'''", "single")
    yield _rule(Kind.STRING, r'"(?:[^"\\]|\\.)*"')
    yield _rule(Kind.STRING, r"'(?:[^'\\]|\\.)*'")
    yield _rule(Kind.KEYWORD, r"^archdsl(?=[ \t]+[0-9])")
    yield _rule(Kind.KEYWORD, rf"^[ \t]*(?:{'|'.join(OPENERS)})\b{NAME_FOLLOWS}")
    yield _rule(Kind.KEYWORD, rf"^[ \t]*(?:{'|'.join(CALLED)})(?=[ \t]*\()")
    yield _rule(Kind.KEYWORD, r"\b(?:import|as)(?=[ \t]+[A-Za-z_])")
    for word in named:
        yield _rule(Kind.DECLARED, rf"(?<=\b{word} )[A-Za-z_]\w*")
    yield _rule(Kind.NUMBER, r"\b[0-9]+(?:x[0-9]+)+\b")
    yield _rule(Kind.NUMBER, r"\b[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+|[KMGT])?\b")
    yield _rule(Kind.NAME, r"\.[A-Za-z_]\w*")
    yield _rule(Kind.KEYWORD, _any(known[Kind.KEYWORD]))
    yield _rule(Kind.CONSTANT, _any(known[Kind.CONSTANT]))
    yield _rule(Kind.NAME, r"[A-Za-z_]\w*(?=[ \t]*=(?!=))")
    yield _rule(Kind.TYPE, rf"(?<=: ){_any(type_names())}")
    for kind in (Kind.OP, Kind.BLOCK, Kind.FUNCTION):
        yield _rule(kind, _any(known[kind]))
    yield _rule(Kind.NAME, r"[A-Za-z_]\w*")


def _rule(kind: Kind, pattern: str, context: str = "#stay") -> str:
    return f'<RegExpr attribute="{kind.name}" String={quoteattr(pattern)} context="{context}"/>'


def _any(names: tuple[str, ...]) -> str:
    return rf"\b(?:{'|'.join(names)})\b"
