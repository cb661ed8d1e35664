"""Two `state_dict`s side by side: which keys are missing, extra, of another shape, out of order."""

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from archdsl.ir.shape import Shape, format_shape

if TYPE_CHECKING:
    import torch

LISTED = 12  # lines of one sort in a report


class Stray(BaseModel):
    """A key that only one side has, and the other side's stray key that stands in its place."""

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


class Renamed(BaseModel):
    """One weight under two names."""

    model_config = ConfigDict(frozen=True)

    ours: str
    theirs: str


class KeyComparison(BaseModel):
    """The difference of our keys from theirs: `missing` are theirs alone, `extra` ours alone.

    `renamed` are the pairs of names where keys were asked to be taken by their order;
    `only_names`: that would make all of them fit.
    """

    model_config = ConfigDict(frozen=True)

    count: int
    missing: tuple[Stray, ...] = ()
    extra: tuple[Stray, ...] = ()
    shapes: tuple[ShapeDifference, ...] = ()
    first_out_of_order: str | None = None
    renamed: tuple[Renamed, ...] = ()
    only_names: bool = False

    @property
    def fit(self) -> bool:
        """True where a strict load works."""
        return not (self.missing or self.extra or self.shapes)

    @property
    def ok(self) -> bool:
        return self.fit and self.first_out_of_order is None

    def lines(self, ours: str, theirs: str) -> list[str]:
        """The differences in words, `ours` and `theirs` being the names of the sides."""
        lines = _strays(f"only {theirs} has", self.missing)
        lines += _strays(f"only {ours} has", self.extra)
        lines += capped(
            [
                f"{d.key} is {format_shape(d.ours)} in {ours}, {format_shape(d.theirs)} in {theirs}"
                for d in self.shapes
            ],
            LISTED,
        )
        if self.first_out_of_order is not None:
            lines.append(f"the order of the keys differs from {self.first_out_of_order} on")
        return lines

    def map_lines(self) -> list[str]:
        """The pairs of modules that stand for each other: one line for all weights of a module."""
        pairs = [(_module(pair.ours), _module(pair.theirs)) for pair in self.renamed]
        return [f"{ours} is {theirs}" for ours, theirs in dict.fromkeys(pairs)]


def compare_keys(
    ours: "Mapping[str, torch.Tensor]", theirs: "Mapping[str, torch.Tensor]"
) -> KeyComparison:
    """Our `state_dict` beside another."""
    missing = [key for key in theirs if key not in ours]
    extra = [key for key in ours if key not in theirs]
    both = [key for key in ours if key in theirs]
    pairs = _paired(extra, missing, ours, theirs)
    partners = {theirs: ours for ours, theirs in pairs.items()}
    return KeyComparison(
        count=len(ours),
        missing=tuple(_stray(key, theirs, partners) for key in missing),
        extra=tuple(_stray(key, ours, pairs) for key in extra),
        shapes=tuple(
            ShapeDifference(key=key, ours=tuple(ours[key].shape), theirs=tuple(theirs[key].shape))
            for key in both
            if ours[key].shape != theirs[key].shape
        ),
        first_out_of_order=_first_out_of_order(both, [key for key in theirs if key in ours]),
        only_names=bool(missing) and by_order(ours, theirs) is not None,
    )


def by_order(
    ours: "Mapping[str, torch.Tensor]", theirs: "Mapping[str, torch.Tensor]"
) -> KeyComparison | None:
    """The keys taken by their order; None where shapes or last names do not agree that way."""
    tokens = [[_token(key, side) for key in side] for side in (ours, theirs)]
    if tokens[0] != tokens[1]:
        return None
    pairs = [Renamed(ours=a, theirs=b) for a, b in zip(ours, theirs, strict=True) if a != b]
    return KeyComparison(count=len(ours), renamed=tuple(pairs))


def _token(key: str, side: "Mapping[str, torch.Tensor]") -> tuple[str, Shape]:
    """The common part of two names of one weight: `weight`, `running_mean`, and the shape."""
    return key.rpartition(".")[2], tuple(side[key].shape)


def _module(key: str) -> str:
    return key.rpartition(".")[0] or key


def _paired(
    ours: list[str],
    theirs: list[str],
    our_side: "Mapping[str, torch.Tensor]",
    their_side: "Mapping[str, torch.Tensor]",
) -> dict[str, str]:
    """Stray keys that stand for one another: of one kind and shape, in one order.

    Where there are more of a kind on one side than on the other, which of them is meant cannot be
    told, unless the rest of their names agrees: then nothing is said.
    """
    tokens = [[_token(key, our_side) for key in ours], [_token(key, their_side) for key in theirs]]
    counts = [{token: side.count(token) for token in side} for side in tokens]
    pairs: dict[str, str] = {}
    for a, b, size in SequenceMatcher(
        None, tokens[0], tokens[1], autojunk=False
    ).get_matching_blocks():
        for own, other in zip(ours[a : a + size], theirs[b : b + size], strict=True):
            token = _token(own, our_side)
            if counts[0][token] == counts[1][token] or _share_a_part(own, other):
                pairs[own] = other
    return pairs


def _share_a_part(own: str, other: str) -> bool:
    """True where the modules' names share a part, besides numbers and the weight's own name."""
    parts = [{p for p in key.split(".")[:-1] if not p.isdigit()} for key in (own, other)]
    return bool(parts[0] & parts[1])


def _stray(key: str, own: "Mapping[str, torch.Tensor]", partners: Mapping[str, str]) -> Stray:
    return Stray(key=key, shape=tuple(own[key].shape), nearest=partners.get(key))


def _first_out_of_order(ours: list[str], theirs: list[str]) -> str | None:
    return next((a for a, b in zip(ours, theirs, strict=True) if a != b), None)


def _strays(what: str, strays: tuple[Stray, ...]) -> list[str]:
    lines = []
    for stray in strays:
        hint = f"; the other side has {stray.nearest}" if stray.nearest else ""
        lines.append(f"{what} {stray.key} ({format_shape(stray.shape)}){hint}")
    return capped(lines, LISTED)


def capped(lines: list[str], most: int, indent: str = "") -> list[str]:
    """The first lines of one sort, and the number of the others."""
    more = len(lines) - most
    return lines if more <= 0 else [*lines[:most], f"{indent}… and {more} more of these"]
