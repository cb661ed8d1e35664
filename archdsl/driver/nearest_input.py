"""For a network whose own input does not fit: the nearest sizes at which it does."""

from collections.abc import Iterator, Mapping

from archdsl.base.labels import Severity
from archdsl.base.stack import deep_recursion
from archdsl.driver.pipeline import Loaded
from archdsl.ir.graph import Program
from archdsl.ir.shape import Shape
from archdsl.ops.mistakes import BRANCHES_DIFFER

PARTS = (2, 4, 8, 16, 32, 64, 128)  # what halvings divide by


def resized(loaded: Loaded) -> Program | None:
    """The program for an input whose sizes halvings divide; None where no input mends it."""
    partial, trials = loaded.partial, loaded.trials
    errors = {d.code for d in loaded.diagnostics if d.severity is Severity.ERROR}
    if partial is None or trials is None or errors != {BRANCHES_DIFFER}:
        return None
    with deep_recursion():
        for shapes in _rounded_inputs(partial):
            program = trials.at(shapes)
            if isinstance(program, Program):
                return program
    return None


def _rounded_inputs(program: Program) -> Iterator[Mapping[str, Shape]]:
    """The shapes of a network's maps, rounded to multiples: of small numbers first, down first."""
    root = program.root
    maps = {n: t.shape for n, t in zip(root.input_names, root.inputs, strict=True) if t.rank > 1}
    for part in PARTS:
        for more in (0, part - 1):
            yield {
                name: (shape[0], *(max(part, (size + more) // part * part) for size in shape[1:]))
                for name, shape in maps.items()
            }
