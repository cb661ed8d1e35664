"""Which scopes become classes, and which of them one class: by definition, insides first."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from archdsl.ir.graph import Scope
from archdsl.transforms.classes.regions import inline

Key = tuple[object, ...]


class Group(Struct, frozen=True):
    """The instances of one definition in running order.

    `word` is what to name the class after, `owner` the block around; `chain` says that it is a
    named chain and no block of its own, `inner` that it is not the network. `scopes` stand for
    themselves, `contexts` are the same with the arguments and names of the block around where a
    chain has none of its own.
    """

    word: str
    owner: str
    chain: bool
    inner: bool
    scopes: tuple[Scope, ...]
    contexts: tuple[Scope, ...]


class _Found(Struct):
    key: Key
    word: str
    owner: str
    context: Scope
    height: int = 0


def groups(root: Scope) -> tuple[Group, ...]:
    """Every class in the making, those that others contain before them, the root's last."""
    found: dict[Scope, _Found] = {}
    _find(root, _Found(("root",), root.block, "", root), found)
    recursive = _recursive(found)
    for entry in found.values():
        if entry.key in recursive:
            entry.key = (*entry.key, entry.height)
    ordered: list[Key] = []
    members: dict[Key, list[Scope]] = {}
    for scope, entry in found.items():
        members.setdefault(entry.key, []).append(scope)
    _arrange(found[root].key, members, found, ordered)
    return tuple(_group(members[key], found, root) for key in ordered)


def _group(scopes: list[Scope], found: dict[Scope, _Found], root: Scope) -> Group:
    first = found[scopes[0]]
    contexts = tuple(found[scope].context for scope in scopes)
    chain, inner = not scopes[0].block, scopes[0] is not root
    return Group(first.word, first.owner, chain, inner, tuple(scopes), contexts)


def _find(scope: Scope, entry: _Found, found: dict[Scope, _Found]) -> int:
    """Enters a scope and all below it; gives its height."""
    if scope in found:
        return found[scope].height
    found[scope] = entry
    for child, child_entry in _children(scope, entry.context, entry.word):
        entry.height = max(entry.height, _find(child, child_entry, found) + 1)
    return entry.height


def _children(scope: Scope, context: Scope, around: str) -> Iterator[tuple[Scope, _Found]]:
    """The scopes with classes of their own right below, through chains written in place."""
    for step in scope.steps:
        target = step.target
        if not isinstance(target, Scope):
            continue
        if inline(target):
            yield from _children(target, context, around)
        elif target.block:
            key: Key = (id(target.definition) if target.definition else target.block,)
            yield target, _Found(key, target.block, context.block, target)
        else:
            node = step.trail[-1].node if step.trail else step
            word = step.name.rstrip("0123456789_") or _part(around)
            inner = replace(
                target,
                block=context.block,
                arguments=context.arguments,
                values=(*context.values, *target.values),
                definition=context.definition,
            )
            yield target, _Found((id(node), word), word, context.block, inner)


def _part(whole: str) -> str:
    """What to call a chain that bears but a number: `layer` among `layers`."""
    plural = whole.endswith("s") and not whole.endswith("ss")
    return whole[:-1] if plural else f"{whole}_part"


def _edges(found: dict[Scope, _Found]) -> dict[Key, dict[Key, None]]:
    edges: dict[Key, dict[Key, None]] = {}
    for scope, entry in found.items():
        below = edges.setdefault(entry.key, {})
        for child, _ in _children(scope, entry.context, entry.word):
            below.setdefault(found[child].key)
    return edges


def _recursive(found: dict[Scope, _Found]) -> set[Key]:
    """The definitions that contain themselves."""
    edges = _edges(found)

    def reaches(start: Key) -> bool:
        seen: set[Key] = set()
        pending = list(edges[start])
        while pending:
            key = pending.pop()
            if key == start:
                return True
            if key not in seen:
                seen.add(key)
                pending.extend(edges[key])
        return False

    return {key for key in edges if reaches(key)}


def _arrange(
    key: Key, members: dict[Key, list[Scope]], found: dict[Scope, _Found], ordered: list[Key]
) -> None:
    if key in ordered:
        return
    for scope in members[key]:
        for child, _ in _children(scope, found[scope].context, found[scope].word):
            _arrange(found[child].key, members, found, ordered)
    ordered.append(key)
