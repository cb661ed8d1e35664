"""The class plan in the making: aligned steps whose differences are still holes."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Union

from msgspec import Struct

from archdsl.ir.code import Code, CodeForm
from archdsl.syntax import tree
from archdsl.transforms.classes.plan import Text
from archdsl.transforms.classes.regions import Site

COUNT = "depth"  # the hint of a hole for a loop's length
NUMBER = "number"  # that of a hole in a computed name
OTHER_INPUTS = "different numbers of inputs"
UNEXPLAINED = "something depends on it that the constructor cannot work out"
INIT = "init"  # that of a hole in an `init` line


Ends = tuple[Code | None, Code | None]  # a value's first and last size, None where not known


class Mismatch(Exception):
    """The instances do not fit one class; `loop` is the loop (by key) that could be unrolled."""

    def __init__(self, reason: str, loop: tuple[int, ...] | None = None) -> None:
        super().__init__(reason)
        self.loop = loop


class Occurrence(Struct, frozen=True, cache_hash=True):
    """One run through a piece of the source: which instance, and which round of each loop.

    `names` are loop variables with their values: those of the source and those of the plan.
    """

    instance: int
    rounds: tuple[int, ...] = ()
    names: tuple[tuple[str, object], ...] = ()


def said_by(variable: str) -> str:
    """The name, in an occurrence, for a loop variable of the source that has that of the plan's."""
    return f"source's {variable}"


class Element(Struct, frozen=True):
    """A loop variable that stands for an element of `source`: its `index`-th, where the round is
    written out; `part` is its place where the element is taken apart."""

    name: str
    source: tree.Expr
    index: int | None = None
    part: int | None = None


class Hole(CodeForm, frozen=True, eq=False):
    """A place where instances differ: a value for each occurrence, and what may explain it.

    `hint` names the argument, `owner` the attribute; `expressions` are the user's, of which the
    first `meant` are for this very value. `variables` count the rounds of the loops around,
    `elements` are what those run over, `loop` is the innermost. `flows` says that it is a size of
    an input, `flowing` what the steps before say of it;
    `measured` that `forward` works it out from sizes of the class's inputs.
    """

    is_whole: ClassVar[bool] = True

    column: tuple[tuple[Occurrence, Any], ...]
    hint: str
    owner: str
    expressions: tuple[tree.Expr, ...] = ()
    meant: int = 0
    variables: tuple[str, ...] = ()
    elements: "tuple[Element, ...]" = ()
    loop: tuple[int, ...] | None = None
    flows: bool = False
    flowing: Code | None = None
    measured: bool = False


class ProtoLeaf(Struct, frozen=True, eq=False):
    """A step in each occurrence that runs it. `name`, `build`, `forward` may hold holes."""

    id: int
    sites: Mapping[Occurrence, Site]
    name: str | Text
    build: Any
    forward: Any
    loop: tuple[int, ...] | None

    @property
    def site(self) -> Site:
        """The first occurrence's, for what all have in common."""
        return next(iter(self.sites.values()))


class ProtoChoice(Struct, frozen=True, eq=False):
    """`test` holds or is a hole; `taken` are the occurrences that take the first arm."""

    id: int
    test: Any
    owner: str
    then: "tuple[Proto, ...]"
    otherwise: "tuple[Proto, ...]"
    taken: frozenset[Occurrence]


class Through(Struct, frozen=True, eq=False):
    """A size of what runs through a loop, which may change from round to round.

    In a round it has the name of the size with which it comes in. `axes` tell which size it is.
    `start` holds or is a hole for what comes into the first round, `then` for what leaves a round;
    `last` are the sizes that leave the loop, None where a loop has no round.
    """

    name: str
    axes: tuple[int, ...]
    start: Any
    then: Any
    last: Mapping[Occurrence, int] | None


class ProtoLoop(Struct, frozen=True, eq=False):
    """`counts` are the rounds in each outer occurrence; `elements` are the loop's other variables
    and `source` what they run over; `through` are the sizes that may change from round to round."""

    id: int
    key: tuple[int, ...]
    variable: str
    count: Any
    counts: Mapping[Occurrence, int]
    elements: tuple[str, ...]
    source: Any
    items: "tuple[Proto, ...]"
    through: tuple[Through, ...] = ()


Proto = Union[ProtoLeaf, ProtoChoice, ProtoLoop]


class ProtoSequence(Struct, frozen=True, eq=False):
    """`nn.Sequential` in place."""

    items: tuple[Proto, ...]


def leaves(items: tuple[Proto, ...]) -> list[ProtoLeaf]:
    """All leaves, in running order."""
    all_leaves: list[ProtoLeaf] = []
    visit(items, lambda item: all_leaves.append(item) if isinstance(item, ProtoLeaf) else None)
    return all_leaves


def visit(items: tuple[Proto, ...], see: Callable[[Proto], object]) -> None:
    """Shows every item, outer ones first."""
    for item in items:
        see(item)
        if isinstance(item, ProtoChoice):
            visit(item.then, see)
            visit(item.otherwise, see)
        elif isinstance(item, ProtoLoop):
            visit(item.items, see)
