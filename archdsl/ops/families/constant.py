"""Fixed tensors, the same for every sample: `relative_positions` and `grid`."""

from math import prod
from struct import pack, unpack

from archdsl.ir.code import Attr, Call, Code, Emission, Infix, List, Self
from archdsl.ir.footprint import Footprint, Home
from archdsl.ir.graph import Weight, WeightKind
from archdsl.ir.reach import Looks
from archdsl.ir.shape import DType, Shape, TensorType, Types
from archdsl.ops import mistakes
from archdsl.ops.argument import argument
from archdsl.ops.base import Op, OpFamily, example
from archdsl.ops.dims import BATCH_SIZE
from archdsl.ops.spatial import Number, Positive, options

Axis = tuple[Number, ...]
FAR = 2.0**100  # no coordinate that counts
SHORT = 5  # coordinates: fewer are as easily read one by one


class Constant(Op):
    """A tensor that no sample changes and nothing learns."""

    family = OpFamily.TENSOR
    inputs = (0, 1)  # the flow, for the size of the batch only
    dtype = None
    fixed_footprint = Footprint(Home.WEIGHT)

    def _check_flow(self, inputs: Types) -> None:
        if not inputs:
            raise mistakes.no_flow(self.word)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        return (None,) * len(inputs)

    def _emission(
        self, tensor: Code, rank: int, saved: bool = True, helpers: tuple[str, ...] = ()
    ) -> Emission:
        """A buffer, seen by every sample of the batch."""
        build = Call("nn.Buffer", (tensor,), options(persistent=(saved, True)))
        return Emission(build, Call(Attr(Self(), "expand"), (BATCH_SIZE, *(-1,) * rank)), helpers)


class RelativePositions(Constant):
    """For every two places of a window, the number of the offset from the second to the first.

    Where a window has `7x7` places there are `13x13` offsets, numbered row by row: the rows of a
    table of relative position biases (Raffel et al., 2020; Liu et al., 2021).
    """

    word = "relative_positions"
    variadic = "size"
    examples = (
        example((96, 56, 56), size=(7, 7)),
        example((49, 64), size=(3, 5), flat=True),
        example((8,), size=(2, 3, 2)),
        example((20,), dtype=DType.INT, size=(6,)),
    )

    size: tuple[Positive, ...] = argument("places of the window along each dimension")
    flat: bool = argument("one row of numbers in place of a table, place by place", default=False)

    def infer(self, inputs: Types) -> Types:
        self._check_flow(inputs)
        if not self.size:
            raise mistakes.empty_argument("size", "gives", "dimension")
        offsets = prod(2 * size - 1 for size in self.size)
        return (TensorType(self._shape, DType.INT, below=offsets),)

    def weights(self, inputs: Types) -> tuple[Weight, ...]:
        return (Weight("", self._shape, WeightKind.BUFFER, DType.INT),)

    def emit(self, inputs: Types) -> Emission:
        code = Call(self.word, self.size, options(flat=(self.flat, False)))
        return self._emission(code, len(self._shape), helpers=(self.word,))

    @property
    def _shape(self) -> Shape:
        places = prod(self.size)
        return (places**2,) if self.flat else (places, places)


class Grid(Constant):
    """The coordinates of every place of a grid: axes of 5 and 7 numbers make `5x7x2`."""

    word = "grid"
    variadic = "axes"
    torch = "torch.meshgrid"
    examples = (
        example((3, 8, 8), axes=((0.0, 0.5, 1.0), (-1, 1))),
        example((64, 96), axes=((0, 0, 0, 0, 1, 1), (0, 0, 0)), saved=False),
        example((10,), axes=(1.5, -2, 0.1), batch_dim=True),
    )

    axes: tuple[tuple[Number, ...], ...] | Axis = argument(
        "the coordinates along each dimension, or along the only one"
    )
    saved: bool = argument("keep it in the `state_dict`", default=True)
    batch_dim: bool = argument("store it with a leading 1", default=False)

    def infer(self, inputs: Types) -> Types:
        self._check_flow(inputs)
        if not all(self._axes):
            raise mistakes.empty_axis("axes")
        return (TensorType(self._shape),)

    def weights(self, inputs: Types) -> tuple[Weight, ...]:
        stored = (1, *self._shape) if self.batch_dim else self._shape
        return (Weight("", stored, WeightKind.BUFFER),) if self.saved else ()

    def emit(self, inputs: Types) -> Emission:
        axes = tuple(map(_axis, self._axes))
        mesh = Call("torch.meshgrid", axes, (("indexing", "ij"),))
        code: Code = Call("torch.stack", (mesh,), (("dim", -1),))
        if self.batch_dim:
            code = Call(Attr(code, "unsqueeze"), (0,))
        return self._emission(code, len(self._shape), self.saved)

    @property
    def _shape(self) -> Shape:
        axes = self._axes
        return (*(len(axis) for axis in axes), len(axes))

    @property
    def _axes(self) -> tuple[Axis, ...]:
        several = tuple(axis for axis in self.axes if isinstance(axis, tuple))
        return several or (tuple(x for x in self.axes if not isinstance(x, tuple)),)


def _axis(axis: Axis) -> Code:
    """The axis as a tensor: even steps as a range, where float32 has all of its numbers."""
    step = _step(axis)
    if step is None or len(axis) < SHORT:
        return Call("torch.tensor", (_numbers(axis),))
    start, stop = float(axis[0]), float(axis[0]) + len(axis) * step
    if step != 1:
        return Call("torch.arange", (start, stop, step))
    return Call("torch.arange", (start, stop) if start else (stop,))


def _step(axis: Axis) -> float | None:
    """The distance of all neighbours, if adding it up is exact in float32."""
    step = float(axis[1] - axis[0]) if len(axis) > 1 else 0.0
    risen = [k * step for k in range(len(axis))]
    even = [float(axis[0]) + rise for rise in risen] == list(map(float, axis))
    exact = all(map(_is_float32, (*risen, *map(float, axis))))
    return step if step and even and exact else None


def _is_float32(x: float) -> bool:
    return abs(x) < FAR and x == unpack("f", pack("f", x))[0]


def _numbers(axis: Axis) -> Code:
    """The axis as a list, equal neighbours counted: `[0.0] * 53 + [1.0] * 3`."""
    runs: list[tuple[float, int]] = []
    for value in map(float, axis):
        count = runs.pop()[1] if runs and runs[-1][0] == value else 0
        runs.append((value, count + 1))
    if len(runs) * 2 > len(axis):
        return List(tuple(map(float, axis)))
    first, *more = (_run(value, count) for value, count in runs)
    return Infix("+", (first, *more)) if more else first


def _run(value: float, count: int) -> Code:
    return Infix("*", (List((value,)), count)) if count > 1 else List((value,))
