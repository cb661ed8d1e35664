"""Diagrams: parsed again, they have the structure of a harmless text's, and say the text itself."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from functools import cache
from html.parser import HTMLParser

import pygraphviz
import pytest
from breakouts import BREAKOUTS, HARMLESS, doc_of, spec, unseen

import archdsl

MERMAID_LINE = re.compile(
    r'---|%% drawn by archdsl|title: "[^"\\]*"|flowchart TB|\s*end'
    r'|\s*subgraph \w+ \["[^"`]*"\]'
    r'|\s*\w+(\("[^"`]*"\)|\["[^"`]*"\]|\(\["[^"`]*"\]\)):::\w+'
    r"|\s*\w+ (-->|==>|-\.->)(\|\"[\dx, ]+\"\|)? \w+"
    r"|\s*classDef \w+ [\w:#,-]+|\s*class \w+ training"
)


@cache
def drawing(text: str, format: str) -> str:
    return archdsl.loads(spec(text)).draw(format=format).decode()


@pytest.mark.parametrize("name", BREAKOUTS)
def test_dot_has_the_same_nodes_and_edges(name: str) -> None:
    hostile, harmless = (
        pygraphviz.AGraph(string=drawing(text, "dot")) for text in (BREAKOUTS[name], HARMLESS)
    )
    assert hostile.nodes() == harmless.nodes() and hostile.edges() == harmless.edges()
    assert [g.name for g in hostile.subgraphs()] == [g.name for g in harmless.subgraphs()]
    assert {*hostile.graph_attr} == {*harmless.graph_attr}
    assert not unseen(drawing(BREAKOUTS[name], "dot"))


@pytest.mark.parametrize("name", BREAKOUTS)
def test_svg_has_the_same_elements(name: str) -> None:
    """A long text may be wrapped: more lines, and nothing else."""
    hostile, harmless = (
        [element.tag for element in ET.fromstring(drawing(text, "svg")).iter()]
        for text in (BREAKOUTS[name], HARMLESS)
    )
    lines = "{http://www.w3.org/2000/svg}text"
    assert Counter(tag for tag in hostile if tag != lines) == Counter(
        tag for tag in harmless if tag != lines
    )
    assert not unseen(drawing(BREAKOUTS[name], "svg"))


@pytest.mark.parametrize("name", [n for n, text in BREAKOUTS.items() if text.isprintable()])
def test_svg_says_the_text_itself(name: str) -> None:
    description = ET.fromstring(drawing(BREAKOUTS[name], "svg")).find(
        "{http://www.w3.org/2000/svg}desc"
    )
    assert description is not None and description.text is not None
    assert doc_of(BREAKOUTS[name]) in description.text


@pytest.mark.parametrize("name", BREAKOUTS)
def test_mermaid_has_the_same_lines(name: str) -> None:
    lines, harmless = (
        drawing(text, "mermaid").splitlines() for text in (BREAKOUTS[name], HARMLESS)
    )
    assert len(lines) == len(harmless)
    for line in lines:
        assert MERMAID_LINE.fullmatch(line), line
        labels = re.findall(r'"([^"]*)"', line)
        assert all("<" not in label.replace("<br/>", "") for label in labels), line


class _Tags(HTMLParser):
    """What a browser would make elements of, with the names of their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, frozenset[str]]] = []
        self.comments: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, frozenset(name for name, _ in attrs)))

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


@pytest.mark.parametrize("name", BREAKOUTS)
def test_html_has_the_same_elements(name: str) -> None:
    hostile, harmless = (_Tags(drawing(text, "html")) for text in (BREAKOUTS[name], HARMLESS))
    assert {*hostile.tags} == {*harmless.tags}
    assert hostile.comments == harmless.comments
    for tag in ("script", "style", "link", "img", "iframe"):
        assert sum(t == tag for t, _ in hostile.tags) == sum(t == tag for t, _ in harmless.tags)
    assert not unseen(drawing(BREAKOUTS[name], "html"))
