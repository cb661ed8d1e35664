"""The place where a scope is drawn, and what is known of a block that is drawn as one box."""

from math import inf

from msgspec import Struct

from archdsl.analyses.figures.costs import FRESH, Cost, Use
from archdsl.ir.graph import Scope
from archdsl.transforms.picture.caption import NARROW, WIDTH
from archdsl.transforms.picture.drawing_parts import Details, Node

ALL = inf  # levels


class ScopePlace(Struct, frozen=True):
    """The place where a scope is drawn: the boxes that feed it, the levels left to open, its path.

    `dashed`: only training runs it. `row` is the row of its first step in `FactsBook`, `use` the
    use of the blocks around it. `narrow`: boxes stand side by side. `bare`: a chain without a
    block's name has no frame, and its steps have no numbers. `names` name what comes in, where an
    op with several results made it.
    """

    tails: tuple[str, ...]
    levels: float
    path: str = ""
    dashed: bool = False
    row: int = 0
    use: Use = FRESH
    narrow: bool = False
    bare: bool = False
    names: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Characters in a line of a box."""
        return NARROW if self.narrow else WIDTH


class Closed(Struct, frozen=True):
    """A block's use that is drawn as one box: where the first of its `count` copies stands."""

    path: str
    scope: Scope
    count: int
    use: Use


class Door(Struct, frozen=True):
    """The box of a closed block, and the place at which its scope can be drawn."""

    box: Node
    scope: Scope
    place: ScopePlace


class ShutBlock(Struct, frozen=True):
    """The words and figures of a block's box; an open one has them as well, for when it is shut."""

    lines: tuple[str, ...]
    tooltip: str
    cost: Cost
    facts: Details | None
    figures: tuple[str, ...]
    shape: str
