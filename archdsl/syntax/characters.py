"""Characters that are no part of the language, by the names people know, and what to write."""

import unicodedata

_QUOTE = "a curly quote", 'write a straight quote: `"`'
_SPACE = "write an ordinary space"
_REMOVE = "delete it: it is invisible and changes how the line reads"
_MINUS = "write the hyphen of the keyboard: `-`"

_ODDITIES = {
    "\N{LEFT DOUBLE QUOTATION MARK}": _QUOTE,
    "\N{RIGHT DOUBLE QUOTATION MARK}": _QUOTE,
    "\N{DOUBLE LOW-9 QUOTATION MARK}": _QUOTE,
    "\N{LEFT SINGLE QUOTATION MARK}": _QUOTE,
    "\N{RIGHT SINGLE QUOTATION MARK}": _QUOTE,
    "\N{MULTIPLICATION SIGN}": (
        "a multiplication sign",
        "write `x` in shapes (`3x224x224`) and `*` in products",
    ),
    "\N{RIGHTWARDS ARROW}": ("an arrow character", "write `->`"),
    "\N{LONG RIGHTWARDS ARROW}": ("an arrow character", "write `->`"),
    "\N{MINUS SIGN}": ("a minus sign", _MINUS),
    "\N{EN DASH}": ("a dash", _MINUS),
    "\N{EM DASH}": ("a dash", _MINUS),
    "\N{NON-BREAKING HYPHEN}": ("a non-breaking hyphen", _MINUS),
    "\N{LESS-THAN OR EQUAL TO}": ("a sign of mathematics", "write `<=`"),
    "\N{GREATER-THAN OR EQUAL TO}": ("a sign of mathematics", "write `>=`"),
    "\N{NOT EQUAL TO}": ("a sign of mathematics", "write `!=`"),
    "\N{MIDDLE DOT}": ("a middle dot", "write `*` for a product"),
    "\N{HORIZONTAL ELLIPSIS}": ("an ellipsis", "write out what stands for it"),
    "\N{NO-BREAK SPACE}": ("a non-breaking space", _SPACE),
    "\N{NARROW NO-BREAK SPACE}": ("a non-breaking space", _SPACE),
    "\N{IDEOGRAPHIC SPACE}": ("a wide space", _SPACE),
    "\N{ZERO WIDTH SPACE}": ("a space without width", _REMOVE),
    "\N{ZERO WIDTH NO-BREAK SPACE}": ("a byte order mark", _REMOVE),
    "\r": ("a carriage return alone", "end lines with a line feed"),
    ";": ("a semicolon", "write each statement on a line of its own"),
    "\\": ("a backslash", "break a long line inside brackets, or before `->`"),
    "&": ("an ampersand", "write `and`"),
    "|": ("a vertical bar", "write `->` between steps, `or` between conditions"),
    "!": ("an exclamation mark", "write `not`, or `!=`"),
    "@": ("an at sign", "leave it out: blocks have no decorators"),
    "^": ("a caret", "write `**` for a power"),
}


def describe_character(character: str) -> tuple[str, str]:
    """The name of an unknown character, for a sentence, and the text to write instead (or none)."""
    known = _ODDITIES.get(character)
    if known is not None:
        return f"{visible(character)} is {known[0]}", known[1]
    if unicodedata.bidirectional(character) in _BIDI_CONTROLS:
        return f"{visible(character)} turns the direction of the text round", _REMOVE
    if character.isspace():
        return f"{visible(character)} is a space of another kind", _SPACE
    if unicodedata.category(character).startswith("C"):
        return f"{visible(character)} is a control character", _REMOVE
    return f"{visible(character)} is not part of the language", ""


def visible(character: str) -> str:
    """A character for a sentence: itself where it can be seen, and its number where it is odd."""
    if character.isascii() and character.isprintable():
        return f"`{character}`"
    number = f"U+{ord(character):04X}"
    if not character.isprintable() or character.isspace():
        return number
    return f"`{character}` ({number})"


_BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
