"""Colour by share: how much of the network's MACs, params or activations a box has."""

from typing import Literal, assert_never

from msgspec import Struct

from archdsl.analyses.figures.costs import Cost
from archdsl.transforms.picture.caption import short
from archdsl.transforms.picture.drawing_parts import SHADES

Heat = Literal["macs", "params", "memory"]
NOUNS: dict[Heat, str] = {"macs": "MACs", "params": "params", "memory": "activations"}


class Measure(Struct, frozen=True):
    """Costs as shares of the network's `total`."""

    heat: Heat
    total: Cost

    def amount(self, cost: Cost) -> int:
        match self.heat:
            case "macs":
                return cost.macs
            case "params":
                return cost.params
            case "memory":
                return cost.activation
        assert_never(self.heat)

    def share(self, cost: Cost) -> float:
        """From 0 to 1; 0 in a network that has nothing of it."""
        return self.amount(cost) / max(self.amount(self.total), 1)

    def shade(self, cost: Cost) -> int:
        """The index of the share's colour in `SHADES`."""
        share = self.share(cost)
        return next(i for i, shade in enumerate(SHADES) if share <= shade.most)

    def figures(self, cost: Cost) -> tuple[str, ...]:
        """`118M MACs`, `6.5%`; nothing of nothing."""
        amount = self.amount(cost)
        share = percent(self.share(cost))
        return (f"{short(amount)} {NOUNS[self.heat]}", share) if amount else ()

    @property
    def heading(self) -> str:
        return f"share of the network's {short(self.amount(self.total))} {NOUNS[self.heat]}"


def percent(share: float) -> str:
    """`6.5%`, `62%`; the smallest that is told is a tenth."""
    if 0 < share < 0.0005:
        return "<0.1%"
    return f"{100 * share:.1f}%" if share < 0.0995 else f"{100 * share:.0f}%"
