"""Text that steers nothing on its way to a terminal or an editor.

Control characters, those that turn the direction of text and halves of surrogate pairs are written
as their numbers; what can be seen stays as it is.
"""

import re
from collections.abc import Callable


def visible(text: str) -> str:
    """Text for people: what cannot be seen is written as `<U+202E>`."""
    return _spelt(text, lambda c: f"<U+{ord(c):04X}>")


def one_line(text: str) -> str:
    """Text for people that stays on its line: its own line ends and tabs are numbers too."""
    return "".join(f"<U+{ord(c):04X}>" if c in "\n\t" else c for c in visible(text))


def cut(text: str, length: int) -> str:
    """Text that is no longer than this; what has no room is an ellipsis."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def python_text(text: str) -> str:
    """The inside of a Python string whose backslashes are doubled: `\\x1b`, `\\u202e`."""
    return _spelt(text, lambda c: c.encode("unicode_escape").decode("ascii"))


def json_text(value: object, *, indent: int | None = None) -> str:
    """A value as JSON: any parser reads the value's own characters from what can be seen."""
    import json  # not every command writes some

    return _spelt(json.dumps(value, ensure_ascii=False, indent=indent), _utf16)


def _spelt(text: str, spell: Callable[[str], str]) -> str:
    """The text with all that is neither printable nor a line end or tab spelt otherwise."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else spell(c) for c in text)


def _utf16(character: str) -> str:
    """By UTF-16's numbers, as JSON has them: beyond the first plane there are two."""
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return re.sub("....", r"\\u\g<0>", units)
