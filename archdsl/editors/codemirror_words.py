"""The language's words as JavaScript, for CodeMirror: `codemirror/tokens.js` asks for them."""

import json

from archdsl.editors.rules import TextKind, openings, vocabulary
from archdsl.semantics.names.parameters import type_names

HEAD = "// The words of the language. Printed by `python -m archdsl.editors`.\n\n"
TERMS = {
    TextKind.KEYWORD: "Keyword",
    TextKind.CONSTANT: "Constant",
    TextKind.OP: "Op",
    TextKind.BLOCK: "LibraryBlock",
    TextKind.FUNCTION: "Function",
}


def codemirror_words() -> str:
    """A module with the words by the grammar's term, and the patterns of lines that open a
    statement, each with the group of its keyword."""
    words = {TERMS[kind]: sorted(listed) for kind, listed in vocabulary().items()}
    words["Type"] = sorted(type_names())
    opening = [
        {"pattern": rule.pattern, "group": rule.kinds.index(TextKind.KEYWORD) + 1}
        for rule in openings()
    ]
    return (
        f"{HEAD}export const words = {json.dumps(words, indent=2)};\n\n"
        f"export const openings = {json.dumps(opening, indent=2)};\n"
    )
