"""What elaboration worked out once: blocks, calls of functions, arguments of calls.

Everything here follows from its key alone, whatever network or variant asks for it. Elaborations of
one module may share a memory, as long as they find no mistakes: what is remembered is not looked at
again, so a mistake in it would not be told again.
"""

from weakref import WeakKeyDictionary

from msgspec import Struct, field

from archdsl.ir.graph import Scope
from archdsl.ir.shape import TensorType
from archdsl.semantics.values import BlockRecipe
from archdsl.syntax import tree

Bound = tuple[tuple[str, object], ...]  # parameters with their values
MOST = 50_000  # calls whose arguments are remembered


class Origin(Struct, frozen=True):
    """What a block's scope was elaborated of: what flows in, and the tensors among its arguments
    by the names of their inputs."""

    recipe: BlockRecipe
    input: TensorType | None
    taps: tuple[tuple[str, TensorType | None], ...]


class Memory(Struct, frozen=True):
    """`blocks` are the scopes by declaration, arguments and inputs, but for those of whole
    networks; `origins` what each was made of, and `sizes` the steps that it has; `matched` says
    which argument of a call is for which parameter, `bound` what all parameters of a call came
    to, `calls` what a function gave."""

    blocks: dict[object, Scope] = field(default_factory=dict)
    origins: WeakKeyDictionary[Scope, Origin] = field(default_factory=WeakKeyDictionary)
    sizes: dict[int, int] = field(default_factory=dict)
    matched: dict[object, dict[str, tree.Argument]] = field(default_factory=dict)
    bound: dict[object, Bound] = field(default_factory=dict)
    calls: dict[object, object] = field(default_factory=dict)

    def forget(self, kept: int) -> None:
        """Drops the blocks remembered last, down to so many: after a mistake, since it is told
        once only."""
        while len(self.blocks) > kept:
            self.blocks.popitem()

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
