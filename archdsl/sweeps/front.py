"""The Pareto front: the variants that no other one beats in every objective at once."""

from collections.abc import Sequence

from msgspec import Struct

from archdsl.driver import Misuse

Point = tuple[float, ...]


class Objective(Struct, frozen=True):
    """A figure or parameter to be small, or to be large."""

    name: str
    largest: bool = False

    def __str__(self) -> str:
        return f"{self.name}:max" if self.largest else self.name


def read_objectives(given: str | Sequence[str]) -> tuple[Objective, ...]:
    """`params,receptive_field:max`: names with commas between; `:min` is what goes without."""
    words = given.split(",") if isinstance(given, str) else given
    objectives = []
    for word in filter(None, (word.strip() for word in words)):
        name, _, direction = word.partition(":")
        if direction not in ("", "min", "max"):
            raise Misuse(f"an objective is NAME, NAME:min or NAME:max, not {word!r}")
        objectives.append(Objective(name, direction == "max"))
    return tuple(objectives)


def front(points: Sequence[Point]) -> frozenset[int]:
    """The places of the points that no other one beats; smaller is better in every dimension."""
    kept: list[int] = []
    for place in sorted(range(len(points)), key=lambda place: points[place]):
        if not any(_beats(points[other], points[place]) for other in kept):
            kept.append(place)  # whatever beats a point stands before it in this order
    return frozenset(kept)


def _beats(a: Point, b: Point) -> bool:
    return a != b and all(x <= y for x, y in zip(a, b, strict=True))
