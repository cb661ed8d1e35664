"""The same sizes or dimensions in another order: `permute`, `transpose`, `roll`, …"""

from archdsl.ir.code import Attr, Call, Emission, In, expression, module
from archdsl.ir.footprint import NOTHING, VIEW
from archdsl.ir.reach import Looks, Regrouped, Reordered, Rolled
from archdsl.ir.shape import TensorType, Types
from archdsl.ops import mistakes
from archdsl.ops.argument import argument
from archdsl.ops.base import Op, OpFamily, example
from archdsl.ops.dims import Dim, Dims, resolve, resolve_all
from archdsl.ops.spatial import Positive, Whole


class Permute(Op):
    """The dimensions in another order, the batch first: `permute(0, 2, 3, 1)`.

    The batch may be left out: `permute(height, width, channels)`.
    """

    word = "permute"
    family = OpFamily.SHAPE
    dtype = None
    variadic = "dims"
    torch = "torch.permute"
    fixed_footprint = VIEW
    examples = (
        example((96, 56, 56), dims=(0, 2, 3, 1)),
        example((96, 5, 7), dims=("height", "width", "channels")),
        example((3, 4, 5, 6), dims=(0, -1, 1, 2, 3)),
    )

    dims: tuple[Dim, ...] = argument("the old dimensions in their new order")

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        return (x.shaped(tuple(x.shape[d - 1] for d in self._order(x))),)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        return ((Reordered(self._order(inputs[0])),),)

    def emit(self, inputs: Types) -> Emission:
        return expression(Call(Attr(In(0), "permute"), (0, *self._order(inputs[0]))))

    def _order(self, x: TensorType) -> tuple[int, ...]:
        """The sample's dimensions in their new order, without the batch."""
        dims = self.dims[1:] if self.dims[:1] == (0,) else self.dims
        if len(dims) != x.rank:
            raise mistakes.not_all_dimensions(self.word, len(dims), x.rank, "dims")
        return resolve_all(dims, x.rank, "dims")


class Transpose(Op):
    """Two dimensions in each other's place."""

    word = "transpose"
    family = OpFamily.SHAPE
    dtype = None
    positional = ("dim0", "dim1")
    torch = "torch.transpose"
    fixed_footprint = VIEW
    examples = (
        example((768, 196), dim0=1, dim1=2),
        example((12, 197, 64), dim0=-2, dim1=-1),
    )

    dim0: Dim = argument("one dimension")
    dim1: Dim = argument("the other")

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        first, second = self._pair(x.rank)
        sizes = list(x.shape)
        sizes[first - 1], sizes[second - 1] = sizes[second - 1], sizes[first - 1]
        return (x.shaped(tuple(sizes)),)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        rank = inputs[0].rank
        first, second = self._pair(rank)
        swapped = {first: second, second: first}
        return ((Reordered(tuple(swapped.get(dim, dim) for dim in range(1, rank + 1))),),)

    def emit(self, inputs: Types) -> Emission:
        return expression(Call(Attr(In(0), "transpose"), self._pair(inputs[0].rank)))

    def _pair(self, rank: int) -> tuple[int, int]:
        return resolve(self.dim0, rank, "dim0"), resolve(self.dim1, rank, "dim1")


class Roll(Op):
    """Shifted along dimensions; what leaves at one end comes back at the other."""

    word = "roll"
    family = OpFamily.SHAPE
    dtype = None
    positional = ("shifts", "dims")
    torch = "torch.roll"
    fixed_footprint = NOTHING
    examples = (
        example((56, 56, 96), shifts=(-3, -3), dims=(1, 2)),
        example((8, 20), shifts=5, dims="length"),
    )

    shifts: Whole | tuple[Whole, ...] = argument("how far, for each of `dims`")
    dims: Dims = argument("the dimensions to shift along")

    def infer(self, inputs: Types) -> Types:
        shifts, dims = self._moves(inputs[0])
        if len(shifts) != len(dims) or not shifts:
            raise mistakes.shifts_and_dimensions(self.word, len(shifts), len(dims))
        return inputs

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        return (
            tuple(Rolled(dim, shift) for shift, dim in zip(*self._moves(inputs[0]), strict=True)),
        )

    def emit(self, inputs: Types) -> Emission:
        shifts, dims = self._moves(inputs[0])
        moves = (shifts, dims) if len(dims) > 1 else (*shifts, *dims)
        return expression(Call("torch.roll", (In(0), *moves)))

    def _moves(self, x: TensorType) -> tuple[tuple[int, ...], tuple[int, ...]]:
        shifts = self.shifts if isinstance(self.shifts, tuple) else (self.shifts,)
        given = self.dims if isinstance(self.dims, tuple) else (self.dims,)
        return shifts, tuple(resolve(dim, x.rank, "dims") for dim in given)


class ChannelShuffle(Op):
    """Channels taken from each of the `groups` in turn, so that the groups mix (ShuffleNet)."""

    word = "channel_shuffle"
    family = OpFamily.SHAPE
    positional = ("groups",)
    torch = "torch.nn.ChannelShuffle"
    fixed_footprint = NOTHING
    examples = (
        example((116, 28, 28), groups=2),
        example((12, 9), groups=3),
    )

    groups: Positive = argument("channel groups before the shuffle")

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        if x.rank < 2:
            raise mistakes.flow_unfit(self.word, "channels and a place", x.shape)
        if x.shape[0] % self.groups:
            channels = x.shape[0]
            whole = f"{channels} channels"
            raise mistakes.does_not_divide(self.groups, "groups", channels, whole, "groups")
        return inputs

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        channels, *places = inputs[0].shape
        swapped = (2, 1, *range(3, inputs[0].rank + 2))
        dealt = Regrouped((self.groups, channels // self.groups, *places))
        return ((dealt, Reordered(swapped), Regrouped(inputs[0].shape)),)

    def emit(self, inputs: Types) -> Emission:
        return module(Call("nn.ChannelShuffle", (self.groups,)))
