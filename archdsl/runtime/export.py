"""A built module -> ONNX: the network in evaluation mode, for batches of any size."""

import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from archdsl import __version__
from archdsl.base.files import write_whole
from archdsl.ir.graph import Program
from archdsl.ir.shape import DType, TensorType

if TYPE_CHECKING:
    from torch.onnx import ONNXProgram

BATCH = "batch"  # the name of the dimension that is left open
OUTPUT = "output"
LARGEST = 2**31 - 2**24  # bytes of weights in one file: protobuf ends at 2 GiB
NEEDED = ("onnx", "onnxscript")
STACK_TRACE = "pkg.torch.onnx.stack_trace"


class OnnxMissing(Exception):
    """A package that the export needs is not installed; the message says how to get it."""


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
    largest: int = LARGEST,
    write: Callable[[Path, bytes], None] = write_whole,
) -> None:
    """Writes the module as an ONNX file; inputs and outputs have the names that the spec gives.

    The first dimension of each is left open. Weights of more than `largest` bytes go into a second
    file beside it, with `.data` behind its name. Raises `OnnxMissing`, and what `write` raises:
    `Unwritable` unless given.
    """
    require_onnx()
    size = sum(tensor.nbytes for tensor in (*module.parameters(), *module.buffers()))
    with TemporaryDirectory() as folder:
        draft = Path(folder) / path.name
        exported(program, module).save(draft, external_data=size > largest)
        for file in sorted(Path(folder).iterdir(), reverse=True):  # the weights before the graph
            write(path.with_name(file.name), file.read_bytes())


def exported(program: Program, module: nn.Module) -> "ONNXProgram":
    """The module in evaluation mode as a graph of ONNX operators."""
    inputs = tuple(_example(type_, module) for type_ in program.root.inputs)
    batch = torch.export.Dim(BATCH)
    training = module.training
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own, about its insides
        found = torch.onnx.export(
            module.eval(),
            inputs,
            dynamo=True,
            input_names=list(program.root.input_names),
            output_names=list(program.output_names) or [OUTPUT],
            dynamic_shapes=tuple({0: batch} for _ in inputs),
            verbose=False,
        )
    module.train(training)
    assert found is not None
    _sign(found, program)
    return found


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
