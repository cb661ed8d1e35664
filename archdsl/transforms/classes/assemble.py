"""The classes of one definition: one where its instances fit together, else a few."""

from collections.abc import Iterator
from dataclasses import replace

from archdsl.transforms.classes.align import Made, Rolling
from archdsl.transforms.classes.fit import Fitted, fit
from archdsl.transforms.classes.group import Group
from archdsl.transforms.classes.proto import Mismatch


def assemble(group: Group, made: Made, names: Iterator[str]) -> list[Fitted]:
    """The classes of one definition: one where its instances fit together, else a few."""
    clusters = _clusters(group, made)
    return [_fitted(_part(group, cluster), made, next(names)) for cluster in clusters]


def _clusters(group: Group, made: Made) -> list[list[int]]:
    """All instances together if they fit; else each joins the first class that it fits."""
    everyone = list(range(len(group.scopes)))
    if len(everyone) == 1 or _fits(group, everyone, made):
        return [everyone]
    clusters: list[list[int]] = []
    for members in _alike(group):
        whole = len(members) == 1 or _fits(group, members, made)
        for part in [members] if whole else [[member] for member in members]:
            home = next((c for c in clusters if _fits(group, [*c, *part], made)), None)
            if home is None:
                clusters.append(part)
            else:
                home.extend(part)
    return [sorted(cluster) for cluster in clusters]


def _alike(group: Group) -> list[list[int]]:
    """Instances whose steps have the same names and kinds: the first guess at a class."""
    found: dict[object, list[int]] = {}
    for index, scope in enumerate(group.scopes):
        shape = tuple((s.name, type(s.target), s.inputs) for s in scope.steps)
        found.setdefault(shape, []).append(index)
    return list(found.values())


def _part(group: Group, members: list[int]) -> Group:
    scopes = tuple(group.scopes[i] for i in members)
    return replace(group, scopes=scopes, contexts=tuple(group.contexts[i] for i in members))


def _fits(group: Group, members: list[int], made: Made) -> bool:
    try:
        _fitted(_part(group, members), made, "Trial")
    except Mismatch:
        return False
    return True


def _fitted(group: Group, made: Made, name: str) -> Fitted:
    """One class, its loops rolled where that works; all written out where nothing else does."""
    rolling: dict[tuple[int, ...], Rolling] = {}
    while True:
        try:
            return fit(group, made, name, rolling)
        except Mismatch as mismatch:
            loop = () if mismatch.loop is None else mismatch.loop
            before = rolling.get(loop, Rolling.ROLL)
            if before is Rolling.UNROLL or (loop == () and len(group.scopes) > 1):
                raise
            rolling[loop] = Rolling.UNROLL if loop == () else Rolling(before.value + 1)
