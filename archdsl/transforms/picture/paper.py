"""The pages on which drawings are printed."""

from typing import Literal

from msgspec import Struct

PageName = Literal["none", "a4", "letter", "slide"]
CENTIMETRE = 28.35  # points
INCH = 72.0  # points


class Paper(Struct, frozen=True):
    """A page's sides in points, the ways it may be turned, and the margin within."""

    sides: tuple[tuple[float, float], ...]
    margin: float = CENTIMETRE

    def room(self) -> tuple[tuple[float, float], ...]:
        """The sizes within the margins, turned each way, upright first."""
        return tuple((w - 2 * self.margin, h - 2 * self.margin) for w, h in self.sides)


def _turning(wide: float, high: float) -> Paper:
    return Paper(((wide, high), (high, wide)))


A4 = _turning(595.3, 841.9)
PAPERS: dict[PageName, Paper] = {
    "none": A4,  # a sheet as large as the drawing, which is arranged for A4 all the same
    "a4": A4,
    "letter": _turning(8.5 * INCH, 11 * INCH),
    "slide": Paper(((40 / 3 * INCH, 7.5 * INCH),)),  # 16:9
}
