"""Colours for Emacs: the language's words, and what font lock does with them (`emacs.el`)."""

from importlib.resources import files

from archdsl.editors.rules import vocabulary
from archdsl.semantics.names.parameters import type_names
from archdsl.syntax.words import CALLED, DECLARATIONS, OPENERS

HEAD = ";;; arch-colours.el --- colours of .arch files -*- lexical-binding: t -*-\n"


def emacs() -> str:
    """The file that defines `arch-colours`, for the mode to use."""
    lists = {
        "statement": OPENERS,
        "called": CALLED,
        "declaration": tuple(word for word in DECLARATIONS if word != "from"),
        "type": type_names(),
        **{kind.name.lower(): words for kind, words in vocabulary().items()},
    }
    lines = [f"    ({name} {' '.join(map(_quoted, words))})" for name, words in lists.items()]
    words = "(defconst arch-words\n  '(\n" + "\n".join(lines) + "))\n"
    return "\n".join((HEAD, words, (files(__package__) / "emacs.el").read_text(encoding="utf-8")))


def _quoted(word: str) -> str:
    return f'"{word}"'
