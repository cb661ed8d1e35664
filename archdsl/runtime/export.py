"""A built module -> ONNX: the network in evaluation mode, for batches of any size.

What is written was checked before: by `onnx.checker`, and where onnxruntime is installed by running
it beside the module, at every size that is left open.
"""

import re
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import torch
from torch import Tensor, fx, nn

from archdsl.base.files import write_whole
from archdsl.base.suggest import did_you_mean
from archdsl.base.version import __version__
from archdsl.ir.graph import Program
from archdsl.ir.shape import DType, Shape, TensorType
from archdsl.ops.spatial import SPATIAL_NAMES
from archdsl.runtime.onnx_check import OnnxError as OnnxError
from archdsl.runtime.onnx_check import agrees, quiet, valid
from archdsl.runtime.onnx_place import described
from archdsl.runtime.reference_models import said

if TYPE_CHECKING:
    from torch.onnx import ONNXProgram

BATCH = "batch"  # the name of the dimension that is always left open
OPEN = (BATCH, "length", "depth", "height", "width")
OUTPUT = "output"
LARGEST = 2**31 - 2**24  # bytes of weights in one file: protobuf ends at 2 GiB
NEEDED = ("onnx", "onnxscript")
STACK_TRACE = "pkg.torch.onnx.stack_trace"
UNKNOWN_OPERATOR = "No ONNX function found for"
TRANSLATED = re.compile(r"translating node %(\w+)")
OPERATOR = re.compile(r"torch\.ops\.aten\.(\w+)")


class OnnxMissing(OnnxError):
    """A package that the export needs is not installed; the message says how to get it."""


class NotInOnnx(OnnxError):
    """The network, or an open dimension of it, cannot be written as ONNX; the message says why."""


def require_onnx() -> None:
    """Raises `OnnxMissing` where something is missing: before any work is done."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise OnnxMissing(
            f"the format onnx needs {' and '.join(missing)}: pip install 'archdsl[onnx]'"
        )


def built_alike(build: Callable[[], nn.Module]) -> nn.Module:
    """A module with the same random weights each time that it is built."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return build()


def write_onnx(
    program: Program,
    module: nn.Module,
    path: Path,
    *,
    dynamic: Sequence[str] = (BATCH,),
    largest: int = LARGEST,
    write: Callable[[Path, bytes], None] = write_whole,
) -> bool:
    """Writes the module as an ONNX file; inputs and outputs have the names that the spec gives.
    True if its numbers were compared with the module's.

    The `dynamic` dimensions are left open, the batch always. Weights of more than `largest` bytes
    go into a second file beside it, with `.data` behind its name. Raises `OnnxError` where nothing
    right can be written, and what `write` raises: `Unwritable` unless given.
    """
    require_onnx()
    opened = _opened(program, dynamic)
    size = sum(tensor.nbytes for tensor in (*module.parameters(), *module.buffers()))
    with TemporaryDirectory() as folder:
        draft = Path(folder) / path.name
        graph = exported(program, module, dynamic)
        graph.save(draft, external_data=size > largest)
        valid(draft)
        compared = agrees(draft, graph, program, module, opened)
        for file in sorted(Path(folder).iterdir(), reverse=True):  # the weights before the graph
            write(path.with_name(file.name), file.read_bytes())
    return compared


def exported(
    program: Program, module: nn.Module, dynamic: Sequence[str] = (BATCH,)
) -> "ONNXProgram":
    """The module in evaluation mode as a graph of ONNX operators. Raises `NotInOnnx`."""
    inputs = tuple(_example(type_, module) for type_ in program.root.inputs)
    training = module.training
    try:
        with quiet():
            graph = torch.onnx.export(
                module.eval(),
                inputs,
                dynamo=True,
                input_names=list(program.root.input_names),
                output_names=list(program.output_names) or [OUTPUT],
                dynamic_shapes=_dimensions(program, dynamic),
                verbose=False,
            )
    except Exception as error:  # torch's exporter has many ways to refuse
        shapes = _dimensions(program, dynamic)
        failed = _failed(error, module, inputs, shapes)
        where = described(failed, program) if failed else ""
        raise NotInOnnx(_refusal(error, dynamic, where)) from error
    finally:
        module.train(training)
    assert graph is not None
    _sign(graph, program)
    return graph


