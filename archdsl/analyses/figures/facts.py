"""The figures that an `expect` may name: the network's own, and those of a step by its path.

An analysis is imported when one of its figures is asked for: most specs ask for `params` alone.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from archdsl.analyses.figures.costs import Cost, Costs, StepCost, costs
from archdsl.ir.graph import Program
from archdsl.ir.shape import Shape, Types

if TYPE_CHECKING:
    from archdsl.analyses.figures.memory import Memory
    from archdsl.analyses.figures.receptive_field import ReceptiveField, ReceptiveFields

FACTS = (
    "params",
    "macs",
    "flops",
    "receptive_field",
    "stride",
    "depth",
    "peak_memory",
    "training_memory",
    "output",
)
STEP_FACTS = ("params", "macs", "flops", "receptive_field", "stride", "output")


class OneSize(tuple[int]):
    """A shape of one size, which the number alone is equal to."""

    def __eq__(self, other: object) -> bool:
        return self[0] == other if isinstance(other, int) else super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = tuple.__hash__


class Facts:
    """The facts of a program; each analysis runs when one of its figures is asked for.

    `receptive_field` is the smallest over the spatial dimensions and `stride` the largest, both 0
    without any; an output is a shape, or a tuple of shapes where there are several; memory is
    that of one sample in float32.
    """

    def __init__(self, program: Program) -> None:
        self.program = program

    def of_network(self, name: str) -> object:
        """One of `FACTS`."""
        figures: dict[str, Callable[[], object]] = {
            "receptive_field": lambda: min(self._fields.network, default=0),
            "stride": lambda: _largest(self._fields.stride),
            "depth": lambda: self._depth,
            "peak_memory": lambda: self._memory.inference,
            "training_memory": lambda: self._memory.training,
            "output": lambda: _shapes(self.program.root.outputs),
        }
        return figures[name]() if name in figures else _work(self._costs.total, name)

    def of_step(self, path: str, name: str) -> object:
        """One of `STEP_FACTS`: weights and work of all uses, the rest as the last one has it."""
        uses = self._steps[path]
        entry, seen = uses[-1]
        match name:
            case "output":
                return _shapes(entry.step.outputs)
            case "receptive_field":
                return min(seen.sizes, default=0) if seen is not None else 0
            case "stride":
                return _largest(tuple(p.jump for p in seen.places) if seen is not None else ())
        return _work(sum((entry.cost for entry, _ in uses), Cost()), name)

    @property
    def paths(self) -> list[str]:
        return list(self._steps)

    @cached_property
    def _steps(self) -> "dict[str, list[tuple[StepCost, ReceptiveField | None]]]":
        """The uses of each path, with what their first results see."""
        uses: dict[str, list[tuple[StepCost, ReceptiveField | None]]] = {}
        for entry, seen in zip(self._costs.walk(), self._fields.steps, strict=True):
            uses.setdefault(entry.path, []).append((entry, seen[0] if seen else None))
        return uses

    @cached_property
    def _costs(self) -> Costs:
        return costs(self.program)

    @cached_property
    def _depth(self) -> int:
        from archdsl.analyses.figures.depth import depth

        return depth(self.program)

    @cached_property
    def _fields(self) -> "ReceptiveFields":
        from archdsl.analyses.figures.receptive_field import receptive_fields

        return receptive_fields(self.program)

    @cached_property
    def _memory(self) -> "Memory":
        from archdsl.analyses.figures.memory import memory

        return memory(self.program)


def _work(cost: Cost, name: str) -> int:
    return {"params": cost.params, "macs": cost.macs, "flops": 2 * cost.macs}[name]


def _largest(jumps: tuple[Fraction, ...]) -> int | float:
    jump = max(jumps, default=Fraction(0))
    return int(jump) if jump.denominator == 1 else float(jump)


def _shapes(types: Types) -> Shape | tuple[Shape, ...]:
    shapes = tuple(OneSize(x.shape) if x.rank == 1 else x.shape for x in types)
    return shapes[0] if len(shapes) == 1 else shapes
