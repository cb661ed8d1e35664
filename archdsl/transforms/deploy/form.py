"""A network on its way to the deploy form: its program, its weights' origins, what was done."""

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from archdsl.ir.graph import Program, Scope
from archdsl.transforms.deploy.origin import KeptWeight, Origin


class Origins(Struct, frozen=True):
    """The origins of a scope's steps by name; the trained scope had `size` steps."""

    size: int
    by_name: Mapping[str, Origin]


class Saving(Struct, frozen=True):
    """The savings for one sample at inference: operations, elements read and written."""

    macs: int = 0
    elementwise: int = 0
    reads: int = 0
    writes: int = 0

    def __add__(self, other: "Saving") -> "Saving":
        return Saving(
            self.macs + other.macs,
            self.elementwise + other.elementwise,
            self.reads + other.reads,
            self.writes + other.writes,
        )

    def less(self, other: "Saving") -> "Saving":
        return Saving(
            self.macs - other.macs,
            self.elementwise - other.elementwise,
            self.reads - other.reads,
            self.writes - other.writes,
        )


class Change(Struct, frozen=True):
    """One thing that a transform did: which transform, at which path, what, what it saved."""

    transform: str
    path: str
    what: str
    saving: Saving


class Form(Struct, frozen=True):
    """`origins` holds the scopes that differ from those of training; the others are as trained."""

    program: Program
    origins: Mapping[Scope, Origins]
    changes: tuple[Change, ...] = ()

    def rooted(self, root: Scope) -> "Form":
        return replace(self, program=replace(self.program, root=root))


def origins_of(scope: Scope, known: Mapping[Scope, Origins]) -> Origins:
    """The origins of a scope; a scope that nothing changed is as it was trained."""
    as_trained = {step.name: KeptWeight((step.name,)) for step in scope.steps}
    return known.get(scope) or Origins(len(scope.steps), as_trained)


def instances(scope: Scope, prefix: str = "") -> Iterator[tuple[str, Scope]]:
    """Every instance of every scope with the prefix of its paths; shared layers once."""
    yield prefix, scope
    for name, step in scope.first_uses().items():
        if isinstance(step.target, Scope):
            yield from instances(step.target, f"{prefix}{name}.")
