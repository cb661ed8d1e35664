"""Networks, inputs and results that the tests of compilers share."""

import torch
from torch import Tensor

import archdsl
from archdsl.ir.shape import DType

KINDS = {DType.FLOAT: torch.float32, DType.INT: torch.long}


def inputs(net: archdsl.Network, batch: int, device: str = "cpu") -> tuple[Tensor, ...]:
    draw = torch.Generator(device="cpu").manual_seed(batch)
    return tuple(
        torch.randn(batch, *t.shape, generator=draw).to(device=device, dtype=KINDS[t.dtype])
        for t in net.program.root.inputs
    )


def tensors(result: object) -> list[Tensor]:
    """One output, or a named tuple of several."""
    outputs = list(result) if isinstance(result, tuple) else [result]
    assert all(isinstance(tensor, Tensor) for tensor in outputs)
    return outputs
