"""A random state that tells apart what a fresh one would not: zeros, ones and equal statistics.

A fresh batch norm multiplies by one and adds zero, so a network that forgot one, or joined two
branches in the wrong place, could give the right output by chance. A `wide` state has biases that
carry activations beyond their bends: 6 of a ReLU6, 3 and −3 of a hard swish.
"""

import torch
from torch import Tensor, nn

NOISE = 0.1  # small beside the ones that it is added to: activations stay finite
WIDE = 4.0


def randomise(module: nn.Module, seed: int, *, wide: bool = False) -> None:
    """Random running statistics; noise on vectors and on tensors that are all one number."""
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if not parameter.is_floating_point() or not parameter.numel():
                continue
            if parameter.ndim <= 1 or bool(parameter.amax() == parameter.amin()):
                noise = WIDE if wide and name.endswith("bias") else NOISE
                parameter.add_(_normal(parameter, draw), alpha=noise)
        for name, buffer in module.named_buffers():
            if name.endswith("running_mean"):
                buffer.copy_(_normal(buffer, draw) * (1.0 if wide else NOISE))
            if name.endswith("running_var"):
                buffer.copy_(torch.rand(buffer.shape, generator=draw) + 0.5)


def _normal(like: Tensor, draw: torch.Generator) -> Tensor:
    return torch.randn(like.shape, generator=draw, dtype=like.dtype)
