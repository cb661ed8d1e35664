"""The text's regions and what its words are: folding, selections, semantic tokens, lenses."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from archdsl.base.quantities import scaled
from archdsl.base.source import Span
from archdsl.editing.analysis import Analysis
from archdsl.editing.bindings import bindings
from archdsl.editing.places import around
from archdsl.editing.uses import BlockFigures, Seen, figures_of, scope_seen, uses_of
from archdsl.ops.registry import ops
from archdsl.semantics.evaluate.functions import FUNCTIONS
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants


def folds(analysis: Analysis) -> tuple[tuple[int, int], ...]:
    """The first and last lines, from 1, of whatever spans several."""
    rows = set()
    for node in (*analysis.file.declarations, *descendants(analysis.file)):
        first, last = node.span.line, analysis.source.position(max(node.span.last - 1, 0))[0]
        if last > first and isinstance(node, FOLDED):
            rows.add((first, last))
    return tuple(sorted(rows))


FOLDED = (
    tree.BlockDecl,
    tree.NetworkDecl,
    tree.VariantDecl,
    tree.For,
    tree.If,
    tree.Suite,
    tree.Doc,
    tree.Call,
    tree.Tuple,
)


def selections(analysis: Analysis, offset: int) -> tuple[Span, ...]:
    """The pieces of text around an offset, innermost first."""
    spans = [node.span for node in around(analysis.file, offset)[::-1]]
    return tuple(dict.fromkeys(spans))


# --- semantic tokens -------------------------------------------------------------------------

TokenKind = Literal["op", "block", "function", "parameter", "step", "argument", "value"]


class Painted(Struct, frozen=True):
    """A name, and its kind."""

    span: Span
    kind: TokenKind


def painted(analysis: Analysis) -> tuple[Painted, ...]:
    """The meaning of every name in the text, in order."""
    words = [p for d in analysis.file.declarations for p in _painted(analysis, d)]
    return tuple(sorted(words, key=lambda p: p.span.first))


def _painted(analysis: Analysis, declaration: tree.Declaration) -> Iterator[Painted]:
    kinds = {b.name: b.kind for b in bindings(declaration)}
    arguments = {
        id(n.name) for n in descendants(declaration) if isinstance(n, tree.Argument) and n.name
    }
    attributes = {id(n.name) for n in descendants(declaration) if isinstance(n, tree.Attribute)}
    for node in descendants(declaration):
        if not isinstance(node, tree.Name) or id(node) in attributes:
            continue
        if id(node) in arguments:
            yield Painted(node.span, "argument")
        elif node.id in kinds:
            yield Painted(node.span, OWN.get(kinds[node.id], "step"))
        elif node.id in ops():
            yield Painted(node.span, "op")
        elif analysis.module.find(node.id) is not None:
            yield Painted(node.span, "block")
        elif node.id in FUNCTIONS:
            yield Painted(node.span, "function")


OWN: dict[str, TokenKind] = {"parameter": "parameter", "value": "value"}


# --- lenses ----------------------------------------------------------------------------------


class Lens(Struct, frozen=True):
    """A line above a declaration: the figures of a network or of a block, which has no name here;
    or the use that a `block` is seen from."""

    span: Span
    text: str
    network: str = ""
    block: str = ""


def lenses(analysis: Analysis, seen: Seen | None = None) -> tuple[Lens, ...]:
    """Parameters, multiply-adds and receptive field above each network that is known so far and
    above the blocks that it uses; above blocks whose uses differ, the one that they are `seen`
    from too."""
    return (*_of_networks(analysis), *_of_blocks(analysis, seen or {}))


def _of_blocks(analysis: Analysis, seen: Seen) -> Iterator[Lens]:
    for declaration in analysis.file.declarations:
        if isinstance(declaration, tree.BlockDecl):
            name = declaration.name
            here = seen.get(name.id)
            figures = figures_of(analysis, name.id, here)
            if figures:
                yield Lens(name.span, _told(figures))
            uses = uses_of(analysis, name.id)
            if here is not None and scope_seen(analysis, name.id, here) is not None:
                inside = f" in {here.network}" if len(analysis.networks) > 1 else ""
                yield Lens(name.span, f"seen from {here.path}{inside}", block=name.id)
            elif uses:
                yield Lens(name.span, f"seen from all of {len(uses)} uses", block=name.id)


def _told(figures: tuple[BlockFigures, ...]) -> str:
    """The figures of a block; from the least to the most, where its uses differ."""
    fields = sorted(figure.field for figure in figures if figure.field)
    told = [
        f"{_between([figure.params for figure in figures])} params",
        f"{_between([figure.macs for figure in figures])} MACs",
    ]
    if fields:
        ends = dict.fromkeys("x".join(map(str, field)) for field in (fields[0], fields[-1]))
        told.append(f"sees {' … '.join(ends)}")
    return " · ".join(told)


def _between(numbers: list[int]) -> str:
    ends = dict.fromkeys(scaled(number) or "0" for number in (min(numbers), max(numbers)))
    return " … ".join(ends)


def _of_networks(analysis: Analysis) -> Iterator[Lens]:
    declared = {
        d.name.id: d.name.span
        for d in analysis.file.declarations
        if isinstance(d, tree.NetworkDecl | tree.VariantDecl)
    }
    for traced in analysis.traced:
        if traced.program is None or traced.costs is None or not traced.program.root.results:
            continue
        total = traced.costs.total
        figures = [f"{scaled(total.params) or '0'} params", f"{scaled(total.macs) or '0'} MACs"]
        if traced.field:
            figures.append(f"sees {'x'.join(map(str, traced.field))}")
        yield Lens(declared[traced.name], " · ".join(figures), network=traced.name)
