"""The audit as data: the JSON that others build on, and what the tables are printed from."""

from abc import abstractmethod
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Literal

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field

from archdsl.analyses.figures.costs import Cost, Costs, StepCost, costs
from archdsl.analyses.figures.depth import depth
from archdsl.analyses.figures.memory import memory, weights_memory
from archdsl.analyses.figures.receptive_field import (
    ReceptiveField,
    ReceptiveFields,
    receptive_fields,
    sizes,
)
from archdsl.ir.counts import Convention
from archdsl.ir.graph import Program, Scope
from archdsl.ir.shape import Shape, Types
from archdsl.ops.brief import brief

DType = Literal["float64", "float32", "float16", "bfloat16", "int8"]
DTYPE_BYTES: dict[DType, int] = {
    "float64": 8,
    "float32": 4,
    "float16": 2,
    "bfloat16": 2,
    "int8": 1,
}

Shapes = Shape | dict[str, Shape]  # one, or several by name
Numbers = tuple[float, ...]


class Figures(BaseModel):
    """The figures of a layer, a block or the network; work is for one sample at inference."""

    model_config = ConfigDict(frozen=True)

    params: int = Field(description="learned weights that no earlier step counted")
    weight_params: int = Field(description="those that multiply: kernels, matrices, embeddings")
    bias_params: int = Field(description="those that are added, outside of normalisations")
    norm_params: int = Field(description="factors and shifts of normalisations")
    aux_params: int = Field(description="those of `params` that only training uses")
    macs: int = Field(description="multiply-adds, as `count` counts them")
    flops: int = Field(
        description="2 for each multiply-add of convolutions, linear layers and matrix products, "
        "whatever `count` says"
    )
    elementwise: int = Field(description="element-wise operations, which are no MACs")
    activation: int = Field(description="elements of the results")
    memory: int = Field(description="bytes of the results, for the batch and element type")
    intensity: float = Field(
        description="flops for each byte of inputs, weights and results, for the batch and "
        "element type; every layer fetches its inputs and writes its results"
    )
    receptive_field: Shape = Field(
        description="input elements that one element of the (first) result depends on, by spatial "
        "dimension; the network's is that of its last feature map"
    )
    receptive_field_exact: bool = Field(
        description="false where it is a bound: no element depends on more"
    )


class Row(Figures):
    """One step of the network; `is_a` is its op or block in a few words."""

    path: str = Field(description="the key of its weights in the `state_dict`")
    block: str
    input: Shape | tuple[Shape, ...] = Field(description="one shape, or one for each input")
    output: Shape | tuple[Shape, ...] | None = Field(description="null where it is unknown")
    jump: Numbers = Field(description="input elements between the fields of neighbours")
    centre: Numbers = Field(
        description="input position, from 0, of the middle of the first element's field"
    )
    whole_input: bool = Field(description="every element sees all of the input")
    shared: bool = Field(description="an earlier step has the same weights")
    training_only: bool
    file: str
    line: int

    def __repr__(self) -> str:
        figures = f"{self.params:,} params, {self.macs:,} MACs"
        return f"{type(self).__name__}({self.path}: {self.is_a}, {figures})"

    @property
    @abstractmethod
    def is_a(self) -> str: ...


class LayerRow(Row):
    """A use of an op; `block` is the block that it stands in."""

    op: str
    arguments: str = Field(description="its window (`3x3/2`), or what was written without a name")

    @property
    def is_a(self) -> str:
        """The op in a few words."""
        return f"{self.op} {self.arguments}".rstrip()


class BlockRow(Row):
    """A use of a block, or a named chain (`block` is empty then): the sum of its insides."""

    @property
    def is_a(self) -> str:
        """The block's name."""
        return self.block or "chain"


class Audit(Figures):
    """A network's figures, by layer and by block."""

    network: str
    input: Shapes
    output: Shapes | None = Field(description="null where it is unknown")
    complete: bool = Field(description="false where a mistake ends the network early")
    stride: Numbers = Field(description="input elements between neighbours of the last map")
    depth: int = Field(description="weighted layers on the longest path")
    weights_memory: int = Field(description="bytes of the `state_dict`, running statistics too")
    peak_memory: int = Field(description="bytes that an inference holds at once, beside weights")
    training_memory: int = Field(
        description="bytes that a training step holds at once, beside weights: what the backward "
        "pass reads, and gradients"
    )
    cannot_train: tuple[str, ...] = Field(
        description="batch norms that `batch` gives one value a channel, which PyTorch refuses "
        "in training"
    )
    batch: int
    dtype: DType
    count: Convention = Field(description="whose counting rule `macs` follows")
    rows: tuple[LayerRow | BlockRow, ...] = Field(exclude=True, description="in running order")
    layers: tuple[LayerRow, ...]
    blocks: tuple[BlockRow, ...]


