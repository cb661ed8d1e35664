"""Every op with inputs of every rank: it takes them, and all of its hooks do, or it is a misfit."""

from itertools import product
from typing import Any

import pytest

from archdsl.ir.shape import Shape, TensorType
from archdsl.ops.base import Example, Misfit, Op
from archdsl.ops.registry import ops
from archdsl.ops.validation import validated

SHAPES: tuple[Shape, ...] = ((), (1,), (6,), (1, 1), (6, 4), (6, 4, 4), (2, 3, 4, 5), (6,) * 5)
DIMENSIONS = ("dim", "start_dim", "end_dim", "dim0", "dim1")
EXAMPLES = [
    pytest.param(op, example, id=f"{word}-{number}")
    for word, op in ops().items()
    for number, example in enumerate(op.examples)
]


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_no_shape_is_a_crash(kind: type[Op], example: Example) -> None:
    dtypes = [x.dtype for x in example.inputs]
    named = [name for name in kind.arguments if name in DIMENSIONS]
    for dim in (None, -2, -1, 1, 2, "width"):
        changes = {} if dim is None else dict.fromkeys(named, dim)
        for shapes in product(SHAPES, repeat=len(dtypes)):
            types = tuple(map(TensorType, shapes, dtypes))
            use(kind, {**example.arguments, **changes}, types)


def use(kind: type[Op], arguments: dict[str, Any], inputs: tuple[TensorType, ...]) -> None:
    op = validated(kind, arguments)
    try:
        outputs = op.infer(inputs)
    except Misfit:
        return
    for training in (False, True):
        op.footprint(inputs, outputs, training)
    for hook in (op.counts, op.elementwise, op.macs):
        hook(inputs, outputs)
    for hook in (op.weights, op.reach, op.emit, op.linear_map, op.passing):
        hook(inputs)
