"""Every node knows the text that it was read from."""

from pathlib import Path

import pytest

from archdsl.base.source import Source
from archdsl.syntax import tree
from archdsl.syntax.parse import parse, parse_expression
from archdsl.syntax.walk import children, descendants, is_expression, same

CASES = sorted((Path(__file__).parent / "cases").glob("*.arch"))

TEXT = '''\
from "a.arch" import b as c
block d(e: int = 1):
    """Doc."""
    f{g + 1}, h = (i -> j) * 2 -> k :: 1x2   # a comment
    add(n=l[1:2], m)
    q -> concat:
        r
        s = t
    if not u:
        v
network w = x(y=z)
'''

SPANS = [
    (tree.Import, 'from "a.arch" import b as c'),
    (tree.ImportName, "b as c"),
    (tree.BlockDecl, TEXT[TEXT.index("block") : TEXT.index("\nnetwork")]),
    (tree.Parameter, "e: int = 1"),
    (tree.Doc, '"""Doc."""'),
    (tree.Flow, "f{g + 1}, h = (i -> j) * 2 -> k :: 1x2"),
    (tree.Template, "f{g + 1}"),
    (tree.Chain, "(i -> j) * 2 -> k"),
    (tree.Chain, "i -> j"),
    (tree.Binary, "g + 1"),
    (tree.Binary, "(i -> j) * 2"),
    (tree.Shape, "1x2"),
    (tree.Call, "add(n=l[1:2], m)"),
    (tree.Argument, "n=l[1:2]"),
    (tree.Slice, "l[1:2]"),
    (tree.Suite, "concat:\n        r\n        s = t"),
    (tree.Chain, "q -> concat:\n        r\n        s = t"),
    (tree.Flow, "q -> concat:\n        r\n        s = t"),
    (tree.Unary, "not u"),
    (tree.If, "if not u:\n        v"),
    (tree.VariantDecl, "network w = x(y=z)"),
    (tree.Constant, '"a.arch"'),
]


@pytest.mark.parametrize("kind, text", SPANS)
def test_spans(kind: type, text: str) -> None:
    file = parse(Source("test.arch", TEXT)).file
    assert text in [node.span.text for node in descendants(file) if type(node) is kind]


def test_comments() -> None:
    comments = parse(Source("test.arch", TEXT)).comments
    assert [span.text for span in comments] == ["# a comment"]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_parts_stand_inside_their_node(path: Path) -> None:
    parsed = parse(Source(path.name, path.read_text()))
    assert not parsed.diagnostics
    for node in descendants(parsed.file):
        for child in children(node):
            assert node.span.start <= child.span.start <= child.span.end <= node.span.end


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_an_expression_reads_alike_from_its_own_text(path: Path) -> None:
    file = parse(Source(path.name, path.read_text())).file
    checked = 0
    for node in descendants(file):
        if not is_expression(node) or _holds_suite(node):
            continue
        again, diagnostics = parse_expression(Source("span", node.span.text))
        assert not diagnostics, node.span.text
        assert same(node, again) or isinstance(node, tree.Comprehension), node.span.text
        checked += 1
    assert checked > 100


def _holds_suite(node: tree.Expr) -> bool:
    return any(isinstance(part, tree.Suite) for part in (node, *descendants(node)))


def test_same_sees_every_difference() -> None:
    texts = ["1", "1.0", "true", "a", '"a"', "(a,)", "a(b)", "a(c=b)", "a -> b", "a + b", "3x4"]
    trees = [parse_expression(Source("test", text))[0] for text in texts]
    for i, left in enumerate(trees):
        assert [same(left, right) for right in trees] == [i == j for j in range(len(trees))]


def test_same_ignores_layout() -> None:
    plain = parse(Source("a", "block a(b):\n    c(1)\n    d")).file
    spaced = parse(Source("b", "# x\nblock a( b, ):\n\n  c( 1 ) # y\n  d\n")).file
    assert same(plain, spaced)
    assert not same(plain, parse(Source("c", "block a(b):\n    c(1)\n")).file)