def audit(
    program: Program,
    *,
    batch: int = 1,
    dtype: DType = "float32",
    count: Convention = "torchvision",
) -> Audit:
    """All figures of a program; `batch` and `dtype` are for the figures of memory."""
    counted = costs(program, count)
    fields = receptive_fields(program)
    scale = _Scale(batch, DTYPE_BYTES[dtype])
    rows = tuple(_rows(program, counted, fields, scale))
    root = program.root
    held = memory(program, batch=batch, element=scale.element)
    return Audit(
        network=program.name,
        input=_by_name(root.input_names, root.inputs),
        output=_by_name(program.output_names, root.outputs) if root.results else None,
        complete=bool(root.results),
        **_figures(counted.total, scale),
        receptive_field=fields.network,
        receptive_field_exact=fields.exact,
        stride=_numbers(fields.stride),
        depth=depth(program),
        weights_memory=weights_memory(program, scale.element),
        peak_memory=held.inference,
        training_memory=held.training,
        cannot_train=tuple(_single_valued(counted)) if batch == 1 else (),
        batch=batch,
        dtype=dtype,
        count=count,
        rows=rows,
        layers=tuple(row for row in rows if isinstance(row, LayerRow)),
        blocks=tuple(row for row in rows if isinstance(row, BlockRow)),
    )


class _Scale(Struct, frozen=True):
    """The number of samples, and the bytes of an element."""

    batch: int
    element: int

    def data(self, elements: int) -> int:
        """The bytes of data that every sample has."""
        return elements * self.batch * self.element


def _rows(
    program: Program, counted: Costs, fields: ReceptiveFields, scale: _Scale
) -> Iterator[LayerRow | BlockRow]:
    owners = {id(program.root): program.name}  # the block that a scope's steps stand in
    for entry, seen in zip(counted.walk(), fields.steps, strict=True):
        target, owner = entry.step.target, owners[id(entry.scope)]
        common = _common(entry) | _figures(entry.cost, scale) | _seen(fields, seen)
        if isinstance(target, Scope):
            owners[id(target)] = target.block or owner
            yield BlockRow(**common, block=target.block)
        else:
            words = brief(target, entry.scope.types_of(entry.step.inputs))
            yield LayerRow(**common, block=owner, op=target.word, arguments=words)


def _common(entry: StepCost) -> dict[str, Any]:
    """The fields of a row beside its figures."""
    step = entry.step
    return {
        "path": entry.path,
        "input": _shapes(entry.scope.types_of(step.inputs)),
        "output": _shapes(step.outputs) if step.outputs else None,
        "shared": entry.use.shared,
        "training_only": entry.use.training_only,
        "file": step.span.source.name,
        "line": step.span.line,
    }


def _figures(cost: Cost, scale: _Scale) -> dict[str, Any]:
    """The figures of a cost."""
    moved = scale.data(cost.moved) + cost.read * scale.element
    return {
        "params": cost.params,
        "weight_params": cost.params - cost.biases - cost.norms,
        "bias_params": cost.biases,
        "norm_params": cost.norms,
        "aux_params": cost.aux_params,
        "macs": cost.counted,
        "flops": 2 * cost.macs,
        "elementwise": cost.elementwise,
        "activation": cost.activation,
        "memory": scale.data(cost.activation),
        "intensity": 2 * cost.macs * scale.batch / moved if moved else 0.0,
    }


def _seen(fields: ReceptiveFields, seen: tuple[ReceptiveField | None, ...]) -> dict[str, Any]:
    """The places that the first result sees."""
    first = seen[0] if seen else None
    places = first.places if first is not None else ()
    return {
        "receptive_field": sizes(first),
        "receptive_field_exact": first is None or first.exact,
        "whole_input": first is not None and first.whole,
        "jump": _numbers(tuple(p.jump for p in places)),
        "centre": _numbers(tuple(p.centre for p in places)),
    }


def _single_valued(counted: Costs) -> Iterator[str]:
    """The norms over the batch that one sample gives one value for each of their statistics."""
    for entry in counted.walk():
        op, inputs = entry.step.target, entry.scope.types_of(entry.step.inputs)
        if not isinstance(op, Scope) and op.values_of_a_sample(inputs) == 1:
            yield entry.path


def _numbers(values: tuple[Fraction, ...]) -> Numbers:
    return tuple(float(value) for value in values)


def _shapes(types: Types) -> Shape | tuple[Shape, ...]:
    return types[0].shape if len(types) == 1 else tuple(t.shape for t in types)


def _by_name(names: tuple[str, ...], types: Types) -> Shapes:
    if len(types) == 1:
        return types[0].shape
    labels = names or tuple(str(k) for k in range(len(types)))
    return {name: t.shape for name, t in zip(labels, types, strict=True)}
