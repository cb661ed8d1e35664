"""How a dimension is handed to PyTorch: its number, and none where PyTorch's own is meant."""

from typing import Any

import pytest
import torch
from emitted import emitted, text
from torch import nn

from archdsl.ir.shape import TensorType
from archdsl.ops.registry import ops
from archdsl.ops.validation import validated

IMAGE = TensorType((4, 6, 8))
CASES: list[tuple[str, dict[str, Any], str, nn.Module]] = [
    ("glu", {}, "nn.GLU()", nn.GLU(-1)),
    ("glu", {"dim": -1}, "nn.GLU()", nn.GLU(-1)),
    ("glu", {"dim": -2}, "nn.GLU(dim=-2)", nn.GLU(-2)),
    ("glu", {"dim": "channels"}, "nn.GLU(dim=1)", nn.GLU(1)),
    ("glu", {"dim": "width"}, "nn.GLU(dim=3)", nn.GLU(3)),
    ("softmax", {"dim": -2}, "nn.Softmax(dim=-2)", nn.Softmax(-2)),
    ("log_softmax", {"dim": "height"}, "nn.LogSoftmax(dim=2)", nn.LogSoftmax(2)),
]


@pytest.mark.parametrize(("word", "arguments", "written", "theirs"), CASES)
def test_a_dimension(word: str, arguments: dict[str, Any], written: str, theirs: nn.Module) -> None:
    op, x = validated(ops()[word], arguments), torch.randn(2, *IMAGE.shape)
    assert text(op.emit((IMAGE,)).build) == written
    assert torch.equal(emitted(op, (IMAGE,))(x), theirs(x))
