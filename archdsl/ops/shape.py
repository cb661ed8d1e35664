"""The same elements in another shape or order: `flatten`, `reshape`, `permute`, `roll`, …"""

from math import prod
from typing import Annotated, ClassVar

from pydantic import Field

from archdsl.ir.code import Attr, Call, Code, Emission, In, expression, module
from archdsl.ir.shape import DType, Shape, TensorType, format_shape
from archdsl.ops.base import Example, Family, Misfit, Op, example
from archdsl.ops.dims import BATCH_SIZE, Dim, Dims, resolve, resolve_all
from archdsl.ops.sizes import Positive

SizeOrRest = Annotated[int, Field(ge=-1)]


class Identity(Op):
    """The flow as it is: the branch that skips."""

    word: ClassVar[str] = "identity"
    family: ClassVar[Family] = Family.SHAPE
    dtype: ClassVar[DType | None] = None
    transparent: ClassVar[bool] = True
    torch: ClassVar[str] = "torch.nn.Identity"
    examples: ClassVar[tuple[Example, ...]] = (example((64, 8, 8)),)

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        return inputs

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return module(Call("nn.Identity"))


class Flatten(Op):
    """Dimensions `start_dim` to `end_dim` as one; without arguments the whole sample."""

    word: ClassVar[str] = "flatten"
    family: ClassVar[Family] = Family.SHAPE
    dtype: ClassVar[DType | None] = None
    positional: ClassVar[tuple[str, ...]] = ("start_dim", "end_dim")
    torch: ClassVar[str] = "torch.nn.Flatten"
    examples: ClassVar[tuple[Example, ...]] = (
        example((512, 7, 7)),
        example((768, 14, 14), start_dim=2),
        example((3, 4, 5, 6), start_dim="depth", end_dim=-2),
    )

    start_dim: Dim = Field(1, description="first dimension to flatten")
    end_dim: Dim = Field(-1, description="last dimension to flatten")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        (x,) = inputs
        first, last = self._range(x.rank)
        if first > last:
            raise Misfit(
                "E0308",
                f"`flatten` would end at dimension {last}, before its start {first}",
                argument="end_dim",
            )
        one = prod(x.shape[first - 1 : last])
        return (TensorType((*x.shape[: first - 1], one, *x.shape[last:]), x.dtype),)

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        (x,) = inputs
        first, last = self._range(x.rank)
        if last != x.rank:
            return module(Call("nn.Flatten", (first, last)))
        return module(Call("nn.Flatten", (first,) if first != 1 else ()))

    def _range(self, rank: int) -> tuple[int, int]:
        return resolve(self.start_dim, rank, "start_dim"), resolve(self.end_dim, rank, "end_dim")


class Unflatten(Op):
    """One dimension as several, of `sizes`."""

    word: ClassVar[str] = "unflatten"
    family: ClassVar[Family] = Family.SHAPE
    dtype: ClassVar[DType | None] = None
    positional: ClassVar[tuple[str, ...]] = ("dim", "sizes")
    torch: ClassVar[str] = "torch.nn.Unflatten"
    examples: ClassVar[tuple[Example, ...]] = (
        example((8192,), dim=1, sizes=(512, 4, 4)),
        example((197, 768), dim="features", sizes=(12, -1)),
    )

    dim: Dim = Field(description="the dimension to part")
    sizes: tuple[SizeOrRest, ...] = Field(description="the new sizes; one may be -1: the rest")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        (x,) = inputs
        dim = resolve(self.dim, x.rank)
        sizes = _fill(self.sizes, x.shape[dim - 1], "sizes")
        return (TensorType((*x.shape[: dim - 1], *sizes, *x.shape[dim:]), x.dtype),)

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return module(Call("nn.Unflatten", (resolve(self.dim, inputs[0].rank), self.sizes)))


class Reshape(Op):
    """All elements of the sample in a new shape; the batch stays: `reshape(64, 7, 7)`."""

    word: ClassVar[str] = "reshape"
    family: ClassVar[Family] = Family.SHAPE
    dtype: ClassVar[DType | None] = None
    variadic: ClassVar[str] = "shape"
    torch: ClassVar[str] = "torch.reshape"
    examples: ClassVar[tuple[Example, ...]] = (
        example((3136,), shape=(64, 7, 7)),
        example((197, 2304), shape=(197, 3, 12, -1)),
    )

    shape: tuple[SizeOrRest, ...] = Field(description="the new sizes; one may be -1: the rest")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        (x,) = inputs
        return (TensorType(_fill(self.shape, x.numel, "shape"), x.dtype),)

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return _method("reshape", BATCH_SIZE, *self.shape)


