"""The rules of colouring: patterns by state, in the regular expressions that all editors share.

The compiler reads tokens; an editor reads patterns, line by line. A word that opens a statement is
a keyword at the beginning of a line outside brackets only, as in `archdsl.syntax.words`.
"""

import re
from enum import Enum
from functools import cache

from msgspec import Struct

from archdsl import catalogue
from archdsl.ops.registry import ops
from archdsl.semantics.evaluate.functions import FUNCTIONS
from archdsl.semantics.names.parameters import type_names
from archdsl.syntax.words import CALLED, DECLARATIONS, HARD, OPENERS

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
TEMPLATE_END = r"\}[A-Za-z0-9_]*(?![A-Za-z0-9_{])"
CONSTANTS = ("true", "false", "none")


class TextKind(Enum):
    """The kind of a piece of text, by its scope in a TextMate grammar."""

    KEYWORD = "keyword.control"
    DECLARED = "entity.name.type"
    OP = "support.function"
    BLOCK = "support.class"
    FUNCTION = "support.function.builtin"
    TYPE = "storage.type"
    CONSTANT = "constant.language"
    NUMBER = "constant.numeric"
    STRING = "string.quoted"
    DOC = "string.quoted.docstring"
    COMMENT = "comment.line.number-sign"
    ARGUMENT = "variable.parameter"
    TAP = "variable.other.definition"
    ATTRIBUTE = "variable.other.property"
    NAME = "variable.other"
    OPERATOR = "keyword.operator"
    PUNCTUATION = "punctuation"


class State(Enum):
    """The state that the text before a place leaves."""

    LINE = "line"  # outside brackets: a line can open a statement
    INSIDE = "inside"  # between brackets
    TEMPLATE = "template"  # between the braces of a computed name
    IMPORT = "import"  # in a line that began with `from`


class ColourRule(Struct, frozen=True):
    """A pattern, and the kind of each of its groups; of the whole where it has no group.

    With `until` the text goes on to that pattern, over lines if need be: in the state `within`, or
    as one piece of the same kind.
    """

    pattern: str
    kinds: tuple[TextKind | None, ...]
    until: str = ""
    within: State | None = None

    @property
    def grouped(self) -> bool:
        return re.compile(self.pattern).groups > 0


def words(names: tuple[str, ...]) -> str:
    """Any of the words, whole."""
    return rf"\b(?:{'|'.join(sorted(names, key=lambda n: (-len(n), n)))})\b"


def vocabulary() -> dict[TextKind, tuple[str, ...]]:
    """The language's own words, by what they are wherever they are no names."""
    return {
        TextKind.KEYWORD: tuple(word for word in HARD if word not in CONSTANTS),
        TextKind.CONSTANT: CONSTANTS,
        TextKind.OP: tuple(ops()),
        TextKind.BLOCK: (*catalogue.library().names, "path"),
        TextKind.FUNCTION: tuple(FUNCTIONS),
    }


@cache
def rules() -> dict[State, tuple[ColourRule, ...]]:
    """The rules of every state, in the order in which they are tried."""
    return {
        State.LINE: (*_texts(), *openings(), *_expressions(_line_names())),
        State.INSIDE: (*_texts(), *_expressions(_inner_names())),
        State.TEMPLATE: (
            ColourRule(r"\}[A-Za-z0-9_]*\{", (TextKind.NAME,)),
            *_texts(),
            *_expressions(_inner_names()),
        ),
        State.IMPORT: (
            *_texts(),
            ColourRule(r"\b(?:import|as)\b", (TextKind.KEYWORD,)),
            ColourRule(NAME, (TextKind.NAME,)),
            ColourRule(",", (TextKind.PUNCTUATION,)),
        ),
    }


def _texts() -> tuple[ColourRule, ...]:
    return (
        ColourRule(r"#[^\n]*", (TextKind.COMMENT,)),
        ColourRule('"""', (TextKind.DOC,), until='"""'),
        ColourRule("'''", (TextKind.DOC,), until="'''"),
        ColourRule(r'"(?:[^"\\\n]|\\.)*"', (TextKind.STRING,)),
        ColourRule(r"'(?:[^'\\\n]|\\.)*'", (TextKind.STRING,)),
    )


def openings() -> tuple[ColourRule, ...]:
    """Lines that open a statement; what may not follow the word makes a name of it."""
    named = "|".join(word for word in DECLARATIONS if word != "from")
    plain = "|".join(word for word in OPENERS if word not in DECLARATIONS)
    called = "|".join(CALLED)
    name_after = r"(?![ \t]*(?:=(?!=)|->|:|,|\.|\[|\*|\bif\b|$|#))"
    return (
        ColourRule(r"^(archdsl)(?=[ \t]+[0-9])", (TextKind.KEYWORD,)),
        ColourRule(r"^(from)(?=[ \t]*[\"'])", (TextKind.KEYWORD,), until=r"$", within=State.IMPORT),
        ColourRule(
            rf"^([ \t]*)({named})([ \t]+)(?!if\b)({NAME})",
            (None, TextKind.KEYWORD, None, TextKind.DECLARED),
        ),
        ColourRule(
            rf"^([ \t]*)({plain})\b(?!\{{){name_after}(?![ \t]*\()", (None, TextKind.KEYWORD)
        ),
        ColourRule(rf"^([ \t]*)({called})\b(?=[ \t]*\()", (None, TextKind.KEYWORD)),
    )


def _line_names() -> tuple[ColourRule, ...]:
    """A name before `=` is a step's."""
    return (ColourRule(rf"{NAME}(?=[ \t]*=(?!=))", (TextKind.TAP,)),)


def _inner_names() -> tuple[ColourRule, ...]:
    """A name before `=` is an argument's; a type stands behind a parameter."""
    return (
        ColourRule(rf"{NAME}(?=[ \t]*=(?!=))", (TextKind.ARGUMENT,)),
        ColourRule(
            rf"(:)([ \t]*)({words(type_names())})", (TextKind.PUNCTUATION, None, TextKind.TYPE)
        ),
    )


def _expressions(names: tuple[ColourRule, ...]) -> tuple[ColourRule, ...]:
    known = {kind: ColourRule(words(listed), (kind,)) for kind, listed in vocabulary().items()}
    return (
        ColourRule(rf"(?:{NAME})?\{{", (TextKind.NAME,), until=TEMPLATE_END, within=State.TEMPLATE),
        ColourRule(r"(\.)([0-9]+)\b", (TextKind.PUNCTUATION, TextKind.NUMBER)),
        ColourRule(r"[0-9]+(?:x[0-9]+)+\b", (TextKind.NUMBER,)),
        ColourRule(r"[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+|[KMGT])?\b", (TextKind.NUMBER,)),
        ColourRule(rf"(\.)({NAME})", (TextKind.PUNCTUATION, TextKind.ATTRIBUTE)),
        known[TextKind.KEYWORD],
        known[TextKind.CONSTANT],
        *names,
        known[TextKind.OP],
        known[TextKind.BLOCK],
        known[TextKind.FUNCTION],
        ColourRule(NAME, (TextKind.NAME,)),
        ColourRule(r"->|\*\*|//|==|!=|<=|>=|[-+*/%<>=]", (TextKind.OPERATOR,)),
        ColourRule(r"[(\[]", (TextKind.PUNCTUATION,), until=r"[)\]]", within=State.INSIDE),
        ColourRule(r"::|[:,]", (TextKind.PUNCTUATION,)),
    )
