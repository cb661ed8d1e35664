"""From a program to a frozen drawing plan: boxes, frames and arrows, colours and words.

Knows the program, its figures, and the paper's sizes.
Gives a `Picture`.
Must not know Graphviz, SVG, or the formats.
"""

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
