"""The nodes at a place of the text."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from archdsl.base.source import Span
from archdsl.editing.rows import row_end
from archdsl.syntax import tree
from archdsl.syntax.walk import children, descendants

Bodied = tree.BlockDecl | tree.NetworkDecl | tree.VariantDecl


def around(file: tree.File, offset: int) -> tuple[tree.Node, ...]:
    """The nodes whose text an offset lies in or at the end of, outermost first."""
    nodes: list[tree.Node] = []
    waiting = list(children(file))
    while waiting:
        inside = [n for n in waiting if _holds(n, file, offset)]
        if not inside:
            break
        nodes.append(inside[-1])  # of two that touch, the one that begins here
        waiting = list(children(inside[-1]))
    return tuple(nodes)


def _holds(node: tree.Node, file: tree.File, offset: int) -> bool:
    span = node.span
    return span.source.name == file.source.name and span.first <= offset <= span.last


def callee_around(nodes: tuple[tree.Node, ...]) -> tree.Expr | None:
    """The callee of the innermost call around a place; of a variant, the network that it varies."""
    call = next((n for n in nodes[::-1] if isinstance(n, tree.Call | tree.VariantDecl)), None)
    return call.base if isinstance(call, tree.VariantDecl) else call.callee if call else None


def declaration_at(file: tree.File, offset: int) -> tree.Declaration | None:
    """The declaration that an offset stands in, or below whose last line it stands."""
    before = [d for d in file.declarations if d.span.first <= offset]
    return before[-1] if before else None


def lines(node: tree.Declaration | tree.File) -> Iterator[tree.Flow]:
    """The lines of a file or declaration that transform the flow."""
    return chain.from_iterable(_lines(d) for d in _declarations(node))


@lru_cache(maxsize=256)
def _lines(declaration: tree.Declaration) -> tuple[tree.Flow, ...]:
    return tuple(n for n in descendants(declaration) if isinstance(n, tree.Flow))


def placed_calls(node: tree.Declaration | tree.File) -> Iterator[tuple[tree.Call, str]]:
    """The calls that give several arguments by place, with the words that they call."""
    return chain.from_iterable(_placed_calls(d) for d in _declarations(node))


@lru_cache(maxsize=256)
def _placed_calls(declaration: tree.Declaration) -> tuple[tuple[tree.Call, str], ...]:
    calls = (n for n in descendants(declaration) if isinstance(n, tree.Call))
    return tuple(
        (call, call.callee.id)
        for call in calls
        if isinstance(call.callee, tree.Name) and sum(a.name is None for a in call.arguments) > 1
    )


def _declarations(node: tree.Declaration | tree.File) -> tuple[tree.Declaration, ...]:
    return node.declarations if isinstance(node, tree.File) else (node,)


def heading_end(span: Span) -> int:
    """The end of the physical line in the file that a piece of text begins on."""
    return span.source.start + row_end(span.source.text, span.start)