class Permute(Op):
    """The dimensions in another order, the batch first: `permute(0, 2, 3, 1)`.

    The batch may be left out: `permute(height, width, channels)`.
    """

    word: ClassVar[str] = "permute"
    family: ClassVar[Family] = Family.SHAPE
    dtype: ClassVar[DType | None] = None
    variadic: ClassVar[str] = "dims"
    torch: ClassVar[str] = "torch.permute"
    examples: ClassVar[tuple[Example, ...]] = (
        example((96, 56, 56), dims=(0, 2, 3, 1)),
        example((96, 5, 7), dims=("height", "width", "channels")),
        example((3, 4, 5, 6), dims=(0, -1, 1, 2, 3)),
    )

    dims: tuple[Dim, ...] = Field(description="the old dimensions in their new order")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        (x,) = inputs
        return (TensorType(tuple(x.shape[d - 1] for d in self._order(x)), x.dtype),)

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return _method("permute", 0, *self._order(inputs[0]))

    def _order(self, x: TensorType) -> tuple[int, ...]:
        """The sample's dimensions in their new order, without the batch."""
        dims = self.dims[1:] if self.dims[:1] == (0,) else self.dims
        if len(dims) != x.rank:
            raise Misfit(
                "E0304",
                f"`permute` names {len(dims)} of the {x.rank} dimensions of a sample",
                argument="dims",
                hint="name each dimension once, the batch (0) first or not at all",
            )
        return resolve_all(dims, x.rank, "dims")


class Transpose(Op):
    """Two dimensions in each other's place."""

    word: ClassVar[str] = "transpose"
    family: ClassVar[Family] = Family.SHAPE
    dtype: ClassVar[DType | None] = None
    positional: ClassVar[tuple[str, ...]] = ("dim0", "dim1")
    torch: ClassVar[str] = "torch.transpose"
    examples: ClassVar[tuple[Example, ...]] = (
        example((768, 196), dim0=1, dim1=2),
        example((12, 197, 64), dim0=-2, dim1=-1),
    )

    dim0: Dim = Field(description="one dimension")
    dim1: Dim = Field(description="the other")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        (x,) = inputs
        first, second = self._pair(x.rank)
        sizes = list(x.shape)
        sizes[first - 1], sizes[second - 1] = sizes[second - 1], sizes[first - 1]
        return (TensorType(tuple(sizes), x.dtype),)

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return _method("transpose", *self._pair(inputs[0].rank))

    def _pair(self, rank: int) -> tuple[int, int]:
        return resolve(self.dim0, rank, "dim0"), resolve(self.dim1, rank, "dim1")


class Squeeze(Op):
    """Without a dimension of size 1."""

    word: ClassVar[str] = "squeeze"
    family: ClassVar[Family] = Family.SHAPE
    dtype: ClassVar[DType | None] = None
    variadic: ClassVar[str] = "dim"
    torch: ClassVar[str] = "torch.squeeze"
    examples: ClassVar[tuple[Example, ...]] = (
        example((512, 1, 7), dim=2),
        example((512, 1, 1), dim=("height", "width")),
    )

    dim: Dims = Field(description="the dimensions to drop, each of size 1")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        (x,) = inputs
        dims = resolve_all(self.dim, x.rank)
        for dim in dims:
            if x.shape[dim - 1] != 1:
                raise Misfit(
                    "E0320",
                    f"`squeeze` drops a dimension of size 1, but dimension {dim} of "
                    f"{format_shape(x.shape)} has {x.shape[dim - 1]}",
                    argument="dim",
                )
        return (TensorType(_without(x.shape, dims), x.dtype),)

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        dims = resolve_all(self.dim, inputs[0].rank)
        return _method("squeeze", dims[0] if len(dims) == 1 else dims)


class Unsqueeze(Op):
    """With a new dimension of size 1 at `dim` of the result."""

    word: ClassVar[str] = "unsqueeze"
    family: ClassVar[Family] = Family.SHAPE
    dtype: ClassVar[DType | None] = None
    positional: ClassVar[tuple[str, ...]] = ("dim",)
    torch: ClassVar[str] = "torch.unsqueeze"
    examples: ClassVar[tuple[Example, ...]] = (
        example((16000,), dim=1),
        example((64, 9), dim=-1),
    )

    dim: Dim = Field(description="where the new dimension stands in the result")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        (x,) = inputs
        dim = resolve(self.dim, x.rank + 1)
        return (TensorType((*x.shape[: dim - 1], 1, *x.shape[dim - 1 :]), x.dtype),)

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return _method("unsqueeze", resolve(self.dim, inputs[0].rank + 1))


class Expand(Op):
    """Repeated along dimensions of size 1: a broadcast, written out. -1 keeps a size."""

    word: ClassVar[str] = "expand"
    family: ClassVar[Family] = Family.SHAPE
    dtype: ClassVar[DType | None] = None
    variadic: ClassVar[str] = "shape"
    torch: ClassVar[str] = "torch.Tensor.expand"
    examples: ClassVar[tuple[Example, ...]] = (
        example((64, 7, 1), shape=(64, 7, 9)),
        example((1, 768), shape=(196, -1)),
    )

    shape: tuple[SizeOrRest, ...] = Field(description="the new sizes; -1 keeps the old one")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        (x,) = inputs
        if len(self.shape) != x.rank:
            raise Misfit(
                "E0304",
                f"`shape` has {len(self.shape)} sizes, but the flow is {format_shape(x.shape)}",
                argument="shape",
                hint="give one size per dimension of a sample, or use `unsqueeze` first",
            )
        pairs = zip(x.shape, self.shape, strict=True)
        return (TensorType(tuple(self._grow(old, new) for old, new in pairs), x.dtype),)

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return _method("expand", -1, *self.shape)

    @staticmethod
    def _grow(old: int, new: int) -> int:
        if new in (-1, old):
            return old
        if old != 1 or new == 0:
            raise Misfit(
                "E0320",
                f"`expand` cannot make {new} of {old}: only a size of 1 can be repeated",
                argument="shape",
            )
        return new


