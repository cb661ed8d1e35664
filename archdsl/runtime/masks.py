"""Masks of zeros and ones that are drawn as `floor(keep + rand(...))`, as older code does it.

Goes in: each operator with its arguments and result. Comes out: with what probability a result of
`floor` keeps, where it is a mask.
"""

from typing import Any

from torch import Tensor
from torch.utils.weak import WeakIdKeyDictionary


class Masks:
    """Follows numbers drawn between 0 and 1, and what was added to them."""

    def __init__(self) -> None:
        self._added: WeakIdKeyDictionary = WeakIdKeyDictionary()

    def keeps(self, name: str, args: tuple[Any, ...], result: object) -> float | None:
        """The probability of ones, if this is what makes a mask."""
        if name in ("rand", "rand_like") and isinstance(result, Tensor):
            self._added[result] = 0.0
            return None
        known = args[0] if args and isinstance(args[0], Tensor) else None
        if known is None or known not in self._added:
            return None
        added: float = self._added[known]
        if name == "add" and len(args) > 1 and isinstance(args[1], float | int):
            self._added[result] = added + args[1]
        return added if name == "floor" and 0 < added <= 1 else None
