"""DOT text → svg, png or pdf, by Graphviz: the `dot` program, or what `pygraphviz` brings along."""

import json
import re
import subprocess
import sys
from importlib.util import find_spec

import graphviz

from archdsl.backends.dot import parts, write
from archdsl.backends.places import read
from archdsl.backends.sheet import on_a_page
from archdsl.transforms.picture import Picture

FORMATS = ("svg", "png", "pdf")
MISSING = (
    "drawing svg, png and pdf needs Graphviz, which was not found: "
    "`pip install 'archdsl[draw]'` brings it along as pygraphviz, or install it whole "
    "(`apt install graphviz`, `brew install graphviz`, `winget install graphviz`); "
    "`--format html`, `dot` and `mermaid` need neither"
)
# In a process of its own, since the library's C code writes what it likes to standard error.
PYGRAPHVIZ = """
import json, sys, pygraphviz
prog, args = ("neato", "-n2") if sys.argv[2] == "placed" else ("dot", "")
for text in json.load(sys.stdin):
    graph = pygraphviz.AGraph(string=text)
    sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog=prog, args=args))
"""


class GraphvizMissing(Exception):
    """No Graphviz on this machine; the message says how to get one."""


def drawn(picture: Picture, format: str) -> bytes:
    """A picture arranged on a page, in a format of `FORMATS`."""
    laid = read(run(parts(picture), "json0"), picture.direction)
    return render(write(picture, on_a_page(picture, laid)), format, placed=True)


def render(dot_text: str, format: str, placed: bool = False) -> bytes:
    """The drawing in a format of `FORMATS`, laid out by Graphviz if it is not `placed` already;
    an svg holds no trace of the Graphviz version."""
    if format not in FORMATS:
        raise ValueError(f"`{format}` is none of {', '.join(FORMATS)}")
    image = run([dot_text], format, placed)
    match format:
        case "svg":
            return _clean_svg(image)
        case "pdf":
            return _clean_pdf(image)
        case _:
            return image


def run(texts: list[str], format: str, placed: bool = False) -> bytes:
    """What Graphviz makes of each text, one after the other."""
    image = _by_dot(texts, format, placed)
    if image is None:
        image = _by_pygraphviz(texts, format, placed)
    if image is None:
        raise GraphvizMissing(MISSING)
    return image


def _by_dot(texts: list[str], format: str, placed: bool) -> bytes | None:
    """By the `dot` program; None where there is none."""
    source = graphviz.Source("".join(texts))
    try:
        if placed:
            return bytes(source.pipe(format, engine="neato", neato_no_op=2))
        return bytes(source.pipe(format, engine="dot"))
    except graphviz.ExecutableNotFound:
        return None


def _by_pygraphviz(texts: list[str], format: str, placed: bool) -> bytes | None:
    """By `pygraphviz`, whose wheels bring Graphviz along; None where it is not installed."""
    if find_spec("pygraphviz") is None:
        return None
    done = subprocess.run(
        [sys.executable, "-c", PYGRAPHVIZ, format, "placed" if placed else "to place"],
        input=json.dumps(texts).encode(),
        capture_output=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"pygraphviz could not draw: {done.stderr.decode(errors='replace')}")
    return done.stdout


def _clean_svg(image: bytes) -> bytes:
    """Without the comments that name the program and its version, and with one that names us."""
    bare = re.sub(rb"<!--.*?-->\n?", b"", image, flags=re.DOTALL)
    return bare.replace(b"<svg ", b"<!-- drawn by archdsl -->\n<svg ", 1)


def _clean_pdf(image: bytes) -> bytes:
    """With the time of drawing zeroed in place, so that no offset in the file moves."""
    return re.sub(
        rb"(/(?:Creation|Mod)Date \(D:)[^)]*\)",
        lambda found: found[1] + re.sub(rb"\d", b"0", found[0][len(found[1]) :]),
        image,
    )
