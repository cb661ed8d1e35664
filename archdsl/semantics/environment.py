"""Names in reach: a body's values and taps over those around it, and the file's declarations."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archdsl.semantics.files import Module

MISSING = object()


@dataclass(eq=False, slots=True)
class Environment:
    """`tainted` says that a mistake may have kept names from being defined: a missing one is
    not reported then."""

    module: "Module | None" = None
    parent: "Environment | None" = None
    values: dict[str, object] = field(default_factory=dict)
    tainted: bool = False

    def find(self, name: str) -> object:
        """The value, or `MISSING`."""
        here: Environment | None = self
        while here is not None:
            if name in here.values:
                return here.values[name]
            here = here.parent
        return MISSING

    def inner(self) -> "Environment":
        return Environment(self.module, self)

    @property
    def doubtful(self) -> bool:
        here: Environment | None = self
        while here is not None:
            if here.tainted:
                return True
            here = here.parent
        return False

    def names(self) -> set[str]:
        found = set(self.values)
        return found | self.parent.names() if self.parent is not None else found
