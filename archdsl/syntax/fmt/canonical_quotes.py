"""Strings and docstrings in their canonical quotes; what they say stays the same."""

import re

from archdsl.syntax.literals import docstring

_PAIR = re.compile(r"\\(.)", re.DOTALL)


def plain_string(text: str) -> str:
    """A string in double quotes, unless single ones save escapes."""
    body = _PAIR.sub(lambda pair: pair[1] if pair[1] in "\"'" else pair[0], text[1:-1])
    quote = "'" if body.count('"') > body.count("'") else '"'
    return quote + body.replace(quote, f"\\{quote}") + quote


def plain_docstring(text: str, indent: int) -> list[str]:
    """The lines of a docstring; the first line of its text stays where it stood, the end too."""
    said = docstring(text)
    quotes = "'''" if text.startswith("'''") and '"' in said else '"""'
    raw = text[3:-3].split("\n")
    lines = said.split("\n")
    if said and not raw[0].strip():
        lines.insert(0, "")
    if len(raw) > 1 and said and not raw[-1].strip():
        lines.append("")
    elif said.endswith(quotes[0]):
        lines[-1] += " "
    lines[0] = quotes + lines[0]
    lines[-1] += quotes
    blanks = " " * indent
    return [(blanks + line).rstrip() for line in lines]
