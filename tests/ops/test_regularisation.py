"""What the dropouts are by default, in place and at inference: as PyTorch has them."""

import pytest
import torch
from emitted import emitted
from torch import nn

from archdsl.ir.footprint import Home
from archdsl.ir.shape import TensorType
from archdsl.ops.registry import ops

LAYERS = {
    "dropout": nn.Dropout,
    "spatial_dropout": nn.Dropout2d,
    "alpha_dropout": nn.AlphaDropout,
}
IMAGE = TensorType((4, 3, 3))


@pytest.mark.parametrize("word", LAYERS)
def test_a_dropout_is_pytorchs_by_default(word: str) -> None:
    ours, theirs = ops()[word](), LAYERS[word]()
    assert (ours.p, ours.inplace) == (theirs.p, theirs.inplace)


@pytest.mark.parametrize(
    ("word", "p"), [*((word, 0.5) for word in LAYERS), ("drop_path", 0.5), ("drop_path", 1.0)]
)
def test_nothing_is_dropped_at_inference(word: str, p: float) -> None:
    op, x = ops()[word](p=p), torch.randn(2, *IMAGE.shape)
    assert op.passes_at_inference
    assert torch.equal(emitted(op, (IMAGE,)).eval()(x), x)


@pytest.mark.parametrize("word", LAYERS)
def test_which_dropouts_overwrite_their_input_in_training(word: str) -> None:
    x = torch.randn(2, *IMAGE.shape)
    same = LAYERS[word](inplace=True).train()(x).data_ptr() == x.data_ptr()
    said = ops()[word](inplace=True).footprint((IMAGE,), (IMAGE,), training=True)
    assert (said.home is Home.INPUT) == same
