"""Programs and siblings -> the same with chains of their own, where two share one for other values.

Equal scopes are one value. A chain that is no block has no arguments, and is written over those of
the block around it: `min(group, width)` may be the same for two networks with different widths, and
so all that the chain is made of. Who asks which width a chain was made for must find two.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from archdsl.ir.graph import Scope, Step

Arguments = tuple[tuple[str, Any], ...]


def chains_apart(roots: Iterable[Scope]) -> Mapping[Scope, Scope]:
    """These networks and blocks, and the blocks in them, each with that which stands for it; the
    first one keeps a chain that several share."""
    parting = _Parting()
    for root in roots:
        parting.block(root)
    return parting.blocks


class _Parting:
    def __init__(self) -> None:
        self.blocks: dict[Scope, Scope] = {}
        self._owners: dict[Scope, Arguments] = {}
        self._copies: dict[tuple[Scope, Arguments], Scope] = {}

    def block(self, scope: Scope) -> Scope:
        if scope not in self.blocks:
            self.blocks[scope] = self._body(scope, scope.arguments)
        return self.blocks[scope]

    def _body(self, scope: Scope, arguments: Arguments) -> Scope:
        steps = tuple(self._step(step, arguments) for step in scope.steps)
        changed = any(new is not old for new, old in zip(steps, scope.steps, strict=True))
        return replace(scope, steps=steps) if changed else scope

    def _step(self, step: Step, arguments: Arguments) -> Step:
        target = step.target
        if not isinstance(target, Scope):
            return step
        inner = self.block(target) if target.block else self._chain(target, arguments)
        return step if inner is target else replace(step, target=inner)

    def _chain(self, chain: Scope, arguments: Arguments) -> Scope:
        key = chain, arguments
        if key not in self._copies:
            own = self._body(chain, arguments)
            mine = self._owners.setdefault(own, arguments) == arguments
            self._copies[key] = own if mine else replace(own)
        return self._copies[key]
