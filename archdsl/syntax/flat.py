"""A tree as lists of numbers and words, and back: what can be kept in a file and is only data.

A node is the number of its class and its fields; the source is left out, and put in again. What no
reading could have made (another class, a name that is no word) makes no tree.
"""

import re
from typing import Any

from msgspec import Struct

from archdsl.base.source import Source, Span
from archdsl.syntax import tree

Flat = Any  # msgpack's own: numbers, words, None, lists

_CLASSES: tuple[type[Struct], ...] = tuple(
    c for c in vars(tree).values() if isinstance(c, type) and c.__module__ == tree.__name__
)
_NUMBERS = {kind: number for number, kind in enumerate(_CLASSES)}
_TUPLE, _SPAN, _SOURCE = -1, -2, -3
_PLAIN = (str, int, float, bool, type(None))
_TEXTS = (tree.Constant, tree.Doc, tree.Import)  # whose words are the user's own
_WORD = re.compile(r"\w*|[-+*/%<>=!]{1,2}|not in|is not")


class Unfit(Exception):
    """Lists that no tree has become."""


def flat(value: object, source: Source) -> Flat:
    """The lists for a tree of this source."""
    match value:
        case Span():
            return [_SPAN, value.start, value.end]
        case tuple():
            return [_TUPLE, *(flat(item, source) for item in value)]
        case Struct() if type(value) in _NUMBERS:
            fields = (getattr(value, name) for name in value.__struct_fields__)
            return [_NUMBERS[type(value)], *(flat(field, source) for field in fields)]
    if value is source:
        return [_SOURCE]
    if type(value) not in _PLAIN:
        raise Unfit
    return value


def unflat(node: Flat, source: Source) -> Any:
    """The tree that the lists stand for; raises `Unfit`."""
    if not isinstance(node, list):
        return node
    number, *parts = node
    if number == _SPAN:
        return _span(parts, source)
    if number == _SOURCE:
        return source
    values = [unflat(part, source) for part in parts]
    return tuple(values) if number == _TUPLE else _node(number, values)


def _span(parts: list[Flat], source: Source) -> Span:
    start, end = parts
    if not 0 <= start <= end <= len(source.text):
        raise Unfit
    return Span(source, start, end)


def _node(number: int, values: list[Any]) -> Struct:
    if not 0 <= number < len(_CLASSES):
        raise Unfit
    kind = _CLASSES[number]
    if len(values) != len(kind.__struct_fields__):
        raise Unfit
    if not issubclass(kind, _TEXTS):
        for value in values:
            for word in value if isinstance(value, tuple) else (value,):
                if isinstance(word, str) and not _WORD.fullmatch(word):
                    raise Unfit
    return kind(*values)
