"""The titles of blocks: names, calls, how many, and what the copies drawn as one differ in."""

from collections.abc import Iterable

from msgspec import Struct, field

from archdsl.ir.graph import Scope
from archdsl.transforms.picture.block_calls import BlockCalls
from archdsl.transforms.picture.caption import RANGE, step_name, title_lines
from archdsl.transforms.picture.designs import Grain
from archdsl.transforms.picture.elements import Cycle, Folding, Part, span_of_names

SUMMARY = 3  # blocks that the title of a closed chain lists


class Titles(Struct):
    """Writes the titles of one program's blocks; `bare` ones have names that users gave alone."""

    folding: Folding
    calls: BlockCalls
    _lines_of: dict[tuple[int, tuple[int, ...], bool, int, bool], tuple[str, ...]] = field(
        default_factory=dict
    )

    def opened(self, scope: Scope, part: Part, bare: bool, width: int) -> tuple[str, ...]:
        """`1 … 35: bottleneck(256) × 35`."""
        return self._once(scope, part, bare, width, closed=False)

    def closed(self, scope: Scope, part: Part, bare: bool, width: int) -> tuple[str, ...]:
        """The same, and what the block is a chain of."""
        return self._once(scope, part, bare, width, closed=True)

    def _once(
        self, scope: Scope, part: Part, bare: bool, width: int, closed: bool
    ) -> tuple[str, ...]:
        key = id(scope), part.steps, bare, width, closed
        if key not in self._lines_of:
            caption = self._caption(scope, part, closed)
            held = self._holds(scope, part, caption) if closed else ""
            lines = self._lines(scope, part, bare, width, caption)
            self._lines_of[key] = (*lines, held) if held else lines
        return self._lines_of[key]

    def turns(self, scope: Scope, group: Cycle) -> tuple[str, ...]:
        """`× 3`, of blocks that repeat in turn."""
        turns = (targets(scope, steps) for steps in zip(*group.turns, strict=True))
        return tuple(filter(None, (f"× {group.count}", self.calls.ranges(turns))))

    def _lines(
        self, scope: Scope, part: Part, bare: bool, width: int, caption: str
    ) -> tuple[str, ...]:
        first = scope.steps[part.steps[0]]
        silent = bare and not first.named
        name = "" if silent else step_name(scope, first) and span_of_names(scope, part)
        if not caption:
            name = name or first.name
        told = self._range(scope, part)
        return (*title_lines(name, caption, width), *((told,) if told else ()))

    def _caption(self, scope: Scope, part: Part, closed: bool) -> str:
        """`bottleneck(256) × 35`; a chain without a name of its own says what it holds."""
        copies = targets(scope, part.steps)
        caption = self.calls.call(copies, scope)
        only = self.folding.only_part(copies[0])
        if only is not None:
            caption = self._caption(copies[0], only, closed)
        elif closed and not caption:
            caption = self._summary(copies[0])
        return f"{caption} × {part.count}".strip() if part.count > 1 else caption

    def _range(self, scope: Scope, part: Part) -> str:
        """`drop 0 … 0.1`: in what the copies of a part differ."""
        copies = targets(scope, part.steps)
        only = self.folding.only_part(copies[0])
        return self.calls.ranges([copies]) if only is None else self._range(copies[0], only)

    def _holds(self, scope: Scope, part: Part, caption: str) -> str:
        """`swin_block × 6, shift 0 and 3`: the blocks of one kind that a block is a chain of;
        of one alone its call, if the block's own caption tells no argument; `0 … 3 alike` of paths
        of one kind."""
        core = self.folding.core(scope, part).scope
        chain = self.folding.chain(core) if core.block else ()
        if not chain:
            return "" if caption else self._alike(core)
        if len(chain) == 1 and "(" not in caption:
            return self.calls.call(chain, core)
        return ", ".join((f"{chain[0].block} × {len(chain)}", *self.calls.choices(chain)))

    def _alike(self, scope: Scope) -> str:
        """The first and the last of paths of one kind, if a scope holds nothing else."""
        paths = targets(scope, range(len(scope.steps)))
        designs = {self.folding.designs.design(path, Grain.KIND) for path in paths}
        if len(paths) < 2 or len(paths) < len(scope.steps) or len(designs) > 1 or paths[0].block:
            return ""
        if any(map(self.folding.is_run, paths)):
            return ""
        return f"{scope.steps[0].name}{RANGE}{scope.steps[-1].name} alike"

    def _summary(self, scope: Scope) -> str:
        """The blocks in a chain if it holds nothing else and few of them; else nothing."""
        parts = [e for e in self.folding.elements(scope) if isinstance(e, Part)]
        if len(parts) != len(self.folding.elements(scope)) or len(parts) > SUMMARY:
            return ""
        captions = [self._caption(scope, part, closed=True) for part in parts]
        return ", ".join(captions) if all(captions) else ""


def targets(scope: Scope, steps: Iterable[int]) -> tuple[Scope, ...]:
    """The blocks that steps use."""
    return tuple(target for i in steps if isinstance(target := scope.steps[i].target, Scope))
