"""Two `state_dict`s side by side: which keys are missing, extra, of another shape, out of order."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from archdsl.ir.shape import Shape, format_shape

if TYPE_CHECKING:
    import torch

LISTED = 12  # lines of one sort in a report


class Stray(BaseModel):
    """A key that only one side has, and the other side's stray key that most resembles it."""

    model_config = ConfigDict(frozen=True)

    key: str
    shape: Shape
    nearest: str | None


class ShapeDifference(BaseModel):
    """A key with two shapes."""

    model_config = ConfigDict(frozen=True)

    key: str
    ours: Shape
    theirs: Shape


class KeyComparison(BaseModel):
    """How our keys differ from theirs: `missing` are theirs alone, `extra` ours alone."""

    model_config = ConfigDict(frozen=True)

    count: int
    missing: tuple[Stray, ...] = ()
    extra: tuple[Stray, ...] = ()
    shapes: tuple[ShapeDifference, ...] = ()
    first_out_of_order: str | None = None

    @property
    def fit(self) -> bool:
        """Whether a strict load works."""
        return not (self.missing or self.extra or self.shapes)

    @property
    def ok(self) -> bool:
        return self.fit and self.first_out_of_order is None

    def lines(self, ours: str, theirs: str) -> list[str]:
        """The differences in words, `ours` and `theirs` being the names of the sides."""
        found = _strays(f"only {theirs} has", self.missing)
        found += _strays(f"only {ours} has", self.extra)
        found += _listed(
            [
                f"{d.key} is {format_shape(d.ours)} in {ours}, {format_shape(d.theirs)} in {theirs}"
                for d in self.shapes
            ]
        )
        if self.first_out_of_order is not None:
            found.append(f"the order of the keys differs from {self.first_out_of_order} on")
        return found


def compare_keys(
    ours: "Mapping[str, torch.Tensor]", theirs: "Mapping[str, torch.Tensor]"
) -> KeyComparison:
    """Our `state_dict` beside another."""
    missing = [key for key in theirs if key not in ours]
    extra = [key for key in ours if key not in theirs]
    both = [key for key in ours if key in theirs]
    differing = [key for key in both if ours[key].shape != theirs[key].shape]
    return KeyComparison(
        count=len(ours),
        missing=tuple(_stray(key, theirs, extra, ours) for key in missing),
        extra=tuple(_stray(key, ours, missing, theirs) for key in extra),
        shapes=tuple(
            ShapeDifference(key=key, ours=tuple(ours[key].shape), theirs=tuple(theirs[key].shape))
            for key in differing
        ),
        first_out_of_order=_first_out_of_order(both, [key for key in theirs if key in ours]),
    )


def _stray(
    key: str,
    own: "Mapping[str, torch.Tensor]",
    candidates: list[str],
    other: "Mapping[str, torch.Tensor]",
) -> Stray:
    alike = [c for c in candidates if other[c].shape == own[key].shape]
    close = get_close_matches(key, alike or candidates, n=1, cutoff=0.4)
    return Stray(key=key, shape=tuple(own[key].shape), nearest=close[0] if close else None)


def _first_out_of_order(ours: list[str], theirs: list[str]) -> str | None:
    return next((a for a, b in zip(ours, theirs, strict=True) if a != b), None)


def _strays(what: str, strays: tuple[Stray, ...]) -> list[str]:
    lines = []
    for stray in strays:
        hint = f"; the other side has {stray.nearest}" if stray.nearest else ""
        lines.append(f"{what} {stray.key} ({format_shape(stray.shape)}){hint}")
    return _listed(lines)


def _listed(lines: list[str]) -> list[str]:
    more = len(lines) - LISTED
    return lines if more <= 0 else [*lines[:LISTED], f"… and {more} more of these"]
