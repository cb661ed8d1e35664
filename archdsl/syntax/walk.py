"""The nodes below a node, without recursion."""

from collections.abc import Iterator
from dataclasses import fields
from typing import get_args

from archdsl.syntax import tree

EXPRESSIONS: tuple[type, ...] = get_args(tree.Expr)


def children(node: tree.Node | tree.File) -> Iterator[tree.Node]:
    """A node's direct parts, in the order of their fields."""
    for field in fields(node):
        yield from _nodes(getattr(node, field.name))


def descendants(node: tree.Node | tree.File) -> Iterator[tree.Node]:
    """Everything below a node, each before its own parts, in the order of the text."""
    waiting = list(children(node))[::-1]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += list(children(found))[::-1]


def deepest(expression: tree.Expr) -> int:
    """How many expressions stand inside one another; a line inside a suite counts afresh."""
    most = 0
    waiting: list[tuple[tree.Node, int]] = [(expression, 1)]
    while waiting:
        node, depth = waiting.pop()
        most = max(most, depth)
        below = depth + 1 if isinstance(node, EXPRESSIONS) else depth
        waiting += [(child, below) for child in children(node) if not isinstance(child, tree.Flow)]
    return most


def _nodes(value: object) -> Iterator[tree.Node]:
    if isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)
    elif isinstance(value, NODES):
        yield value


NODES: tuple[type, ...] = get_args(tree.Node)
