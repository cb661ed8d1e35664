"""DOT and what Graphviz makes of it: escaping, determinism, formats."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import networks
import pygraphviz
import pytest

from archdsl import load
from archdsl.backends.dot import to_dot, write
from archdsl.backends.drawing import FORMATS, UnknownFormat, draw
from archdsl.backends.render_dot import render
from archdsl.transforms.picture import TINTS, Kind, Node, Picture

HOSTILE = [
    'a "quoted" name',
    "back\\slash \\n \\N \\G \\l end\\",
    "<b>bold</b> & &lt; &amp; &#65;",
    "{a|b} <port> [x] ; // /* */ #",
    "Größe · 日本 → ∑",
    'label="x"]; evil [label="y',
    "%s %d ${HOME} `ls`",
]


def lone(text: str) -> Picture:
    """A picture of one box with a line of text, which is the title too."""
    node = Node("n1", Kind.INPUT, (text,), text)
    return Picture(text, (text,), text, (node,), (), "TB")


def drawn_texts(svg: bytes) -> list[str]:
    root = ElementTree.fromstring(svg)
    found = ("".join(e.itertext()) for e in root.iter("{http://www.w3.org/2000/svg}text"))
    return [text.replace("\xa0", " ") for text in found]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_drawn_as_it_is(text: str) -> None:
    assert drawn_texts(render(write(lone(text)), "svg")) == [text, text]


def test_line_ends_and_control_characters_do_no_harm() -> None:
    svg = render(write(lone("one\ntwo\tthree\x00four\rfive")), "svg")
    assert drawn_texts(svg) == ["one", "two three four five"] * 2


def test_a_docstring_becomes_a_tooltip_whatever_is_in_it() -> None:
    program = networks.program(networks.DENSE)
    svg = render(to_dot(replace(program, doc='says "so" & <more>\\n')), "svg")
    assert ElementTree.fromstring(svg) is not None
    assert b"&quot;so&quot; &amp; &lt;more&gt;" in svg


@pytest.mark.parametrize("direction", ["TB", "LR"])
@pytest.mark.parametrize("name", ["RESIDUAL", "BRANCHES", "SKIPS", "DENSE", "SIAMESE"])
def test_graphviz_draws_every_network(name: str, direction: str) -> None:
    program = networks.program(getattr(networks, name))
    for depth in (0, "auto", None):
        text = to_dot(program, depth=depth, direction=direction)
        svg = render(text, "svg")
        assert len(re.findall(rb'<g id="node\d+"', svg)) == len(re.findall(r"\bn\d+ \[label", text))


def test_the_legend_reads_in_order_in_both_directions() -> None:
    program = networks.program(networks.RESIDUAL)
    for direction, axis in (("TB", 2), ("LR", 3)):
        text = to_dot(program, depth=0, direction=direction)
        plain = pygraphviz.AGraph(string=text).draw(format="plain", prog="dot").decode()
        row = [line.split() for line in plain.splitlines() if line.startswith("node")][-4:]
        words = [fields[6] for fields in sorted(row, key=lambda f: float(f[axis]) * (5 - 2 * axis))]
        assert words == ["block", "convolution", "pooling", "linear"]


def bends(position: str) -> Iterator[float]:
    """How far to the right an arrow goes, at twenty places of each of its Bézier curves."""
    across = [float(point.split(",")[-2]) for point in position.split()]
    end, curve = across[0], across[1:]
    yield end
    for a, b, c, d in zip(curve[:-1:3], curve[1::3], curve[2::3], curve[3::3], strict=True):
        for t in (step / 20 for step in range(21)):
            s = 1 - t
            yield a * s**3 + 3 * b * s * s * t + 3 * c * s * t * t + d * t**3


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "mobilenet_v2", "densenet121", "dilated"])
def test_what_skips_stays_inside_its_frame(name: str) -> None:
    program = networks.program(networks.DILATED) if name == "dilated" else load(name).program
    drawn = pygraphviz.AGraph(string=to_dot(program))
    drawn.layout("dot")
    found = 0
    for frame in drawn.subgraphs():
        if not frame.name or not frame.name.startswith("cluster"):
            continue
        right = float(frame.graph_attr["bb"].split(",")[2])
        for tail, head in drawn.edges(frame.nodes()):
            arrow = drawn.get_edge(tail, head)
            if arrow.attr["color"] == TINTS[Kind.MERGE].line and frame.has_node(head):
                found += 1
                assert max(bends(arrow.attr["pos"])) <= right
    assert found


def test_an_svg_says_nothing_of_the_graphviz_that_made_it() -> None:
    svg = draw(networks.program(networks.DENSE), "svg")
    assert svg.count(b"<!--") == 1
    assert b"<!-- drawn by archdsl -->" in svg
    assert b"raphviz" not in svg
    assert b"Dense" in svg


@pytest.mark.parametrize("format", ["svg", "png", "pdf", "html", "dot", "mermaid"])
def test_the_same_bytes_whatever_the_hash_seed(format: str) -> None:
    here = Path(__file__).parent
    code = (
        "import sys, networks; from archdsl.backends.drawing import draw;"
        f"sys.stdout.buffer.write(draw(networks.program(networks.BRANCHES), {format!r}))"
    )
    path = os.pathsep.join([str(here), str(here.parents[1])])
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_formats() -> None:
    program = networks.program(networks.DENSE)
    starts = {
        "svg": b"<?xml",
        "png": b"\x89PNG",
        "pdf": b"%PDF",
        "html": b"<!doctype html>",
        "dot": b"// drawn by archdsl\ndigraph",
        "mermaid": b"---",
    }
    assert tuple(starts) == FORMATS
    for format, start in starts.items():
        assert draw(program, format).startswith(start)
    with pytest.raises(UnknownFormat, match="did you mean `svg`"):
        draw(program, "svgz")
