"""The audit as data: the JSON that others build on, and what the tables are printed from."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from archdsl.analyses.costs import Costs, StepCost, costs
from archdsl.analyses.depth import depth
from archdsl.analyses.receptive_field import (
    ReceptiveField,
    ReceptiveFields,
    receptive_fields,
)
from archdsl.ir.graph import Program, Scope
from archdsl.ir.shape import Shape, TensorType
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


class Row(BaseModel):
    """One step of the network; costs are those of one sample at inference, memory of the batch."""

    model_config = ConfigDict(frozen=True)

    path: str = Field(description="the key of its weights in the `state_dict`")
    block: str
    input: Shape | tuple[Shape, ...] = Field(description="one shape, or one for each input")
    output: Shape | tuple[Shape, ...]
    params: int = Field(description="learned weights that no earlier step counted")
    macs: int
    elementwise: int = Field(description="element-wise operations, which are no MACs")
    activation: int = Field(description="elements of the results")
    memory: int = Field(description="bytes of the results, for the batch and element type")
    receptive_field: Shape = Field(description="by spatial dimension")
    whole_input: bool = Field(description="every element sees all of the input")
    shared: bool = Field(description="an earlier step has the same weights")
    training_only: bool
    file: str
    line: int


class LayerRow(Row):
    """A use of an op; `block` is the block that it stands in."""

    op: str
    arguments: str = Field(description="its window (`3x3/2`), or what was written without a name")


class BlockRow(Row):
    """A use of a block, or a named chain (`block` is empty then): the sum of its insides."""


class Audit(BaseModel):
    """A network's figures, by layer and by block."""

    model_config = ConfigDict(frozen=True)

    network: str
    input: Shapes
    output: Shapes
    params: int = Field(description="learned weights, those of training-only heads included")
    aux_params: int = Field(description="those of `params` that only training uses")
    macs: int = Field(description="multiply-adds of one sample at inference")
    elementwise: int
    activation: int
    memory: int
    receptive_field: Shape
    depth: int = Field(description="weighted layers on the longest path")
    batch: int
    dtype: DType
    rows: tuple[LayerRow | BlockRow, ...] = Field(exclude=True, description="in running order")
    layers: tuple[LayerRow, ...]
    blocks: tuple[BlockRow, ...]


def audit(program: Program, *, batch: int = 1, dtype: DType = "float32") -> Audit:
    """All figures of a program; `batch` and `dtype` scale the memory of the activations."""
    counted = costs(program)
    fields = receptive_fields(program)
    element = batch * DTYPE_BYTES[dtype]
    rows = tuple(_rows(program, counted, fields, element))
    total, root = counted.total, program.root
    return Audit(
        network=program.name,
        input=_by_name(root.input_names, root.inputs),
        output=_by_name(program.output_names, root.outputs),
        params=total.params,
        aux_params=total.aux_params,
        macs=total.macs,
        elementwise=total.elementwise,
        activation=total.activation,
        memory=total.activation * element,
        receptive_field=fields.network,
        depth=depth(program),
        batch=batch,
        dtype=dtype,
        rows=rows,
        layers=tuple(row for row in rows if isinstance(row, LayerRow)),
        blocks=tuple(row for row in rows if isinstance(row, BlockRow)),
    )


def _rows(
    program: Program, counted: Costs, fields: ReceptiveFields, element: int
) -> Iterator[LayerRow | BlockRow]:
    owners = {id(program.root): program.name}  # the block that a scope's steps stand in
    for entry, seen in zip(counted.walk(), fields.steps, strict=True):
        target, owner = entry.step.target, owners[id(entry.scope)]
        common = _common(entry, element) | _seen(fields, seen)
        if isinstance(target, Scope):
            owners[id(target)] = target.block or owner
            yield BlockRow(**common, block=target.block)
        else:
            words = brief(target, entry.scope.types_of(entry.step.inputs))
            yield LayerRow(**common, block=owner, op=target.word, arguments=words)


def _common(entry: StepCost, element: int) -> dict[str, Any]:
    """The columns that layers and blocks share."""
    step, cost = entry.step, entry.cost
    return {
        "path": entry.path,
        "input": _shapes(entry.scope.types_of(step.inputs)),
        "output": _shapes(step.outputs),
        "params": cost.params,
        "macs": cost.macs,
        "elementwise": cost.elementwise,
        "activation": cost.activation,
        "memory": cost.activation * element,
        "shared": entry.use.shared,
        "training_only": entry.use.idle,
        "file": step.span.source.name,
        "line": step.span.line,
    }


def _seen(fields: ReceptiveFields, seen: tuple[ReceptiveField | None, ...]) -> dict[str, Any]:
    """What the first result sees."""
    first = seen[0] if seen else None
    whole = first is not None and first.whole
    return {"receptive_field": fields.sizes(first), "whole_input": whole}


def _shapes(types: tuple[TensorType, ...]) -> Shape | tuple[Shape, ...]:
    return types[0].shape if len(types) == 1 else tuple(t.shape for t in types)


def _by_name(names: tuple[str, ...], types: tuple[TensorType, ...]) -> Shapes:
    if len(types) == 1:
        return types[0].shape
    labels = names or tuple(str(k) for k in range(len(types)))
    return {name: t.shape for name, t in zip(labels, types, strict=True)}
