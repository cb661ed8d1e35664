"""Program → a frozen drawing plan: which boxes, frames and arrows, in what colours and words."""

from archdsl.transforms.picture.layout import Depth, picture
from archdsl.transforms.picture.values import (
    TINTS,
    Direction,
    Edge,
    Frame,
    Item,
    Kind,
    Node,
    Picture,
    Role,
    Wire,
    nodes,
)

__all__ = [
    "TINTS",
    "Depth",
    "Direction",
    "Edge",
    "Frame",
    "Item",
    "Kind",
    "Node",
    "Picture",
    "Role",
    "Wire",
    "nodes",
    "picture",
]
