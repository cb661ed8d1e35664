"""The places that Graphviz gives to a picture's parts: its JSON → a geometry."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from archdsl.transforms.picture.drawing_parts import Direction
from archdsl.transforms.picture.geometry import Curve, Geometry, Point, around
from archdsl.transforms.picture.page_layout import Rect, Size
from archdsl.transforms.picture.paper import INCH

Ends = tuple[str, str]


def read(graphs: Iterable[bytes], direction: Direction, arrows: Mapping[Ends, Point]) -> Geometry:
    """The places of each graph in Graphviz's format `json0`; `arrows` are those of the picture,
    with the size of the words beside each."""
    geometry = Geometry(upright=direction == "TB")
    for graph in graphs:
        _read_graph(json.loads(graph), direction, arrows, geometry)
    return geometry


def _read_graph(
    graph: dict[str, Any], direction: Direction, arrows: Mapping[Ends, Point], geometry: Geometry
) -> None:
    names = {item["_gvid"]: item["name"] for item in graph["objects"]}
    for item in graph["objects"]:
        name = item["name"]
        if "pos" in item:
            size = _inches(item, "width"), _inches(item, "height")
            geometry.boxes[name] = _words(item, "pos", size, direction)
        elif name.startswith("cluster_"):
            _read_frame(item, name.removeprefix("cluster_"), direction, geometry)
    for edge in graph.get("edges", ()):
        ends = names[edge["tail"]], names[edge["head"]]
        ends = ends if ends in arrows else ends[::-1]
        if ends in arrows:  # all but the invisible ones, which keep an order
            geometry.curves[ends] = _curve(edge, direction, arrows[ends])


def _read_frame(item: dict[str, Any], name: str, direction: Direction, geometry: Geometry) -> None:
    x0, y0, x1, y1 = map(float, item["bb"].split(","))
    geometry.frames[name] = (around(_turned(corner, direction) for corner in ((x0, y0), (x1, y1))),)
    if "lp" in item:
        size = _inches(item, "lwidth"), _inches(item, "lheight")
        geometry.titles[name] = _words(item, "lp", size, direction)


def _curve(edge: dict[str, Any], direction: Direction, words: Point) -> Curve:
    """An arrow in the direction of its tip, wherever Graphviz began."""
    spline = edge["pos"].split()
    points = tuple(_point(word, direction) for word in spline if word[0] not in "es")
    ((letter, tip),) = (
        (word[0], _point(word[2:], direction)) for word in spline if word[0] in "es"
    )
    label = _words(edge, "lp", words, direction) if "lp" in edge else None
    return Curve(points if letter == "e" else points[::-1], tip, label)


def _words(item: dict[str, Any], place: str, size: Point, direction: Direction) -> Rect:
    """The box with its middle at a place, and this width and height."""
    across, along = _point(item[place], direction)
    wide, long = size if direction == "TB" else size[::-1]
    return Rect(across - wide / 2, along - long / 2, Size(wide, long))


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
