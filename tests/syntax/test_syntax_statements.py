"""Statements and declarations: one tree for each construct of the language."""

import pytest
from sketch import declarations, statements

LINES = {
    "relu": "(flow [] relu -)",
    "x = relu": "(flow [x] relu -)",
    "a, b = chunk(2)": "(flow [a b] (call chunk 2) -)",
    "enc{i} = relu": "(flow [(template 'enc' i)] relu -)",
    "enc{i} -> relu": "(flow [] (-> (template 'enc' i) relu) -)",
    "x = conv(6, 5) -> relu :: 6x14x14": "(flow [x] (-> (call conv 6 5) relu) 6x14x14)",
    "relu :: (c, h // 2, w)": "(flow [] relu (tuple c (// h 2) w))",
    "a if b else c": "(flow [] (if b a c) -)",
    "(a -> b) * 2": "(flow [] (* (-> a b) 2) -)",
    "steps[0]": "(flow [] (index steps 0) -)",
    "layer mlp = conv(8, 1) -> relu": "(layer mlp (-> (call conv 8 1) relu))",
    "layer m{i} = relu": "(layer (template 'm' i) relu)",
    "let c = input.channels": "(let [c] (. input channels))",
    "let a, b = pair": "(let [a b] pair)",
    "let a, b = c, d -> e": "(let [a b] (tuple c (-> d e)))",
    "let cbr = conv(8, 3) -> bn": "(let [cbr] (-> (call conv 8 3) bn))",
    "input 3x224x224": "(input - 3x224x224 -)",
    "input 128 int": "(input - 128 int)",
    "input left: 1x105x105": "(input left 1x105x105 -)",
    "input ids: 128 int": "(input ids 128 int)",
    "input (c, size, size)": "(input - (tuple c size size) -)",
    "input n": "(input - n -)",
    "input n int": "(input - n int)",
    "output c3, c4": "(output c3 c4)",
    "output boxes=head1, scores=a -> b": "(output boxes=head1 scores=(-> a b))",
    "aux aux1(weight=0.3) = head(classes)": "(aux aux1 [weight=0.3] (call head classes))",
    "aux side = a -> b": "(aux side [] (-> a b))",
    "init conv: zeros": "(init conv - zeros)",
    "init conv: normal(std=0.01)": "(init conv - (call normal std=0.01))",
    "init conv.bias: zeros": "(init conv bias zeros)",
    'init "*.bn3": zeros': "(init '*.bn3' - zeros)",
    'init "*.bn3".bias: zeros': "(init '*.bn3' bias zeros)",
    "expect params == 10": "(expect (compare params == 10) -)",
    "expect a and b": "(expect (and a b) -)",
    "expect a < 1 if b == 2": "(expect (compare a < 1) (compare b == 2))",
    "expect a if b else c": "(expect (if b a c) -)",
}

# Words that open a statement are names wherever they do not.
SOFT = {
    "output = linear(10)": "(flow [output] (call linear 10) -)",
    "input -> relu": "(flow [] (-> input relu) -)",
    "input": "(flow [] input -)",
    "input if a else b": "(flow [] (if a input b) -)",
    "layer = relu": "(flow [layer] relu -)",
    "layer(8)": "(flow [] (call layer 8) -)",
    "block(64, stride=2) -> relu": "(flow [] (-> (call block 64 stride=2) relu) -)",
    "init -> aux": "(flow [] (-> init aux) -)",
    "let = expect": "(flow [let] expect -)",
    "aux, init = chunk(2)": "(flow [aux init] (call chunk 2) -)",
    "from = conv(import=1, as=2)": "(flow [from] (call conv import=1 as=2) -)",
    "network * 2": "(flow [] (* network 2) -)",
    "layer:": None,
}


@pytest.mark.parametrize("line", LINES)
def test_lines(line: str) -> None:
    assert statements(line) == [LINES[line]]


@pytest.mark.parametrize("line", [line for line, wanted in SOFT.items() if wanted])
def test_words_are_names_elsewhere(line: str) -> None:
    assert statements(line) == [SOFT[line]]


def test_words_open_suites() -> None:
    assert statements("layer:", "    relu") == ["(flow [] (suite layer (flow [] relu -)) -)"]


def test_suites() -> None:
    assert statements("add:", "    path:", "        a", "        b", "    identity") == [
        "(flow [] (suite add (flow [] (suite path (flow [] a -) (flow [] b -)) -)"
        " (flow [] identity -)) -)"
    ]


