"""Sums and products of which a part is there under a condition: that part stands behind the rest.

`a + b + c`, where `c` stands under an `if` in the source, is written `out = a + b`, and in the arm
of the `if` `out = out + c`: the same calls, and one class for uses with `c` and without it.
"""

from typing import NamedTuple

from msgspec.structs import replace

from archdsl.ir.code import In, Infix
from archdsl.ir.graph import Mark, Program, Ref, Scope, Step
from archdsl.ir.trail import turn
from archdsl.syntax import tree
from archdsl.transforms.classes.regions import emission

LEAST = 2  # operands that are there in any case


class ConditionalOperand(NamedTuple):
    """An operand that stands under conditions of its own, and where its steps begin."""

    ref: Ref
    marks: tuple[Mark, ...]
    first: int


class Sums:
    """Splits sums, in scopes and in those below; each scope once."""

    def __init__(self) -> None:
        self._made: dict[Scope, Scope] = {}

    def program(self, program: Program) -> Program:
        return program if program.heads else replace(program, root=self.scope(program.root))

    def scope(self, scope: Scope) -> Scope:
        """The scope with its sums split; the very same where there is nothing to split."""
        if scope not in self._made:
            inner = tuple(map(self._inner, scope.steps))
            whole = scope if inner == scope.steps else replace(scope, steps=inner)
            self._made[scope] = _split(whole)
        return self._made[scope]

    def _inner(self, step: Step) -> Step:
        if not isinstance(step.target, Scope):
            return step
        target = self.scope(step.target)
        return step if target is step.target else replace(step, target=target)


def _split(scope: Scope) -> Scope:
    for index in reversed(range(len(scope.steps))):  # so that what is split moves nothing before it
        parts = _parts(scope, index)
        if parts:
            scope = _parted(scope, index, parts)
    return scope


def _parts(scope: Scope, index: int) -> list[ConditionalOperand]:
    """The last operands of a sum, as many as stand under conditions of their own."""
    step = scope.steps[index]
    if len(step.inputs) <= LEAST or isinstance(step.target, Scope) or not _is_sum(scope, index):
        return []
    parts: list[ConditionalOperand] = []
    for ref in reversed(step.inputs[LEAST:]):
        part = _part(scope, step, ref)
        if part is None:
            break
        parts.insert(0, part)
    rest = step.inputs[: len(step.inputs) - len(parts)]
    ready = all(ref.step < part.first for part in parts for ref in rest)
    return parts if ready else []


def _is_sum(scope: Scope, index: int) -> bool:
    """True for operands of one shape with a sign between them."""
    step = scope.steps[index]
    forward = emission(scope, index).forward
    operands = tuple(map(In, range(len(step.inputs))))
    alike = all(type == step.outputs[0] for type in scope.types_of(step.inputs))
    return alike and isinstance(forward, Infix) and forward.operands == operands


def _part(scope: Scope, step: Step, ref: Ref) -> ConditionalOperand | None:
    """An operand under an `if` without an `else`, inside of the sum."""
    if ref.step < 0:
        return None
    depth = len(step.trail)
    trail = scope.steps[ref.step].trail
    if not _same_nodes(trail[:depth], step.trail):
        return None
    marks = trail[depth:]
    conditions = marks[: next((k for k, mark in enumerate(marks) if not turn(mark)), len(marks))]
    if not conditions or not all(map(_is_optional, conditions)):
        return None
    around = (*step.trail, *conditions)
    inside = (k for k, s in enumerate(scope.steps) if _same_nodes(s.trail[: len(around)], around))
    return ConditionalOperand(ref, conditions, next(inside))


def _is_optional(mark: Mark) -> bool:
    return isinstance(mark.node, tree.If) and not mark.node.otherwise


def _same_nodes(trail: tuple[Mark, ...], other: tuple[Mark, ...]) -> bool:
    return [(m.node, m.index) for m in trail] == [(m.node, m.index) for m in other]


def _parted(scope: Scope, index: int, parts: list[ConditionalOperand]) -> Scope:
    """The scope with a sum of the rest before the first part, and a sum right behind each part."""
    whole = scope.steps[index]
    rest = whole.inputs[: len(whole.inputs) - len(parts)]
    behind = {part.ref.step: part for part in parts}
    steps: list[Step] = []
    moved: dict[int, int] = {}  # where the steps are now

    def add(step: Step) -> None:
        inputs = tuple(replace(ref, step=moved.get(ref.step, ref.step)) for ref in step.inputs)
        steps.append(replace(step, inputs=inputs))

    for old, step in enumerate(scope.steps):
        if old == parts[0].first:
            add(replace(whole, inputs=rest))
            moved[index] = len(steps) - 1
        if old != index:
            add(step)
            moved[old] = len(steps) - 1
        if old in behind:
            trail = (*whole.trail, *behind[old].marks, whole.trail[-1])
            add(replace(whole, inputs=(Ref(index), behind[old].ref), trail=trail))
            moved[index] = len(steps) - 1
    results = tuple(replace(ref, step=moved.get(ref.step, ref.step)) for ref in scope.results)
    modules = tuple(name for name in scope.modules if name != whole.name)  # a sum has none
    return replace(scope, steps=tuple(steps), results=results, modules=modules)
