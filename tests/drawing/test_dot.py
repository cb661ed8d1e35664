"""DOT: escaping, structure, determinism; and the formats there are."""

import os
import re
import subprocess
import sys
from pathlib import Path

import networks
import pygraphviz
import pytest
from msgspec.structs import replace
from printed import printed, texts

from archdsl import load
from archdsl.backends.diagram_formats import FORMATS, UnknownFormat, draw
from archdsl.backends.dot import write
from archdsl.backends.figure.figure_of import figure_of
from archdsl.backends.figure.graphviz_layout import placed
from archdsl.transforms.picture import picture
from archdsl.transforms.picture.drawing_parts import Kind, Node, Picture, Wire, frames_of, nodes
from archdsl.transforms.picture.geometry import around, points_of
from archdsl.transforms.picture.ruler import STANDARD

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


def by_graphviz(dot: str) -> bytes:
    """What Graphviz makes of DOT text."""
    code = "import sys, pygraphviz as g; sys.stdout.buffer.write(g.AGraph(string=sys.stdin.read())"
    code += ".draw(format='svg', prog='dot'))"
    done = subprocess.run([sys.executable, "-c", code], input=dot.encode(), capture_output=True)
    return done.stdout


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_drawn_as_it_is(text: str) -> None:
    by_itself = texts(printed(figure_of(lone(text)), "svg"))
    laid = [words.replace("\xa0", " ") for words in texts(by_graphviz(write(lone(text))))]
    assert by_itself == laid == [text, text]


def test_line_ends_and_control_characters_do_no_harm() -> None:
    svg = by_graphviz(write(lone("one\ntwo\tthree\x00four\rfive")))
    assert texts(svg) == ["one", "two three four five"] * 2


def test_a_docstring_becomes_a_tooltip_whatever_is_in_it() -> None:
    program = replace(networks.program(networks.DENSE), doc='says "so" & <more>\\n')
    assert b"&quot;so&quot; &amp; &lt;more&gt;" in by_graphviz(draw(program, "dot").decode())
    assert b'<desc>says "so" &amp; &lt;more&gt;\\n</desc>' in draw(program, "svg")


@pytest.mark.parametrize("direction", ["TB", "LR"])
@pytest.mark.parametrize("name", ["RESIDUAL", "BRANCHES", "SKIPS", "DENSE", "SIAMESE"])
def test_graphviz_draws_every_network(name: str, direction: str) -> None:
    program = networks.program(getattr(networks, name))
    for depth in (0, "auto", None):
        text = draw(program, "dot", depth=depth, direction=direction).decode()
        boxes = pygraphviz.AGraph(string=text).number_of_nodes()
        assert boxes == len(re.findall(r"\bn\d+ \[label", text))
        svg = draw(program, "svg", depth=depth, direction=direction)
        assert len(re.findall(rb'id="n\d+" class="box', svg)) == boxes


def test_the_legend_reads_in_order_in_both_directions() -> None:
    program = networks.program(networks.RESIDUAL)
    for direction in ("TB", "LR"):
        figure = figure_of(picture(program, depth=0, direction=direction))
        by_words = {text.words: (text.y, text.x) for text in figure.texts()}
        places = [by_words[words] for words in ("block", "convolution", "pooling", "linear")]
        assert places == sorted(places)


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "mobilenet_v2", "densenet121", "dilated"])
def test_what_skips_stays_inside_its_frame(name: str) -> None:
    program = networks.program(networks.DILATED) if name == "dilated" else load(name).program
    plan, laid = placed(picture(program), STANDARD)
    skips = {(e.tail, e.head) for e in plan.edges if e.wire is Wire.SKIP}
    inside = 0
    for frame in frames_of(plan.items):
        (border,) = laid.frames[frame.id]
        ids = {node.id for node in nodes(frame.items)}
        for ends in (ends for ends in skips if ids.issuperset(ends)):
            inside += 1
            arc = around(points_of(laid.curves[ends]))
            assert arc.across + arc.size.across <= border.across + border.size.across
    assert inside


def test_an_svg_says_who_drew_it() -> None:
    svg = draw(networks.program(networks.DENSE), "svg")
    assert svg.count(b"<!-- drawn by archdsl -->") == svg.count(b"<!--") == 1
    assert b"<title>Dense</title>" in svg


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    """Here, and in a process with another seed."""
    here = Path(__file__).parent
    code = (
        "import sys, test_dot; drawn = test_dot.in_every_format();"
        "sys.stdout.buffer.write(test_dot.NEXT.join(drawn))"
    )
    path = os.pathsep.join([str(here), str(here.parents[1])])
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    other = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
        capture_output=True,
        check=True,
    ).stdout.split(NEXT)
    for format, one, two in zip(FORMATS, in_every_format(), other, strict=True):
        assert one == two, format


NEXT = b"\0\0next\0\0"


def in_every_format() -> list[bytes]:
    program = networks.program(networks.BRANCHES)
    return [draw(program, f, scale=1.0 if f == "png" else None) for f in FORMATS]


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
    assert [*starts] == [*FORMATS]
    for format, start in starts.items():
        assert draw(program, format).startswith(start)
    with pytest.raises(UnknownFormat, match="did you mean `svg`"):
        draw(program, "svgz")
