"""The smallest program with the same fault, by leaving parts out for as long as that works."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from .abstract import Either, For, Group, If, Line, Program, Times

TRIALS = 1500
MAY_BE_EMPTY = {"blocks", "named", "arguments", "parameters", "otherwise"}


def shrunk(program: Program, faulty: Callable[[Program], bool]) -> Program:
    """`faulty` holds of the program, and of what comes back."""
    left = TRIALS
    smaller_one = True
    while smaller_one and left > 0:
        smaller_one = False
        for smaller in _smaller(program):
            left -= 1
            if left < 0:
                break
            if faulty(smaller):
                program, smaller_one = smaller, True
                break
    return program


def _smaller(node: Any) -> Iterator[Any]:
    """The node with one part of it left out or made simpler, the largest parts first."""
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, tuple):
            for other in _smaller_tuple(value, field.name in MAY_BE_EMPTY):
                yield replace(node, **{field.name: other})
        elif is_dataclass(value):
            for other in _smaller(value):
                yield replace(node, **{field.name: other})
        elif (
            field.name in ("shape", "name") and value is not None and isinstance(node, Line | Group)
        ):
            yield replace(node, **{field.name: None})


def _smaller_tuple(items: tuple[Any, ...], may_be_empty: bool) -> Iterator[tuple[Any, ...]]:
    for place, item in enumerate(items):
        before, after = items[:place], items[place + 1 :]
        if len(items) > 1 or may_be_empty:
            yield before + after
        for inside in _opened(item):
            yield before + inside + after
        if is_dataclass(item):
            for other in _smaller(item):
                yield (*before, other, *after)
        elif isinstance(item, tuple):
            for other in _smaller_tuple(item, may_be_empty=False):
                if len(other) == len(item):
                    yield (*before, other, *after)


def _opened(item: Any) -> Iterator[tuple[Any, ...]]:
    """The parts of an item in its place."""
    if isinstance(item, For | If | Group):
        yield item.lines
    elif isinstance(item, Times):
        yield item.chain.links
    elif isinstance(item, Either):
        yield item.yes.links
        yield item.no.links
