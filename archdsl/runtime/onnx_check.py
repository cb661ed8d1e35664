"""An ONNX file beside the module that it was written from: valid, and of the same numbers."""

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, fx, nn

from archdsl.ir.graph import Program
from archdsl.ir.shape import Shape, format_shape
from archdsl.runtime.allocation_peak import tensors
from archdsl.runtime.input_source import Inputs, larger, source
from archdsl.runtime.onnx_place import described
from archdsl.runtime.reference_models import said

if TYPE_CHECKING:
    from torch.onnx import ONNXProgram

RELATIVE = 1e-4  # of the largest element: kernels sum in another order


class OnnxError(Exception):
    """No right file can be written; the message says why."""


@contextmanager
def quiet() -> Iterator[None]:
    """Without what torch says of its own insides."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


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
) -> bool:
    """Runs both, if onnxruntime is installed; raises `OnnxError` where they differ."""
    if find_spec("onnxruntime") is None:
        return False
    session = _session(file)
    shapes = tuple(type_.shape for type_ in program.root.inputs)
    inputs = source(program, module)
    sizes = [shapes, *([_grown(shapes, opened)] if any(opened) else [])]
    for batch, of in enumerate(sizes, 2):
        given = _cast(inputs.inputs(batch, batch, shapes=of), module)
        _compare(session, graph, program, module, given)
    return True


def _session(file: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what it cannot do is an exception too
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


def _compare(
    session: Any, graph: "ONNXProgram", program: Program, module: nn.Module, given: Inputs
) -> None:
    names = [one.name for one in session.get_inputs()]
    feed = {name: x.cpu().numpy() for name, x in zip(names, given, strict=True)}
    told = ", ".join(format_shape(tuple(x.shape)) for x in given)
    wanted = _wanted(module, given, told)
    try:
        results = [torch.from_numpy(array) for array in session.run(None, feed)]
    except Exception as error:
        failed = _nodes(graph).get(_named(error, r"Name:'node_(\w+)'"))
        where = f"{described(failed, program)} for {told}" if failed else f"the file for {told}"
        why = _named(error, r"Status Message: (.*)").rstrip(".") or said(error)
        raise OnnxError(f"onnxruntime cannot run {where}: {why}: nothing was written") from error
    for place, (own, other) in enumerate(zip(wanted, results, strict=True)):
        if own.shape != other.shape or _relative(other, own) > RELATIVE:
            culprit = _culprit(graph, given, place)
            raise OnnxError(_difference(own, other, described(culprit, program) if culprit else ""))


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


def _relative(other: Tensor, own: Tensor) -> float:
    """The largest difference over the largest element; infinite where only one is finite."""
    if not own.numel():
        return 0.0
    own, other = own.double(), other.double()
    same = (own == other) | (own.isnan() & other.isnan())
    apart = torch.where(same, 0.0, (own - other).abs()).nan_to_num(float("inf"))
    scale = float(own.nan_to_num(0, 0, 0).abs().max())
    return float(apart.max()) / max(scale, 1e-6)


def _difference(own: Tensor, other: Tensor, culprit: str) -> str:
    where = f"; the first operator that differs is {culprit}" if culprit else ""
    if own.shape != other.shape:
        shapes = f"{format_shape(tuple(other.shape))} and not {format_shape(tuple(own.shape))}"
        return f"the ONNX file gives {shapes}{where}: nothing was written"
    largest = float((own.double() - other.double()).abs().max())
    return f"the ONNX file's numbers differ by {largest:.3g} from the module's{where}: " + (
        "nothing was written"
    )


def _culprit(graph: "ONNXProgram", given: Inputs, place: int) -> fx.Node | None:
    """The first operator of PyTorch whose result is another one in the file, else the last one
    of the result that differs."""
    from torch.onnx import verification

    compare = getattr(verification, "verify_onnx_program", None)  # from torch 2.7 on
    nodes = _nodes(graph)
    if compare is None or not nodes:
        return None
    with quiet():
        compared = compare(graph, given, compare_intermediates=True)
    for info in compared:
        if info.max_abs_diff > RELATIVE and info.name in nodes:
            return nodes[info.name]
    (results,) = nodes["output"].args
    last = results[place] if isinstance(results, tuple | list) else results
    return last if isinstance(last, fx.Node) else None


def _nodes(graph: "ONNXProgram") -> dict[str, fx.Node]:
    """PyTorch's operators by their names, which the file has too."""
    program = graph.exported_program
    return {} if program is None else {node.name: node for node in program.graph.nodes}


def _named(error: BaseException, pattern: str) -> str:
    match = re.search(pattern, str(error))
    return match[1] if match else ""
