"""Syntax errors: each mistake once, in its place, and the rest of the file still read."""

from collections.abc import Callable

import pytest
from sketch import codes

from archdsl.base.labels import Severity
from archdsl.base.source import Source
from archdsl.syntax import tree
from archdsl.syntax.line_reader import MAX_CHARACTERS, MAX_DEPTH, MAX_ERRORS
from archdsl.syntax.literals import MAX_DIGITS
from archdsl.syntax.logical_lines import MAX_BRACKETS, MAX_LEVELS
from archdsl.syntax.parse import parse, parse_expression

# One mistake in the third line of a body; the column is the caret's.
LINES = {
    "from x import y": "E0114@3:5",
    "conv(64, 3": "E0102@3:9",
    "conv(64, (3, 3)": "E0102@3:9",
    "conv{i = relu": "E0102@3:9",
    "conv(64, 3))": "E0103@3:16",
    "conv(64, [3, 3)": "E0103@3:19",
    "x}": "E0103@3:6",
    'init "conv: zeros': "E0104@3:10",
    'conv("same, 3)': "E0104@3:10",
    '"""never closed': "E0104@3:5",
    r'let a = "\q"': "E0105@3:13",
    "conv(64, 3) ->": "E0101@3:17",
    "let a =": "E0101@3:12",
    "let a = 1 +": "E0101@3:16",
    "-> relu": "E0100@3:5",
    "conv(3,, 4)": "E0100@3:12",
    "// no comment": "E0100@3:5",
    "for i range(3):": "E0100@3:9",
    "conv(3, 4):": "E0110@3:5",
    "if a:": "E0110@3:5",
    "if a: relu": "E0111@3:11",
    "for i in range(3): relu": "E0111@3:24",
    '"""late"""': "E0112@3:5",
    "block inner(x):": "E0114@3:5",
    "fn f(x) = x": "E0114@3:5",
    'from "a.arch" import b': "E0114@3:5",
    "network N = M": "E0114@3:5",
    "conv(“same”, 3)": "E0115@3:10",
    "conv(64, 3) → relu": "E0115@3:17",
    "input 3×224×224": "E0115@3:12",
    "conv(64,\N{NO-BREAK SPACE}3)": "E0115@3:13",
    "relu\N{RIGHT-TO-LEFT OVERRIDE}": "E0115@3:9",
    "relu;": "E0115@3:9",
    "größe = relu": "E0115@3:5",
    "conv(64, \N{FULLWIDTH DIGIT THREE})": "E0115@3:14",
    "input 3x224x": "E0116@3:11",
    "conv(.5)": "E0116@3:10",
    "expect params < 10k": "E0116@3:21",
    "input 0x10": "E0116@3:11",
    "in = relu": "E0116@3:5",
    "for = relu": "E0116@3:5",
    "def forward(self, x):": "E0117@3:5",
    "return x": "E0117@3:5",
    "conv(64, bias=False)": "E0117@3:19",
    "let f = lambda x: x": "E0117@3:13",
    "if a is none:": "E0117@3:10",
    "if a = 3:": "E0118@3:10",
    "expect params = 3": "E0118@3:19",
    "relu if a = 3 else bn": "E0118@3:15",
    "let a == 3": "E0118@3:11",
    "conv(kernel_size: 3)": "E0118@3:21",
    "let a: int = 3": "E0118@3:10",
    "input: 3x224x224": "E0118@3:10",
    "output = a, b": "E0118@3:12",
    "a[0] = relu": "E0119@3:5",
    "conv(3) = relu": "E0119@3:13",
    "a = b = relu": "E0119@3:11",
    "let (a) = 3": "E0119@3:11",
    "for i, (a) in pairs:": "E0119@3:14",
    "let [a, b] = pair": "E0100@3:11",
    "(a, b) = pair": "E0119@3:12",
    "let (a, 3) = pair": "E0100@3:13",
    "for (a b) in pairs:": "E0120@3:10",
    "let f(x) = x": "E0119@3:10",
    "conv(64 3)": "E0120@3:10",
    "output a b": "E0120@3:12",
    "f(a=1 b=2)": "E0120@3:9",
    "conv 64, 3": "E0121@3:5",
    "bn relu": "E0121@3:5",
    "bn, relu": "E0121@3:7",
    "conv(3), relu": "E0121@3:12",
    "a + b": "E0122@3:5",
    "a == conv(3)": "E0122@3:5",
    "conv(3) > relu": "E0122@3:5",
    "64": "E0122@3:5",
    "conv(3) -> 64": "E0122@3:16",
    '"a docstring"': "E0122@3:5",
    "else:": "E0123@3:5",
    "elif a:": "E0123@3:5",
    "relu if a": "E0124@3:10",
    "conv(a if b, 3)": "E0124@3:12",
}


