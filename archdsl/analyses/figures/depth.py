"""The depth of a network as the literature counts it: weighted layers on the longest path.

A weighted layer multiplies by learned weights (convolution, linear layer, attention). A scope's
longest paths, from each of its inputs and from its own tensors to each result, are counted once.
"""

from collections.abc import Iterable

from archdsl.ir.graph import Program, Ref, Scope, Step, WeightKind

Reachable = int | None  # the longest path's layers, None where there is no path
Paths = tuple[tuple[Reachable, ...], ...]  # per result: from no input, then from each input


def depth(program: Program) -> int:
    """The most weighted layers that a sample passes on its way to any output."""
    paths = _paths(program.root, {})
    return max((n for row in paths for n in row if n is not None), default=0)


def _paths(scope: Scope, known: dict[int, Paths]) -> Paths:
    if id(scope) not in known:
        known[id(scope)] = _longest(scope, known)
    return known[id(scope)]


def _longest(scope: Scope, known: dict[int, Paths]) -> Paths:
    """Walks the steps once with, for every tensor, the longest path from each source."""
    sources = len(scope.inputs) + 1
    reached: dict[Ref, tuple[Reachable, ...]] = {}
    for k in range(len(scope.inputs)):
        reached[Ref(-1, k)] = tuple(0 if source == k + 1 else None for source in range(sources))
    constant = tuple(0 if source == 0 else None for source in range(sources))
    for index, step in enumerate(scope.steps):
        arriving = (constant, *(reached[ref] for ref in step.inputs))
        for k, row in enumerate(_step_paths(scope, step, known)):
            reached[Ref(index, k)] = tuple(
                _max(
                    _add(arrival[source], onward)
                    for arrival, onward in zip(arriving, row, strict=True)
                )
                for source in range(sources)
            )
    return tuple(reached[ref] for ref in scope.results)


def _step_paths(scope: Scope, step: Step, known: dict[int, Paths]) -> Paths:
    if isinstance(step.target, Scope):
        return _paths(step.target, known)
    layers = int(_is_weighted(scope, step))
    row: tuple[Reachable, ...] = (None, *(layers for _ in step.inputs)) if step.inputs else (0,)
    return (row,) * len(step.outputs)


def _is_weighted(scope: Scope, step: Step) -> bool:
    assert not isinstance(step.target, Scope)
    inputs = scope.types_of(step.inputs)
    if not step.target.macs(inputs, step.outputs):
        return False
    return any(w.kind is WeightKind.WEIGHT for w in step.target.weights(inputs))


def _add(a: Reachable, b: Reachable) -> Reachable:
    return None if a is None or b is None else a + b


def _max(values: Iterable[Reachable]) -> Reachable:
    return max((v for v in values if v is not None), default=None)
