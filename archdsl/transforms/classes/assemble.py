"""The classes of one definition: one where its instances fit together, else a few."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from archdsl.ir.graph import Scope, Step
from archdsl.transforms.classes.align import Made, Rolling
from archdsl.transforms.classes.fit import Fitted, fit
from archdsl.transforms.classes.group import Group
from archdsl.transforms.classes.proto import OTHER_INPUTS, UNEXPLAINED, Mismatch
from archdsl.transforms.classes.tensor_parameters import number_of_flows

Loops = dict[tuple[int, ...], Rolling]


def assemble(group: Group, made: Made, names: Iterator[str], plain: bool = False) -> list[Fitted]:
    """The classes of one definition: one where its instances fit together, else a few; with
    `plain` one for each instance, all loops written out."""
    trials = Attempts(group, made, plain)
    refused: dict[int, str] = {}
    if plain:
        clusters = [[i] for i in range(group.own)]
        refused = dict.fromkeys(group.kin_of(group.siblings), "")
    elif trials.is_one():
        clusters = [list(range(len(group.scopes)))]
    else:
        clusters, refused = _with_kin(_clusters(group, trials), group, trials)
    fitted = [_called(trials.fitted(cluster), next(names)) for cluster in clusters]
    return [replace(one, refused=refused) for one in fitted]


class Attempts:
    """Attempts at classes for some of a group's instances, each made once."""

    def __init__(self, group: Group, made: Made, plain: bool) -> None:
        self._group = group
        self._rolling: Loops = {(): Rolling.UNROLL} if plain else {}
        self.made = made
        self._outcomes: dict[tuple[int, ...], Fitted | Mismatch] = {}
        self._unlimited: dict[object, Fitted | Mismatch] = {}  # with as many parameters as it takes
        self._rolled: dict[tuple[int, ...], Loops] = {}  # how their loops are written

    def is_one(self) -> bool:
        """True where all instances and siblings fit one class, with no more parameters of which the
        source knows nothing than the instances alone: the usual case, found in one attempt."""
        everyone, own = range(len(self._group.scopes)), self._group.needed
        outcome = self._attempt(tuple(everyone), None, dict(self._rolling))
        if isinstance(outcome, Mismatch):
            return False
        few = not outcome.invented or [*everyone] == own
        if few or (self.fit(own) and outcome.invented <= self.fitted(own).invented):
            self._outcomes[tuple(everyone)] = outcome
        return tuple(everyone) in self._outcomes

    def fit(self, members: list[int]) -> bool:
        return isinstance(self._try(members), Fitted)

    def refusal(self, members: list[int], cluster: list[int]) -> str | None:
        """None where siblings fit into a class that fits these instances, and add no parameter of
        which the source knows nothing; else the reason why they do not."""
        most = self.fitted(cluster).invented
        rolled = self._rolled[tuple(cluster)]  # what could not be rolled up there cannot be here
        outcome = self._try(members, most, rolled)
        return str(outcome) if isinstance(outcome, Mismatch) else None

    def takes(self, cluster: list[int], sibling: int) -> bool:
        """False where a sibling is given another number of tensors than the instances, arguments
        aside: it is none of their class."""
        return self._flows(sibling) in set(map(self._flows, cluster))

    def _flows(self, member: int) -> int:
        return number_of_flows(self._group.scopes[member], self._group.contexts[member])

    def fitted(self, members: list[int]) -> Fitted:
        """The class of instances, or `Mismatch`."""
        outcome = self._try(members)
        if isinstance(outcome, Mismatch):
            raise outcome
        return outcome

    def _try(
        self, members: list[int], most: int | None = None, rolled: Loops | None = None
    ) -> Fitted | Mismatch:
        key = tuple(members)
        if key not in self._outcomes:
            rolling = self._rolled[key] = dict(self._rolling if rolled is None else rolled)
            self._outcomes[key] = self._attempt(key, most, rolling)
        return self._outcomes[key]

    def _attempt(
        self, members: tuple[int, ...], most: int | None, rolling: Loops
    ) -> Fitted | Mismatch:
        attempt = members, tuple(rolling.items())
        known = self._unlimited.get(attempt)
        if isinstance(known, Fitted) and most is not None and known.invented > most:
            return Mismatch(UNEXPLAINED)
        if isinstance(known, Mismatch):
            return known
        outcome: Fitted | Mismatch
        try:
            outcome = _fitted(self._group.part(list(members)), self.made, rolling, most)
        except Mismatch as mismatch:
            outcome = mismatch
        if most is None:
            self._unlimited[attempt] = outcome
        return outcome


