"""Trees looked through without recursion: the nodes below a node, and whether two say the same."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard, get_args

from msgspec import Struct
from msgspec.structs import replace

from archdsl.syntax import tree

NODES: tuple[type[Struct], ...] = get_args(tree.Node)
KINDS: tuple[type[Struct], ...] = (*NODES, tree.File)
# The names of a kind of node's fields, places aside.
_FIELDS: dict[type[Struct], tuple[str, ...]] = {
    kind: tuple(name for name in kind.__struct_fields__ if name not in ("span", "source"))
    for kind in KINDS
}
EXPRESSIONS: tuple[type, ...] = get_args(tree.Expr)


def is_node(value: object) -> TypeGuard[tree.Node]:
    return type(value) in _FIELDS


def is_expression(node: tree.Node) -> TypeGuard[tree.Expr]:
    return isinstance(node, EXPRESSIONS)


def children(node: tree.Node | tree.File) -> list[tree.Node]:
    """A node's direct parts, in the order of their fields."""
    parts: list[tree.Node] = []
    for name in _FIELDS[type(node)]:
        _gather(getattr(node, name), parts)
    return parts


def descendants(node: tree.Node | tree.File) -> Iterator[tree.Node]:
    """Everything below a node, each before its own parts, in the order of the text."""
    waiting = children(node)[::-1]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += children(part)[::-1]


def last_item(value: tree.Expr) -> tree.Expr:
    """The end of a chain; of anything else, that itself."""
    return value.items[-1] if isinstance(value, tree.Chain) else value


def exchanged(expression: tree.Expr, meanings: Mapping[str, tree.Expr]) -> tree.Expr:
    """The same with names that stand for other expressions written out."""
    written_out: tree.Expr = _exchanged(expression, meanings)
    return written_out


def _exchanged(value: Any, meanings: Mapping[str, tree.Expr]) -> Any:
    if isinstance(value, tree.Name):
        return meanings.get(value.id, value)
    if isinstance(value, tuple):
        return tuple(_exchanged(item, meanings) for item in value)
    if not is_node(value):
        return value
    changed = {}
    for name in _FIELDS[type(value)]:
        part = getattr(value, name)
        if not (isinstance(value, tree.Argument | tree.Attribute) and name == "name"):
            changed[name] = _exchanged(part, meanings)
    return replace(value, **changed)


def renewed(value: Any) -> Any:
    """The same node of new nodes throughout: as if it had been read once more."""
    if is_node(value):
        fields = [renewed(getattr(value, name)) for name in value.__struct_fields__]
        return type(value)(*fields)
    return tuple(map(renewed, value)) if isinstance(value, tuple) else value


def deepest(expression: tree.Expr) -> int:
    """The depth of nested expressions; a line inside a suite counts afresh."""
    most = 0
    waiting: list[tuple[tree.Node, int]] = [(expression, 1)]
    while waiting:
        node, depth = waiting.pop()
        most = max(most, depth)
        below = depth + 1 if is_expression(node) else depth
        waiting += [(child, below) for child in children(node) if not isinstance(child, tree.Flow)]
    return most


def _gather(value: object, nodes: list[tree.Node]) -> None:
    """Appends the nodes that a field holds."""
    if is_node(value):
        nodes.append(value)
    elif isinstance(value, tuple):
        for item in value:
            _gather(item, nodes)


def same(a: object, b: object) -> bool:
    """Structural equality without spans and sources; `1`, `1.0` and `true` are different."""
    waiting = [(a, b)]
    while waiting:
        left, right = waiting.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, tuple) and isinstance(right, tuple):
            if len(left) != len(right):
                return False
            waiting += zip(left, right, strict=True)
        elif is_node(left) or isinstance(left, tree.File):
            waiting += [(getattr(left, name), getattr(right, name)) for name in _facts(left)]
        elif left != right:
            return False
    return True


def _facts(node: tree.Node | tree.File) -> list[str]:
    return [name for name in node.__struct_fields__ if name not in ("span", "source")]
