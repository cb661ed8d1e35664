"""The fate of a checkpoint: the keys of one `state_dict` that still fit another."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from archdsl.analyses.difference.pairing import Match
from archdsl.ir.graph import Program, Scope, StepPlace, state_dict
from archdsl.ir.shape import Shape


class MovedKey(BaseModel):
    """A tensor of the same shape under another key."""

    model_config = ConfigDict(frozen=True)

    key: str
    new_key: str


class ReshapedKey(BaseModel):
    """A tensor whose shape has changed: it cannot be loaded."""

    model_config = ConfigDict(frozen=True)

    key: str
    new_key: str
    shape: Shape
    new_shape: Shape


class Keys(BaseModel):
    """The keys of both `state_dict`s, each old one in one place."""

    model_config = ConfigDict(frozen=True)

    same: int = Field(description="keys with the same shape, of the same step")
    moved: tuple[MovedKey, ...] = Field(description="load once they are renamed")
    reshaped: tuple[ReshapedKey, ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]
    mistaken: tuple[str, ...] = Field(
        description="keys that both have with the same shape, of different steps: a checkpoint "
        "loads them without a complaint into the wrong step"
    )

    @property
    def loads(self) -> bool:
        """True where a strict load of the old checkpoint into the new network is right."""
        return not (self.moved or self.reshaped or self.removed or self.added)


def compare_keys(old: Program, new: Program, nodes: Iterable[Match]) -> Keys:
    """The place of the old program's tensors in the new one, by the matched steps."""
    before, after = (_shapes(program) for program in (old, new))
    ahead = {a: b for a, b in _renamed(nodes).items() if a in before and b in after}
    fitting = {a: b for a, b in ahead.items() if before[a] == after[b]}
    reached = set(ahead.values())
    return Keys(
        same=sum(a == b for a, b in fitting.items()),
        moved=tuple(MovedKey(key=a, new_key=b) for a, b in fitting.items() if a != b),
        reshaped=tuple(
            ReshapedKey(key=a, new_key=b, shape=before[a], new_shape=after[b])
            for a, b in ahead.items()
            if a not in fitting
        ),
        removed=tuple(key for key in before if key not in ahead),
        added=tuple(key for key in after if key not in reached),
        mistaken=tuple(
            key for key in before if ahead.get(key) != key and before[key] == after.get(key)
        ),
    )


def _shapes(program: Program) -> dict[str, Shape]:
    return {key: weight.shape for key, weight in state_dict(program.root)}


def _renamed(nodes: Iterable[Match]) -> dict[str, str]:
    """The new key of each old one; a new key is taken once, by the first step that has it."""
    ahead: dict[str, str] = {}
    taken: set[str] = set()
    for node in (below for top in nodes for below in top.walk()):
        if node.old is None or node.new is None:
            continue
        old, new = _keys(node.old), _keys(node.new)
        for name in old:
            if name in new and old[name] not in ahead and new[name] not in taken:
                ahead[old[name]] = new[name]
                taken.add(new[name])
    return ahead


def _keys(place: StepPlace) -> dict[str, str]:
    """The keys of an op's weights by their names in it."""
    target = place.step.target
    if isinstance(target, Scope):
        return {}
    weights = target.weights(place.scope.types_of(place.step.inputs))
    return {w.name: f"{place.path}.{w.name}" if w.name else place.path for w in weights}
