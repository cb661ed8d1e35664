"""`for i, (a, b) in …`, `let (a, b), c = …` and comprehensions: elements taken apart."""

import pytest
from small_specs import codes, load, names, number, output, program, shapes


def test_a_loop_takes_elements_apart() -> None:
    lines = """
        for i, (width, (kernel, stride)) in enumerate(((8, (3, 1)), (16, (5, 2)))):
            conv{i} = conv(width, kernel, stride=stride)
    """
    root = program(lines).root
    assert names(root) == ["conv0", "conv1"]
    assert shapes(root) == ["8x30x30", "16x13x13"]


def test_one_pattern_alone_is_the_same_as_names_without_brackets() -> None:
    bare = "for width, kernel in ((4, 3), (8, 5)):\n    conv(width, kernel)"
    nested = bare.replace("width, kernel in", "(width, kernel) in")
    assert shapes(program(bare).root) == shapes(program(nested).root) == ["4x30x30", "8x26x26"]


def test_let_takes_apart_at_every_depth() -> None:
    lines = "let (a, (b,)), c = (8, (3,)), 1\nconv(a, b, padding=c)"
    assert output(program(lines)) == "8x32x32"


def test_a_comprehension_takes_elements_apart() -> None:
    assert number("[a * b for i, (a, b) in enumerate([(2, 3), (4, 5)]) if i > 0]") == (20,)


@pytest.mark.parametrize(
    "lines",
    [
        "let (a, b), c = (1, 2, 3), 4\nconv(a, b)",
        "let (a, b), c = 1, 4\nconv(a, b)",
        "for i, (a, b) in enumerate([(1, 2), (3,)]):\n    conv(8, 1)",
        "let (a,), b = (1, 2), 3\nconv(a, b)",
    ],
)
def test_more_or_fewer_names_than_elements_are_one_mistake(lines: str) -> None:
    assert codes(load(lines)) == ["E0405"]


def test_the_message_points_at_the_pattern() -> None:
    (diagnostic,) = load("let (a, b), c = (1, 2, 3), 4\nconv(a, c)").diagnostics
    assert diagnostic.message == "2 names stand for 3 elements"
    assert diagnostic.primary.span.text == "(a, b)"


def test_nested_names_are_no_uses_of_parameters() -> None:
    above = "block unused(a=1):\n    for i, (a, b) in ((1, (2, 3)),):\n        conv(b, 1)"
    assert codes(load("unused(3)", above=above)) == ["W0115"]


def test_input_is_no_name_to_bind() -> None:
    assert codes(load("for i, (input, b) in ((1, (2, 3)),):\n    conv(b, 1)")) == ["E0204"]
