"""Program → a frozen drawing plan: which boxes, frames and arrows, in what colours and words."""

from archdsl.transforms.picture.arrange import Arrangement
from archdsl.transforms.picture.fitting import Depth
from archdsl.transforms.picture.heat import Heat
from archdsl.transforms.picture.layout import explorable, picture
from archdsl.transforms.picture.values import (
    SHADES,
    TINTS,
    Direction,
    Edge,
    Facts,
    Frame,
    Item,
    Kind,
    Node,
    Picture,
    Role,
    Tint,
    Wire,
    frames_of,
    nodes,
)

__all__ = [
    "SHADES",
    "TINTS",
    "Arrangement",
    "Depth",
    "Direction",
    "Edge",
    "Facts",
    "Frame",
    "Heat",
    "Item",
    "Kind",
    "Node",
    "Picture",
    "Role",
    "Tint",
    "Wire",
    "explorable",
    "frames_of",
    "nodes",
    "picture",
]
