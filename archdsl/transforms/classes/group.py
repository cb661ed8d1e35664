"""The scopes that become classes, those of one definition together, insides first."""

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from archdsl.ir.graph import Scope
from archdsl.transforms.classes.plan import InitRule
from archdsl.transforms.classes.regions import inline

Key = tuple[object, ...]


class Group(Struct, frozen=True):
    """The instances of one definition in running order.

    `word` is what to name the class after, `owner` the block around; `chain` says that it is a
    named chain and no block of its own, `inner` that it is not the network. `scopes` stand for
    themselves, `contexts` are the same with the arguments and names of the block around where a
    chain has none of its own. The first `own` of them are the program's, the others siblings;
    `like` tells for each which of the program's it stands in the place of, itself or -1.
    """

    word: str
    owner: str
    chain: bool
    inner: bool
    scopes: tuple[Scope, ...]
    contexts: tuple[Scope, ...]
    own: int
    like: tuple[int, ...]
    inits: tuple[tuple[InitRule, ...], ...] = ()  # the `init` rules of each of the program's

    def part(self, members: list[int]) -> "Group":
        """Some of the instances, in running order."""
        return replace(
            self,
            scopes=tuple(self.scopes[i] for i in members),
            contexts=tuple(self.contexts[i] for i in members),
            own=sum(i < self.own for i in members),
            like=(),
            inits=tuple(self.inits[i] for i in members if i < len(self.inits)),
        )


class _ScopeEntry(Struct):
    key: Key
    word: str
    owner: str
    context: Scope
    like: Scope | None = None  # of a sibling, the program's scope in whose place it stands
    height: int = 0


def groups(roots: Mapping[Scope, int], siblings: Mapping[Scope, Scope]) -> tuple[Group, ...]:
    """Every class in the making, those that others contain before them.

    `roots` are the networks, each with the number of its class; `siblings` stand for the scopes
    that they vary.
    """
    entries: dict[Scope, _ScopeEntry] = {}
    for root, number in roots.items():
        _find(root, _ScopeEntry(("network", number), root.block, "", root), entries)
    own = tuple(entries)
    for sibling, like in siblings.items():
        key = entries[like].key if like in roots else (id(sibling.definition),)
        _find(sibling, _ScopeEntry(key, sibling.block, "", sibling, like), entries)
    recursive = _recursive(entries)
    for entry in entries.values():
        if entry.key in recursive:
            entry.key = (*entry.key, entry.height)
    ordered: list[Key] = []
    members: dict[Key, list[Scope]] = {}
    for scope, entry in entries.items():
        members.setdefault(entry.key, []).append(scope)
    for root in roots:
        _arrange(entries[root].key, members, entries, ordered)
    whole = [_group(members[key], entries, roots, own) for key in ordered]
    return tuple(group for group in whole if group.own)


def _group(
    scopes: list[Scope],
    entries: dict[Scope, _ScopeEntry],
    roots: Collection[Scope],
    own: tuple[Scope, ...],
) -> Group:
    first = entries[scopes[0]]
    contexts = tuple(entries[scope].context for scope in scopes)
    chain, inner = not scopes[0].block, scopes[0] not in roots
    count = len(set(own).intersection(scopes))
    places = {scope: place for place, scope in enumerate(scopes[:count])}
    like = tuple(places.get(entries[scope].like or scope, -1) for scope in scopes)
    return Group(first.word, first.owner, chain, inner, tuple(scopes), contexts, count, like)


def _find(scope: Scope, entry: _ScopeEntry, entries: dict[Scope, _ScopeEntry]) -> int:
    """Enters a scope and all below it; gives its height."""
    if scope in entries:
        return entries[scope].height
    entries[scope] = entry
    for child, child_entry in _children(scope, entry.context, entry.word, entry.like):
        entry.height = max(entry.height, _find(child, child_entry, entries) + 1)
    return entry.height


def _children(
    scope: Scope, context: Scope, around: str, like: Scope | None = None
) -> Iterator[tuple[Scope, _ScopeEntry]]:
    """The scopes with classes of their own right below, through chains written in place."""
    places = {step.name: step.target for step in like.steps} if like is not None else {}
    for step in scope.steps:
        target = step.target
        if not isinstance(target, Scope):
            continue
        place = places.get(step.name)
        counterpart = place if isinstance(place, Scope) else None
        if inline(target):
            yield from _children(target, context, around, counterpart)
        elif target.block:
            key: Key = (id(target.definition) if target.definition else target.block,)
            yield target, _ScopeEntry(key, target.block, context.block, target, counterpart)
        else:
            node = step.trail[-1].node if step.trail else step
            word = step.name.rstrip("0123456789_") or _part(around)
            running = tuple(pair for mark in step.trail for pair in mark.values)
            inner = replace(
                target,
                block=context.block,
                arguments=(*context.arguments, *running),
                values=(*context.values, *running, *target.values),
                definition=context.definition,
                function=context.function,
            )
            yield target, _ScopeEntry((id(node), word), word, context.block, inner, counterpart)


def _part(whole: str) -> str:
    """The name for a chain whose own name is only a number: `layer` among `layers`."""
    plural = whole.endswith("s") and not whole.endswith("ss")
    return whole[:-1] if plural else f"{whole}_part"


def _edges(entries: dict[Scope, _ScopeEntry]) -> dict[Key, dict[Key, None]]:
    edges: dict[Key, dict[Key, None]] = {}
    for scope, entry in entries.items():
        below = edges.setdefault(entry.key, {})
        for child, _ in _children(scope, entry.context, entry.word):
            below.setdefault(entries[child].key)
    return edges


def _recursive(entries: dict[Scope, _ScopeEntry]) -> set[Key]:
    """The definitions that contain themselves."""
    edges = _edges(entries)

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
    key: Key, members: dict[Key, list[Scope]], entries: dict[Scope, _ScopeEntry], ordered: list[Key]
) -> None:
    if key in ordered:
        return
    for scope in members[key]:
        for child, _ in _children(scope, entries[scope].context, entries[scope].word):
            _arrange(entries[child].key, members, entries, ordered)
    ordered.append(key)
