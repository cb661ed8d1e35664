"""From a program to a frozen drawing plan: boxes, frames and arrows, colours and words.

Knows the program, its figures, and the paper's sizes.
Gives a `Picture`; `drawing_parts` are what it consists of.
Must not know Graphviz, SVG, or the formats.
"""

from archdsl.transforms.picture.explore import exploration
from archdsl.transforms.picture.fitting import Depth
from archdsl.transforms.picture.heat import Heat
from archdsl.transforms.picture.whole_page import picture

__all__ = ["Depth", "Heat", "exploration", "picture"]
