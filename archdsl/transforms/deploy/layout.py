"""The layout of images in memory: channels last, wherever the network convolves images."""

from archdsl.ir.graph import Program, Scope, Step, Window, walk
from archdsl.ops.base import Op


def channels_last(program: Program) -> bool:
    """Whether a window of two dimensions with learned filters moves over the flow."""
    return any(_filters_images(scope, step) for _, scope, step in walk(program.root))


def _filters_images(scope: Scope, step: Step) -> bool:
    if not isinstance(step.target, Op):
        return False
    inputs = scope.types_of(step.inputs)
    reach = step.target.reach(inputs)
    return (
        isinstance(reach, Window) and len(reach.kernel) == 2 and bool(step.target.weights(inputs))
    )
