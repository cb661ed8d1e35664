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


class Kind(Enum):
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


class Rule(Struct, frozen=True):
    """A pattern, and the kind of each of its groups; of the whole where it has no group.

    With `until` the text goes on to that pattern, over lines if need be: in the state `within`, or
    as one piece of the same kind.
    """

    pattern: str
    kinds: tuple[Kind | None, ...]
    until: str = ""
    within: State | None = None

    @property
    def grouped(self) -> bool:
        return re.compile(self.pattern).groups > 0


def words(names: tuple[str, ...]) -> str:
    """Any of the words, whole."""
    return rf"\b(?:{'|'.join(sorted(names, key=lambda n: (-len(n), n)))})\b"


def vocabulary() -> dict[Kind, tuple[str, ...]]:
    """The language's own words, by what they are wherever they are no names."""
    return {
        Kind.KEYWORD: tuple(word for word in HARD if word not in CONSTANTS),
        Kind.CONSTANT: CONSTANTS,
        Kind.OP: tuple(ops()),
        Kind.BLOCK: (*catalogue.library().names, "path"),
        Kind.FUNCTION: tuple(FUNCTIONS),
    }


@cache
def rules() -> dict[State, tuple[Rule, ...]]:
    """The rules of every state, in the order in which they are tried."""
    return {
        State.LINE: (*_texts(), *openings(), *_expressions(_line_names())),
        State.INSIDE: (*_texts(), *_expressions(_inner_names())),
        State.TEMPLATE: (
            Rule(r"\}[A-Za-z0-9_]*\{", (Kind.NAME,)),
            *_texts(),
            *_expressions(_inner_names()),
        ),
        State.IMPORT: (
            *_texts(),
            Rule(r"\b(?:import|as)\b", (Kind.KEYWORD,)),
            Rule(NAME, (Kind.NAME,)),
            Rule(",", (Kind.PUNCTUATION,)),
        ),
    }


def _texts() -> tuple[Rule, ...]:
    return (
        Rule(r"#[^\n]*", (Kind.COMMENT,)),
        Rule('"""', (Kind.DOC,), until='"""'),
        Rule("'''", (Kind.DOC,), until="'''"),
        Rule(r'"(?:[^"\\\n]|\\.)*"', (Kind.STRING,)),
        Rule(r"'(?:[^'\\\n]|\\.)*'", (Kind.STRING,)),
    )


def openings() -> tuple[Rule, ...]:
    """Lines that open a statement; what may not follow the word makes a name of it."""
    named = "|".join(word for word in DECLARATIONS if word != "from")
    plain = "|".join(word for word in OPENERS if word not in DECLARATIONS)
    called = "|".join(CALLED)
    name_after = r"(?![ \t]*(?:=(?!=)|->|:|,|\.|\[|\*|\bif\b|$|#))"
    return (
        Rule(r"^(archdsl)(?=[ \t]+[0-9])", (Kind.KEYWORD,)),
        Rule(r"^(from)(?=[ \t]*[\"'])", (Kind.KEYWORD,), until=r"$", within=State.IMPORT),
        Rule(
            rf"^([ \t]*)({named})([ \t]+)(?!if\b)({NAME})",
            (None, Kind.KEYWORD, None, Kind.DECLARED),
        ),
        Rule(rf"^([ \t]*)({plain})\b(?!\{{){name_after}(?![ \t]*\()", (None, Kind.KEYWORD)),
        Rule(rf"^([ \t]*)({called})\b(?=[ \t]*\()", (None, Kind.KEYWORD)),
    )


def _line_names() -> tuple[Rule, ...]:
    """A name before `=` is a step's."""
    return (Rule(rf"{NAME}(?=[ \t]*=(?!=))", (Kind.TAP,)),)


def _inner_names() -> tuple[Rule, ...]:
    """A name before `=` is an argument's; a type stands behind a parameter."""
    return (
        Rule(rf"{NAME}(?=[ \t]*=(?!=))", (Kind.ARGUMENT,)),
        Rule(rf"(:)([ \t]*)({words(type_names())})", (Kind.PUNCTUATION, None, Kind.TYPE)),
    )


def _expressions(names: tuple[Rule, ...]) -> tuple[Rule, ...]:
    known = {kind: Rule(words(listed), (kind,)) for kind, listed in vocabulary().items()}
    return (
        Rule(rf"(?:{NAME})?\{{", (Kind.NAME,), until=TEMPLATE_END, within=State.TEMPLATE),
        Rule(r"(\.)([0-9]+)\b", (Kind.PUNCTUATION, Kind.NUMBER)),
        Rule(r"[0-9]+(?:x[0-9]+)+\b", (Kind.NUMBER,)),
        Rule(r"[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+|[KMGT])?\b", (Kind.NUMBER,)),
        Rule(rf"(\.)({NAME})", (Kind.PUNCTUATION, Kind.ATTRIBUTE)),
        known[Kind.KEYWORD],
        known[Kind.CONSTANT],
        *names,
        known[Kind.OP],
        known[Kind.BLOCK],
        known[Kind.FUNCTION],
        Rule(NAME, (Kind.NAME,)),
        Rule(r"->|\*\*|//|==|!=|<=|>=|[-+*/%<>=]", (Kind.OPERATOR,)),
        Rule(r"[(\[]", (Kind.PUNCTUATION,), until=r"[)\]]", within=State.INSIDE),
        Rule(r"::|[:,]", (Kind.PUNCTUATION,)),
    )
