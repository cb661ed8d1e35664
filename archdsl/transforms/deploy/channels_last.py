"""The layout of images in memory: channels last, wherever the network filters images.

Measured on a CPU (two threads, four images, norms folded): the eight networks that
`benchmarks/deploy.py` lists ran 1.3 to 2.7 times as fast with their weights in channels last as in
PyTorch's usual layout. Weights alone are enough: a convolution whose weight lies so gives a result
that does, whatever its input.
"""

from archdsl.ir.graph import Program, Scope, Step, walk
from archdsl.ir.reach import window
from archdsl.ir.shape import Shape
from archdsl.ops.base import Op

RANK = 5  # tensors of this rank have no channels-last form: PyTorch refuses a module with one


def channels_last(program: Program) -> bool:
    """True where a window of two dimensions with learned filters moves over the flow, and every
    tensor of the module can have this layout."""
    steps = [(scope, step) for _, scope, step in walk(program.root)]
    can = not any(RANK in map(len, _shapes(scope, step)) for scope, step in steps)
    return can and any(_filters_images(scope, step) for scope, step in steps)


def _shapes(scope: Scope, step: Step) -> list[Shape]:
    """Of the weights of an op."""
    if not isinstance(step.target, Op):
        return []
    return [weight.shape for weight in step.target.weights(scope.types_of(step.inputs))]


def _filters_images(scope: Scope, step: Step) -> bool:
    if not isinstance(step.target, Op):
        return False
    moving = window(step.target.reach(scope.types_of(step.inputs)))
    return moving is not None and len(moving.kernel) == 2 and bool(_shapes(scope, step))
