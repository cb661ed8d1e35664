"""The class plan in the making: aligned steps whose differences are still holes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Union

from archdsl.ir.code import Form
from archdsl.syntax import tree
from archdsl.transforms.classes.plan import Text
from archdsl.transforms.classes.regions import Site

COUNT = "depth"  # the hint of a hole for a loop's length
NUMBER = "number"  # that of a hole in a computed name


class Mismatch(Exception):
    """The instances do not fit one class; `loop` is the loop (by key) that could be unrolled."""

    def __init__(self, reason: str, loop: tuple[int, ...] | None = None) -> None:
        super().__init__(reason)
        self.loop = loop


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One run through a piece of the source: which instance, and which round of each loop.

    `names` are loop variables with their values: those of the source and those of the plan.
    """

    instance: int
    rounds: tuple[int, ...] = ()
    names: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Hole(Form):
    """A place where instances differ: a value for each occurrence, and what may explain it.

    `hint` names the argument, `owner` the attribute; `expressions` are the user's, most likely
    ones first; `variables` the plan's loop variables around; `loop` the innermost rolled loop.
    """

    column: tuple[tuple[Occurrence, Any], ...]
    hint: str
    owner: str
    expressions: tuple[tree.Expr, ...] = ()
    variables: tuple[str, ...] = ()
    loop: tuple[int, ...] | None = None
    reads_input: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ProtoLeaf:
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


@dataclass(frozen=True, slots=True, eq=False)
class ProtoChoice:
    """`test` holds or is a hole; `taken` are the occurrences that take the first arm."""

    id: int
    test: Any
    owner: str
    then: "tuple[Proto, ...]"
    otherwise: "tuple[Proto, ...]"
    taken: frozenset[Occurrence]


@dataclass(frozen=True, slots=True, eq=False)
class ProtoLoop:
    """`counts` are the rounds in each outer occurrence; `first` the round it starts with."""

    id: int
    key: tuple[int, ...]
    variable: str
    count: Any
    first: int
    counts: Mapping[Occurrence, int]
    items: "tuple[Proto, ...]"


Proto = Union[ProtoLeaf, ProtoChoice, ProtoLoop]


@dataclass(frozen=True, slots=True, eq=False)
class ProtoSequence:
    """`nn.Sequential` in place."""

    items: tuple[Proto, ...]


def leaves(items: tuple[Proto, ...]) -> list[ProtoLeaf]:
    """All leaves, in running order."""
    found: list[ProtoLeaf] = []
    visit(items, lambda item: found.append(item) if isinstance(item, ProtoLeaf) else None)
    return found


def visit(items: tuple[Proto, ...], see: Callable[[Proto], object]) -> None:
    """Shows every item, outer ones first."""
    for item in items:
        see(item)
        if isinstance(item, ProtoChoice):
            visit(item.then, see)
            visit(item.otherwise, see)
        elif isinstance(item, ProtoLoop):
            visit(item.items, see)
