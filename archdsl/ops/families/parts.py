"""Parts of the flow: all of them (`split`, `chunk`, …) or chosen ones (`slice`, `select`, …)."""

from archdsl.ir.code import Attr, Call, Code, Emission, In, Index, List, Slice, expression
from archdsl.ir.footprint import INPUTS, PART
from archdsl.ir.reach import Chosen, Looks, Regrouped, Window, broadcast, part
from archdsl.ir.shape import DType, Shape, TensorType, Types
from archdsl.ops import mistakes
from archdsl.ops.argument import argument
from archdsl.ops.base import Example, Op, OpFamily, example
from archdsl.ops.dims import Dim, resolve
from archdsl.ops.spatial import SPATIAL_NAMES, Positive, Sizes, image, spatial

MOST_PARTS = 1000


def _looked_up(shape: Shape, count: int, **arguments: Dim) -> Example:
    return Example((TensorType(shape), TensorType((count,), DType.INT)), {**arguments})


class Split(Op):
    """Parts of the given sizes along a dimension, one result each."""

    word = "split"
    family = OpFamily.SHAPE
    dtype = None
    positional = ("sizes", "dim")
    torch = "torch.split"
    fixed_footprint = PART
    examples = (
        example((96, 8, 8), sizes=(32, 64)),
        example((10, 6), sizes=4),
        example((4, 9, 9), sizes=(1, 8), dim="width"),
        example((4, 9), sizes=4),
    )

    sizes: Sizes = argument("the size of every part (the last may be less), or of each")
    dim: Dim = argument("the dimension to divide", default=1)

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        dim = resolve(self.dim, x.rank)
        size = x.shape[dim - 1]
        if isinstance(self.sizes, int):
            parts = _equal_parts(size, self.sizes, "sizes")
            return tuple(_resized(x, dim, one) for one in parts)
        if sum(self.sizes) != size:
            raise mistakes.parts_differ_from_whole(self.sizes, dim, x.shape)
        return tuple(_resized(x, dim, one) for one in self.sizes)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        return _part_of_row(resolve(self.dim, inputs[0].rank), self.infer(inputs), result)

    def emit(self, inputs: Types) -> Emission:
        dim = resolve(self.dim, inputs[0].rank)
        sizes = self.sizes if isinstance(self.sizes, int) else List(self.sizes)
        return _several(self.infer(inputs), Call("torch.split", (In(0), sizes), _dim(dim)))


