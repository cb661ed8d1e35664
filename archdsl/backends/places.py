"""Where Graphviz has placed what it was given, and places in Graphviz's own words again."""

import json
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from archdsl.transforms.picture import Direction
from archdsl.transforms.picture.estimate import LETTER, LINE
from archdsl.transforms.picture.geometry import Curve, Geometry, Point, around
from archdsl.transforms.picture.page import Box, Size

INCH = 72.0
LABELS = (("label", "lp"), ("taillabel", "tail_lp"), ("headlabel", "head_lp"))
TITLE_GAP = 10.0
Attributes = dict[str, str]


# --- reading ---------------------------------------------------------------------------------


def read(laid_out: bytes, direction: Direction) -> Geometry:
    """What Graphviz's format `json0` says of places, of one graph or of several; the first one's
    title is that of all."""
    graphs = list(_graphs(laid_out.decode()))
    found = Geometry(title=_title(graphs[0]))
    for graph in graphs:
        _read_graph(graph, direction, found)
    return found


def _graphs(text: str) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder()
    while text := text.lstrip():
        graph, end = decoder.raw_decode(text)
        yield graph
        text = text[end:]


def _read_graph(graph: dict[str, Any], direction: Direction, found: Geometry) -> None:
    names = {item["_gvid"]: item["name"] for item in graph["objects"]}
    for item in graph["objects"]:
        name = item["name"]
        if "pos" in item:
            found.boxes[name] = _box(item, direction)
        elif name.startswith("cluster_"):
            x0, y0, x1, y1 = map(float, item["bb"].split(","))
            corners = (_turned(corner, direction) for corner in ((x0, y0), (x1, y1)))
            found.frames[name] = (around(corners),)
            if "lp" in item:
                found.titles[name] = _words(
                    item, "lp", (_inches(item, "lwidth"), _inches(item, "lheight")), direction
                )
    for edge in graph.get("edges", ()):
        ends = names[edge["tail"]], names[edge["head"]]
        found.curves[ends] = _curve(edge, direction)


def _title(graph: dict[str, Any]) -> Size:
    return Size(_inches(graph, "lwidth"), _inches(graph, "lheight") + TITLE_GAP)


def _box(item: dict[str, Any], direction: Direction) -> Box:
    return _words(item, "pos", (_inches(item, "width"), _inches(item, "height")), direction)


def _curve(edge: dict[str, Any], direction: Direction) -> Curve:
    ends, points = [], []
    for word in edge["pos"].split():
        if word[0] in "es":
            ends.append((word[0], _point(word[2:], direction)))
        else:
            points.append(_point(word, direction))
    return Curve(tuple(points), tuple(ends), _label(edge, direction))


def _label(edge: dict[str, Any], direction: Direction) -> Box | None:
    """The words beside an arrow, as wide as they are at most."""
    for words, place in LABELS:
        if place in edge:
            return _words(edge, place, (len(edge[words]) * LETTER, LINE), direction)
    return None


def _words(item: dict[str, Any], place: str, size: Point, direction: Direction) -> Box:
    """Words whose middle has a place, and that are so wide and high."""
    across, along = _point(item[place], direction)
    wide, long = size if direction == "TB" else size[::-1]
    return Box(across - wide / 2, along - long / 2, Size(wide, long))


def _inches(item: dict[str, Any], name: str) -> float:
    """A length in points that Graphviz gives in inches."""
    return INCH * float(item.get(name, 0))


def _point(text: str, direction: Direction) -> Point:
    x, y = map(float, text.split(","))
    return _turned((x, y), direction)


def _turned(point: Point, direction: Direction) -> Point:
    """Graphviz's x to the right and y up as across and along, or the other way round."""
    x, y = point
    return (x, -y) if direction == "TB" else (-y, x)


# --- writing ---------------------------------------------------------------------------------


class Places(Struct, frozen=True):
    """Places as attributes of DOT, for Graphviz to draw them as they are."""

    geometry: Geometry
    direction: Direction

    def node(self, id_: str) -> Attributes:
        box = self.geometry.boxes[id_]
        wide, long = box.size if self.direction == "TB" else box.size[::-1]
        sides = {"width": f"{wide / INCH:.5f}", "height": f"{long / INCH:.5f}"}
        return {"pos": self._text(_middle(box)), **sides}

    def frame(self, id_: str) -> list[Attributes]:
        """For each piece of a frame; the title stands in the first."""
        boxes = self.geometry.frames[f"cluster_{id_}"]
        found = [{"bb": self._corners(box)} for box in boxes]
        title = self.geometry.titles.get(f"cluster_{id_}")
        if title is not None:
            found[0]["lp"] = self._text(_middle(title))
        return found

    def edge(self, tail: str, head: str) -> Attributes:
        curve = self.geometry.curves[tail, head]
        ends = (f"{letter},{self._text(tip)}" for letter, tip in curve.ends)
        found = {"pos": " ".join((*ends, *map(self._text, curve.points)))}
        if curve.label is not None:
            found |= dict.fromkeys((place for _, place in LABELS), self._text(_middle(curve.label)))
        return found

    def graph(self) -> Attributes:
        """The whole with its title on top."""
        size, title = self.geometry.size, self.geometry.title
        wide, high = size if self.direction == "TB" else size[::-1]
        half = max(wide, title[0]) / 2
        x0, x1 = wide / 2 - half, wide / 2 + half
        middle = TITLE_GAP + (title[1] - TITLE_GAP) / 2
        return {
            "bb": f"{_number(x0)},{_number(-high)},{_number(x1)},{_number(title[1])}",
            "lp": f"{_number(wide / 2)},{_number(middle)}",
        }

    def _corners(self, box: Box) -> str:
        a = _turned_back((box.across, box.along), self.direction)
        b = _turned_back((box.across + box.size.across, box.along + box.size.along), self.direction)
        xs, ys = sorted((a[0], b[0])), sorted((a[1], b[1]))
        return ",".join(map(_number, (xs[0], ys[0], xs[1], ys[1])))

    def _text(self, point: Point) -> str:
        return ",".join(map(_number, _turned_back(point, self.direction)))


def _middle(box: Box) -> Point:
    return box.across + box.size.across / 2, box.along + box.size.along / 2


def _turned_back(point: Point, direction: Direction) -> Point:
    across, along = point
    return (across, -along) if direction == "TB" else (along, -across)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
