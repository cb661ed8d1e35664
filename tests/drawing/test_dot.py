"""DOT and what Graphviz makes of it: escaping, determinism, formats."""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import networks
import pytest
from msgspec.structs import replace

from archdsl import load
from archdsl.backends.dot import parts, to_dot, write
from archdsl.backends.drawing import FORMATS, UnknownFormat, draw
from archdsl.backends.places import read
from archdsl.backends.render_dot import render, run
from archdsl.backends.titles import points_of
from archdsl.transforms.picture import Kind, Node, Picture, Wire, frames_of, nodes, picture
from archdsl.transforms.picture.geometry import around

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
    for direction in ("TB", "LR"):
        svg = ElementTree.fromstring(draw(program, "svg", depth=0, direction=direction))
        texts = {t.text: t for t in svg.iter("{http://www.w3.org/2000/svg}text")}
        words = ["block", "convolution", "pooling", "linear"]
        places = [(float(texts[w].attrib["y"]), float(texts[w].attrib["x"])) for w in words]
        assert places == sorted(places)


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "mobilenet_v2", "densenet121", "dilated"])
def test_what_skips_stays_inside_its_frame(name: str) -> None:
    program = networks.program(networks.DILATED) if name == "dilated" else load(name).program
    plan = picture(program)
    laid = read(run(parts(plan), "json0"), "TB")
    skips = {(e.tail, e.head) for e in plan.edges if e.wire is Wire.SKIP}
    found = 0
    for frame in frames_of(plan.items):
        (border,) = laid.frames[f"cluster_{frame.id}"]
        ids = {node.id for node in nodes(frame.items)}
        for ends in (ends for ends in skips if ids.issuperset(ends)):
            found += 1
            arc = around(points_of(laid.curves[ends]))
            assert arc.across + arc.size.across <= border.across + border.size.across
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
