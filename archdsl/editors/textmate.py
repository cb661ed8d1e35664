"""The TextMate grammar: colours for VS Code, Sublime Text, JetBrains and whatever reads one."""

import json
from typing import Any

from archdsl.editors.rules import ColourRule, State, TextKind, rules

SCOPE = "arch"
Pattern = dict[str, Any]


def textmate() -> str:
    """The grammar as JSON."""
    grammar = {
        "name": "archdsl",
        "scopeName": f"source.{SCOPE}",
        "fileTypes": ["arch"],
        "patterns": [_include(State.LINE)],
        "repository": {
            state.value: {"patterns": list(map(_pattern, listed))}
            for state, listed in rules().items()
        },
    }
    return json.dumps(grammar, indent=2) + "\n"


def _include(state: State) -> Pattern:
    return {"include": f"#{state.value}"}


def _pattern(rule: ColourRule) -> Pattern:
    if not rule.until:
        return {"match": rule.pattern, **_scopes(rule, "captures")}
    if rule.within is None:
        return {"begin": rule.pattern, "end": rule.until, "name": _scope(rule.kinds[0])}
    return {
        "begin": rule.pattern,
        **_scopes(rule, "beginCaptures"),
        "end": rule.until,
        "endCaptures": {"0": {"name": _scope(rule.kinds[0])}},
        "patterns": [_include(rule.within)],
    }


def _scopes(rule: ColourRule, captures: str) -> Pattern:
    if not rule.grouped and captures == "captures":
        return {"name": _scope(rule.kinds[0])}
    first = 1 if rule.grouped else 0
    named = {
        str(index): {"name": _scope(kind)}
        for index, kind in enumerate(rule.kinds, first)
        if kind is not None
    }
    return {captures: named}


def _scope(kind: TextKind | None) -> str:
    assert kind is not None
    return f"{kind.value}.{SCOPE}"