def _called(fitted: Fitted, name: str) -> Fitted:
    """The class under its name."""
    news = {scope: replace(new, cls=name) for scope, new in fitted.news.items()}
    return replace(fitted, cls=replace(fitted.cls, name=name), news=news)


def _clusters(group: Group, trials: Attempts) -> list[list[int]]:
    """All instances together if they fit; else each joins the first class that it fits."""
    everyone = list(range(group.own))
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


class _Joining(Struct, frozen=True):
    """Siblings that join a class all or none; `number` is that of their kin, or of the only one."""

    number: int
    members: list[int]


def _with_kin(
    clusters: list[list[int]], group: Group, trials: Attempts
) -> tuple[list[list[int]], dict[int, str]]:
    """The clusters with the kin that fits, and the rest, refused; where there are several clusters,
    each sibling joins one at most."""
    waiting = list(group.siblings)
    reasons: dict[int, str] = {}
    if len(clusters) == 1:
        clusters = [group.needed] if trials.fit(group.needed) else clusters
        kin = sorted(group.kin_of(waiting))
        joining = [_Joining(k, [s for s in waiting if k in group.kin[s]]) for k in kin]
        return [_joined(clusters[0], joining, trials, reasons)], reasons
    widened = [[*cluster] for cluster in clusters]
    for is_near in (True, False):  # those in whose place one stands first
        for place, cluster in enumerate(clusters):
            near = [
                s for s in waiting if (group.like[s] < 0 or group.like[s] in cluster) is is_near
            ]
            here = [s for s in near if trials.takes(cluster, s)]
            reasons |= {s: OTHER_INPUTS for s in near if s not in here and s not in reasons}
            one_by_one = [_Joining(s, [s]) for s in here]
            widened[place] = joined = _joined(widened[place], one_by_one, trials, reasons)
            waiting = [sibling for sibling in waiting if sibling not in joined]
    refused = {k: reasons.get(sibling, "") for sibling in waiting for k in group.kin[sibling]}
    return widened, refused


def _joined(
    cluster: list[int], joining: list[_Joining], trials: Attempts, reasons: dict[int, str]
) -> list[int]:
    """A cluster with all that fit it, those before others where not all do; the `reasons` of the
    others."""
    whole = sorted({*cluster, *(s for one in joining for s in one.members)})
    if len(whole) == len(cluster):
        return cluster
    why = trials.refusal(whole, cluster)
    if why is None:
        return whole
    if len(joining) == 1:
        reasons[joining[0].number] = why
        return cluster
    half = len(joining) // 2
    first = _joined(cluster, joining[:half], trials, reasons)
    return _joined(first, joining[half:], trials, reasons)


def _alike(group: Group, made: Made) -> list[list[int]]:
    """Instances whose steps have the same names, inputs, and ops or classes: the first guess."""
    by_shape: dict[object, list[int]] = {}
    for index, scope in enumerate(group.scopes[: group.own]):
        shape = tuple((s.name, _kind(s, made), s.inputs) for s in scope.steps)
        by_shape.setdefault(shape, []).append(index)
    return list(by_shape.values())


def _kind(step: Step, made: Made) -> object:
    if isinstance(step.target, Scope):
        return made.news[step.target].cls if step.target in made.news else Scope
    return type(step.target)


def _fitted(group: Group, made: Made, rolling: Loops, most: int | None) -> Fitted:
    """One class, its loops rolled where that works; all written out where nothing else does."""
    while True:
        try:
            return fit(group, made, "Trial", rolling, most)
        except Mismatch as mismatch:
            loop = () if mismatch.loop is None else mismatch.loop
            before = rolling.get(loop, Rolling.ROLL)
            if before is Rolling.UNROLL or (loop == () and len(group.scopes) > 1):
                raise
            rolling[loop] = Rolling.UNROLL if loop == () else Rolling(before.value + 1)
