"""Colours for Kate and whatever else uses KDE's syntax highlighting: an XML file."""

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from archdsl.editors.rules import TextKind, vocabulary
from archdsl.semantics.names.parameters import type_names
from archdsl.syntax.words import CALLED, DECLARATIONS, OPENERS

STYLES = {
    TextKind.KEYWORD: "dsKeyword",
    TextKind.DECLARED: "dsOthers",
    TextKind.OP: "dsFunction",
    TextKind.BLOCK: "dsExtension",
    TextKind.FUNCTION: "dsBuiltIn",
    TextKind.TYPE: "dsDataType",
    TextKind.CONSTANT: "dsConstant",
    TextKind.NUMBER: "dsDecVal",
    TextKind.STRING: "dsString",
    TextKind.DOC: "dsDocumentation",
    TextKind.COMMENT: "dsComment",
    TextKind.NAME: "dsNormal",
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
    yield _rule(TextKind.COMMENT, "#.*$")
    yield _rule(TextKind.DOC, '"""', "double")
    yield _rule(TextKind.DOC, "'''", "single")
    yield _rule(TextKind.STRING, r'"(?:[^"\\]|\\.)*"')
    yield _rule(TextKind.STRING, r"'(?:[^'\\]|\\.)*'")
    yield _rule(TextKind.KEYWORD, r"^archdsl(?=[ \t]+[0-9])")
    yield _rule(TextKind.KEYWORD, rf"^[ \t]*(?:{'|'.join(OPENERS)})\b{NAME_FOLLOWS}")
    yield _rule(TextKind.KEYWORD, rf"^[ \t]*(?:{'|'.join(CALLED)})(?=[ \t]*\()")
    yield _rule(TextKind.KEYWORD, r"\b(?:import|as)(?=[ \t]+[A-Za-z_])")
    for word in named:
        yield _rule(TextKind.DECLARED, rf"(?<=\b{word} )[A-Za-z_]\w*")
    yield _rule(TextKind.NUMBER, r"\b[0-9]+(?:x[0-9]+)+\b")
    yield _rule(TextKind.NUMBER, r"\b[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+|[KMGT])?\b")
    yield _rule(TextKind.NAME, r"\.[A-Za-z_]\w*")
    yield _rule(TextKind.KEYWORD, _any(known[TextKind.KEYWORD]))
    yield _rule(TextKind.CONSTANT, _any(known[TextKind.CONSTANT]))
    yield _rule(TextKind.NAME, r"[A-Za-z_]\w*(?=[ \t]*=(?!=))")
    yield _rule(TextKind.TYPE, rf"(?<=: ){_any(type_names())}")
    for kind in (TextKind.OP, TextKind.BLOCK, TextKind.FUNCTION):
        yield _rule(kind, _any(known[kind]))
    yield _rule(TextKind.NAME, r"[A-Za-z_]\w*")


def _rule(kind: TextKind, pattern: str, context: str = "#stay") -> str:
    return f'<RegExpr attribute="{kind.name}" String={quoteattr(pattern)} context="{context}"/>'


def _any(names: tuple[str, ...]) -> str:
    return rf"\b(?:{'|'.join(names)})\b"
