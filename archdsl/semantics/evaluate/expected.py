"""The kind of value that is expected in a place, since a name can mean several things."""

from functools import cache

from msgspec import Struct


class Expected(Struct, frozen=True):
    """A step or a value; the bare words that an op's argument accepts; a parameter's type."""

    step: bool = False
    words: frozenset[str] = frozenset()
    place: str = ""  # the argument that accepts them, for messages
    type: str = ""


VALUE = Expected()
STEP = Expected(step=True)
TENSOR = Expected(type="tensor")


@cache
def typed(type: str) -> Expected:
    """The expectation of a parameter with this type; the empty type takes anything."""
    return Expected(type=type)
