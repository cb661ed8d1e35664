"""The same elements in another shape: `flatten`, `reshape`, `squeeze`, `expand`, …"""

from math import prod
from typing import Annotated

from archdsl.ir.code import Attr, Call, Code, Emission, In, expression, module
from archdsl.ir.footprint import PART, VIEW
from archdsl.ir.reach import Looks, Regrouped, broadcast
from archdsl.ir.shape import Shape, Types
from archdsl.ops import mistakes
from archdsl.ops.argument import Bounds, argument
from archdsl.ops.base import Op, OpFamily, example
from archdsl.ops.dims import BATCH_SIZE, Dim, Dims, resolve, resolve_all
from archdsl.ops.spatial import collapse

SizeOrRest = Annotated[int, Bounds(ge=-1)]


class Identity(Op):
    """The flow as it is: the branch that skips."""

    word = "identity"
    family = OpFamily.SHAPE
    dtype = None
    transparent = True
    passes_at_inference = True
    torch = "torch.nn.Identity"
    fixed_footprint = VIEW
    examples = (example((64, 8, 8)),)

    def infer(self, inputs: Types) -> Types:
        return inputs

    def emit(self, inputs: Types) -> Emission:
        return module(Call("nn.Identity"))


class Regrouping(Op):
    """The common part of reshaping ops: the same elements, in their order."""

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        return ((Regrouped(self.infer(inputs)[0].shape),),)


class Flatten(Regrouping):
    """Dimensions `start_dim` to `end_dim` as one; without arguments the whole sample."""

    word = "flatten"
    family = OpFamily.SHAPE
    dtype = None
    positional = ("start_dim", "end_dim")
    torch = "torch.nn.Flatten"
    fixed_footprint = VIEW
    examples = (
        example((512, 7, 7)),
        example((768, 14, 14), start_dim=2),
        example((3, 4, 5, 6), start_dim="depth", end_dim=-2),
    )

    start_dim: Dim = argument("first dimension to flatten", default=1)
    end_dim: Dim = argument("last dimension to flatten", default=-1)

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        first, last = self._range(x.rank)
        if first > last:
            raise mistakes.ends_before_start(self.word, first, last, "end_dim")
        one = prod(x.shape[first - 1 : last])
        return (x.shaped((*x.shape[: first - 1], one, *x.shape[last:])),)

    def emit(self, inputs: Types) -> Emission:
        (x,) = inputs
        first, last = self._range(x.rank)
        if last != x.rank:
            return module(Call("nn.Flatten", (first, last)))
        return module(Call("nn.Flatten", (first,) if first != 1 else ()))

    def _range(self, rank: int) -> tuple[int, int]:
        return resolve(self.start_dim, rank, "start_dim"), resolve(self.end_dim, rank, "end_dim")


class Unflatten(Regrouping):
    """One dimension as several, of `sizes`."""

    word = "unflatten"
    family = OpFamily.SHAPE
    dtype = None
    positional = ("dim", "sizes")
    torch = "torch.nn.Unflatten"
    fixed_footprint = VIEW
    examples = (
        example((8192,), dim=1, sizes=(512, 4, 4)),
        example((197, 768), dim="features", sizes=(12, -1)),
    )

    dim: Dim = argument("the dimension to divide")
    sizes: tuple[SizeOrRest, ...] = argument("the new sizes; one may be -1: the rest")

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        dim = resolve(self.dim, x.rank)
        sizes = _fill(self.sizes, x.shape[dim - 1], "sizes")
        return (x.shaped((*x.shape[: dim - 1], *sizes, *x.shape[dim:])),)

    def emit(self, inputs: Types) -> Emission:
        return module(Call("nn.Unflatten", (resolve(self.dim, inputs[0].rank), self.sizes)))


class Reshape(Regrouping):
    """All elements of the sample in a new shape; the batch stays: `reshape(64, 7, 7)`."""

    word = "reshape"
    family = OpFamily.SHAPE
    dtype = None
    variadic = "shape"
    torch = "torch.reshape"
    fixed_footprint = VIEW
    examples = (
        example((3136,), shape=(64, 7, 7)),
        example((197, 2304), shape=(197, 3, 12, -1)),
    )

    shape: tuple[SizeOrRest, ...] = argument("the new sizes; one may be -1: the rest")

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        return (x.shaped(_fill(self.shape, x.numel, "shape")),)

    def emit(self, inputs: Types) -> Emission:
        return _method("reshape", BATCH_SIZE, *self.shape)


