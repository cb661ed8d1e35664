"""A step's forward expression over the operands that it really has."""

from typing import Any

from archdsl.ir.code import CALL, Code, In, Infix, List
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import parts_of, transform
from archdsl.transforms.classes.flow import DataFlow, Operand
from archdsl.transforms.classes.proto import Mismatch


def read_only(forward: Code, values: tuple[plan.Value, ...]) -> tuple[Code, tuple[plan.Value, ...]]:
    """Without the inputs that the expression does not mention."""
    if forward == CALL:
        return forward, values[:1]
    read = sorted({part.index for part in parts_of(forward) if isinstance(part, In)})
    places = {old: new for new, old in enumerate(read)}
    moved: Code = transform(
        forward, lambda part: In(places[part.index]) if isinstance(part, In) else part
    )
    return moved, tuple(values[index] for index in read)


def spread(forward: Code, operands: tuple[Operand, ...], flow: DataFlow) -> Code:
    """The expression with one operand for all rounds of a loop, in lists and sums only."""
    if not any(isinstance(operand.value, plan.Gathered) for operand in operands):
        return forward
    places: dict[int, tuple[int, bool]] = {}  # of an input: its operand, whether it is spread
    for index, operand in enumerate(operands):
        for _ in range(operand.width):
            places[len(places)] = index, isinstance(operand.value, plan.Gathered)
    covered: set[int] = set()

    def change(part: object) -> object:
        if isinstance(part, List):
            return List(merged(part.items))
        if isinstance(part, Infix) and part.op == "+":
            return Infix("+", merged(part.operands))
        return part

    def merged(parts: tuple[Code, ...]) -> tuple[Any, ...]:
        items: dict[object, None] = {}
        for part in parts:
            place, gathered = places[part.index] if isinstance(part, In) else (0, False)
            covered.update([part.index] if isinstance(part, In) else [])
            whole: object = In(place) if isinstance(part, In) else part
            items.setdefault(plan.Spread(In(place)) if gathered else whole)
        return tuple(items)

    code: Code = transform(forward, change)
    if covered != set(places):
        raise Mismatch("a merge that is no list and no sum", flow.loop_key(operands))
    return code