class Chunk(Op):
    """Equal parts along a dimension, one result each; the last may be smaller."""

    word = "chunk"
    family = OpFamily.SHAPE
    dtype = None
    positional = ("chunks", "dim")
    torch = "torch.chunk"
    fixed_footprint = PART
    examples = (
        example((116, 28, 28), chunks=2),
        example((5, 7), chunks=3, dim=-1),
    )

    chunks: Positive = argument("how many parts")
    dim: Dim = argument("the dimension to divide", default=1)

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        dim = resolve(self.dim, x.rank)
        size = x.shape[dim - 1]
        parts = _equal_parts(size, -(-size // self.chunks), "chunks")
        if len(parts) != self.chunks:
            raise mistakes.other_number_of_chunks(size, parts, self.chunks)
        return tuple(_resized(x, dim, one) for one in parts)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        return _part_of_row(resolve(self.dim, inputs[0].rank), self.infer(inputs), result)

    def emit(self, inputs: Types) -> Emission:
        dim = resolve(self.dim, inputs[0].rank)
        return _several(self.infer(inputs), Call("torch.chunk", (In(0), self.chunks), _dim(dim)))


class Unbind(Op):
    """Every slice along a dimension as a result of its own, without that dimension."""

    word = "unbind"
    family = OpFamily.SHAPE
    dtype = None
    positional = ("dim",)
    torch = "torch.unbind"
    fixed_footprint = PART
    examples = (
        example((3, 12, 197, 64)),
        example((7, 2), dim=-1),
    )

    dim: Dim = argument("the dimension to take apart", default=1)

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        dim = resolve(self.dim, x.rank)
        _check_parts(x.shape[dim - 1], "dim")
        return (_dropped(x, dim),) * x.shape[dim - 1]

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        return _one_of(inputs[0], resolve(self.dim, inputs[0].rank), result)

    def emit(self, inputs: Types) -> Emission:
        (x,) = inputs
        dim = resolve(self.dim, x.rank)
        if x.shape[dim - 1] == 1:
            return expression(Call(Attr(In(0), "squeeze"), (dim,)))
        return expression(Call("torch.unbind", (In(0),), _dim(dim)))


class SliceAlong(Op):
    """Elements `start` to before `stop` along a dimension, every `step`-th, as Python slices."""

    word = "slice"
    family = OpFamily.SHAPE
    dtype = None
    positional = ("start", "stop", "step", "dim")
    torch = "torch.narrow"
    fixed_footprint = PART
    examples = (
        example((64, 8, 8), stop=16),
        example((64, 8, 9), start=1, step=2, dim="width"),
        example((10, 6), start=-3, stop=-1, dim=1),
    )

    start: int = argument("the first element; negative: from the end", default=0)
    stop: int | None = argument("the first that is left out; none: up to the end", default=None)
    step: Positive = argument("take one element of every `step`", default=1)
    dim: Dim = argument("the dimension to slice", default=1)

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        dim = resolve(self.dim, x.rank)
        size = x.shape[dim - 1]
        first, end, step = slice(self.start, self.stop, self.step).indices(size)
        length = -(-(end - first) // step)
        if length < 1:
            raise mistakes.empty_slice(dim, size, "start" if self.stop is None else "stop")
        return (_resized(x, dim, length),)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        dim = resolve(self.dim, inputs[0].rank)
        size = inputs[0].shape[dim - 1]
        first, _, step = slice(self.start, self.stop, self.step).indices(size)
        (result_type,) = self.infer(inputs)
        return ((part(dim, first, result_type.shape[dim - 1], step),),)

    def emit(self, inputs: Types) -> Emission:
        taken = Slice(self.start or None, self.stop, None if self.step == 1 else self.step)
        return _index(resolve(self.dim, inputs[0].rank), taken)


class Select(Op):
    """One element along a dimension, which is dropped: `select(0)` takes the class token."""

    word = "select"
    family = OpFamily.SHAPE
    dtype = None
    positional = ("index", "dim")
    torch = "torch.select"
    fixed_footprint = PART
    examples = (
        example((197, 768), index=0),
        example((5, 4, 3), index=-1, dim=3),
    )

    index: int = argument("which element; negative: from the end")
    dim: Dim = argument("the dimension that is dropped", default=1)

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        dim = resolve(self.dim, x.rank)
        size = x.shape[dim - 1]
        if not -size <= self.index < size:
            where = f"dimension {dim}, which has {size} elements"
            raise mistakes.index_outside(self.index, where, size, "index")
        return (_dropped(x, dim),)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        dim = resolve(self.dim, inputs[0].rank)
        return _one_of(inputs[0], dim, self.index % inputs[0].shape[dim - 1])

    def emit(self, inputs: Types) -> Emission:
        return _index(resolve(self.dim, inputs[0].rank), self.index)


class IndexSelect(Op):
    """Elements of the first flow along a dimension, chosen by the whole numbers of the second.

    `index_select(table, numbers)` looks up rows of a table.
    """

    word = "index_select"
    family = OpFamily.SHAPE
    inputs = (2, 2)
    dtype = None
    torch = "torch.index_select"
    fixed_footprint = INPUTS
    examples = (
        _looked_up((169, 3), 2401),
        _looked_up((8, 5, 7), 4, dim="width"),
        _looked_up((10,), 3, dim=-1),
    )

    dim: Dim = argument("the dimension along which the elements are counted", default=1)

    def infer(self, inputs: Types) -> Types:
        x, index = inputs
        dim = resolve(self.dim, x.rank)
        if index.dtype is not DType.INT:
            raise mistakes.not_whole_numbers(self.word, index)
        if index.rank != 1:
            raise mistakes.not_a_row(self.word, index)
        rows = x.shape[dim - 1]
        if index.below is not None and index.below > rows:
            raise mistakes.counts_too_far(self.word, index.below, rows, dim)
        return (_resized(x, dim, index.numel),)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        """Of the first flow whatever element the numbers choose, of them each its own."""
        x, index = inputs
        dim = resolve(self.dim, x.rank)
        row = tuple(index.numel if d == dim else 1 for d in range(1, x.rank + 1))
        whole = self.infer(inputs)[0].shape
        return (Chosen(dim, index.numel),), (Regrouped(row), *broadcast(row, whole))

    def emit(self, inputs: Types) -> Emission:
        """Each sample by its own numbers, which hold for all of the other dimensions."""
        shape = inputs[0].shape
        dim = resolve(self.dim, len(shape))
        index: Code = In(1)
        if len(shape) > 1:
            others = tuple(None if d != dim else Slice() for d in range(1, len(shape) + 1))
            sizes = tuple(-1 if d == dim else size for d, size in enumerate(shape, 1))
            index = Call(Attr(Index(In(1), (Slice(), *others)), "expand"), (-1, *sizes))
        return expression(Call("torch.gather", (In(0), dim, index)))


class Crop(Op):
    """The middle part of an image, of this `size`. `pad` with negative numbers crops by margins.

    An odd difference leaves the extra row or column at the end.
    """

    word = "crop"
    family = OpFamily.SHAPE
    dtype = None
    variadic = "size"
    like = "crop_like"
    fixed_footprint = PART
    examples = (
        example((64, 136, 136), size=104),
        example((64, 9, 12), size=(4, 12)),
        example((8, 100), size=(81,)),
    )

    size: Sizes = argument("the new size of all spatial dimensions, or of each")

    def infer(self, inputs: Types) -> Types:
        (x,) = inputs
        sizes = self._sizes(image(self.word, x))
        for name, old, new in zip(SPATIAL_NAMES[len(sizes)], x.shape[1:], sizes, strict=True):
            if new > old:
                raise mistakes.crop_too_large(new, name, old)
        return (x.shaped((x.shape[0], *sizes)),)

    def reach(self, inputs: Types, result: int = 0) -> Looks:
        offsets = self._offsets(inputs[0])
        ones = (1,) * len(offsets)
        return ((Window(ones, ones, tuple(-offset for offset in offsets), ones),),)

    def emit(self, inputs: Types) -> Emission:
        (x,) = inputs
        sizes = self._sizes(x.rank - 1)
        spans = zip(self._offsets(x), sizes, x.shape[1:], strict=True)
        parts = tuple(
            Slice() if new == old else Slice(offset or None, offset + new)
            for offset, new, old in spans
        )
        return expression(Index(In(0), (Slice(), Slice(), *parts)))

    def _sizes(self, rank: int) -> Shape:
        match self.size:
            case (one,):
                return spatial(one, rank, "size")
            case _:
                return spatial(self.size, rank, "size")

    def _offsets(self, x: TensorType) -> Shape:
        """The margin before, per spatial dimension."""
        sizes = self._sizes(x.rank - 1)
        return tuple((old - new) // 2 for old, new in zip(x.shape[1:], sizes, strict=True))


def _check_parts(count: int, argument: str) -> None:
    """A program stays finite: refuse results without end."""
    if count > MOST_PARTS:
        raise mistakes.too_many_results(count, MOST_PARTS, argument)


def _equal_parts(size: int, part: int, argument: str) -> Shape:
    """`part` as often as it fits, then the rest."""
    whole, rest = divmod(size, part)
    _check_parts(whole + bool(rest), argument)
    return (part,) * whole + ((rest,) if rest else ())


def _part_of_row(dim: int, parts: Types, result: int) -> Looks:
    """Of parts one after the other, this one."""
    sizes = [x.shape[dim - 1] for x in parts]
    return ((part(dim, sum(sizes[:result]), sizes[result]),),)


def _one_of(x: TensorType, dim: int, index: int) -> Looks:
    """One place of a dimension, which goes."""
    return ((part(dim, index, 1), Regrouped(_dropped(x, dim).shape)),)


def _resized(x: TensorType, dim: int, size: int) -> TensorType:
    return x.shaped((*x.shape[: dim - 1], size, *x.shape[dim:]))


def _dropped(x: TensorType, dim: int) -> TensorType:
    return x.shaped((*x.shape[: dim - 1], *x.shape[dim:]))


def _dim(dim: int) -> tuple[tuple[str, int], ...]:
    return (("dim", dim),)


def _several(results: Types, call: Call) -> Emission:
    """A call that gives a tuple; a sole part is the input itself."""
    return expression(call if len(results) > 1 else In(0))


def _index(dim: int, item: Code | Slice) -> Emission:
    """`x[:, item]`, with a colon for every dimension before `dim`."""
    return expression(Index(In(0), (Slice(),) * dim + (item,)))
