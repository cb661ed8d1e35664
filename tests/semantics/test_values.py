"""Compile-time values: literals, operators, functions, comprehensions, conditions and loops."""

import math

import pytest
from small_specs import codes, load, number, program, shapes

# Expected values are Python's, or worked out by hand.
EXPRESSIONS = {
    "64": 64,
    "11_689_512": 11689512,
    "4.1G": 4_100_000_000,
    "25.6M": 25_600_000,
    "2.5": 2.5,
    "1e-5": 1e-5,
    "true": True,
    "none": None,
    '"text"': "text",
    "3x224x224": (3, 224, 224),
    "(1, 2.5, none)": (1, 2.5, None),
    "[1, 2]": (1, 2),
    "(1,)": (1,),
    "()": (),
    "7 + 2 * 3": 13,
    "(7 + 2) * 3": 27,
    "7 - 2 - 1": 4,
    "7 / 2": 3.5,
    "7 // 2": 3,
    "-7 // 2": -4,
    "7 % 3": 1,
    "-7 % 3": 2,
    "2 ** 3 ** 2": 512,
    "-2 ** 2": -4,
    "2 ** -1": 0.5,
    "2.0 ** 3": 8.0,
    "+3": 3,
    "(1, 2) + (3,)": (1, 2, 3),
    "(1, 2) * 2": (1, 2, 1, 2),
    "(1, 2) * 0": (),
    '"a" + "b"': "ab",
    "1 < 2": True,
    "1 < 2 < 2": False,
    "0 < 1 <= 1": True,
    "3 >= 3.0": True,
    "(1, 2) < (1, 3)": True,
    "1 == 1.0": True,
    "1 == true": False,
    "(1, true) == (1, 1)": False,
    "(1, (2, 3)) == (1, (2, 3))": True,
    "none == none": True,
    '"a" == "a"': True,
    "1 != 2": True,
    "2 in (1, 2)": True,
    "true in (1, 2)": False,
    "3 not in (1, 2)": True,
    "not 1 > 2": True,
    "true and false": False,
    "false or true": True,
    "false and 1 / 0 > 1": False,
    "true or 1 / 0 > 1": True,
    "1 if 2 > 1 else 0": 1,
    "1 if 1 > 2 else 2 if 1 > 3 else 3": 3,
    "1 if true else 1 / 0": 1,
    "(4, 5, 6)[1]": 5,
    "(4, 5, 6)[-1]": 6,
    "(4, 5, 6)[1:]": (5, 6),
    "(4, 5, 6)[:-1]": (4, 5),
    "(4, 5, 6)[::-1]": (6, 5, 4),
    "(4, 5, 6)[0:9:2]": (4, 6),
    '"abc"[1]': "b",
    '"abc"[1:]': "bc",
    "3x224x224[0]": 3,
    "[x * x for x in (1, 2, 3)]": (1, 4, 9),
    "[x for x in range(6) if x % 2 == 0]": (0, 2, 4),
    "[a * b for a, b in ((1, 2), (3, 4))]": (2, 12),
    "[[y for y in range(x)] for x in range(3)]": ((), (0,), (0, 1)),
    "range(3)": (0, 1, 2),
    "range(1, 4)": (1, 2, 3),
    "range(6, 0, -2)": (6, 4, 2),
    "range(0)": (),
    "len((1, 2))": 2,
    'len("abc")': 3,
    "enumerate((5, 6))": ((0, 5), (1, 6)),
    "enumerate((5, 6), 1)": ((1, 5), (2, 6)),
    "zip((1, 2), (3, 4), (5, 6))": ((1, 3, 5), (2, 4, 6)),
    "reversed((1, 2, 3))": (3, 2, 1),
    "sorted((3, 1.5, 2))": (1.5, 2, 3),
    "min(3, 1, 2)": 1,
    "min((3, 1, 2))": 1,
    "max(3, 1.5)": 3,
    "max((3, 4))": 4,
    "sum((1, 2, 3))": 6,
    "sum(())": 0,
    "sum([i for i in range(5)])": 10,
    "round(2.5)": 2,
    "round(3.5)": 4,
    "round(2.567, 2)": 2.57,
    "round(1234, -2)": 1200,
    "floor(2.7)": 2,
    "floor(-2.1)": -3,
    "ceil(2.1)": 3,
    "int(2.9)": 2,
    "int(-2.9)": -2,
    "float(2)": 2.0,
    "abs(-3)": 3,
    "sqrt(16)": 4.0,
    "log2(8)": 3.0,
}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions(expression: str) -> None:
    value, wanted = number(expression), EXPRESSIONS[expression]
    assert value == wanted
    assert type(value) is type(wanted)


