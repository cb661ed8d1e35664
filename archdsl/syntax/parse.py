"""The door of this room: `parse` reads a file, `parse_expression` a value of the command line.

A mistake in the text is a diagnostic, never an exception. With an error among the diagnostics the
tree lacks the lines at fault, so nothing but further syntax errors should be concluded from it.
The work is that of `line_reader`. Of a text that was read before the tree is remembered, and Lark
is not imported.
"""

from functools import lru_cache

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Source
from archdsl.syntax import kept_trees, tree


@lru_cache(maxsize=256)
def parse(source: Source) -> tree.Parsed:
    """The tree of a whole file, and its mistakes."""
    known = kept_trees.recall(source)
    if known is not None:
        return known
    from archdsl.syntax.line_reader import read

    parsed = read(source)
    kept_trees.keep(source, parsed)
    return parsed


def parse_expression(source: Source) -> tuple[tree.Expr | None, tuple[Diagnostic, ...]]:
    """Reads one expression, such as `(3, 4, 6, 3)` or `3x320x320`; None if it cannot be read."""
    from archdsl.syntax.line_reader import read_expression

    return read_expression(source)
