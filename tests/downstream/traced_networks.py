"""Networks, inputs and results that the tests of compilers share."""

import torch
from small_networks import SIBLINGS
from torch import Tensor

import archdsl
from archdsl import driver
from archdsl.ir.shape import DType

KINDS = {DType.FLOAT: torch.float32, DType.INT: torch.long}


SHORTER = {"resnext_a": "resnext_c"}  # the same with one grouped layer for 32 paths a block


def one_a_file() -> list[str]:
    """The first network of each spec in the catalogue; the others differ in their parameters."""
    found: dict[str, str] = {}
    for entry in driver.listing():
        found.setdefault(entry.file, entry.name)
    return [SHORTER.get(name, name) for name in found.values()]


def every_network() -> list[str]:
    """All of the catalogue but those that differ from another in sizes, or in being written out."""
    left_out = SIBLINGS.union(SHORTER)
    return [entry.name for entry in driver.listing() if entry.name not in left_out]


def inputs(net: archdsl.Network, batch: int, device: str = "cpu") -> tuple[Tensor, ...]:
    draw = torch.Generator(device="cpu").manual_seed(batch)
    return tuple(
        torch.randn(batch, *t.shape, generator=draw).to(device=device, dtype=KINDS[t.dtype])
        for t in net.program.root.inputs
    )


def tensors(result: object) -> list[Tensor]:
    """One output, or a named tuple of several."""
    found = list(result) if isinstance(result, tuple) else [result]
    assert all(isinstance(tensor, Tensor) for tensor in found)
    return found
