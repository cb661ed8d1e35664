"""A random state that tells apart what a fresh one would not: zeros, ones and equal statistics.

A fresh batch norm multiplies by one and adds zero, so a network that forgot one, or joined two
branches in the wrong place, could give the right output by chance.
"""

import torch
from torch import Tensor, nn

NOISE = 0.1  # small beside the ones that it is added to: activations stay finite


def randomise(module: nn.Module, seed: int) -> None:
    """Random running statistics; noise on vectors and on tensors that are all one number."""
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.ndim <= 1 or bool(parameter.amax() == parameter.amin()):
                parameter.add_(_normal(parameter, draw), alpha=NOISE)
        for name, buffer in module.named_buffers():
            if name.endswith("running_mean"):
                buffer.copy_(_normal(buffer, draw) * NOISE)
            if name.endswith("running_var"):
                buffer.copy_(torch.rand(buffer.shape, generator=draw) + 0.5)


def _normal(like: Tensor, draw: torch.Generator) -> Tensor:
    return torch.randn(like.shape, generator=draw, dtype=like.dtype)
