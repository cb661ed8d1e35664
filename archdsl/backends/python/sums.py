"""A merge of many operands: sums with the rounds of loops in them, long ones begun.

Python takes `a + b + c` as nested, and how deep it follows is limited.
"""

from msgspec.structs import replace

from archdsl.ir.code import Call, Code, Fold, Index, Infix, Name, Slice
from archdsl.transforms.classes import plan
from archdsl.transforms.classes.expressions import parts_of

MOST_OPERANDS = 100  # in one expression


def is_long(code: object) -> bool:
    """True where so much is added, multiplied or compared that it takes several statements."""
    return isinstance(code, Infix | Fold) and len(code.operands) > MOST_OPERANDS


def has_long(leaf: plan.Leaf) -> bool:
    """True where a step's expression takes several statements."""
    return len(leaf.inputs) > MOST_OPERANDS and any(map(is_long, parts_of(leaf.forward)))


def begun(code: Infix | Fold, name: str) -> tuple[list[Code], Code]:
    """The values to assign to a name, one after the other, and the rest of the expression."""
    operands = code.operands
    assigned: list[Code] = []
    while len(operands) > MOST_OPERANDS:
        assigned.append(replace(code, operands=operands[:MOST_OPERANDS]))
        operands = (Name(name), *operands[MOST_OPERANDS:])
    return assigned, replace(code, operands=operands)


def total(operands: list[tuple[Code, bool]]) -> Code:
    """`a + b + …` in this very order; an operand may stand for all rounds of a loop."""
    addends: list[Code] = []
    for code, rounds in operands:
        if rounds and not addends and isinstance(code, Name):
            addends = [Call("sum", (Index(code, (Slice(1),)), Index(code, (0,))))]
        elif rounds:
            addends = [Call("sum", (code, _added(addends)) if addends else (code,))]
        else:
            addends.append(code)
    return _added(addends)


def _added(addends: list[Code]) -> Code:
    return Infix("+", tuple(addends)) if len(addends) > 1 else addends[0]
