"""An ONNX file beside the module that it was written from: valid, and of the same numbers."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from archdsl.ir.graph import Program
from archdsl.ir.shape import Shape, format_shape
from archdsl.runtime.allocation_peak import tensors
from archdsl.runtime.inputs import larger, source
from archdsl.runtime.references import said

if TYPE_CHECKING:
    from torch.onnx import ONNXProgram

RELATIVE = 1e-4  # of the largest element: kernels sum in another order

Inputs = tuple[Tensor, ...]


class OnnxError(Exception):
    """No right file can be written; the message says why."""


def valid(file: Path) -> None:
    """Raises `OnnxError` where the file breaks a rule of the format."""
    import onnx

    try:
        onnx.checker.check_model(str(file))
    except onnx.checker.ValidationError as error:
        raise OnnxError(f"torch wrote a file that is no valid ONNX: {said(error)}") from error


def agrees(
    file: Path,
    graph: "ONNXProgram",
    program: Program,
    module: nn.Module,
    opened: tuple[tuple[int, ...], ...],
) -> None:
    """Runs both where onnxruntime is installed; raises `OnnxError` where they differ."""
    if find_spec("onnxruntime") is None:
        return
    session = _session(file)
    shapes = tuple(type_.shape for type_ in program.root.inputs)
    inputs = source(program, module)
    sizes = [shapes, *([_grown(shapes, opened)] if any(opened) else [])]
    for batch, of in enumerate(sizes, 2):
        given = _cast(inputs.inputs(batch, batch, shapes=of), module)
        _compare(session, graph, module, given)


def _session(file: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(file, options)
    except Exception as error:  # its classes are those of its compiled part
        raise OnnxError(f"onnxruntime does not take the file: {said(error)}") from error


def _grown(shapes: tuple[Shape, ...], opened: tuple[tuple[int, ...], ...]) -> tuple[Shape, ...]:
    """All inputs with larger sizes where they are open."""
    return tuple(
        tuple(larger(size) if k in places else size for k, size in enumerate(shape))
        for shape, places in zip(shapes, opened, strict=True)
    )


def _cast(inputs: Inputs, module: nn.Module) -> Inputs:
    """The inputs on the module's device and in its type."""
    like = next(module.parameters(), torch.empty(0))
    return tuple(x.to(like) if x.is_floating_point() else x.to(like.device) for x in inputs)


def _compare(session: Any, graph: "ONNXProgram", module: nn.Module, given: Inputs) -> None:
    names = [one.name for one in session.get_inputs()]
    feed = {name: x.cpu().numpy() for name, x in zip(names, given, strict=True)}
    told = ", ".join(format_shape(tuple(x.shape)) for x in given)
    wanted = _wanted(module, given, told)
    try:
        found = [torch.from_numpy(array) for array in session.run(None, feed)]
    except Exception as error:
        raise OnnxError(f"onnxruntime cannot run the file for {told}: {said(error)}") from error
    for own, other in zip(wanted, found, strict=True):
        if own.shape != other.shape or _relative(other, own) > RELATIVE:
            raise OnnxError(_difference(own, other, _culprit(graph, given)))


def _wanted(module: nn.Module, given: Inputs, told: str) -> list[Tensor]:
    training = module.training
    try:
        with torch.no_grad():
            return [tensor.cpu() for tensor in tensors(module.eval()(*given))]
    except Exception as error:
        why = "so that its sizes cannot be left open"
        raise OnnxError(f"the network does not take {told}, {why}: {said(error)}") from error
    finally:
        module.train(training)


def _relative(found: Tensor, own: Tensor) -> float:
    """The largest difference over the largest element; infinite where only one is finite."""
    if not own.numel():
        return 0.0
    own, found = own.double(), found.double()
    same = (own == found) | (own.isnan() & found.isnan())
    apart = torch.where(same, 0.0, (own - found).abs()).nan_to_num(float("inf"))
    scale = float(own.nan_to_num(0, 0, 0).abs().max())
    return float(apart.max()) / max(scale, 1e-6)


def _difference(own: Tensor, found: Tensor, culprit: str) -> str:
    where = f"; the first operator that differs is `{culprit}`" if culprit else ""
    if own.shape != found.shape:
        shapes = f"{format_shape(tuple(found.shape))} and not {format_shape(tuple(own.shape))}"
        return f"the ONNX file gives {shapes}{where}: nothing was written"
    largest = float((own.double() - found.double()).abs().max())
    return f"the ONNX file's numbers differ by {largest:.3g} from the module's{where}: " + (
        "nothing was written"
    )


def _culprit(graph: "ONNXProgram", given: Inputs) -> str:
    """The first operator of PyTorch whose result is another one in the file."""
    from torch.onnx import verification

    compare = getattr(verification, "verify_onnx_program", None)  # from torch 2.7 on
    program = graph.exported_program
    if compare is None or program is None:
        return ""
    targets = {node.name: str(node.target) for node in program.graph.nodes}
    for info in compare(graph, given, compare_intermediates=True):
        if info.max_abs_diff > RELATIVE and info.name in targets:
            return re.sub(r"^aten\.(\w+)\..*", r"\1", targets[info.name])
    return ""
