"""Random programs as ONNX files: onnxruntime runs them beside the emitted module.

A program that torch's exporter or the format has no words for is refused with a message; what is
written must be a valid file whose numbers are the module's, for two batches.
"""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import onnxruntime
import torch
from torch import Tensor, nn

import archdsl
from archdsl.ir.shape import DType
from archdsl.runtime.export import write_onnx
from archdsl.runtime.onnx_check import OnnxError

from .programs import ProgramFuzzer
from .reference import Facts
from .running import Outcome

WITHIN = 1e-4  # of the largest element


class OnnxFuzzer:
    """Draws programs and compares what the file and the module make of random inputs."""

    def __init__(self) -> None:
        self.programs = ProgramFuzzer()

    def judge(self, rng: Random) -> Outcome:
        program = self.programs.draw(rng)
        if not isinstance(self.programs.facts(program), Facts):
            return Outcome(False)
        net = archdsl.loads(str(program))
        torch.manual_seed(0)
        module = net.build().eval()
        with TemporaryDirectory() as folder:
            file = Path(folder) / "net.onnx"
            try:
                write_onnx(net.program, module, file)
            except OnnxError:
                return Outcome(False)
            except Exception as error:
                return Outcome(False, f"crash: {type(error).__name__}: {error}")
            return Outcome(True, _difference(net, module, file))

    def shown(self, rng: Random) -> str:
        return str(self.programs.draw(rng))


def _difference(net: archdsl.Network, module: nn.Module, file: Path) -> str | None:
    session = onnxruntime.InferenceSession(file)
    names = [one.name for one in session.get_inputs()]
    for batch in (1, 3):
        given = [_random(t.shape, t.dtype, batch) for t in net.program.root.inputs]
        with torch.no_grad():
            wanted = _tensors(module(*given))
        fed = {name: x.numpy() for name, x in zip(names, given, strict=True)}
        for own, other in zip(wanted, map(torch.from_numpy, session.run(None, fed)), strict=True):
            if own.shape != other.shape:
                return f"{tuple(other.shape)} and not {tuple(own.shape)}"
            apart = (own - other).abs().max() / own.abs().max().clamp(min=1e-6)
            if not torch.isfinite(own).all() or apart <= WITHIN:
                continue
            return f"numbers differ by {float(apart):.2g} of the largest"
    return None


def _random(shape: tuple[int, ...], dtype: DType, batch: int) -> Tensor:
    if dtype is DType.INT:
        return torch.randint(10, (batch, *shape))
    return torch.randn(batch, *shape)


def _tensors(value: Any) -> list[Tensor]:
    given = (value,) if isinstance(value, Tensor) else tuple(value)
    return [tensor for tensor in given if tensor is not None]
