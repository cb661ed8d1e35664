"""Names in reach: a body's values and taps over those around it, and the file's declarations."""

from fnmatch import fnmatchcase

from msgspec import Struct, field

from archdsl.semantics.module import Module

MISSING = object()


class Environment(Struct, eq=False):
    """`doubts` are patterns of names that a mistake may have kept from being bound: where one of
    them is missing, that is not reported."""

    module: Module | None = None
    parent: "Environment | None" = None
    values: dict[str, object] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)

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

    def within(self, outer: "Environment") -> bool:
        """True where it is the other one or stands in it."""
        here: Environment | None = self
        while here is not None and here is not outer:
            here = here.parent
        return here is not None

    def apart(self, values: dict[str, object]) -> "Environment":
        """One that has these values alone, in the same file and with the same doubts."""
        doubts: list[str] = []
        here: Environment | None = self
        while here is not None:
            doubts += here.doubts
            here = here.parent
        return Environment(self.module, None, values, doubts)

    def doubtful(self, name: str) -> bool:
        """True where a name may be missing only because of a mistake that is reported already."""
        here: Environment | None = self
        while here is not None:
            if any(fnmatchcase(name, pattern) for pattern in here.doubts):
                return True
            here = here.parent
        return False

    def names(self) -> set[str]:
        own = set(self.values)
        return own | self.parent.names() if self.parent is not None else own
