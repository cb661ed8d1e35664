"""A picture as one HTML file that needs nothing else: style, script, drawing and source inside.

The boxes, their facts and the source are plain elements that read without the script; it lays
the arrows over them and moves things. All of the user's text is escaped and visible; none of it
stands in the script.
"""

import json
from collections.abc import Iterator
from html import escape
from importlib.resources import files

from archdsl.backends.html.sources import Sources
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.plain import visible
from archdsl.ir.graph import Program
from archdsl.transforms.picture import (
    SHADES,
    TINTS,
    Arrangement,
    Depth,
    Direction,
    Facts,
    Frame,
    Heat,
    Item,
    Kind,
    Node,
    Picture,
    Role,
    Tint,
    explorable,
)

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
BUTTONS = (
    ("out", "−", "zoom out (−)"),
    ("in", "+", "zoom in (+)"),
    ("fit", "fit", "show all (0)"),
    ("unfold", "unfold all", "open every block"),
    ("fold", "fold all", "close every block"),
)


def to_html(
    program: Program,
    *,
    depth: Depth = "auto",
    direction: Direction = "TB",
    heat: Heat | None = None,
    mistakes: tuple[Diagnostic, ...] = (),
) -> str:
    """The network's diagram as an HTML page; `depth` levels of blocks are open at first."""
    return write(explorable(program, depth, direction, heat, mistakes))


def write(picture: Picture) -> str:
    """A picture with its legend last, as an HTML page."""
    return "\n".join(_page(picture)) + "\n"


def _page(picture: Picture) -> Iterator[str]:
    *network, legend = picture.items
    sources = Sources()
    drawing = list(_Drawing(picture, sources).rows(tuple(network)))
    yield "<!doctype html>"
    yield f'<html lang="en" data-direction="{picture.direction}">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield '<meta name="generator" content="archdsl">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
    yield f"<title>{_text(picture.name)}</title>"
    yield f"<style>\n{_asset('page.css')}{_colours()}</style>"
    yield "</head>"
    yield "<body>"
    yield from _heading(picture)
    yield '<main><section id="stage" tabindex="0" aria-label="diagram"><div id="canvas">'
    yield '<svg id="wires" aria-hidden="true"></svg>'
    yield from drawing
    yield "</div></section>"
    yield from sources.listing()
    yield "</main>"
    yield from _legend(legend)
    yield '<div id="tip" role="tooltip" hidden></div>'
    edges = [[edge.tail, edge.head, edge.wire.value, edge.shape] for edge in picture.edges]
    yield f'<script type="application/json" id="edges">{json.dumps(edges)}</script>'
    yield f"<script>\n{_asset('page.js')}</script>"
    yield "</body>"
    yield "</html>"


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _colours() -> str:
    rules = [_rule(kind.name.lower(), tint) for kind, tint in TINTS.items()]
    rules += [_rule(f"share{index}", shade.tint) for index, shade in enumerate(SHADES)]
    return "\n".join(rules) + "\n"


def _rule(name: str, tint: Tint) -> str:
    return f".{name} {{ --fill: {tint.fill}; --line: {tint.line} }}"


def _heading(picture: Picture) -> Iterator[str]:
    name, *facts = picture.title
    yield f'<header id="bar"><h1>{_text(name)}</h1><p>{_text(" · ".join(facts))}</p>'
    for action, label, title in BUTTONS:
        yield f'<button type="button" data-do="{action}" title="{title}">{label}</button>'
    yield "</header>"


def _legend(item: Item) -> Iterator[str]:
    assert isinstance(item, Frame)
    yield '<footer id="legend">'
    yield from (f"<span>{_text(line)}</span>" for line in item.lines)
    for entry in item.items:
        assert isinstance(entry, Node)
        yield f'<span class="{_classes(entry)}">{_lines(entry.lines)}</span>'
    yield "</footer>"


class _Drawing:
    """Boxes and frames as elements; the places in the spec that they name go to `sources`."""

    def __init__(self, picture: Picture, sources: Sources) -> None:
        self._arrangement = Arrangement(picture.items, picture.edges)
        self._sources = sources

    def rows(self, items: tuple[Item, ...]) -> Iterator[str]:
        yield '<div class="rows">'
        for row in self._arrangement.rows(items):
            yield '<div class="row">'
            for lane in row:
                yield '<div class="lane">'
                for item in lane:
                    yield from self._frame(item) if isinstance(item, Frame) else self._box(item)
                yield "</div>"
            yield "</div>"
        yield "</div>"

    def _box(self, node: Node) -> Iterator[str]:
        yield f'<div id="{node.id}" class="{_classes(node)}"{self._place(node.facts)}>'
        yield _lines(node.lines)
        yield from _facts(node.facts)
        yield "</div>"

    def _frame(self, frame: Frame) -> Iterator[str]:
        headers = [i for i in frame.items if isinstance(i, Node) and i.role is Role.HEADER]
        header = headers[0] if headers else Node(f"{frame.id}t", Kind.BLOCK, frame.lines, "")
        state = " folded" if frame.folded else ""
        state += " dashed" if frame.dashed else ""
        yield f'<section id="{frame.id}" class="frame{state}">'
        colour = "" if header.shade is None else f" share{header.shade}"
        yield f'<div id="{header.id}" class="title{colour}"{self._place(frame.facts)}>'
        opened = "false" if frame.folded else "true"
        yield f'<button type="button" class="fold" aria-expanded="{opened}"'
        yield ' aria-label="open or close this block"></button>'
        yield f'<div class="when-open">{_lines(header.lines)}</div>'
        yield f'<div class="when-folded">{_lines(frame.shut or header.lines)}</div>'
        yield from _facts(frame.facts)
        yield "</div>"
        yield from self.rows(frame.items)
        yield "</section>"

    def _place(self, facts: Facts | None) -> str:
        """The attributes by which the script finds the facts and the line in the source."""
        if facts is None:
            return ""
        file, first, last = self._sources.place(facts.span)
        return f' tabindex="0" data-file="{file}" data-first="{first}" data-last="{last}"'


def _classes(node: Node) -> str:
    colour = node.kind.name.lower() if node.shade is None else f"share{node.shade}"
    merge = " merge-box" if node.role is Role.MERGE else ""
    return f"box {colour}{merge}{' dashed' if node.dashed else ''}"


def _lines(lines: tuple[str, ...]) -> str:
    return "".join(f"<span>{_text(line)}</span>" for line in lines)


def _facts(facts: Facts | None) -> Iterator[str]:
    """What hovering shows; a figure of nothing is left out."""
    if facts is None:
        return
    counts = {"params": facts.params, "MACs": facts.macs, "activations": facts.activation}
    told = {
        "path": facts.path,
        "": "\n".join(facts.written),
        "input": facts.inputs,
        "output": facts.outputs,
        **{name: f"{count:,}" for name, count in counts.items() if count},
        "receptive field": facts.field,
        "about": facts.doc,
    }
    yield '<dl class="facts" hidden>'
    for name, value in told.items():
        if value:
            yield f"<dt>{name or 'as written'}</dt><dd>{_text(value)}</dd>"
    yield "</dl>"


def _text(text: str) -> str:
    """Text that a browser shows as it is, control characters and direction marks told."""
    return "\n".join(escape(visible(line)) for line in text.split("\n"))