class Roll(Op):
    """Shifted along dimensions; what leaves at one end comes back at the other."""

    word: ClassVar[str] = "roll"
    family: ClassVar[Family] = Family.SHAPE
    dtype: ClassVar[DType | None] = None
    positional: ClassVar[tuple[str, ...]] = ("shifts", "dims")
    torch: ClassVar[str] = "torch.roll"
    examples: ClassVar[tuple[Example, ...]] = (
        example((56, 56, 96), shifts=(-3, -3), dims=(1, 2)),
        example((8, 20), shifts=5, dims="length"),
    )

    shifts: int | tuple[int, ...] = Field(description="how far, for each of `dims`")
    dims: Dims = Field(description="the dimensions to shift along")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        shifts, dims = self._moves(inputs[0])
        if len(shifts) != len(dims) or not shifts:
            raise Misfit(
                "E0304",
                f"`roll` has {_counted(shifts, 'shift')} for {_counted(dims, 'dimension')}",
                argument="shifts",
                hint="give one shift for each of `dims`",
            )
        return inputs

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        shifts, dims = self._moves(inputs[0])
        moves = (shifts, dims) if len(dims) > 1 else (shifts[0], dims[0])
        return expression(Call("torch.roll", (In(0), *moves)))

    def _moves(self, x: TensorType) -> tuple[tuple[int, ...], tuple[int, ...]]:
        shifts = self.shifts if isinstance(self.shifts, tuple) else (self.shifts,)
        given = self.dims if isinstance(self.dims, tuple) else (self.dims,)
        return shifts, tuple(resolve(dim, x.rank, "dims") for dim in given)


class ChannelShuffle(Op):
    """The channels of `groups` dealt out in turn, so that the groups mix (ShuffleNet)."""

    word: ClassVar[str] = "channel_shuffle"
    family: ClassVar[Family] = Family.SHAPE
    positional: ClassVar[tuple[str, ...]] = ("groups",)
    torch: ClassVar[str] = "torch.nn.ChannelShuffle"
    examples: ClassVar[tuple[Example, ...]] = (
        example((116, 28, 28), groups=2),
        example((12, 9), groups=3),
    )

    groups: Positive = Field(description="channel groups before the shuffle")

    def infer(self, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
        (x,) = inputs
        if x.rank < 2:
            raise Misfit(
                "E0302",
                "`channel_shuffle` needs channels and a place, "
                f"but the flow is {format_shape(x.shape)}",
            )
        if x.shape[0] % self.groups:
            raise Misfit(
                "E0306",
                f"{self.groups} groups do not divide {x.shape[0]} channels",
                argument="groups",
                arithmetic=f"{x.shape[0]} % {self.groups} = {x.shape[0] % self.groups}",
            )
        return inputs

    def emit(self, inputs: tuple[TensorType, ...]) -> Emission:
        return module(Call("nn.ChannelShuffle", (self.groups,)))


def _method(name: str, *args: Code) -> Emission:
    """`x.name(…)`."""
    return expression(Call(Attr(In(0), name), args))


def _counted(values: tuple[int, ...], noun: str) -> str:
    return f"{len(values)} {noun}" if len(values) == 1 else f"{len(values)} {noun}s"


def _without(shape: Shape, dims: tuple[int, ...]) -> Shape:
    return tuple(size for dim, size in enumerate(shape, 1) if dim not in dims)


def _fill(sizes: Shape, total: int, argument: str) -> Shape:
    """The sizes with -1 worked out; refuses those that do not make up `total` elements."""
    if not sizes:
        raise Misfit("E0304", f"`{argument}` gives no size", argument=argument)
    if sizes.count(-1) > 1:
        raise Misfit("E0320", "only one size can be -1, the rest", argument=argument)
    known = prod(size for size in sizes if size != -1)
    rest = -1 in sizes and known > 0 and total % known == 0
    if not rest and (-1 in sizes or known != total):
        raise Misfit(
            "E0320",
            f"{total} elements do not fit into {format_shape(sizes).replace('-1', '?')}",
            argument=argument,
            arithmetic=_product(sizes, total),
        )
    return tuple(total // known if size == -1 else size for size in sizes)


def _product(sizes: Shape, total: int) -> str:
    """`64·7·7 = 3136, not 3000`, or the remainder where one size is the rest."""
    known = tuple(size for size in sizes if size != -1)
    text = "·".join(map(str, known))
    if -1 not in sizes:
        return f"{text} = {prod(known)}, not {total}"
    return f"{total} / ({text}) is no whole number"
