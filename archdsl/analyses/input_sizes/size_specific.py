"""The parts of a network made for one input size: weights, and sizes written in the code."""

from msgspec import Struct

from archdsl.ir.code import Emission
from archdsl.ir.graph import Scope, Step, state_dict
from archdsl.ir.measured import as_it_runs
from archdsl.ir.shape import Shape, format_shape


class OtherShape(Struct, frozen=True):
    """The first weight that would have another shape, and the step that has it."""

    path: str
    step: Step
    message: str


class SizeSpecific:
    """Holds elaborations for other sizes against the network's own; equal scopes only once."""

    def __init__(self, root: Scope) -> None:
        self.root = root
        self._fitting: set[tuple[Scope, Scope]] = set()
        self._same_code: dict[tuple[Scope, Scope], bool] = {}
        self._emitted: dict[Step, Emission] = {}  # by the network's own steps

    def other_shape(self, root: Scope) -> OtherShape | None:
        """The reason why the network's weights do not fit the elaboration; None if they do."""
        return self._other_shape(self.root, root, "")

    def fits(self, root: Scope) -> bool:
        """True where the elaboration is the same module, so that the compiled one can be used."""
        return self._same(self.root, root)

    def _other_shape(self, own: Scope, other: Scope, prefix: str) -> OtherShape | None:
        if (own, other) in self._fitting:
            return None
        mine, others = own.first_uses(), other.first_uses()
        for name in {**mine, **others}:
            a, b, path = mine.get(name), others.get(name), f"{prefix}{name}"
            if a and b and isinstance(a.target, Scope) and isinstance(b.target, Scope):
                shape = self._other_shape(a.target, b.target, f"{path}.")
            else:
                shape = _of_step(own, a, other, b, path)
            if shape is not None:
                return shape
        self._fitting.add((own, other))
        return None

    def _same(self, own: Scope, other: Scope) -> bool:
        if (own, other) not in self._same_code:
            self._same_code[own, other] = (
                len(own.steps) == len(other.steps)
                and own.results == other.results
                and all(
                    self._same_step(own, a, other, b)
                    for a, b in zip(own.steps, other.steps, strict=True)
                )
            )
        return self._same_code[own, other]

    def _same_step(self, own: Scope, a: Step, other: Scope, b: Step) -> bool:
        if (a.name, a.inputs) != (b.name, b.inputs):
            return False
        if isinstance(a.target, Scope) and isinstance(b.target, Scope):
            return self._same(a.target, b.target)
        if isinstance(a.target, Scope) or isinstance(b.target, Scope):
            return False
        if a not in self._emitted:
            self._emitted[a] = as_it_runs(own, a)
        return self._emitted[a] == as_it_runs(other, b)


def _of_step(
    own: Scope, mine: Step | None, other: Scope, others: Step | None, path: str
) -> OtherShape | None:
    """The differences between the weights of two steps, one of which may be missing."""
    before, after = _weights(own, mine), _weights(other, others)
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            step = mine or others
            assert step is not None
            return _told(path, step, before.get(name), after.get(name))
    return None


def _weights(scope: Scope, step: Step | None) -> dict[str, Shape]:
    if step is None:
        return {}
    if isinstance(step.target, Scope):
        return {key: weight.shape for key, weight in state_dict(step.target)}
    return {w.name: w.shape for w in step.target.weights(scope.types_of(step.inputs))}


def _told(path: str, step: Step, before: Shape | None, after: Shape | None) -> OtherShape:
    what = step.target.block or "path" if isinstance(step.target, Scope) else step.target.word
    if before is None or after is None:
        message = f"the weights of `{what}` exist at some sizes only"
    else:
        message = (
            f"the weights of `{what}` are {format_shape(before)}, and would be "
            f"{format_shape(after)}"
        )
    return OtherShape(path, step, message)
