"""Program → a frozen drawing plan: which boxes, frames and arrows, in what colours and words."""

from archdsl.transforms.picture.explore import Exploration, Inside, exploration
from archdsl.transforms.picture.fitting import Depth
from archdsl.transforms.picture.heat import Heat
from archdsl.transforms.picture.layout import picture
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
    "Depth",
    "Direction",
    "Edge",
    "Exploration",
    "Facts",
    "Frame",
    "Heat",
    "Inside",
    "Item",
    "Kind",
    "Node",
    "Picture",
    "Role",
    "Tint",
    "Wire",
    "exploration",
    "frames_of",
    "nodes",
    "picture",
]
