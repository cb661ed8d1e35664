"""The findings of a sweep, as typed values."""

from pydantic import BaseModel, ConfigDict, Field

from archdsl.base.escape import visible
from archdsl.base.quantities import is_number

Value = bool | int | float | str | None
Figure = int | float | str  # a shape is written as the language does: `256x14x14`


class Failure(BaseModel):
    """The reason why a variant cannot be built: the first of its diagnostics."""

    model_config = ConfigDict(frozen=True)

    code: str = Field(description="of the diagnostic; `archdsl explain` knows it")
    message: str
    file: str
    line: int = Field(description="counted from 1")


class Variant(BaseModel):
    """One combination of parameters, with its figures or the reason why it has none."""

    model_config = ConfigDict(frozen=True)

    number: int = Field(description="its place in the grid, from 0; the last axis turns fastest")
    parameters: dict[str, Value] = Field(description="numbers as numbers, other values as written")
    figures: dict[str, Figure] = Field(description="empty where the variant fails")
    front: bool = Field(False, description="whether no other variant beats it in all objectives")
    failure: Failure | None = None

    def number_of(self, name: str) -> float | None:
        """A parameter or figure, if it is a number."""
        value = self.parameters[name] if name in self.parameters else self.figures[name]
        return value if is_number(value) else None

    def cells(self) -> dict[str, Value]:
        """The variant as one flat row."""
        why = self.failure
        return {
            **self.parameters,
            **self.figures,
            "front": self.front,
            "code": why.code if why else "",
            "message": why.message if why else "",
        }


class Variants(BaseModel):
    """The variants that meet the condition, and those that fail, in the grid's order."""

    model_config = ConfigDict(frozen=True, title="Sweep")

    network: str
    axes: dict[str, tuple[str, ...]] = Field(description="the values tried, as written")
    where: str = Field("", description="the condition that the variants meet")
    pareto: tuple[str, ...] = Field((), description="the objectives: `NAME`, or `NAME:max`")
    figures: tuple[str, ...] = Field(description="the names of the figures")
    total: int = Field(description="combinations of the grid")
    tried: int = Field(description="of them; fewer than `total` where it was interrupted")
    variants: tuple[Variant, ...]

    @property
    def complete(self) -> bool:
        """True where every combination was tried."""
        return self.tried == self.total

    @property
    def fitting(self) -> tuple[Variant, ...]:
        """The variants that can be built and meet the condition."""
        return tuple(v for v in self.variants if v.failure is None)

    @property
    def failed(self) -> tuple[Variant, ...]:
        """The variants that cannot be built."""
        return tuple(v for v in self.variants if v.failure is not None)

    @property
    def front(self) -> tuple[Variant, ...]:
        """The variants on the Pareto front."""
        return tuple(v for v in self.variants if v.front)

    def columns(self) -> tuple[str, ...]:
        """The names of the flat rows' cells."""
        return (*self.axes, *self.figures, "front", "code", "message")

    def in_columns(self) -> dict[str, list[Value]]:
        """The flat rows by column; what numbers and words share is text."""
        rows = [variant.cells() for variant in self.variants]
        return {name: _alike([row.get(name) for row in rows]) for name in self.columns()}


def _alike(cells: list[Value]) -> list[Value]:
    """Cells of one type, as a column needs them."""
    kinds = {type(cell) for cell in cells if cell is not None}
    alike = len(kinds) <= 1 or kinds == {int, float}
    return cells if alike else [None if cell is None else written(cell) for cell in cells]


def written(value: Value) -> str:
    """A value as the language writes it."""
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
    return visible(str(value))
