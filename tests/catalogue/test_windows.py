"""Attention, in windows and of all tokens, small: networks of a few blocks are those of
torchvision's classes.

Of the published sizes a full run compares the results of one batch, an exhaustive one the rest.
"""

from types import ModuleType
from typing import Any

import pytest
import torch
from torch import nn

from archdsl.backends.python import emit
from archdsl.runtime.build import build
from archdsl.runtime.reference_models import Reference, reference
from archdsl.runtime.verify import compare

from .references import load

CLASSES = 10
SIZES = {"width": 24, "copies": (2, 2), "heads": (2, 4), "drop_path": 0.1, "classes": CLASSES}


def torchvision_models() -> ModuleType:
    reference("torchvision:alexnet")  # imports torchvision the way that always works
    from torchvision import models

    return models


def swin(**parts: object) -> nn.Module:
    """Two stages of two blocks, the second of each shifted by half a window."""
    model: nn.Module = torchvision_models().SwinTransformer(
        patch_size=[4, 4],
        embed_dim=24,
        depths=[2, 2],
        num_heads=[2, 4],
        window_size=[4, 4],
        stochastic_depth_prob=0.1,
        num_classes=CLASSES,
        **parts,
    )
    return model


def swin_v2() -> nn.Module:
    room = torchvision_models().swin_transformer
    return swin(block=room.SwinTransformerBlockV2, downsample_layer=room.PatchMergingV2)


def vit() -> nn.Module:
    model: nn.Module = torchvision_models().VisionTransformer(
        image_size=48,
        patch_size=16,
        num_layers=2,
        num_heads=2,
        hidden_dim=24,
        mlp_dim=40,
        dropout=0.1,
        num_classes=CLASSES,
    )
    return model


def maxvit() -> nn.Module:
    model: nn.Module = torchvision_models().maxvit.MaxVit(
        input_size=(64, 64),
        stem_channels=8,
        partition_size=4,
        block_channels=[8, 16],
        block_layers=[1, 2],
        head_dim=4,
        stochastic_depth_prob=0.1,
        num_classes=CLASSES,
    )
    return model


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("name", "parameters", "theirs"),
    [
        ("Swin", {**SIZES, "window": 4, "size": 64}, swin),
        ("Swin", {**SIZES, "window": 4, "size": 32}, swin),  # one window is all of the image
        ("SwinV2", {**SIZES, "window": 4, "size": 64}, swin_v2),
        (
            "ViT",
            {
                "patch": 16,
                "layers": 2,
                "heads": 2,
                "width": 24,
                "hidden": 40,
                "size": 48,
                "drop": 0.1,
                "classes": CLASSES,
            },
            vit,
        ),
        (
            "MaxViT",
            {
                "stem": 8,
                "channels": (8, 16),
                "copies": (1, 2),
                "head_size": 4,
                "window": 4,
                "drop_path": 0.1,
                "size": 64,
                "classes": CLASSES,
            },
            maxvit,
        ),
    ],
)
def test_a_small_one(name: str, parameters: dict[str, Any], theirs: Any) -> None:
    program = load(name, **parameters)
    module = theirs()
    comparison = compare(program, build(program, emit(program)), Reference(name, module))
    assert comparison.ok, comparison.report()


@pytest.mark.one_in(2)
@pytest.mark.parametrize(("name", "theirs"), [("Swin", swin), ("SwinV2", swin_v2)])
def test_fixed_tensors_begin_as_published(name: str, theirs: Any) -> None:
    """Offsets to the number, coordinates to the last bits that single precision can differ in."""
    program = load(name, **SIZES, window=4, size=64)
    ours, published = build(program, emit(program)), dict(theirs().named_buffers())
    saved = ours.state_dict().keys() & published.keys()
    assert saved == published.keys()
    for key in saved:
        torch.testing.assert_close(ours.get_buffer(key), published[key], rtol=1e-6, atol=0)
