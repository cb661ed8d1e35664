"""The Pygments lexer: `.arch` in colours for Sphinx, MkDocs, Jupyter, rich and web sites."""

from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
    _TokenType,
)

from archdsl.editors.rules import ColourRule, State, TextKind, rules

TOKENS: dict[TextKind | None, _TokenType] = {
    TextKind.KEYWORD: Keyword,
    TextKind.DECLARED: Name.Class,
    TextKind.OP: Name.Function,
    TextKind.BLOCK: Name.Function,
    TextKind.FUNCTION: Name.Builtin,
    TextKind.TYPE: Keyword.Type,
    TextKind.CONSTANT: Keyword.Constant,
    TextKind.NUMBER: Number,
    TextKind.STRING: String,
    TextKind.DOC: String.Doc,
    TextKind.COMMENT: Comment.Single,
    TextKind.ARGUMENT: Name.Attribute,
    TextKind.TAP: Name.Variable,
    TextKind.ATTRIBUTE: Name.Property,
    TextKind.NAME: Name,
    TextKind.OPERATOR: Operator,
    TextKind.PUNCTUATION: Punctuation,
    None: Whitespace,
}
NAMES = {State.LINE: "root"}


def _states() -> dict[str, list[Any]]:
    """Pygments' states, of which it begins in `root`: how one ends stands first in it."""
    ends = {r.within: r for listed in rules().values() for r in listed if r.within is not None}
    states: dict[str, list[Any]] = {}
    for state, listed in rules().items():
        end = [(ends[state].until, TOKENS[ends[state].kinds[0]], "#pop")] if state in ends else []
        blanks = (r"[ \t\f\r]+|\n", Whitespace)  # a line begins behind its `\n`
        states[NAMES.get(state, state.value)] = [*end, *map(_rule, listed), blanks]
    return states


def _rule(rule: ColourRule) -> tuple[Any, ...]:
    kinds = tuple(TOKENS[kind] for kind in rule.kinds)
    token = bygroups(*kinds) if rule.grouped else kinds[0]
    if rule.within is not None:
        return rule.pattern, token, rule.within.value
    if rule.until:
        return rf"{rule.pattern}[\s\S]*?(?:{rule.until}|\Z)", token
    return rule.pattern, token


class ArchLexer(RegexLexer):
    """Specs of neural-network architectures."""

    name = "archdsl"
    aliases: ClassVar[list[str]] = ["arch", "archdsl"]
    filenames: ClassVar[list[str]] = ["*.arch"]
    mimetypes: ClassVar[list[str]] = ["text/x-archdsl"]
    tokens = _states()
