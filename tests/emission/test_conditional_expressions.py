"""Conditional expressions of several lines mean what they mean on one line."""

import ast
import itertools

import pytest

from archdsl.backends.python.layout import flat, laid
from archdsl.ir.code import Code, Infix, Name
from archdsl.transforms.classes.plan import IfElse

LONG = "a_name_that_is_so_long_that_no_two_of_them_fit_on_a_line"


def condition(number: int, then: Code, otherwise: Code) -> IfElse:
    return IfElse(Infix("==", (Name(f"c{number}"), LONG)), then, otherwise)


INNER = condition(1, 1, 2)
EXPRESSIONS = {
    "in the first arm": condition(0, INNER, 3),
    "in the second arm": condition(0, 3, INNER),
    "in both": condition(0, INNER, condition(2, 3, 4)),
    "in the question": IfElse(INNER, 5, 6),
    "three deep": condition(0, condition(2, INNER, 3), condition(3, 4, condition(4, INNER, 5))),
}


@pytest.mark.parametrize("where", EXPRESSIONS)
def test_a_conditional_expression_within_another(where: str) -> None:
    code = EXPRESSIONS[where]
    lines = laid("", "x = ", code)
    assert len(lines) > 1
    assert ast.dump(ast.parse("\n".join(lines))) == ast.dump(ast.parse(f"x = {flat(code)}"))
    for values in itertools.product((LONG, ""), repeat=5):
        names = {f"c{k}": value for k, value in enumerate(values)}
        assert eval("\n".join(["(", *laid("", "", code), ")"]), names) == value_of(code, names)


def value_of(code: Code, names: dict[str, str]) -> object:
    if not isinstance(code, IfElse):
        return code
    test = code.test
    if isinstance(test, IfElse):
        holds = bool(value_of(test, names))
    else:
        assert isinstance(test, Infix) and isinstance(test.operands[0], Name)
        holds = names[test.operands[0].text] == LONG
    return value_of(code.then if holds else code.otherwise, names)
