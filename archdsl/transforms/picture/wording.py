"""The text in the box of a run of ops, without its cost: the same wherever it is drawn."""

from msgspec import Struct, field

from archdsl.ir.graph import Ref, Scope, Step
from archdsl.ops.base import Op
from archdsl.transforms.picture.boxes import is_light, is_merge, is_silent, kind, own_names
from archdsl.transforms.picture.caption import (
    box_lines,
    merge_sign,
    named,
    op_caption,
    shapes,
    step_name,
)
from archdsl.transforms.picture.drawing_parts import Kind, Role
from archdsl.transforms.picture.elements import Box, sources
from archdsl.transforms.picture.result_names import ResultNames, results


class Words(Struct, frozen=True):
    """`shape` is that which leaves, if it is not the one that came; `several`: results leave."""

    kind: Kind
    role: Role
    lines: tuple[str, ...]
    shape: str
    several: bool


class Wording(Struct):
    """The words of one program's boxes, each found once; `bare` ones have no numbers of steps."""

    results: ResultNames = field(default_factory=ResultNames)
    _boxes: dict[tuple[int, tuple[int, ...], bool, int], Words] = field(default_factory=dict)

    def box(self, scope: Scope, box: Box, bare: bool, width: int) -> Words:
        """The words of a box, in lines of at most `width` letters."""
        key = id(scope), box.steps, bare, width
        if key not in self._boxes:
            self._boxes[key] = _words(scope, box, bare, width)
        return self._boxes[key]


def _words(scope: Scope, box: Box, bare: bool, width: int) -> Words:
    steps = [scope.steps[i] for i in box.first]
    merge = is_merge(steps[0])
    shape = changed(scope, sources(steps[0]), steps[-1], merge)
    role = Role.MERGE if merge else Role.BOX
    several = len(steps[-1].outputs) > 1
    return Words(kind(steps), role, _lines(scope, box, bare, width), shape, several)


def _lines(scope: Scope, box: Box, bare: bool, width: int) -> tuple[str, ...]:
    steps = [scope.steps[i] for i in box.first]
    telling = [k for k, step in enumerate(steps) if not is_silent(step)] or [0]
    spoken = [_spoken(scope, steps[k], bare) for k in telling]
    if is_merge(steps[0]):
        op = steps[0].target
        assert isinstance(op, Op)
        spoken[0] = ("", [merge_sign(op, op.emit(scope.types_of(steps[0].inputs)))])
        return box_lines(spoken, 0, width)
    heaviest = next((n for n, k in enumerate(telling) if not is_light(steps[k])), 0)
    own = own_names(scope, box, telling[heaviest])
    spoken[heaviest] = (own or spoken[heaviest][0], spoken[heaviest][1])
    if box.count > 1:
        spoken[-1][1][-1] += f"  × {box.count}"
    return box_lines(spoken, heaviest, width)


def _spoken(scope: Scope, step: Step, bare: bool) -> tuple[str, list[str]]:
    """The name of a step of a box, and its ops: one, or those of a block that is a run."""
    target = step.target
    if isinstance(target, Op):
        return "", [op_caption(target, scope.types_of(step.inputs))]
    assert isinstance(target, Scope)
    telling = [inside for inside in target.steps if not is_silent(inside)]
    spoken = (_spoken(target, inside, bare) for inside in telling or target.steps)
    name = "" if bare and not step.named else step_name(scope, step)
    told = (("" if inner.isdecimal() else inner, words) for inner, words in spoken)
    return name, [word for inner, words in told for word in named(inner, words)]


def changed(scope: Scope, before: tuple[Ref, ...], last: Step, merge: bool = False) -> str:
    """The shape that leaves steps, if it is not the one that came; a merge may keep any."""
    came, left = scope.types_of(before), last.outputs
    same = set(left) <= set(came) if merge else shapes(left) == shapes(came)
    return "" if same else results(last)