@pytest.mark.parametrize("line", LINES)
def test_one_mistake_is_one_error(line: str) -> None:
    wanted = LINES[line]
    assert codes(f"block a(x):\n    relu\n    {line}\n") == [wanted]
    if '"""' not in line:
        assert codes(f"block a(x):\n    relu\n    {line}\n    bn\n\nblock b:\n    relu\n") == [
            wanted
        ]


HEADERS = {
    "block a(x)\n    relu": "E0109@1:11",
    "block a(x:\n    relu\n    bn": "E0102@1:8",
    "block a(x)):\n    relu": "E0103@1:11",
    "block:\n    relu": "E0100@1:6",
    "block a x:\n    relu": "E0121@1:7",
    "block a(x y):\n    relu": "E0120@1:9",
    "block a(x=):\n    relu": "E0100@1:11",
    "block a(x):": "E0110@1:1",
    "block a(x):\nrelu\nbn": "E0110@1:1",
    'block a(x):\n    """Doc."""': "E0110@2:5",
    "block a(x): relu": "E0111@1:13",
    "network N(a) = M(a)": "E0119@1:14",
    "network N = M:\n    relu": "E0130@2:5",
    "fn f = 1": "E0100@1:6",
    "fn f(x) == 1": "E0118@1:9",
    "from blocks import x": "E0100@1:6",
    'from "a.arch" import *': "E0100@1:22",
    "import torch": "E0117@1:1",
    "class N(Module):\n    relu": "E0117@1:1",
    "def f(x):\n    relu": "E0117@1:1",
    "relu\nbn\nconv(3)": "E0113@1:1",
    "    relu": "E0108@1:1",
    "block a:\n    relu\n        bn\n        bn\n    bn": "E0108@3:1",
    "block a:\n    relu\n  bn": "E0107@3:1",
    "block a:\n    relu\n\tbn\n\tbn": "E0106@3:1",
    "archdsl 2\nblock a:\n    relu": "E0128@1:9",
    "block a:\n    if b\n        relu\n    else:\n        bn": "E0109@2:9",
    "block a:\n  if b = 1:\n    c\n  elif d:\n    e\n  else:\n    f": "E0118@2:8",
    "block a:\n    if b:\n        relu\n    else\n        bn": "E0109@4:9",
    "block a:\n    if b:\n        relu\n    else if c:\n        bn": "E0100@4:5",
    "block a:\n    f() + 1:\n        relu": "E0125@2:5",
    "block a:\n    conv(3\n  )\n    bn\n    conv(4,\n        5\n    x = relu": "E0102@5:9",
    "\0": "E0127@1:1",
}


@pytest.mark.parametrize("text", HEADERS)
def test_one_mistake_in_a_file(text: str) -> None:
    assert codes(text) == [HEADERS[text]]
    assert codes(text + "\n") == [HEADERS[text]]


def test_independent_mistakes_are_all_reported() -> None:
    text = (
        "block a(x:\n    conv(3 3)\n    relu\n    for i in x:\n        conv(3\n        bn relu\n"
        "block b\n    relu\n    if a = 1:\n        bn,\n    else\n        bn\n"
        "fn f = 1\nnetwork N:\n    input: 3x4\n"
    )
    assert codes(text) == [
        "E0102@1:8",
        "E0120@2:10",
        "E0102@5:13",
        "E0121@6:9",
        "E0109@7:8",
        "E0118@9:10",
        "E0101@10:12",
        "E0109@11:9",
        "E0100@13:6",
        "E0118@15:10",
    ]


def test_what_can_be_read_is_returned() -> None:
    text = "block a:\n    relu\n    conv(3 3)\n    bn\nblock b(\n    relu\nblock c = a\n"
    file = parse(Source("test.arch", text)).file
    first, last = file.declarations
    assert isinstance(first, tree.BlockDecl) and isinstance(last, tree.BlockDecl)
    assert [statement.span.text for statement in first.body] == ["relu", "bn"]
    assert last.name.id == "c"


def test_bracket_shows_both_ends() -> None:
    (diagnostic,) = parse(Source("test.arch", "block a:\n    conv([1, 2)\n")).diagnostics
    assert diagnostic.primary.span.text == ")"
    assert [label.span.text for label in diagnostic.others] == ["["]


