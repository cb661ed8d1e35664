"""A built module -> ONNX: the network in evaluation mode, for batches of any size."""

import io
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from archdsl.base.files import write_whole
from archdsl.ir.graph import Program
from archdsl.ir.shape import DType, TensorType

if TYPE_CHECKING:
    from torch.onnx import ONNXProgram

BATCH = "batch"  # the name of the axis that is left open
OUTPUT = "output"
LARGEST = 2**31 - 2**20  # bytes of weights in one file: protobuf ends at 2 GiB
NEEDED = ("onnx", "onnxscript")


class OnnxMissing(Exception):
    """A package that the export needs is not installed; the message says how to get it."""


def write_onnx(program: Program, module: nn.Module, path: Path, *, largest: int = LARGEST) -> None:
    """Writes the module as an ONNX file; inputs and outputs have the names that the spec gives.

    Weights of more than `largest` bytes go into a second file, `path` with `.data` behind it.
    Raises `OnnxMissing`, or `Unwritable` where the file cannot be written.
    """
    size = sum(tensor.nbytes for tensor in (*module.parameters(), *module.buffers()))
    with TemporaryDirectory() as folder:
        draft = Path(folder) / path.name
        exported(program, module).save(draft, external_data=size > largest)
        for file in sorted(Path(folder).iterdir(), reverse=True):  # weights before the graph
            write_whole(path.with_name(file.name), file.read_bytes())


def exported(program: Program, module: nn.Module) -> "ONNXProgram":
    """The module in evaluation mode as a graph of ONNX operators."""
    _require()
    inputs = tuple(_example(type_, module) for type_ in program.root.inputs)
    batch = torch.export.Dim(BATCH)
    was_training = module.training
    said = io.StringIO()
    try:
        with redirect_stdout(said), redirect_stderr(said), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = torch.onnx.export(
                module.eval(),
                inputs,
                dynamo=True,
                input_names=list(program.root.input_names),
                output_names=list(program.output_names) or [OUTPUT],
                dynamic_shapes=tuple({0: batch} for _ in inputs),
                verbose=False,
            )
    finally:
        module.train(was_training)
    assert found is not None
    return found


def _require() -> None:
    from importlib.util import find_spec

    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise OnnxMissing(f"ONNX needs {' and '.join(missing)}: pip install 'archdsl[onnx]'")


def _example(type_: TensorType, module: nn.Module) -> Tensor:
    """An input to trace with: more than one sample, since a size of 1 would be taken as fixed."""
    first = next(module.parameters(), torch.empty(0))
    dtype = first.dtype if type_.dtype is DType.FLOAT else torch.long
    return torch.zeros(2, *type_.shape, dtype=dtype, device=first.device)
