"""The running of steps: those that run in training only, and the order of all."""

from archdsl.ir.graph import Program, Scope


def running_order(program: Program, scope: Scope) -> list[int]:
    """The indices of the scope's steps: an auxiliary head runs right behind what it reads and the
    heads before it, wherever it is written, and every other step in its place."""
    order = list(range(len(scope.steps)))
    if scope is not program.root or not program.heads:
        return order
    heads = {head.step for head in program.heads}
    moments: list[tuple[int, bool]] = []
    last = -1
    for index, step in enumerate(scope.steps):
        if index in heads:
            last = max([last, *(ref.step for ref in step.inputs)])
        moments.append((last if index in heads else index, index in heads))
    return sorted(order, key=moments.__getitem__)


def training_only_steps(scope: Scope) -> frozenset[int]:
    """The indices of the scope's steps that do not run at inference: the auxiliary heads, and
    whatever feeds nothing but them."""
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
