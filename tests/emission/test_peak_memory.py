"""A training step of an emitted module holds no more than one of torchvision's own module."""

import pytest
import torch
from torch import nn

import archdsl
from archdsl.runtime.measure import peak_memory, training_step
from archdsl.runtime.reference_models import reference
from tests.parts import parts

OFTEN = ("resnet18", "mobilenet_v3_large")
FULL = ("googlenet", "mobilenet_v2", "efficientnet_b0", "densenet121")
RARELY = ("resnet50", "inception_v3")
SAMPLES = 2


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", parts((*OFTEN, *FULL, *RARELY), OFTEN, FULL))
def test_no_more_than_torchvisions(name: str) -> None:
    net = archdsl.load(name)
    images = torch.randn(SAMPLES, *net.program.root.inputs[0].shape)

    def held(module: nn.Module) -> int:
        step = training_step(module, (images,))
        step()  # the momentum of SGD comes to be
        return peak_memory(step, (images, *module.state_dict().values()))

    assert held(net.build()) <= held(reference(f"torchvision:{name}").module)
