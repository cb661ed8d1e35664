"""The inputs of both modules: random numbers, those of a range, or tensors of a file."""

from collections.abc import Mapping
from pathlib import Path

import torch
from msgspec import Struct
from torch import Tensor, nn

from archdsl.base.exceptions import Explained
from archdsl.base.suggest import did_you_mean
from archdsl.ir.graph import Program
from archdsl.ir.shape import DType, Shape, TensorType, format_shape
from archdsl.runtime.weights import WeightsError, loaded_file

Inputs = tuple[Tensor, ...]


class BadInputs(Explained):
    """Inputs that cannot be had or do not fit the network; the message says why."""


class Values(Struct, frozen=True):
    """The range of an input's elements: these numbers, or all from the first to the last."""

    numbers: tuple[float, ...]
    between: bool = False

    def draw(self, shape: Shape, dtype: DType, draw: torch.Generator) -> Tensor:
        if not self.between:
            at = torch.randint(len(self.numbers), shape, generator=draw)
            drawn = torch.tensor(self.numbers)[at]
            return drawn.long() if dtype is DType.INT else drawn
        low, high = self.numbers
        if dtype is DType.INT:
            return torch.randint(int(low), int(high) + 1, shape, generator=draw)
        return low + (high - low) * torch.rand(shape, generator=draw)


def read_values(text: str) -> Values:
    """`0:99` (from the first to the last) or `0,1` (these)."""
    between = ":" in text
    try:
        numbers = tuple(float(part) for part in text.split(":" if between else ","))
    except ValueError:
        raise BadInputs(f"{text!r} is neither LOW:HIGH nor numbers with commas between") from None
    if between and (len(numbers) != 2 or numbers[0] > numbers[1]):
        raise BadInputs(f"{text!r} is no range: write the lowest and the highest as LOW:HIGH")
    return Values(numbers, between)


class InputSource(Struct, frozen=True):
    """The source of a program's inputs; `tables` is the number of ids in every embedding."""

    program: Program
    tables: int
    given: Inputs | None = None
    values: Mapping[str, Values] = {}

    def inputs(
        self, seed: int, batch: int, *, scale: float = 1.0, shapes: tuple[Shape, ...] = ()
    ) -> Inputs:
        if self.given is not None:
            return self.given if batch > 1 else tuple(x[:1] for x in self.given)
        draw = torch.Generator().manual_seed(seed)
        types = self.program.root.inputs
        names = self.program.root.input_names
        sizes = shapes or tuple(type.shape for type in types)
        return tuple(
            self._one(name, type, (batch, *shape), draw, scale)
            for name, type, shape in zip(names, types, sizes, strict=True)
        )

    def grown(self) -> tuple[tuple[Shape, ...], ...]:
        """Shapes of all inputs at larger sizes: of their places, or of the first dimension."""
        shapes = [type.shape for type in self.program.root.inputs]
        places = tuple((*shape[:1], *map(larger, shape[1:])) for shape in shapes)
        lengths = tuple((larger(s[0]), *s[1:]) if len(s) in (1, 2) else s for s in shapes)
        return tuple(
            larger_shapes for larger_shapes in (places, lengths) if larger_shapes != tuple(shapes)
        )

    def _one(
        self, name: str, type: TensorType, shape: Shape, draw: torch.Generator, scale: float
    ) -> Tensor:
        values = self.values.get(name)
        if values is not None:
            return values.draw(shape, type.dtype, draw)
        if type.dtype is DType.INT:
            return torch.randint(self.tables, shape, generator=draw)
        return scale * torch.randn(shape, generator=draw)


def source(
    program: Program,
    *modules: nn.Module,
    file: str | Path | None = None,
    values: Mapping[str, Values] | None = None,
) -> InputSource:
    """The inputs of a program whose ids every embedding of the modules knows."""
    tables = [
        m.num_embeddings for module in modules for m in module.modules() if type(m) is nn.Embedding
    ]
    given = None if file is None else _read(program, Path(file))
    return InputSource(program, min(tables, default=2), given, _by_name(program, values or {}))


def larger(size: int) -> int:
    """A larger size that as many halvings divide, up to five."""
    return size + 32 if size >= 32 else 2 * size


def _by_name(program: Program, values: Mapping[str, Values]) -> dict[str, Values]:
    """With the one input's own name where none was given."""
    names = program.root.input_names
    by_name: dict[str, Values] = {}
    for name, wanted in values.items():
        if not name and len(names) > 1:
            raise BadInputs(f"which input? write NAME=VALUES with one of {', '.join(names)}")
        if name and name not in names:
            hint = did_you_mean(name, names) or f"there is {', '.join(names)}"
            raise BadInputs(f"there is no input `{name}`; {hint}")
        by_name[name or names[0]] = wanted
    return by_name


def _read(program: Program, path: Path) -> Inputs:
    """The tensors of a file: one, several in order, or by the names of the inputs."""
    try:
        loaded = loaded_file(path)
    except WeightsError as error:
        raise BadInputs(str(error)) from None
    names = program.root.input_names
    if isinstance(loaded, Mapping):
        missing = [name for name in names if name not in loaded]
        if missing:
            raise BadInputs(f"{path} has no tensor called {missing[0]}")
        loaded = [loaded[name] for name in names]
    items = [loaded] if isinstance(loaded, Tensor) else loaded
    if not isinstance(items, list | tuple) or not all(isinstance(t, Tensor) for t in items):
        raise BadInputs(f"{path} holds no tensors: save one, a list of them, or a dict by name")
    if len(items) != len(names):
        raise BadInputs(f"{path} holds {len(items)} tensors, the network takes {len(names)}")
    return tuple(
        _fitting(path, name, type, tensor)
        for name, type, tensor in zip(names, program.root.inputs, items, strict=True)
    )


def _fitting(path: Path, name: str, type: TensorType, tensor: Tensor) -> Tensor:
    """A batch of samples of the input's shape and kind of numbers."""
    if tuple(tensor.shape[1:]) != type.shape or tensor.ndim != len(type.shape) + 1:
        raise BadInputs(
            f"{name} of {path} is {format_shape(tuple(tensor.shape))}: it has to be a batch of "
            f"{format_shape(type.shape)}"
        )
    return tensor.long() if type.dtype is DType.INT else tensor.float()
