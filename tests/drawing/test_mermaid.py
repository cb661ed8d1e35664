"""Mermaid text: every arrow's ends declared, and no user's text that breaks out of its label."""

import re

import networks
import pytest

from archdsl.backends.diagram_formats import draw
from archdsl.backends.mermaid import write
from archdsl.transforms.picture import picture
from archdsl.transforms.picture.drawing_parts import Kind, Node, Picture


@pytest.mark.parametrize("name", ["RESIDUAL", "BRANCHES", "SKIPS", "DENSE", "SIAMESE"])
def test_the_parts_fit_together(name: str) -> None:
    program = networks.program(getattr(networks, name))
    text = draw(program, "mermaid").decode()
    declared = re.findall(r"^\s*(n\d+)[(\[]", text, re.MULTILINE)
    assert len(declared) == len(set(declared))
    arrow = r'^  (n\d+) (?:-->|==>|-\.->)(?:\|"[\dx, ]+"\|)? (n\d+)$'
    arrows = re.findall(arrow, text, re.MULTILINE)
    assert {end for ends in arrows for end in ends} <= set(declared)
    assert len(arrows) == len(picture(program).edges)
    assert len(re.findall(r"\bsubgraph\b", text)) == len(
        re.findall(r"^\s*end$", text, re.MULTILINE)
    )
    classes = set(re.findall(r":::(\w+)", text))
    assert classes <= set(re.findall(r"classDef (\w+) ", text))


def test_labels_are_escaped() -> None:
    hostile = 'a "b" <i> & #lt; `c`\nd'
    node = Node("n1", Kind.INPUT, (hostile,), hostile)
    text = write(Picture("x", (hostile,), "x", (node,), (), "TB"))
    label = 'n1("a #quot;b#quot; #lt;i#gt; #amp; #35;lt; #96;c#96;<br/>d"):::input'
    assert f"  {label}\n" in text
    assert text.splitlines()[1] == 'title: "a \\"b\\" <i> & #lt; `c`\\nd"'


def test_direction_and_skips() -> None:
    text = draw(networks.program(networks.DENSE), "mermaid", direction="LR").decode()
    assert "flowchart LR" in text
    assert len(re.findall("==>", text)) == 1


def test_a_shape_stands_on_the_arrow_where_it_changes() -> None:
    text = draw(networks.program(networks.SIAMESE), "mermaid", depth=None).decode()
    assert text.count('-->|"8x26x26"|') == 2
