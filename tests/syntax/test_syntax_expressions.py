"""Expressions: what binds tighter than what, and what the literals stand for."""

import pytest
from sketch import expression

PRECEDENCE = {
    "a -> b -> c": "(-> a b c)",
    "(a -> b) -> c": "(-> (-> a b) c)",
    "conv(1, 1) -> hardswish if i > 5 else relu": (
        "(-> (call conv 1 1) (if (compare i > 5) hardswish relu))"
    ),
    "a if b else c if d else e": "(if b a (if d c e))",
    "a or b and not c == d": "(or a (and b (not (compare c == d))))",
    "not a in b": "(not (compare a in b))",
    "a not in b": "(compare a not in b)",
    "1 <= a < b": "(compare 1 <= a < b)",
    "a - b - c": "(- (- a b) c)",
    "a + b * c": "(+ a (* b c))",
    "a // b * c % d / e": "(/ (% (* (// a b) c) d) e)",
    "-a ** -b": "(- (** a (- b)))",
    "a ** b ** c": "(** a (** b c))",
    "- + a": "(- (+ a))",
    "(a + b) * c": "(* (+ a b) c)",
    "step * 2 -> relu": "(-> (* step 2) relu)",
    "f(x)[0].y(z)": "(call (. (index (call f x) 0) y) z)",
    "not a or b if c else d": "(if c (or (not a) b) d)",
}

FORMS = {
    "f()": "(call f)",
    "f(1, b=2,)": "(call f 1 b=2)",
    "f(a -> b, n=c -> d)": "(call f (-> a b) n=(-> c d))",
    "f(x for x in y)": "(call f (each x [x] y -))",
    "concat(dim=1, x)": "(call concat dim=1 x)",
    "[a * b for a, b in zip(c, d) if a]": "(each (* a b) [a b] (call zip c d) a)",
    "[conv(n, 3) -> relu for n in ns]": "(each (-> (call conv n 3) relu) [n] ns -)",
    "(x)": "x",
    "(x,)": "(tuple x)",
    "()": "(tuple)",
    "[]": "(tuple)",
    "[a]": "(tuple a)",
    "(a, b,)": "(tuple a b)",
    "[a, (b, c)]": "(tuple a (tuple b c))",
    "x[1]": "(index x 1)",
    "x[-1]": "(index x (- 1))",
    "x[:]": "(slice x - - -)",
    "x[1:]": "(slice x 1 - -)",
    "x[:2]": "(slice x - 2 -)",
    "x[1:2:3]": "(slice x 1 2 3)",
    "x[::2]": "(slice x - - 2)",
    "input.channels": "(. input channels)",
    "input": "input",
    "denselayer{i + 1}": "(template 'denselayer' (+ i 1))",
    "a{i}b{j}_c": "(template 'a' i 'b' j '_c')",
    "{i}": "(template i)",
    "block(block=block)": "(call block block=block)",
    "(\n  a # a comment\n  ->\n  b\n)": "(-> a b)",
    "true": "True",
    "false": "False",
    "none": "None",
    "3x224x224": "3x224x224",
    "(3, 4, 6, 3)": "(tuple 3 4 6 3)",
}

LITERALS = {
    "64": 64,
    "11_689_512": 11689512,
    "0.5": 0.5,
    "2.0": 2.0,
    "1e-5": 0.00001,
    "2E3": 2000.0,
    "10K": 10000,
    "25.6M": 25600000,
    "4.1G": 4100000000,
    "1T": 1000000000000,
    "0.0005K": 0.5,
    '"a b"': "a b",
    "'a \"b\"'": 'a "b"',
    '""': "",
    r'"\n\t\\\"\x41\u00e9"': '\n\t\\"Aé',
    '"# no comment"': "# no comment",
}


@pytest.mark.parametrize("text", PRECEDENCE)
def test_precedence(text: str) -> None:
    assert expression(text) == PRECEDENCE[text]


@pytest.mark.parametrize("text", FORMS)
def test_forms(text: str) -> None:
    assert expression(text) == FORMS[text]


@pytest.mark.parametrize("text", LITERALS)
def test_literals(text: str) -> None:
    value = LITERALS[text]
    assert expression(text) == repr(value)