class Squeeze(Regrouping):
    """Without a dimension of size 1."""

    word = "squeeze"
    family = OpFamily.SHAPE
    dtype = None
    variadic = "dim"
    torch = "torch.squeeze"
    fixed_footprint = VIEW
    examples = (
        example((512, 1, 7), dim=2),
        example((512, 1, 1), dim=("height", "width")),
    )

    dim: Dims = argument("the dimensions to drop, each of size 1")

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        dims = resolve_all(self.dim, x.rank)
        for dim in dims:
            if x.shape[dim - 1] != 1:
                raise mistakes.not_of_size_one(self.word, dim, x.shape)
        return (x.shaped(_without(x.shape, dims)),)

    def emit(self, inputs: Types) -> Emission:
        return _method("squeeze", collapse(resolve_all(self.dim, inputs[0].rank)))


class Unsqueeze(Regrouping):
    """With a new dimension of size 1 at `dim` of the result."""

    word = "unsqueeze"
    family = OpFamily.SHAPE
    dtype = None
    positional = ("dim",)
    torch = "torch.unsqueeze"
    fixed_footprint = VIEW
    examples = (
        example((16000,), dim=1),
        example((64, 9), dim=-1),
    )

    dim: Dim = argument("where the new dimension stands in the result")

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        dim = resolve(self.dim, x.rank + 1)
        return (x.shaped((*x.shape[: dim - 1], 1, *x.shape[dim - 1 :])),)

    def emit(self, inputs: Types) -> Emission:
        return _method("unsqueeze", resolve(self.dim, inputs[0].rank + 1))


class Expand(Op):
    """Repeated along dimensions of size 1: a broadcast, written out. -1 keeps a size."""

    word = "expand"
    family = OpFamily.SHAPE
    dtype = None
    variadic = "shape"
    torch = "torch.Tensor.expand"
    fixed_footprint = PART
    examples = (
        example((64, 7, 1), shape=(64, 7, 9)),
        example((1, 768), shape=(196, -1)),
    )

    shape: tuple[SizeOrRest, ...] = argument("the new sizes; -1 keeps the old one")

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        if len(self.shape) != x.rank:
            raise mistakes.sizes_and_dimensions(len(self.shape), x.shape)
        pairs = zip(x.shape, self.shape, strict=True)
        return (x.shaped(tuple(self._grow(old, new) for old, new in pairs)),)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        return (broadcast(inputs[0].shape, self.infer(inputs)[0].shape),)

    def emit(self, inputs: Types) -> Emission:
        return _method("expand", -1, *self.shape)

    @staticmethod
    def _grow(old: int, new: int) -> int:
        if new in (-1, old):
            return old
        if old != 1 or new == 0:
            raise mistakes.cannot_repeat("expand", old, new)
        return new


def _method(name: str, *args: Code) -> Emission:
    """`x.name(…)`."""
    return expression(Call(Attr(In(0), name), args))


def _without(shape: Shape, dims: tuple[int, ...]) -> Shape:
    return tuple(size for dim, size in enumerate(shape, 1) if dim not in dims)


def _fill(sizes: Shape, total: int, argument: str) -> Shape:
    """The sizes with -1 worked out; refuses those that do not make up `total` elements."""
    if not sizes:
        raise mistakes.empty_argument(argument, "gives", "size")
    if sizes.count(-1) > 1:
        raise mistakes.two_rests(argument)
    known = prod(size for size in sizes if size != -1)
    fits = known > 0 and total % known == 0 if -1 in sizes else known == total
    if not fits:
        arithmetic, hint = _product(sizes, total), _fitting(sizes, total)
        raise mistakes.elements_do_not_fit(total, sizes, argument, arithmetic, hint)
    return tuple(total // known if size == -1 else size for size in sizes)


def _fitting(sizes: Shape, total: int) -> str:
    """Another size for the last one with which there are as many elements as there should be."""
    if -1 in sizes:
        return f"choose sizes whose product divides {total}"
    for place in reversed(range(len(sizes))):
        others = prod(size for k, size in enumerate(sizes) if k != place)
        if others > 0 and total % others == 0:
            return f"write {total // others} in place of {sizes[place]}, or -1 for the rest"
    return f"choose sizes whose product is {total}"


def _product(sizes: Shape, total: int) -> str:
    """`64·7·7 = 3136, not 3000`, or the remainder where one size is the rest."""
    known = tuple(size for size in sizes if size != -1)
    text = "·".join(map(str, known))
    if -1 not in sizes:
        return f"{text} = {prod(known)}, not {total}"
    return f"{total} / ({text}) is no whole number"