def test_functions_of_the_file() -> None:
    # make_divisible of the MobileNet papers' code, without its 10 % rule
    above = "fn divisible(v, by=8) = max(by, int(v + by / 2) // by * by)"
    for given, wanted in {"3": 8, "32 * 1.4": 48, "24 * 0.75": 16, "20, by=4": 20}.items():
        assert number(f"divisible({given})", above) == wanted
    assert number("f(5)", "fn f(n) = 1 if n == 0 else n * f(n - 1)") == math.factorial(5)
    assert number("g(3)", "fn f(n) = 2 * n\nfn g(n) = f(n) + f(n=n + 1)") == 14


def test_a_function_sees_its_parameters_alone() -> None:
    assert number("f(2)", "fn f(x, y=x + 1) = x * y") == 6
    assert codes(load("let z = 3\nlet w = f(1)\nrelu", above="fn f(x) = x + z")) == ["E0201"]


def test_functions_and_ops_of_one_name() -> None:
    root = program("conv(max(4, 8), 1)\nmax(channels, keepdim=true)\nsum(height)").root
    assert shapes(root) == ["8x32x32", "1x32x32", "1x32"]


def test_a_parameter_does_not_hide_a_function() -> None:
    above = "block b(max, len=3):\n    conv(max(max, len), 1)\n"
    assert shapes(program("b(2)", above=above).root) == ["3x32x32"]


def test_let_binds_again_and_several_at_once() -> None:
    root = program(
        """
        let a, b = (4, 8)
        let a = a + b
        conv(a, 1)
        for i in range(3):
            let b = b * 2
        conv(b, 1)
        """
    ).root
    assert shapes(root) == ["12x32x32", "64x32x32"]


def test_to_bind_a_name_again_changes_no_value() -> None:
    """What was made of the first value, or holds it, stays as it was."""
    root = program(
        """
        let sizes = (4, 8)
        let kept, pair = (sizes, (sizes, 2))
        let head = conv(sizes[0], 1)
        let sizes = sizes + (16,)
        conv(len(kept), 1)
        conv(len(pair[0]), 1)
        head
        conv(len(sizes), 1)
        """
    ).root
    assert shapes(root) == ["2x32x32", "2x32x32", "4x32x32", "3x32x32"]


def test_let_may_bind_a_parameter_again() -> None:
    above = "block b(c):\n    let c = c * 2\n    conv(c, 1)\n"
    assert shapes(program("b(4)", above=above).root) == ["8x32x32"]


def test_loops_over_pairs_and_nested() -> None:
    root = program(
        """
        for i, n in enumerate((1, 2)):
            for j in range(n):
                conv(10 * i + j + 1, 1)
        """
    ).root
    assert shapes(root) == ["1x32x32", "11x32x32", "12x32x32"]


@pytest.mark.parametrize(("n", "channels"), [(1, 4), (2, 8), (3, 16), (4, 16)])
def test_if_takes_the_first_arm_that_is_true(n: int, channels: int) -> None:
    root = program(
        f"""
        let n = {n}
        if n == 1:
            conv(4, 1)
        elif n == 2:
            conv(8, 1)
        else:
            conv(16, 1)
        """
    ).root
    assert shapes(root) == [f"{channels}x32x32"]


def test_if_without_else_may_take_none() -> None:
    assert shapes(program("relu\nif 1 > 2:\n    conv(8, 1)").root) == ["3x32x32"]


def test_for_and_if_inside_a_merge_make_and_choose_branches() -> None:
    root = program(
        """
        concat:
            for k in (1, 3, 5):
                if k == 1:
                    conv(4, 1)
                elif k == 3:
                    conv(4, 3, padding=1)
                else:
                    identity
            let width = 2
            conv(width, 1)
        """
    ).root
    assert shapes(root) == ["4x32x32", "4x32x32", "2x32x32", "13x32x32"]


def test_words_of_arguments_stand_before_the_names_of_steps() -> None:
    root = program("same = relu\nconv(8, 3, padding=same)\nadd(identity, same -> conv(8, 1))").root
    assert shapes(root)[1] == "8x32x32"


def test_words_may_be_strings() -> None:
    above = 'block b(mode="same"):\n    conv(8, 3, padding=mode)\n'
    assert shapes(program('b -> b("valid") -> b(mode="same")', above=above).root) == [
        "8x32x32",
        "8x30x30",
        "8x30x30",
    ]
