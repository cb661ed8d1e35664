"""Whether two trees say the same, wherever their text stands."""

from archdsl.syntax import tree
from archdsl.syntax.walk import is_node


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
