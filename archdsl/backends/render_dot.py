"""DOT text → svg, png or pdf, by Graphviz: the `dot` program, or what `pygraphviz` brings along."""

import re
from importlib import import_module
from importlib.util import find_spec

import graphviz

FORMATS = ("svg", "png", "pdf")
MISSING = (
    "drawing svg, png and pdf needs Graphviz, which was not found: install it "
    "(`apt install graphviz`, `brew install graphviz`, `winget install graphviz`), "
    "or `pip install 'pygraphviz>=2'`, which brings it along; `--format dot` and "
    "`--format mermaid` need neither"
)


class GraphvizMissing(Exception):
    """No Graphviz on this machine; the message says how to get one."""


def render(dot_text: str, format: str) -> bytes:
    """The drawing in a format of `FORMATS`; an svg holds no trace of the Graphviz version."""
    if format not in FORMATS:
        raise ValueError(f"`{format}` is none of {', '.join(FORMATS)}")
    image = _by_dot(dot_text, format)
    if image is None:
        image = _by_pygraphviz(dot_text, format)
    if image is None:
        raise GraphvizMissing(MISSING)
    match format:
        case "svg":
            return _clean_svg(image)
        case "pdf":
            return _clean_pdf(image)
        case _:
            return image


def _by_dot(dot_text: str, format: str) -> bytes | None:
    """By the `dot` program; None where there is none."""
    try:
        return bytes(graphviz.Source(dot_text).pipe(format=format))
    except graphviz.ExecutableNotFound:
        return None


def _by_pygraphviz(dot_text: str, format: str) -> bytes | None:
    """By `pygraphviz`, whose wheels bring Graphviz along; None where it is not installed."""
    if find_spec("pygraphviz") is None:
        return None
    graph = import_module("pygraphviz").AGraph(string=dot_text)
    return bytes(graph.draw(format=format, prog="dot"))


def _clean_svg(image: bytes) -> bytes:
    """Without the comments that name the program and its version."""
    return re.sub(rb"<!--.*?-->\n?", b"", image, flags=re.DOTALL)


def _clean_pdf(image: bytes) -> bytes:
    """With the time of drawing zeroed in place, so that no offset in the file moves."""
    return re.sub(
        rb"(/(?:Creation|Mod)Date \(D:)[^)]*\)",
        lambda found: found[1] + re.sub(rb"\d", b"0", found[0][len(found[1]) :]),
        image,
    )
