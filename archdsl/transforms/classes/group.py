"""The scopes that become classes, those of one definition together, insides first."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from archdsl.ir.graph import Scope
from archdsl.transforms.classes.plan import InitRule
from archdsl.transforms.classes.regions import inline

Key = tuple[object, ...]


class Kin(Struct, frozen=True, eq=False):
    """Siblings of one scope of the program, which are instances of its classes all or none; those
    that `must` be may add parameters of which the source knows nothing."""

    like: Scope
    scopes: tuple[Scope, ...]
    must: bool = False


class Group(Struct, frozen=True):
    """The instances of one definition in running order.

    `word` is what to name the class after, `owner` the block around; `chain` says that it is a
    named chain and no block of its own, `inner` that it is not the network. `scopes` stand for
    themselves, `contexts` are the same with the arguments and names of the block around where a
    chain has none of its own. The first `own` of them are the program's, the others siblings;
    `like` tells for each which of the program's it stands in the place of, itself or -1, and `kin`
    in which kin it is, or is a part of what is; `must` is the kin that must be instances.
    """

    word: str
    owner: str
    chain: bool
    inner: bool
    scopes: tuple[Scope, ...]
    contexts: tuple[Scope, ...]
    own: int
    like: tuple[int, ...]
    kin: tuple[frozenset[int], ...]
    must: frozenset[int] = frozenset()
    inits: tuple[tuple[InitRule, ...], ...] = ()  # the `init` rules of each of the program's

    def part(self, members: list[int]) -> "Group":
        """Some of the instances, in running order."""
        return replace(
            self,
            scopes=tuple(self.scopes[i] for i in members),
            contexts=tuple(self.contexts[i] for i in members),
            own=sum(i < self.own for i in members),
            like=tuple(self.like[i] for i in members),
            kin=tuple(self.kin[i] for i in members),
            inits=tuple(self.inits[i] for i in members if i < len(self.inits)),
        )

    def without(self, kin: Collection[int]) -> "Group":
        """The same without the siblings that are in no other kin than these."""
        if not kin:
            return self
        kept = (i for i in self.siblings if not self.kin[i].issubset(kin))
        return self.part([*range(self.own), *kept])

    @property
    def siblings(self) -> range:
        return range(self.own, len(self.scopes))

    @property
    def needed(self) -> list[int]:
        """The program's instances, and the siblings that must be."""
        return [i for i in range(len(self.scopes)) if i < self.own or self.kin[i] & self.must]

    def kin_of(self, members: Iterable[int]) -> set[int]:
        return {number for member in members for number in self.kin[member]}


class _ScopeEntry(Struct):
    key: Key
    word: str
    owner: str
    context: Scope
    like: Scope | None = None  # of a sibling, the program's scope in whose place it stands
    children: tuple[Scope, ...] = ()
    height: int = 0
    kin: set[int] = field(default_factory=set)


def groups(roots: Mapping[Scope, int], kin: tuple[Kin, ...]) -> tuple[Group, ...]:
    """Every class in the making, those that others contain before them.

    `roots` are the networks, each with the number of its class.
    """
    entries: dict[Scope, _ScopeEntry] = {}
    for root, number in roots.items():
        _find(root, _ScopeEntry(("network", number), root.block, "", root), entries)
    own = tuple(entries)
    for number, one in enumerate(kin):
        for sibling in one.scopes:
            key = entries[one.like].key if one.like in roots else (id(sibling.definition),)
            _find(sibling, _ScopeEntry(key, sibling.block, "", sibling, one.like), entries)
            _take_into(number, sibling, entries)
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
    must = frozenset(number for number, one in enumerate(kin) if one.must)
    return tuple(replace(group, must=must) for group in whole if group.own)


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
    kin = tuple(frozenset(entries[scope].kin) for scope in scopes)
    return Group(first.word, first.owner, chain, inner, tuple(scopes), contexts, count, like, kin)


def _find(scope: Scope, entry: _ScopeEntry, entries: dict[Scope, _ScopeEntry]) -> int:
    """Enters a scope and all below it; gives its height."""
    if scope in entries:
        return entries[scope].height
    entries[scope] = entry
    below: dict[Scope, _ScopeEntry] = {}
    for child, child_entry in _children(scope, entry.context, entry.word, entry.like):
        below.setdefault(child, child_entry)
    entry.children = tuple(below)
    for child, child_entry in below.items():
        entry.height = max(entry.height, _find(child, child_entry, entries) + 1)
    return entry.height


def _take_into(kin: int, scope: Scope, entries: dict[Scope, _ScopeEntry]) -> None:
    """Enters a scope and all below it into this kin."""
    entry = entries[scope]
    if kin not in entry.kin:
        entry.kin.add(kin)
        for child in entry.children:
            _take_into(kin, child, entries)


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
    for entry in entries.values():
        below = edges.setdefault(entry.key, {})
        below |= dict.fromkeys(entries[child].key for child in entry.children)
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
        for child in entries[scope].children:
            _arrange(entries[child].key, members, entries, ordered)
    ordered.append(key)
