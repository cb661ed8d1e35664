"""What elaboration worked out once: blocks, calls of functions, arguments of calls.

Everything here follows from its key alone, whatever network or variant asks for it. Elaborations of
one module may share a memory, as long as they find no mistakes: what is remembered is not looked at
again, so a mistake in it would not be told again.
"""

from msgspec import Struct, field

from archdsl.ir.graph import Scope
from archdsl.syntax import tree

Bound = tuple[tuple[str, object], ...]  # parameters with their values
MOST = 50_000  # calls whose arguments are remembered


class Memory(Struct, frozen=True):
    """`blocks` are the scopes by declaration, arguments and inputs, and `sizes` the steps that
    each has; `matched` says which argument of a call is for which parameter, `bound` what all
    parameters of a call came to, `calls` what a function gave."""

    blocks: dict[object, Scope] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)
    matched: dict[object, dict[str, tree.Argument]] = field(default_factory=dict)
    bound: dict[object, Bound] = field(default_factory=dict)
    calls: dict[object, object] = field(default_factory=dict)

    def bind(self, key: object, bound: Bound) -> Bound:
        """Remembers what the parameters of a call came to."""
        if len(self.bound) > MOST:
            self.bound.clear()
        self.bound[key] = bound
        return bound

    def called(self, key: object, value: object) -> None:
        """Remembers what a function gave."""
        if len(self.calls) > MOST:
            self.calls.clear()
        self.calls[key] = value
