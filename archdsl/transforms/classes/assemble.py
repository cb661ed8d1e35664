"""The classes of one definition: one where its instances fit together, else a few."""

from collections.abc import Iterator

from msgspec.structs import replace

from archdsl.ir.graph import Scope, Step
from archdsl.transforms.classes.align import Made, Rolling
from archdsl.transforms.classes.fit import Fitted, fit
from archdsl.transforms.classes.group import Group
from archdsl.transforms.classes.proto import Mismatch

Loops = dict[tuple[int, ...], Rolling]


def assemble(group: Group, made: Made, names: Iterator[str], plain: bool = False) -> list[Fitted]:
    """The classes of one definition: one where its instances fit together, else a few; with
    `plain` one for each instance, all loops written out."""
    trials = Trials(group, made, plain)
    clusters = [[i] for i in range(len(group.scopes))] if plain else _clusters(group, trials)
    return [_called(trials.fitted(cluster), next(names)) for cluster in clusters]


class Trials:
    """Attempts at classes for some of a group's instances, each made once."""

    def __init__(self, group: Group, made: Made, plain: bool) -> None:
        self._group = group
        self._rolling: Loops = {(): Rolling.UNROLL} if plain else {}
        self.made = made
        self._found: dict[tuple[int, ...], Fitted | Mismatch] = {}

    def fit(self, members: list[int]) -> bool:
        return isinstance(self._try(members), Fitted)

    def fitted(self, members: list[int]) -> Fitted:
        """The class of instances, or `Mismatch`."""
        found = self._try(members)
        if isinstance(found, Mismatch):
            raise found
        return found

    def _try(self, members: list[int]) -> Fitted | Mismatch:
        key = tuple(members)
        if key not in self._found:
            try:
                self._found[key] = _fitted(
                    _part(self._group, members), self.made, "Trial", dict(self._rolling)
                )
            except Mismatch as mismatch:
                self._found[key] = mismatch
        return self._found[key]


def _called(fitted: Fitted, name: str) -> Fitted:
    """The class under its name."""
    news = {scope: replace(new, cls=name) for scope, new in fitted.news.items()}
    return replace(fitted, cls=replace(fitted.cls, name=name), news=news)


def _clusters(group: Group, trials: Trials) -> list[list[int]]:
    """All instances together if they fit; else each joins the first class that it fits."""
    everyone = list(range(len(group.scopes)))
    if len(everyone) == 1 or trials.fit(everyone):
        return [everyone]
    clusters: list[list[int]] = []
    for members in _alike(group, trials.made):
        whole = len(members) == 1 or trials.fit(members)
        for part in [members] if whole else [[member] for member in members]:
            home = next((c for c in clusters if trials.fit([*c, *part])), None)
            if home is None:
                clusters.append(part)
            else:
                home.extend(part)
    return [sorted(cluster) for cluster in clusters]


def _alike(group: Group, made: Made) -> list[list[int]]:
    """Instances whose steps have the same names, inputs, and ops or classes: the first guess."""
    found: dict[object, list[int]] = {}
    for index, scope in enumerate(group.scopes):
        shape = tuple((s.name, _kind(s, made), s.inputs) for s in scope.steps)
        found.setdefault(shape, []).append(index)
    return list(found.values())


def _kind(step: Step, made: Made) -> object:
    if isinstance(step.target, Scope):
        return made.news[step.target].cls if step.target in made.news else Scope
    return type(step.target)


def _part(group: Group, members: list[int]) -> Group:
    scopes = tuple(group.scopes[i] for i in members)
    return replace(group, scopes=scopes, contexts=tuple(group.contexts[i] for i in members))


def _fitted(group: Group, made: Made, name: str, rolling: Loops) -> Fitted:
    """One class, its loops rolled where that works; all written out where nothing else does."""
    while True:
        try:
            return fit(group, made, name, rolling)
        except Mismatch as mismatch:
            loop = () if mismatch.loop is None else mismatch.loop
            before = rolling.get(loop, Rolling.ROLL)
            if before is Rolling.UNROLL or (loop == () and len(group.scopes) > 1):
                raise
            rolling[loop] = Rolling.UNROLL if loop == () else Rolling(before.value + 1)
