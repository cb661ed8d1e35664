"""A string as the language writes it. `literals`, loaded for new text alone, reads it again."""

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'", "0": "\0"}
_ESCAPED = str.maketrans({c: f"\\{letter}" for letter, c in ESCAPES.items() if c != "'"})


def quoted(text: str) -> str:
    """A string that has this value, on one line."""
    return f'"{text.translate(_ESCAPED)}"'
