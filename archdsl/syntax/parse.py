"""From text to tree: `parse` for files, `parse_expression` for values on the command line.

A mistake in the text is a diagnostic, never an exception. With an error among the diagnostics the
tree lacks the lines at fault, so nothing but further syntax errors should be concluded from it.
A text that was read before is not read again: its tree is remembered, and Lark is not imported.
"""

from functools import lru_cache

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Source
from archdsl.syntax import kept_trees, tree
from archdsl.syntax.parsed import Parsed

__all__ = ["Parsed", "parse", "parse_expression"]


@lru_cache(maxsize=256)
def parse(source: Source) -> Parsed:
    """Reads a whole file."""
    known = kept_trees.recall(source)
    if known is not None:
        return known
    from archdsl.syntax.reader import read

    parsed = read(source)
    kept_trees.keep(source, parsed)
    return parsed


def parse_expression(source: Source) -> tuple[tree.Expr | None, tuple[Diagnostic, ...]]:
    """Reads one expression, such as `(3, 4, 6, 3)` or `3x320x320`; None if it cannot be read."""
    from archdsl.syntax.reader import read_expression

    return read_expression(source)
