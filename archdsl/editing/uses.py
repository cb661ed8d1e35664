"""A block seen from one of its uses: the shapes of its lines there, and no others."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from archdsl.analyses.figures.costs import Costs
from archdsl.editing.analysis import Analysis, Traced
from archdsl.editing.places import lines
from archdsl.ir.graph import Scope
from archdsl.ir.shape import Shape
from archdsl.syntax import tree


class BlockSight(Struct, frozen=True):
    """The use that a block is seen from: the path of a step in a network."""

    network: str
    path: str


Seen = Mapping[str, BlockSight]  # by the block's name
View = tuple[object, ...]  # what is seen of a block in a use of it


def uses_of(analysis: Analysis, block: str) -> Mapping[View, BlockSight]:
    """A block's uses that differ, each by its first, in the networks that were asked for; none
    where all are alike."""
    first_uses: dict[View, BlockSight] = {}
    for traced in analysis.traced:
        for use in traced.uses:
            target = use.step.target
            if isinstance(target, Scope) and target.block == block:
                first_uses.setdefault(_view(target), BlockSight(traced.name, use.path))
    return first_uses if len(first_uses) > 1 else {}


class BlockFigures(Struct, frozen=True):
    """The figures of a block in one use; what it sees is of the network's input."""

    params: int
    macs: int
    field: Shape


def figures_of(
    analysis: Analysis, block: str, sight: BlockSight | None
) -> tuple[BlockFigures, ...]:
    """The figures of a block in one of its uses, or in each that no mistake ended."""
    chosen = scope_seen(analysis, block, sight) is not None
    figures = {
        BlockFigures(cost.params, cost.macs, traced.fields[place])
        for traced in analysis.traced
        for place, use in enumerate(traced.uses)
        if isinstance(use.step.target, Scope) and use.step.target.block == block
        if use.step.target.results and (not chosen or BlockSight(traced.name, use.path) == sight)
        if (cost := Costs(use.step.target).total)
    }
    return tuple(figures)


def next_use(analysis: Analysis, block: str, now: BlockSight | None) -> BlockSight | None:
    """The use to see a block from after another, in any network; None, all of them, after the
    last."""
    for network in analysis.networks:
        analysis.trace(network)
    uses = uses_of(analysis, block)
    here = scope_seen(analysis, block, now)
    first = [*uses].index(_view(here)) + 1 if uses and here is not None else 0
    return next(iter([*uses.values()][first:]), None)


def scope_seen(analysis: Analysis, block: str, sight: BlockSight | None) -> Scope | None:
    """The scope of one use of a block; None if the network has this use no longer."""
    if sight is None or sight.network not in analysis.networks:
        return None
    targets = (u.step.target for u in analysis.trace(sight.network).uses if u.path == sight.path)
    scope = next(targets, None)
    return scope if isinstance(scope, Scope) and scope.block == block else None


def _view(scope: Scope) -> View:
    return scope.arguments, scope.inputs, tuple(step.outputs for step in scope.steps)


def shapes_from(analysis: Analysis, block: str, sight: BlockSight) -> dict[tree.Flow, Shape]:
    """The shape behind each line of a block in one use of it."""
    scope = scope_seen(analysis, block, sight)
    declared = analysis.module.names.get(block)
    if scope is None or declared is None:
        return {}
    return dict(_shapes(analysis.trace(sight.network), set(_within(scope)), declared[0]))


def _within(scope: Scope) -> Iterator[Scope]:
    """A block's scope, and those of the named paths in it."""
    yield scope
    for step in scope.steps:
        if isinstance(step.target, Scope) and not step.target.block:
            yield from _within(step.target)


def _shapes(
    traced: Traced, scopes: set[Scope], declaration: tree.Declaration
) -> Iterator[tuple[tree.Flow, Shape]]:
    for line in lines(declaration):
        steps = [step for scope, step in traced.within(line.span) if scope in scopes]
        if steps and len(steps[-1].outputs) == 1:
            yield line, steps[-1].outputs[0].shape
