"""The rules as JavaScript, for CodeMirror: `codemirror/language.js` reads lines by them."""

import json
from typing import Any

from archdsl.editors.rules import Kind, Rule, rules

HEAD = "// The rules of colouring by state. Printed by `python -m archdsl.editors`.\n\n"


def codemirror_rules() -> str:
    """A module with the rules of every state, in the order in which they are tried."""
    states = {state.value: list(map(_rule, listed)) for state, listed in rules().items()}
    return f"{HEAD}export const rules = {json.dumps(states, indent=2)};\n"


def _rule(rule: Rule) -> dict[str, Any]:
    written: dict[str, Any] = {"pattern": rule.pattern, "kinds": list(map(_kind, rule.kinds))}
    if rule.grouped:
        written["grouped"] = True
    if rule.until:
        written["until"] = rule.until
    if rule.within is not None:
        written["within"] = rule.within.value
    return written


def _kind(kind: Kind | None) -> str | None:
    return None if kind is None else kind.name.lower()
