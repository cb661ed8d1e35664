"""Activations recomputed block by block: the same loss and gradients."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import distributed_training as training
import pytest
import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

ATTENTION = str(Path(__file__).with_name("attention.arch"))


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ("spec", "shape"),
    [
        ("resnet18", "3x32x32"),
        (ATTENTION, "3x16x16"),
        pytest.param("vit_b_32", "3x64x64", marks=pytest.mark.slow),
    ],
)
def test_equal_loss_and_gradients(spec: str, shape: str) -> None:
    net, kept = training.network(spec, shape)
    _, recomputed = training.network(spec, shape)
    calls = 0

    def again(forward: Callable[..., Tensor], *inputs: Tensor) -> object:
        nonlocal calls
        calls += 1
        return checkpoint(forward, *inputs, use_reentrant=False)

    units = training.blocks(net)
    for path in units:
        block = recomputed.get_submodule(path)
        block.forward = partial(again, block.forward)
    images, labels = training.batch(net, 0, 2)
    losses = [training.loss_of(model(images), labels) for model in (kept, recomputed)]
    for loss in losses:
        loss.backward()
    assert calls == len(units) > 4
    torch.testing.assert_close(losses[1], losses[0], rtol=0, atol=0)
    for own, same in zip(recomputed.parameters(), kept.parameters(), strict=True):
        torch.testing.assert_close(own.grad, same.grad, rtol=0, atol=0)
