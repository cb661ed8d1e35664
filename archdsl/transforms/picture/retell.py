"""Shapes told in boxes where there is no room beside their arrows."""

from collections.abc import Collection

from msgspec.structs import replace

from archdsl.transforms.picture.caption import sized
from archdsl.transforms.picture.drawing_parts import Frame, Item, Picture, nodes


def told_in_boxes(picture: Picture, ends: Collection[tuple[str, str]]) -> Picture:
    """The picture, where the shapes of these arrows stand in the boxes that they leave."""
    shapes = {node.id: node.shape for node in nodes(picture.items)}
    homeless = {edge for edge in picture.edges if (edge.tail, edge.head) in ends}
    edges = tuple(replace(e, shape="") if e in homeless else e for e in picture.edges)
    silent = {edge.tail for edge in homeless if edge.shape == shapes[edge.tail]}
    return replace(picture, items=_telling(picture.items, silent), edges=edges)


def _telling(items: tuple[Item, ...], tails: set[str]) -> tuple[Item, ...]:
    told: list[Item] = []
    for item in items:
        if isinstance(item, Frame):
            item = replace(item, items=_telling(item.items, tails))
        elif item.id in tails:
            said = len(sized("", item.figures))
            own = item.lines[: len(item.lines) - said]
            item = replace(item, lines=(*own, *sized(item.shape, item.figures)))
        told.append(item)
    return tuple(told)
