"""The figures that an `expect` may name, gathered from the analyses."""

from collections.abc import Mapping

from archdsl.analyses.costs import costs
from archdsl.analyses.depth import depth
from archdsl.analyses.receptive_field import receptive_fields
from archdsl.ir.graph import Program

FACTS = ("params", "macs", "receptive_field", "depth", "output")


def facts(program: Program) -> Mapping[str, object]:
    """Every fact of the program by its name.

    `receptive_field` is the smallest over the spatial dimensions, and 0 without any; `output` is
    a shape, or a tuple of shapes where there are several outputs.
    """
    total = costs(program).total
    shapes = tuple(output.shape for output in program.root.outputs)
    return {
        "params": total.params,
        "macs": total.macs,
        "receptive_field": min(receptive_fields(program).network, default=0),
        "depth": depth(program),
        "output": shapes[0] if len(shapes) == 1 else shapes,
    }
