"""Places in a sequence behind a dot, `layer3.0.conv1`: read, laid out, and no number."""

import pytest

from archdsl.base.source import Source
from archdsl.syntax import tree
from archdsl.syntax.fmt import fmt
from archdsl.syntax.parse import parse, parse_expression


def dotted(node):
    if isinstance(node, tree.Name):
        return [(node.id, node.span.text)]
    assert isinstance(node, tree.Attribute)
    return [*dotted(node.value), (node.name.id, node.name.span.text)]


@pytest.mark.parametrize(
    "text",
    ["layer3.0", "layer3.0.conv1.output", "features.10.0.2.params", "a.b.07", "conv_2.0"],
)
def test_a_path_is_names_and_places(text):
    expression, diagnostics = parse_expression(Source("path", text))
    assert diagnostics == ()
    assert dotted(expression) == [(part, part) for part in text.split(".")]


@pytest.mark.parametrize("text", [".5", "1.", "3x3.5", "a + .5", "1.2.3", "layer3.0x"])
def test_what_is_no_number_stays_none(text):
    _, diagnostics = parse_expression(Source("number", text))
    assert [d.code for d in diagnostics] == ["E0116"]


def test_the_layout_keeps_a_path_together():
    text = "network N:\n    input 3x4x4\n    a = relu -> relu\n    expect a.0.output==3x4x4\n"
    assert "    expect a.0.output == 3x4x4\n" in fmt(parse(Source("n.arch", text)))