def _dimensions(program: Program, dynamic: Sequence[str]) -> tuple[dict[int, object], ...]:
    """The open dimensions of every input."""
    batch = torch.export.Dim(BATCH)
    opened = _opened(program, dynamic)
    return tuple(
        {0: batch} | {place + 1: torch.export.Dim.DYNAMIC for place in places} for places in opened
    )


def _opened(program: Program, dynamic: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """The places of each input's shape that are left open, besides the batch."""
    for name in dynamic:
        if name not in OPEN:
            hint = did_you_mean(name, OPEN) or f"there are {', '.join(OPEN)}"
            raise NotInOnnx(f"there is no dimension {name!r}; {hint}")
    shapes = [type_.shape for type_ in program.root.inputs]
    known = {BATCH, *(name for shape in shapes for name in _places(shape))}
    lacking = [name for name in dynamic if name not in known]
    if lacking:
        raise NotInOnnx(f"no input has a {lacking[0]}")
    return tuple(
        tuple(k for k, name in enumerate(_places(shape), 1) if name in dynamic) for shape in shapes
    )


def _places(shape: Shape) -> tuple[str, ...]:
    """The names of the dimensions behind the channels."""
    return SPATIAL_NAMES.get(len(shape) - 1, ())


def _failed(
    error: BaseException,
    module: nn.Module,
    inputs: tuple[Tensor, ...],
    shapes: tuple[dict[int, object], ...],
) -> fx.Node | None:
    """The operator that the exporter's error is about, found in a graph like its own."""
    names = [match[1] for cause in _causes(error) for match in TRANSLATED.finditer(str(cause))]
    if not names:
        return None
    with quiet():
        graph = torch.export.export(module.eval(), inputs, dynamic_shapes=shapes)
        nodes = [*graph.graph.nodes, *graph.run_decompositions().graph.nodes]
    return next((node for node in nodes if node.name == names[0]), None)


def _causes(error: BaseException) -> list[BaseException]:
    """An error and what it came from, the innermost last."""
    causes = [error]
    while causes[-1].__cause__ is not None:
        causes.append(causes[-1].__cause__)
    return causes


def _refusal(error: BaseException, dynamic: Sequence[str], where: str) -> str:
    """The sentence of the exporter's innermost error, with the operator that it is about."""
    causes = _causes(error)
    operators = [match[1] for c in causes for match in OPERATOR.finditer(str(c))]
    if operators:
        why = said(causes[-1])
        if UNKNOWN_OPERATOR in why:
            why = "torch's exporter knows no operators of ONNX for it"
        return f"{where or f'`{operators[0]}`'} cannot be written as ONNX: {why}"
    opened = [name for name in dynamic if name != BATCH]
    if opened:
        return f"the network cannot be written with an open {' and '.join(opened)}: {said(error)}"
    return f"the network cannot be written as ONNX: {said(causes[-1])}"


def _sign(export: "ONNXProgram", program: Program) -> None:
    """Says who wrote it, and takes out where on this machine torch's own code lies."""
    model = export.model
    model.producer_name, model.producer_version = "archdsl", __version__
    model.graph.name, model.graph.doc_string = program.name, program.doc or None
    for node in model.graph.all_nodes():
        node.metadata_props.pop(STACK_TRACE, None)


def _example(type_: TensorType, module: nn.Module) -> Tensor:
    """An input to trace with: two samples, since a size of 1 would be taken as fixed."""
    first = next(module.parameters(), torch.empty(0))
    dtype = first.dtype if type_.dtype is DType.FLOAT else torch.long
    return torch.zeros(2, *type_.shape, dtype=dtype, device=first.device)
