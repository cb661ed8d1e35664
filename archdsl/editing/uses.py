"""A block seen from one of its uses: the shapes of its lines there, and no others."""

from collections.abc import Iterator, Mapping

from archdsl.editing.analysis import Analysis, Traced
from archdsl.editing.places import lines
from archdsl.ir.graph import Scope
from archdsl.ir.shape import Shape
from archdsl.syntax import tree

Seen = Mapping[str, str]  # the use that a block is seen from, by the block's name


def uses_of(analysis: Analysis, block: str) -> tuple[str, ...]:
    """The paths of a block's uses that differ, each by its first, in the network that was asked
    for first; none where all are alike."""
    found: dict[Scope, str] = {}
    for use in _traced(analysis).uses if analysis.traced else ():
        target = use.step.target
        if isinstance(target, Scope) and target.block == block:
            found.setdefault(target, use.path)
    return tuple(found.values()) if len(found) > 1 else ()


def next_use(analysis: Analysis, block: str, now: str | None) -> str | None:
    """The use to see a block from after another; None, all of them, after the last."""
    paths = (None, *uses_of(analysis, block))
    return paths[(paths.index(now) + 1) % len(paths)] if now in paths else None


def shapes_from(analysis: Analysis, block: str, path: str) -> dict[tree.Flow, Shape]:
    """The shape behind each line of a block in one use of it."""
    traced = _traced(analysis)
    scope = next((u.step.target for u in traced.uses if u.path == path), None)
    declared = analysis.module.names.get(block)
    if not isinstance(scope, Scope) or declared is None:
        return {}
    return dict(_shapes(traced, set(_within(scope)), declared[0]))


def _traced(analysis: Analysis) -> Traced:
    return analysis.traced[0]


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
