"""A step's forward expression over the operands that it really has."""

from typing import Any

from archdsl.ir.code import CALL, Call, Code, In, Infix, List, Self
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
    """The expression with one operand for all rounds of a loop, or for a list, in lists and sums
    only."""
    if not any(operand.spread for operand in operands):
        return forward
    places: dict[int, tuple[int, bool]] = {}  # of an input: its operand, whether it is spread
    for index, operand in enumerate(operands):
        for _ in range(operand.width):
            places[len(places)] = index, operand.spread
    covered: set[int] = set()

    def change(part: object) -> object:
        if isinstance(part, List):
            return List(merged(part.items))
        if isinstance(part, Infix) and part.op == "+":
            return Infix("+", merged(part.operands))
        if isinstance(part, Call) and part.func == Self():
            return Call(Self(), tuple(map(argument, part.args)))
        return part

    def argument(code: Code) -> Any:
        if not isinstance(code, In) or places[code.index][1]:
            return change(code)
        covered.add(code.index)
        return In(places[code.index][0])

    every = tuple(map(In, places))

    def merged(parts: tuple[Code, ...]) -> tuple[Any, ...]:
        if parts == every:  # some lists may be empty in the longest row
            covered.update(places)
            return tuple(
                plan.Spread(In(k)) if operand.spread else In(k)
                for k, operand in enumerate(operands)
            )
        items: dict[object, None] = {}
        for part in parts:
            place, gathered = places[part.index] if isinstance(part, In) else (0, False)
            covered.update([part.index] if isinstance(part, In) else [])
            whole: object = In(place) if isinstance(part, In) else part
            items.setdefault(plan.Spread(In(place)) if gathered else whole)
        return tuple(items)

    code: Code = transform(forward, change)
    read_here = {part.index for part in parts_of(code) if isinstance(part, In)}
    if any(o.spread and k not in read_here for k, o in enumerate(operands)):
        raise Mismatch("a merge that leaves a list out", flow.loop_key(operands))
    read = {part.index for part in parts_of(forward) if isinstance(part, In)}
    if covered != read or not read.issuperset(p for p, (_, every) in places.items() if every):
        raise Mismatch("a merge that is no list and no sum", flow.loop_key(operands))
    return code