def test_hints_name_one_remedy() -> None:
    for line in LINES:
        for diagnostic in parse(Source("test.arch", f"block a(x):\n    {line}\n")).diagnostics:
            assert diagnostic.hint or diagnostic.code == "E0122", line


def test_words_of_the_parser_stay_inside() -> None:
    for text in [*HEADERS, *(f"block a(x):\n    {line}\n" for line in LINES)]:
        for diagnostic in parse(Source("test.arch", text)).diagnostics:
            words = f"{diagnostic.message} {diagnostic.hint}"
            for alien in ("Token", "NEWLINE", "DEDENT", "RPAR", "LPAR", "ANON", "COMPARE", "$END"):
                assert alien not in words


VALUES = {
    "": "E0101@1:1",
    "1\n2": "E0100@2:1",
    "(3, 4": "E0102@1:1",
    "a ->": "E0101@1:3",
    "layers=3": "E0119@1:7",
    "3 4": "E0100@1:3",
    "'a": "E0104@1:1",
    "True": "E0117@1:1",
    "\0": "E0127@1:1",
}


@pytest.mark.parametrize("text", VALUES)
def test_values(text: str) -> None:
    value, (diagnostic,) = parse_expression(Source("-p", text))
    assert value is None
    assert (
        f"{diagnostic.code}@{diagnostic.primary.span.line}:{diagnostic.primary.span.column}"
        == VALUES[text]
    )


# --- limits --------------------------------------------------------------------------------------

EXTREMES: dict[str, Callable[[int], str]] = {
    "parentheses": lambda n: "let x = " + "(" * n + "1" + ")" * n,
    "open parentheses": lambda n: "let x = " + "(" * n,
    "calls": lambda n: "f(" * n,
    "templates": lambda n: "a{" * n,
    "sum": lambda n: "let x = 1" + " + 1" * n,
    "powers": lambda n: "let x = 1" + "**1" * n,
    "not": lambda n: "let x =" + " not" * n + " a",
    "choices": lambda n: "let x = " + "1 if a else " * n + "1",
    "subscripts": lambda n: "x" + "[0]" * n,
    "digits": lambda n: "let x = " + "9" * n,
    "sizes": lambda n: "input " + "9x" * n + "9",
    "exponent": lambda n: f"let x = 1e{n}{n}",
}


@pytest.mark.one_in(3)
@pytest.mark.parametrize("size", [300, 9_000, 40_000])
@pytest.mark.parametrize("name", EXTREMES)
def test_limits(name: str, size: int) -> None:
    text = f"block a:\n    relu\n    {EXTREMES[name](size)}\n    bn\n"
    (diagnostic,) = parse(Source("test.arch", text)).diagnostics
    assert diagnostic.code == "E0126"
    assert diagnostic.primary.span.line == 3


def test_long_lines() -> None:
    assert codes("block a:\n    a" + " -> a" * 4_000) == []
    assert codes("block a:\n    a" + " -> a" * 6_000) == ["E0126@2:5"]


def test_what_the_limits_allow() -> None:
    nested = "(" * MAX_BRACKETS + "x" + ")" * MAX_BRACKETS
    total = " + ".join(["1"] * MAX_DEPTH)
    lines = [f"let x = {nested}", f"let y = {total}", f"let z = {'9' * MAX_DIGITS}", "a -> " * 999]
    lines[-1] += "a"
    assert codes("block a:\n" + "".join(f"    {line}\n" for line in lines)) == []
    ladder = "".join(f"{'  ' * level}add:\n" for level in range(1, MAX_LEVELS))
    assert codes(f"block a:\n{ladder}{'  ' * MAX_LEVELS}relu\n") == []


def test_deep_indentation() -> None:
    ladder = "".join(f"{' ' * level}add:\n" for level in range(1, 700))
    (diagnostic,) = parse(Source("test.arch", f"block a:\n{ladder}{' ' * 700}relu\n")).diagnostics
    assert (diagnostic.code, diagnostic.primary.span.line) == ("E0126", MAX_LEVELS + 1)


def test_long_file() -> None:
    (diagnostic,) = parse(Source("test.arch", "#" * (MAX_CHARACTERS + 1))).diagnostics
    assert diagnostic.code == "E0126"


def test_many_errors() -> None:
    diagnostics = parse(Source("test.arch", "block a:\n" + "    conv(3 3)\n" * 1000)).diagnostics
    assert [d.code for d in diagnostics] == ["E0120"] * MAX_ERRORS + ["E0129"]
    assert diagnostics[-1].severity is Severity.NOTE
    assert diagnostics[-1].primary.span.line == MAX_ERRORS + 2  # the header is line 1
