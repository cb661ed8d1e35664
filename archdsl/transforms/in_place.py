"""Program -> the same with activations that write over their input, wherever nobody misses it."""

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from archdsl.analyses.overwriting import Over, overwriting_alike
from archdsl.ir.graph import Program, Scope, Step


def in_place(program: Program) -> Program:
    """The program as it is emitted for training; nothing else about it changes."""
    return alike_in_place((program,), ())[0][0]


def alike_in_place(
    programs: tuple[Program, ...], siblings: Collection[Scope]
) -> tuple[tuple[Program, ...], Mapping[Scope, Scope]]:
    """The same with their siblings, in all of which the same steps write over their input, and
    what became of each scope."""
    over = overwriting_alike(programs, siblings)
    made: dict[Scope, Scope] = {}
    for sibling in siblings:
        _written(sibling, over, made)
    written = tuple(replace(p, root=_written(p.root, over, made)) for p in programs)
    return written, made


def _written(scope: Scope, over: Over, made: dict[Scope, Scope]) -> Scope:
    """A scope with what is written over in it; the very same where nothing is."""
    if scope not in made:
        steps = tuple(_step(scope, index, over, made) for index in range(len(scope.steps)))
        made[scope] = scope if steps == scope.steps else replace(scope, steps=steps)
    return made[scope]


def _step(scope: Scope, index: int, over: Over, made: dict[Scope, Scope]) -> Step:
    step = scope.steps[index]
    if isinstance(step.target, Scope):
        scope_over = _written(step.target, over, made)
        return step if scope_over is step.target else replace(step, target=scope_over)
    op = over.get(scope, {}).get(index)
    return step if op is None else replace(step, target=op)
