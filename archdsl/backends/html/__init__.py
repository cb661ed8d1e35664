"""A picture as one HTML file that a reader can zoom, fold and ask.

Knows the picture, its figure, and what each box can tell.
Gives a page with no outside resource.
Must not decide which boxes there are.
"""

from archdsl.backends.html.page import asset, to_html, write

__all__ = ["asset", "to_html", "write"]
