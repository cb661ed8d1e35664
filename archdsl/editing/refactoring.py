"""The check of a refactoring's edits: they are offered only if every network means the same.

If no network runs the lines at hand, there is nothing to compare, and nothing is offered. Keys of
saved weights may change; the changed ones are told.
"""

from collections.abc import Iterator

from msgspec import Struct

from archdsl.base.diagnostics import edited
from archdsl.base.labels import Edit
from archdsl.editing.analysis import Analysis
from archdsl.editing.meaning import NewNames, renamed, users
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants

Block = tuple[tree.Statement, ...]


class Refactored(Struct, frozen=True):
    """Edits that keep every network of a text, and the published names that they change."""

    edits: tuple[Edit, ...]
    renamed: NewNames


def kept(
    analysis: Analysis, declaration: tree.Declaration, lines: Block, edits: tuple[Edit, ...]
) -> Refactored | None:
    """The edits of some lines of a declaration; None where a network that has them would mean
    something else, or none runs them."""
    if not analysis.readable:
        return None
    networks = users(analysis, declaration)
    if not any(_runs(analysis, network, lines) for network in networks):
        return None
    after = analysis.edited(edited(analysis.source.text, edits))
    if not after.readable:
        return None
    names = renamed(analysis, after, ((n, n) for n in networks))
    return None if names is None else Refactored(edits, names)


def _runs(analysis: Analysis, network: str, lines: Block) -> bool:
    changes = analysis.trace(network).changes
    return any(isinstance(n, tree.Flow) and n in changes for n in nodes_of(lines))


def nodes_of(lines: Block) -> Iterator[tree.Node]:
    """Lines and everything below them."""
    for line in lines:
        yield line
        yield from descendants(line)
