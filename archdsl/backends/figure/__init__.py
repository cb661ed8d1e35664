"""A picture as a finished figure, laid out on a sheet, and printed as SVG, PNG or PDF."""

from archdsl.backends.figure.draw import FORMATS, figure_of, printed
from archdsl.backends.figure.graphviz import GraphvizMissing
from archdsl.backends.figure.values import Figure

__all__ = ["FORMATS", "Figure", "GraphvizMissing", "figure_of", "printed"]
