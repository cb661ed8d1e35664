"""A step's forward expression over the operands that it really has."""

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
    """The expression with one operand for all rounds of a loop, or for a list, in lists and sums
    only."""
    if not any(operand.spread for operand in operands):
        return forward
    merges = _Merges(operands)
    code: Code = transform(forward, merges.change)
    left = _inputs(code)
    if any(operand.spread and k not in left for k, operand in enumerate(operands)):
        raise Mismatch("a merge that leaves a list out", flow.loop_key(operands))
    if merges.covered != _inputs(forward) or not merges.covered.issuperset(merges.spread):
        raise Mismatch("a merge that is no list and no sum", flow.loop_key(operands))
    return code


def _inputs(code: Code) -> set[int]:
    return {part.index for part in parts_of(code) if isinstance(part, In)}


class _Merges:
    """Writes lists and sums over operands; `covered` are the inputs that stand in them, `spread`
    those that are parts of an operand that stands for several."""

    def __init__(self, operands: tuple[Operand, ...]) -> None:
        self._whole = tuple(operand.at(k) for k, operand in enumerate(operands))
        self._operand = [k for k, operand in enumerate(operands) for _ in range(operand.width)]
        self._every = tuple(map(In, range(len(self._operand))))
        self.spread = {k for k, place in enumerate(self._operand) if operands[place].spread}
        self.covered: set[int] = set()

    def change(self, part: object) -> object:
        if isinstance(part, List):
            return List(self._merged(part.items))
        if isinstance(part, Infix) and part.op == "+":
            return Infix("+", self._merged(part.operands))
        return part

    def _merged(self, parts: tuple[Code, ...]) -> tuple[Code, ...]:
        if parts == self._every:  # some lists may be empty in the longest row
            self.covered.update(range(len(self._operand)))
            return self._whole
        items: dict[Code, None] = {}
        for part in parts:
            if isinstance(part, In):
                self.covered.add(part.index)
                part = self._whole[self._operand[part.index]]
            items.setdefault(part)
        return tuple(items)
