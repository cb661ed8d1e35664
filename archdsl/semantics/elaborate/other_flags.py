"""Other words for a word, and tuples with other flags and words beside their numbers: what an
argument switches on and off."""

from itertools import starmap
from typing import Any

from archdsl.semantics.elaborate.questions import Definition
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants

Row = tuple[Any, ...]
MOST = 3  # times that the flags and words of a tuple are changed
NO_WORD = "other"  # that no definition knows


def other_words(word: str, definition: Definition) -> tuple[str, ...]:
    """The words that a definition knows, and one that it does not know."""
    return tuple(other for other in (*_words(definition), NO_WORD) if other != word)


def with_other_flags(row: Row, definition: Definition) -> tuple[tuple[Row, ...], ...]:
    """The row with all flags on, all off, and every second one on; with the same word everywhere.
    Where words stand among numbers: with a number for each word; turned round by one place or two.

    What stands in one place of several rows is a row of its own. Each comes with an alternative
    where zeros beside a flag mean nothing: with another number of their place.
    """
    words = _words(definition)
    others: list[tuple[Row, ...]] = []
    for k in range(MOST):
        changed = _changed(row, k, words)
        if changed != row and all(changed not in known for known in others):
            filled = _without_zeros(changed)
            others.append((changed,) if filled == changed else (changed, filled))
    return tuple(others)


def _without_zeros(row: Row) -> Row:
    """The row with the largest number of their place instead of zeros."""
    if row and all(isinstance(item, tuple) and len(item) == len(row[0]) for item in row):
        columns = (_without_zeros(column) for column in zip(*row, strict=True))
        return tuple(zip(*columns, strict=True))
    largest = max((item for item in row if type(item) is int), default=0)
    return tuple(largest if type(item) is int and item == 0 else item for item in row)


def _words(definition: Definition) -> list[str]:
    """The strings with which a definition compares something."""
    compared = (node for node in descendants(definition) if isinstance(node, tree.Compare))
    parts = (part for node in compared for part in descendants(node))
    words = (part.value for part in parts if isinstance(part, tree.Constant))
    return list(dict.fromkeys(word for word in words if isinstance(word, str)))


def _changed(row: Row, k: int, words: list[str]) -> Row:
    if row and all(isinstance(item, tuple) and len(item) == len(row[0]) for item in row):
        columns = (_changed(column, k, words) for column in zip(*row, strict=True))
        return tuple(zip(*columns, strict=True))
    numbers = [item for item in row if type(item) is int or type(item) is float]
    told = list(dict.fromkeys(item for item in row if item is None or isinstance(item, str)))
    if told and numbers and k > 0:
        return row[k:] + row[:k]
    others = numbers[:1] if numbers else [*told, *(w for w in words if w not in told)][k : k + 1]

    def change(place: int, item: Any) -> Any:
        match item:
            case tuple():
                return _changed(item, k, words)
            case bool():
                return k == 0 or (k == 2 and place % 2 == 1)
            case str() | None if others:
                return others[0]
        return item

    return tuple(starmap(change, enumerate(row)))
