"""The sameness of two results: to the last bit, or up to the rounding of another order of sums.

The rule: results are equal where not one bit differs; or where both modules, run in float64, differ
by at most 1e-9 of the largest element. Rounding is 1e-16 there, so what is left is a difference of
the networks. A module that cannot run in float64 is given 1e-5 of the largest element in float32.
"""

from math import isfinite

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor

from archdsl.ir.shape import Shape, format_shape

IN_DOUBLE = 1e-9
IN_FLOAT = 1e-5

Named = dict[str, Tensor]


class OutputDifference(BaseModel):
    """One result of both for the same input; `largest` is None where shapes or types differ.

    `relative` is the largest difference over the largest element of the reference, and `rounding`
    the same of both run in float64, where that was needed to tell.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    ours: Shape | None
    theirs: Shape | None
    our_type: str = ""
    their_type: str = ""
    largest: float | None
    relative: float | None = None
    rounding: float | None = None
    tolerance: float = 0.0

    @property
    def ok(self) -> bool:
        if not self.largest:  # the same bits, or None
            return self.largest == 0.0
        difference = self.relative if self.rounding is None else self.rounding
        return difference is not None and difference <= self.tolerance

    def __str__(self) -> str:
        if self.largest is None:
            ours, theirs = _told(self.ours, self.our_type), _told(self.theirs, self.their_type)
            return f"{self.name} is {ours} in the spec, {theirs} in the reference"
        if self.relative is None:
            return f"{self.name} is no number in places, and not in the same"
        share = f", {self.relative:.2g} of the largest" if isfinite(self.relative) else ""
        return f"{self.name} differs by up to {self.largest:.3g}{share}"


def _told(shape: Shape | None, type: str) -> str:
    return "missing" if shape is None else f"{format_shape(shape)} of {type}"


def differences(ours: Named, theirs: Named) -> tuple[OutputDifference, ...]:
    """Results by name; what one side lacks differs."""
    names = dict.fromkeys((*ours, *theirs))
    return tuple(_compared(name, ours.get(name), theirs.get(name)) for name in names)


def _compared(name: str, ours: Tensor | None, theirs: Tensor | None) -> OutputDifference:
    shapes = [tuple(t.shape) if t is not None else None for t in (ours, theirs)]
    types = [str(t.dtype).removeprefix("torch.") if t is not None else "" for t in (ours, theirs)]
    largest = relative = None
    alike = shapes[0] == shapes[1] and types[0] == types[1]
    if ours is not None and theirs is not None and alike:
        largest, relative = _distance(ours, theirs)
    return OutputDifference(
        name=name,
        ours=shapes[0],
        theirs=shapes[1],
        our_type=types[0],
        their_type=types[1],
        largest=largest,
        relative=relative,
    )


def _distance(ours: Tensor, theirs: Tensor) -> tuple[float, float | None]:
    """The largest difference, and that over the largest element; infinite beside what is none."""
    if not ours.numel() or torch.equal(ours, theirs):
        return 0.0, 0.0
    ours, theirs = ours.double(), theirs.double()
    same = (ours == theirs) | (ours.isnan() & theirs.isnan())
    apart = torch.where(same, 0.0, (ours - theirs).abs())
    if not bool(apart.isfinite().all()):
        return float("inf"), None
    largest = float(apart.max())
    scale = float(theirs.nan_to_num(0.0, 0.0, 0.0).abs().max())
    return largest, largest / scale if scale else float("inf") * (largest > 0 or 0)


def settled(
    in_float: tuple[OutputDifference, ...], in_double: tuple[OutputDifference, ...] | None
) -> tuple[OutputDifference, ...]:
    """The differences of float32 with what float64 says of them, None where that cannot run."""
    if in_double is None:
        return tuple(d.model_copy(update={"tolerance": IN_FLOAT}) for d in in_float)
    exact = {d.name: d.relative for d in in_double}
    return tuple(
        d.model_copy(update={"tolerance": IN_DOUBLE, "rounding": exact.get(d.name)})
        for d in in_float
    )


def close(ours: Tensor, theirs: Tensor) -> bool:
    """True where two results are the same up to rounding."""
    if ours.shape != theirs.shape:
        return False
    relative = _distance(ours, theirs)[1]
    return relative is not None and relative <= IN_FLOAT
