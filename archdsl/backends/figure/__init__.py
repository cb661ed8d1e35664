"""A picture as a finished figure, laid out on a sheet, and printed as SVG, PNG or PDF.

Knows fonts, sheets, themes, and Graphviz's coordinates.
Gives a `Figure`, and bytes of a file.
Must not know the program, or which boxes there are.
"""

from archdsl.backends.figure.figure_of import figure_of
from archdsl.backends.figure.graphviz import GraphvizMissing, NotLaidOut
from archdsl.backends.figure.primitives import Figure
from archdsl.backends.figure.style import NoStyle, Style, style

__all__ = [
    "Figure",
    "GraphvizMissing",
    "NoStyle",
    "NotLaidOut",
    "Style",
    "figure_of",
    "style",
]
