"""The arguments of ops and initialisers: a type, a default and a line of help each.

    channels: Positive = argument("output channels")
    groups: Positive = argument("channel groups", default=1)

The type is all that `archdsl.ops.validation` checks values against. It loads pydantic, which takes
longer than checking a network does, so nothing here needs it.
"""

from collections.abc import Callable, Mapping, Sequence
from inspect import get_annotations
from typing import Any, ClassVar, cast, dataclass_transform

from msgspec import NODEFAULT, Struct, StructMeta
from msgspec.structs import replace


class Bounds(Struct, frozen=True):
    """In a type, `Annotated[int, Limits(ge=1)]`: between which values a number lies.

    `finite` refuses infinities and what is no number.
    """

    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    finite: bool = False

    def __get_pydantic_core_schema__(
        self, annotation: object, schema_of: Callable[[object], dict[str, Any]]
    ) -> dict[str, Any]:
        bounds = {"ge": self.ge, "gt": self.gt, "le": self.le}
        said: dict[str, Any] = {name: bound for name, bound in bounds.items() if bound is not None}
        if self.finite:
            said["allow_inf_nan"] = False
        return schema_of(annotation) | said


class Argument(Struct, frozen=True):
    """One argument: its type, what it is if left out, and what it does, for the reference."""

    description: str
    default: Any = NODEFAULT
    annotation: Any = None

    @property
    def required(self) -> bool:
        return self.default is NODEFAULT


def argument(description: str, *, default: Any = NODEFAULT) -> Any:
    """Declares an argument in the body of a class; without a default it must be given."""
    return Argument(description, default)


class Refused(Exception):
    """Values that do not fit an op's arguments: `faults` are pydantic's, one or more a value."""

    def __init__(self, message: str, faults: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(message)
        self.faults = faults


class _Declared(StructMeta):
    """Makes a class's arguments the fields of a struct, and keeps what was said of them."""

    arguments: dict[str, Argument]

    def __new__(
        cls, name: str, bases: tuple[type, ...], body: dict[str, Any], *, frozen: bool = True
    ) -> "_Declared":
        own = {word: said for word, said in body.items() if isinstance(said, Argument)}
        for word, said in own.items():
            body[word] = said.default
            if said.required:
                del body[word]
        made = super().__new__(cls, name, bases, body, frozen=frozen, kw_only=True)
        types = get_annotations(made)
        inherited = {
            w: said for base in bases for w, said in getattr(base, "arguments", {}).items()
        }
        made.arguments = {**inherited, **{w: replace(own[w], annotation=types[w]) for w in own}}
        cast("type[Described]", made).declared()
        return made


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(argument,))
class Described(Struct, metaclass=_Declared, frozen=True):
    """A thing that a spec calls by a word with arguments: an op or an initialiser.

    Its values are taken as they are; those of a spec go through `validation`. `positional`
    arguments may stand without a name, in order; the `variadic` one collects all values without a
    name as one tuple: `permute(0, 2, 3, 1)`. A tuple alone stands for itself, as in PyTorch:
    `reshape(64, 7, 7)` is `reshape(64x7x7)`.
    """

    arguments: ClassVar[dict[str, Argument]]  # in order, those of the base classes first
    word: ClassVar[str]  # its name in the language
    positional: ClassVar[tuple[str, ...]] = ()
    variadic: ClassVar[str] = ""
    inputs: ClassVar[tuple[int, int]] = (0, 0)  # fewest and most input tensors

    @classmethod
    def declared(cls) -> None:
        """Called once when a class has been made: refuses one that is not whole."""