@pytest.mark.parametrize(
    "head, wanted",
    [
        ("concat(dim=2):", "(flow [] (suite (call concat dim=2) (flow [] a -)) -)"),
        ("x = path:", "(flow [x] (suite path (flow [] a -)) -)"),
        ("a, b = path:", "(flow [a b] (suite path (flow [] a -)) -)"),
        ("x -> concat:", "(flow [] (-> x (suite concat (flow [] a -))) -)"),
        ("y = x -> z -> add():", "(flow [y] (-> x z (suite (call add) (flow [] a -))) -)"),
        ("layer m = path:", "(layer m (suite path (flow [] a -)))"),
        ("let r = path:", "(let [r] (suite path (flow [] a -)))"),
        ("aux h(weight=1) = path:", "(aux h [weight=1] (suite path (flow [] a -)))"),
        ("for i, n in enumerate(x):", "(for [i n] (call enumerate x) (flow [] a -))"),
        ("if a and b:", "(if [(and a b) [(flow [] a -)]] [])"),
    ],
)
def test_heads(head: str, wanted: str) -> None:
    assert statements(head, "    a") == [wanted]


def test_if() -> None:
    lines = ["if a:", "    x", "elif b:", "    y", "elif c:", "    z", "else:", "    w", "v"]
    assert statements(*lines) == [
        "(if [a [(flow [] x -)]] [b [(flow [] y -)]] [c [(flow [] z -)]] [(flow [] w -)])",
        "(flow [] v -)",
    ]


def test_lines_go_on() -> None:
    assert statements(
        "x = a(",
        "1,  # one",
        "",
        ")",
        "        -> b",
        "",
        "        # a comment between",
        "        -> path:",
        "    c",
    ) == ["(flow [x] (-> (call a 1) b (suite path (flow [] c -))) -)"]


DECLARATIONS = {
    "block a:\n    relu": "(block a [] - [(flow [] relu -)] -)",
    "block a():\n    relu": "(block a [] - [(flow [] relu -)] -)",
    "block a(x, y: int, z: block = b -> c,):\n    relu": (
        "(block a [(parameter x - -) (parameter y int -) (parameter z block (-> b c))] -"
        " [(flow [] relu -)] -)"
    ),
    "block a = b -> c": "(block a [] - [] (-> b c))",
    "block a(n) = path:\n    b\n    c": (
        "(block a [(parameter n - -)] - [] (suite path (flow [] b -) (flow [] c -)))"
    ),
    'block a = path:\n    """Doc."""\n    b': (
        "(block a [] doc:'Doc.' [] (suite path (flow [] b -)))"
    ),
    'block a:\n    """Doc."""\n    relu': "(block a [] doc:'Doc.' [(flow [] relu -)] -)",
    'network N(k=1):\n    """Two\n\n      more\n    lines.\n    """\n    relu': (
        r"(network N [(parameter k - 1)] doc:'Two\n\n  more\nlines.' [(flow [] relu -)])"
    ),
    "network N = M": "(variant N M [] - [])",
    "network N = M(1, b=c)": "(variant N M [1 b=c] - [])",
    'network N = M(b=c):\n    """D"""\n    expect x': (
        "(variant N M [b=c] doc:'D' [(expect x -)])"
    ),
    'network N = M:\n    """D"""': "(variant N M [] doc:'D' [])",
    "fn f(v, by=8) = max(by, v)": ("(fn f [(parameter v - -) (parameter by - 8)] (call max by v))"),
    "fn f() = 1": "(fn f [] 1)",
    'from "a/b.arch" import c': "(import 'a/b.arch' (name c -))",
    'from "a.arch" import c, d as e,': "(import 'a.arch' (name c -) (name d e))",
    'from "a.arch" import import, as as as': "(import 'a.arch' (name import -) (name as as))",
}


@pytest.mark.parametrize("text", DECLARATIONS)
@pytest.mark.parametrize("end", ["", "\n", "\n\n# end", "\r\n"])
def test_declarations(text: str, end: str) -> None:
    assert declarations(text + end) == [DECLARATIONS[text]]


def test_order_and_blank_lines() -> None:
    text = "\n# a\nblock a:\n\n    relu\n  # odd\n\n    bn\nblock b = c\n\n\nfn d() = 1"
    assert declarations(text) == [
        "(block a [] - [(flow [] relu -) (flow [] bn -)] -)",
        "(block b [] - [] c)",
        "(fn d [] 1)",
    ]


def test_line_ends_tabs_and_marks() -> None:
    plain = declarations("block a:\n    add:\n        b\n        c\n")
    assert declarations("block a:\r\n    add:\r\n        b\r\n        c\r\n") == plain
    assert declarations("\ufeffblock a:\n    add:\n        b\n        c\n") == plain
    assert declarations("block a:\n\tadd:\n\t\tb\n\t\tc") == plain
    assert declarations("block a:\n add:\n   b\n   c") == plain
