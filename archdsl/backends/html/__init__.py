"""A picture as one HTML file that a reader can zoom, fold and ask."""

from archdsl.backends.html.page import to_html, write

__all__ = ["to_html", "write"]
