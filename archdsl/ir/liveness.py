"""Which steps only training runs: the auxiliary heads, and whatever feeds nothing but them."""

from archdsl.ir.graph import Scope


def training_only_steps(scope: Scope) -> frozenset[int]:
    """The indices of the scope's steps that do not run at inference."""
    if not any(step.training_only for step in scope.steps):
        return frozenset()
    users: dict[int, list[int]] = {}
    for index, step in enumerate(scope.steps):
        for ref in step.inputs:
            users.setdefault(ref.step, []).append(index)
    kept = {ref.step for ref in scope.results}
    idle: set[int] = set()
    for index in reversed(range(len(scope.steps))):
        feeds = users.get(index, [])
        only_heads = index not in kept and feeds and idle.issuperset(feeds)
        if scope.steps[index].training_only or only_heads:
            idle.add(index)
    return frozenset(idle)
