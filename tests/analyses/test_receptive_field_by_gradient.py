"""Receptive fields as torch's gradients show them: which input elements an output depends on."""

import pytest
import torch

from archdsl import driver
from archdsl.analyses.figures.receptive_field import receptive_fields
from archdsl.backends.python import emit

NETWORKS = {
    "strides": """
    conv(2, 7, stride=2, padding=3) -> avg_pool(3, stride=2, padding=1)
    conv(2, 3, padding=1) -> conv(2, 3, stride=2, padding=1)
    """,
    "dilations": """
    conv(2, 3, padding=2, dilation=2) -> conv(2, 3, padding=4, dilation=4)
    """,
    "one level up again": """
    top = conv(2, 3, padding=1)
    avg_pool(2) -> conv(2, 3, padding=1) -> conv_transpose(2, 2, stride=2)
    concat(identity, top) -> conv(2, 3, padding=1) -> conv(2, 5, padding=2)
    """,
    "two levels up again": """
    one = conv(2, 3, padding=1)
    two = avg_pool(2) -> conv(2, 3, padding=1)
    avg_pool(2) -> conv(2, 3, padding=1) -> upsample(2)
    concat(identity, two) -> conv(2, 3, padding=1) -> conv_transpose(2, 4, stride=2, padding=1)
    add(identity, one) -> conv(2, 3, padding=1)
    """,
    "bilinear": """
    avg_pool(2) -> conv(2, 3, padding=1) -> upsample(2, mode=bilinear, align_corners=false)
    conv(2, 3, padding=1)
    """,
    "three times as large": """
    avg_pool(3) -> conv(2, 3, padding=1) -> conv_transpose(2, 5, stride=3, padding=1)
    conv(2, 2, padding=1) -> crop(70, 70)
    """,
    "shifted branches": """
    add:
        pad((4, 0, 4, 0)) -> conv(2, 5)
        conv(2, 3, padding=1)
    """,
    "a shortcut of another length": """
    add:
        conv(2, 3, stride=2, padding=1) -> conv(2, 3, padding=1)
        conv(2, 1, stride=2)
    """,
}


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_reach_as_far_as_we_say(name):
    loaded = driver.loads(f"network Net:\n    input 1x72x72\n{NETWORKS[name]}")
    assert loaded.program is not None, loaded.diagnostics
    fields = receptive_fields(loaded.program)
    assert fields.network == measured(module(loaded.program))


def module(program):
    """The emitted module with weights of 1, so that nothing cancels."""
    names: dict[str, object] = {}
    exec(compile(emit(program), "net.py", "exec"), names)
    net = names["Net"]()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.fill_(1.0)
    return net


def measured(net):
    """The largest extent of the gradients of outputs far from the borders."""
    x = torch.ones(1, 1, 72, 72, requires_grad=True)
    y = net(x).sum(dim=1)[0]
    extents = []
    middle = y.shape[-1] // 2
    for place in range(middle - 3, middle + 4):  # all phases of an upsampling
        (gradient,) = torch.autograd.grad(y[place, middle], x, retain_graph=True)
        (gradient_across,) = torch.autograd.grad(y[middle, place], x, retain_graph=True)
        extents.append((extent(gradient, 3), extent(gradient_across, 2)))
    return tuple(map(max, zip(*extents, strict=True)))


def extent(gradient, dim):
    """How many rows (or columns) lie between the first and the last that matter."""
    touched = gradient.abs().sum(dim=dim)[0, 0].nonzero()
    return int(touched.max() - touched.min()) + 1
