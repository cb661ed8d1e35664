"""Which activations can be written over their input: PyTorch must find the gradient even so."""

from typing import Any

import pytest
import torch
from emitted import emitted
from torch import Tensor, nn
from torch.profiler import ProfilerActivity, profile

from archdsl.ir.shape import TensorType
from archdsl.ops.activation import InplaceActivation
from archdsl.ops.base import Op
from archdsl.ops.registry import ops
from archdsl.ops.validation import validated

VECTOR = TensorType((9,))
CASES: list[tuple[str, dict[str, Any]]] = [
    *((word, {"threshold": 0.1, "value": 20} if word == "threshold" else {})
      for word, kind in ops().items() if issubclass(kind, InplaceActivation)),
    *(("leaky_relu", {"negative_slope": slope}) for slope in (0.5, 0.0, -0.5, -1.5)),
    *(("rrelu", {"lower": lower, "upper": upper}) for lower, upper in (
        (0.1, 0.3), (-0.25, 0.25), (-0.5, 0.25), (-1.5, -0.75), (0.0, 0.0), (0.25, 0.5))),
    *(("elu", {"alpha": alpha}) for alpha in (0.5, 0.0, -0.5, -1.5)),
    ("celu", {"alpha": 0.5}),
]  # fmt: skip


def gradient(module: nn.Module, training: bool) -> Tensor:
    torch.manual_seed(0)
    x = torch.linspace(-4, 4, 18).reshape(2, 9).requires_grad_()
    module.train(training)(x.clone()).sum().backward()
    assert x.grad is not None
    return x.grad


def can_overwrite(plain: nn.Module, inplace: nn.Module) -> bool:
    """Whether gradients are the same in place, while training and not."""
    try:
        actual = [gradient(inplace, training) for training in (True, False)]
    except RuntimeError:
        return False
    expected = [gradient(plain, training) for training in (True, False)]
    return all(map(torch.allclose, actual, expected))


@pytest.mark.parametrize(("word", "arguments"), CASES)
def test_what_can_be_written_over_the_input(word: str, arguments: dict[str, Any]) -> None:
    op = validated(ops()[word], arguments)
    plain, inplace = emitted(op, (VECTOR,)), ops()[word](**arguments, inplace=True)
    assert inplace.emit((VECTOR,)) != op.emit((VECTOR,))
    expected: Op | None = inplace if can_overwrite(plain, emitted(inplace, (VECTOR,))) else None
    assert op.overwriting() == expected


@pytest.mark.parametrize("word", ["relu", "relu6", "silu", "hardswish", "hardtanh"])
def test_in_place_an_inference_takes_no_memory(word: str) -> None:
    op, x = ops()[word](inplace=True), torch.zeros(2, 9)
    with torch.no_grad(), profile(activities=[ProfilerActivity.CPU], profile_memory=True) as seen:
        emitted(op, (VECTOR,))(x)
    assert sum(event.cpu_memory_usage for event in seen.events()) == 0
    assert op.footprint((VECTOR,), (VECTOR,), training=False).elements == 0
