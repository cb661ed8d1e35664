"""DOT text → svg, png or pdf, by Graphviz: the `dot` program, or what `pygraphviz` brings along."""

import re
import subprocess
import sys
from importlib.util import find_spec

import graphviz

from archdsl.backends.dot import write
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
import sys, pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
prog, args = ("neato", "-n2") if sys.argv[2] == "placed" else ("dot", "")
sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog=prog, args=args))
"""


class GraphvizMissing(Exception):
    """No Graphviz on this machine; the message says how to get one."""


def drawn(picture: Picture, format: str) -> bytes:
    """A picture arranged on a page, in a format of `FORMATS`."""
    laid = read(run(write(picture), "json0"), picture.direction)
    return render(write(picture, on_a_page(picture, laid)), format, placed=True)


def render(dot_text: str, format: str, placed: bool = False) -> bytes:
    """The drawing in a format of `FORMATS`, laid out by Graphviz if it is not `placed` already;
    an svg holds no trace of the Graphviz version."""
    if format not in FORMATS:
        raise ValueError(f"`{format}` is none of {', '.join(FORMATS)}")
    image = run(dot_text, format, placed)
    match format:
        case "svg":
            return _clean_svg(image)
        case "pdf":
            return _clean_pdf(image)
        case _:
            return image


def run(dot_text: str, format: str, placed: bool = False) -> bytes:
    """What Graphviz makes of the text."""
    image = _by_dot(dot_text, format, placed)
    if image is None:
        image = _by_pygraphviz(dot_text, format, placed)
    if image is None:
        raise GraphvizMissing(MISSING)
    return image


def _by_dot(dot_text: str, format: str, placed: bool) -> bytes | None:
    """By the `dot` program; None where there is none."""
    try:
        if placed:
            return bytes(graphviz.Source(dot_text).pipe(format, engine="neato", neato_no_op=2))
        return bytes(graphviz.Source(dot_text).pipe(format, engine="dot"))
    except graphviz.ExecutableNotFound:
        return None


def _by_pygraphviz(dot_text: str, format: str, placed: bool) -> bytes | None:
    """By `pygraphviz`, whose wheels bring Graphviz along; None where it is not installed."""
    if find_spec("pygraphviz") is None:
        return None
    done = subprocess.run(
        [sys.executable, "-c", PYGRAPHVIZ, format, "placed" if placed else "to place"],
        input=dot_text.encode(),
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
