"""The dimensions of a network's inputs that vary, alone or together.

In go the inputs and a probe that says whether a network takes other sizes along some dimensions;
out come the dimensions worth trying. Of an image these are all but the channels. Whether two
dimensions are `LxF` or `CxL` is nowhere written: what the network accepts tells.
"""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from archdsl.ir.graph import Program
from archdsl.ir.shape import DType, Shape, TensorType
from archdsl.ops.spatial import SPATIAL_NAMES


class NothingToVary(Exception):
    """No input has a size to vary, or none has the name; the message says so."""


class VaryingInput(Struct, frozen=True):
    """An input, and the places of its dimensions that vary."""

    name: str
    type: TensorType
    places: tuple[int, ...] = ()

    @property
    def extent(self) -> tuple[int, Shape]:
        return self.type.rank, tuple(self.type.shape[k] for k in self.places)


class Varied(Struct, frozen=True):
    """Dimensions of one size that vary together, in one input or in several."""

    dimensions: tuple[str, ...]
    own: int
    inputs: tuple[VaryingInput, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(i.name for i in self.inputs)

    def resized(self, size: int) -> Mapping[str, Shape]:
        """The shapes of these inputs with another size along the dimensions."""
        return {i.name: _resized(i.type.shape, i.places, size) for i in self.inputs}

    def nearby(self) -> Iterable[Mapping[str, Shape]]:
        """Shapes of which a network that is not made for one size is likely to accept some."""
        own = self.own
        sizes = dict.fromkeys((own + 1, own + 2, 2 * own, own - 1, own // 2))
        return (self.resized(size) for size in sizes if size >= 1)


Probe = Callable[[Varied], bool]


def varied(program: Program, probe: Probe, name: str | None = None) -> tuple[Varied, ...]:
    """The axes to try, dimensions of one size together first, then each alone.

    `name` is the one input that varies; without it all that have the sizes of the first do.
    """
    root = program.root
    inputs = tuple(map(VaryingInput, root.input_names, root.inputs))
    if name is not None:
        inputs = tuple(i for i in inputs if i.name == name)
        if not inputs:
            raise NothingToVary(f"`{program.name}` has no input `{name}`")
    first = next((i for i in inputs if _is_sized(i.type)), None)
    if first is None:
        raise NothingToVary(f"the input of `{program.name}` has no spatial dimension")
    return _of_map(first, inputs) if first.type.rank > 2 else _of_row(first, inputs, probe)


def _is_sized(type_: TensorType) -> bool:
    """True where a dimension can vary: a vector has none, a row of symbols has one."""
    return type_.rank > 1 or (type_.rank == 1 and type_.dtype is DType.INT)


def _resized(shape: Shape, places: tuple[int, ...], size: int) -> Shape:
    return tuple(size if k in places else extent for k, extent in enumerate(shape))


# --- images and volumes ------------------------------------------------------------------------


def _of_map(first: VaryingInput, inputs: tuple[VaryingInput, ...]) -> tuple[Varied, ...]:
    """All dimensions but the channels, of every input that has the same ones."""
    alike = [i for i in (_spatial(i) for i in inputs) if i.extent == _spatial(first).extent]
    shape = first.type.shape
    by_size: dict[int, list[int]] = {}
    for place in range(1, first.type.rank):
        by_size.setdefault(shape[place], []).append(place)
    together = [tuple(group) for group in by_size.values()]
    groups = [*together, *((k,) for group in together if len(group) > 1 for k in group)]
    return tuple(
        Varied(
            _names(first.type.rank, group),
            shape[group[0]],
            tuple(VaryingInput(i.name, i.type, group) for i in alike),
        )
        for group in groups
    )


def _spatial(input_: VaryingInput) -> VaryingInput:
    return VaryingInput(input_.name, input_.type, tuple(range(1, input_.type.rank)))


def _names(rank: int, places: tuple[int, ...]) -> tuple[str, ...]:
    """`height` and `width` of an image; the place itself where it has no name."""
    names = SPATIAL_NAMES.get(rank - 1, ())
    return tuple(names[k - 1] if k <= len(names) else f"dimension {k}" for k in places)


# --- tokens, signals and rows of symbols ---------------------------------------------------------


def _of_row(
    first: VaryingInput, inputs: tuple[VaryingInput, ...], probe: Probe
) -> tuple[Varied, ...]:
    """The dimension that varies without new weights; both where neither does."""
    if first.type.rank == 1:
        return (_row(("length",), first, 0, inputs, probe),)
    length = _row(("length",), first, 1, inputs, probe)
    tokens = _row(("tokens",), first, 0, inputs, probe)
    by_length, by_tokens = probe(length), probe(tokens)
    if by_length and not by_tokens:
        return (length,)
    if by_tokens and not by_length:
        return (tokens,)
    return tokens, Varied(("features",), length.own, length.inputs)


def _row(
    names: tuple[str, ...],
    first: VaryingInput,
    place: int,
    inputs: tuple[VaryingInput, ...],
    probe: Probe,
) -> Varied:
    """One dimension, with the inputs that are laid out alike; and with all that have its size
    somewhere, if the network takes other sizes then only."""
    own = first.type.shape[place]
    alike, others = [], []
    for other in inputs:
        places = tuple(k for k, size in enumerate(other.type.shape) if size == own)
        if _alike(first, other) and place in places:
            alike.append(VaryingInput(other.name, other.type, (place,)))
        elif places and other.type.rank <= 2:
            others.append(VaryingInput(other.name, other.type, places[:1]))
    alone = Varied(names, own, tuple(alike))
    wider = Varied(names, own, tuple(sorted((*alike, *others), key=_order(inputs))))
    return wider if others and not probe(alone) and probe(wider) else alone


def _alike(first: VaryingInput, other: VaryingInput) -> bool:
    return (first.type.rank, first.type.dtype) == (other.type.rank, other.type.dtype)


def _order(inputs: tuple[VaryingInput, ...]) -> Callable[[VaryingInput], int]:
    names = [i.name for i in inputs]
    return lambda input_: names.index(input_.name)
