"""`bn(eps=0)` is refused: PyTorch's layer raises in training."""

import pytest
import torch
from torch import nn

import archdsl

SPEC = "network N:\n    input 4x5x5\n    {}\n"


def test_torch_refuses_it_in_training() -> None:
    with pytest.raises(ValueError, match="eps must be positive"):
        nn.BatchNorm2d(4, eps=0)(torch.randn(2, 4, 5, 5))
    with pytest.raises(archdsl.SpecError, match="more than 0"):
        archdsl.loads(SPEC.format("bn(eps=0)"))


@pytest.mark.parametrize(
    "norm", ["bn(eps=1e-12)", "instance_norm(eps=0)", "group_norm(2, eps=0)", "layer_norm(eps=0)"]
)
def test_what_torch_takes_is_taken(norm: str) -> None:
    model = archdsl.loads(SPEC.format(norm)).build().train()
    assert torch.isfinite(model(torch.randn(2, 4, 5, 5))).all()
