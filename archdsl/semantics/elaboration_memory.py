"""The results that elaboration keeps: blocks, calls of functions, arguments of calls.

Everything here follows from its key alone, whatever network or variant asks for it. Elaborations of
one module may share a memory, as long as they find no mistakes: what is remembered is not looked at
again, so a mistake in it would not be told again.
"""

from collections.abc import Iterable, Set
from itertools import islice
from weakref import WeakKeyDictionary, WeakSet

from msgspec import Struct, field

from archdsl.ir.graph import Scope
from archdsl.ir.shape import Shape, TensorType
from archdsl.semantics.values import BlockRecipe
from archdsl.syntax import tree

Seen = dict[tuple[tree.Flow, Shape | None, Shape | None], None]
Bound = tuple[tuple[str, object], ...]  # parameters with their values
MOST = 50_000  # calls whose arguments are remembered


class Origin(Struct, frozen=True):
    """The source of a block's scope: its recipe, its input, and the tensors among its arguments
    by the names of their inputs."""

    recipe: BlockRecipe
    input: TensorType | None
    taps: tuple[tuple[str, TensorType | None], ...]


class ElaborationMemory(Struct, frozen=True):
    """`blocks` are the scopes by declaration, arguments and inputs, except those of whole
    networks; `origins` the source of each, and `sizes` its number of steps; `matched` tells which
    argument of a call is for which parameter, `bound` the values of all parameters of a call,
    `calls` the results of functions. `changes` are the shapes before and after each line of a
    block, those of the blocks in it among them, if the memory is to `watch` them; `faulty` the
    blocks that a mistake was found in, `met` those that were asked for or made since a text was
    read, if it watches."""

    blocks: dict[object, Scope] = field(default_factory=dict)
    origins: WeakKeyDictionary[Scope, Origin] = field(default_factory=WeakKeyDictionary)
    sizes: dict[int, int] = field(default_factory=dict)
    matched: dict[object, dict[str, tree.Argument]] = field(default_factory=dict)
    bound: dict[object, Bound] = field(default_factory=dict)
    calls: dict[object, object] = field(default_factory=dict)
    watch: bool = False
    changes: WeakKeyDictionary[Scope, Seen] = field(default_factory=WeakKeyDictionary)
    faulty: WeakSet[Scope] = field(default_factory=WeakSet)
    met: set[Scope] = field(default_factory=set)

    def forget(self, kept: int) -> None:
        """Drops the newest blocks and leaves `kept` of them: after a mistake, since it is told
        only once."""
        while len(self.blocks) > kept:
            self.blocks.popitem()

    def keep_met(self, most: int) -> None:
        """Drops blocks that were not met, the oldest first, until at most `most` are left; all that
        is remembered by nodes goes too, since the nodes may be those of older texts."""
        old = (key for key, scope in self.blocks.items() if scope not in self.met)
        self._drop(list(islice(old, max(len(self.blocks) - most, 0))))

    def keep_made_of(self, present: Set[int], source: str) -> None:
        """Drops the blocks that are made of a node of this source, by themselves or by what stands
        in them, that is none of those present, which are given by identity."""
        gone: dict[int, bool] = {}

        def is_gone(node: tree.Node | None) -> bool:
            return node is not None and id(node) not in present and node.span.source.name == source

        def has_gone(scope: Scope) -> bool:
            if id(scope) not in gone:
                inner = (step.target for step in scope.steps if isinstance(step.target, Scope))
                gone[id(scope)] = is_gone(scope.definition) or any(map(has_gone, inner))
            return gone[id(scope)]

        stale = []
        for memo, scope in self.blocks.items():
            assert isinstance(memo, tuple)  # a node comes first
            if is_gone(memo[0]) or has_gone(scope):
                stale.append(memo)
        if stale:
            self._drop(stale)

    def _drop(self, memos: Iterable[object]) -> None:
        for memo in memos:
            del self.blocks[memo]
        sizes = {id(scope): self.sizes[id(scope)] for scope in self.blocks.values()}
        for known in (self.sizes, self.matched, self.bound, self.calls):
            known.clear()
        self.sizes.update(sizes)

    def forget_faulty(self) -> None:
        """Drops the blocks with mistakes, which are to be told again."""
        if self.faulty:
            for key in [k for k, scope in self.blocks.items() if scope in self.faulty]:
                del self.blocks[key]
            self.faulty.clear()

    def bind(self, key: object, bound: Bound) -> Bound:
        """Remembers the values of a call's parameters."""
        if len(self.bound) > MOST:
            self.bound.clear()
        self.bound[key] = bound
        return bound

    def called(self, key: object, value: object) -> None:
        """Remembers what a function gave."""
        if len(self.calls) > MOST:
            self.calls.clear()
        self.calls[key] = value
