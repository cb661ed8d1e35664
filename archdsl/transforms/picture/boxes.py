"""The ops of one box seen together: their colour, and if they are worth a box at all."""

from archdsl.ir.graph import Scope, Step
from archdsl.ops.base import Op, OpFamily
from archdsl.transforms.picture.caption import own_name
from archdsl.transforms.picture.designs import rate_of
from archdsl.transforms.picture.drawing_parts import Kind
from archdsl.transforms.picture.elements import LIGHT, Box


def kind(steps: list[Step]) -> Kind:
    """The colour of a box: that of its first weighty op."""
    families = [f for step in steps for f in _families(step)]
    weighty = [f for f in families if f not in LIGHT]
    return Kind[(weighty or families)[0].name]


def _families(step: Step) -> list[OpFamily]:
    """The families of the ops in a step, in running order."""
    if isinstance(step.target, Op):
        return [step.target.family]
    assert isinstance(step.target, Scope)
    return [f for inside in step.target.steps for f in _families(inside)]


def is_silent(step: Step) -> bool:
    """True where an op gives its input unchanged: it stands for the flow, or drops nothing."""
    op = step.target
    return isinstance(op, Op) and (op.transparent or rate_of(op) == 0)


def is_idle(scope: Scope, box: Box) -> bool:
    """True where a box would hold only dropouts that drop nothing."""
    targets = (scope.steps[i].target for i in box.steps)
    return all(isinstance(op, Op) and rate_of(op) == 0 for op in targets)


def is_light(step: Step) -> bool:
    return all(family in LIGHT for family in _families(step))


def own_names(scope: Scope, box: Box, at: int) -> str:
    """The name of a copy's step `at`, or `down1 … down4` of all copies."""
    steps = [scope.steps[i] for i in box.steps[at :: len(box.first)]]
    names = dict.fromkeys(filter(None, (own_name(steps[0]), own_name(steps[-1]))))
    return " … ".join(names)


def is_merge(step: Step) -> bool:
    return isinstance(step.target, Op) and step.target.family is OpFamily.MERGE
