"""Batches that cannot be trained: what the audit says, and what PyTorch does."""

import pytest
import torch

import archdsl
from archdsl.backends.audit import render

SPECS = {
    "pooled": "conv(8, 3) -> global_avg_pool -> conv(8, 1, bias=false) -> bn",
    "vector": "flatten -> linear(8, bias=false) -> bn -> relu -> linear(2)",
    "untracked": "global_avg_pool -> bn(track_running_stats=false)",
    "places": "conv(8, 3, bias=false) -> bn -> relu",
    "two places": "conv(8, 8, stride=1, padding=(1, 0), bias=false) -> bn",
    "of a sample": "global_avg_pool -> flatten -> layer_norm",
}


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("batch", [1, 2])
def test_what_cannot_be_trained_is_what_pytorch_refuses(name, batch):
    net = archdsl.loads(f"network small:\n    input 3x8x8\n    {SPECS[name]}\n")
    try:
        net.build().train()(torch.randn(batch, 3, 8, 8))
    except ValueError as refused:
        assert "more than 1 value per channel" in str(refused)
        assert net.audit(batch=batch).cannot_train
    else:
        assert net.audit(batch=batch).cannot_train == ()


def test_the_table_names_the_norm_and_tells_no_training_step():
    net = archdsl.loads(f"network small:\n    input 3x8x8\n    {SPECS['pooled']}\n")
    text = render(net.audit(), "table")
    assert "a batch of 1 cannot be trained: the batch norm bn would be given one value" in text
    assert "training step ≈" not in text
    two = render(net.audit(batch=2), "table")
    assert "cannot be trained" not in two and "training step ≈" in two


def test_deeplab_names_the_norm_of_its_pooled_branch():
    """Chen et al. 2017: image-level features, pooled to one place, have a batch norm."""
    assert archdsl.load("deeplabv3_resnet50").audit().cannot_train == ("classifier.0.convs.4.2",)
