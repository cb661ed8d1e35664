"""What an `init` line works out from a parameter, `init_weights` works out from it, too."""

from typing import Any

import torch

import archdsl
from archdsl.runtime.build import load_source

SPEC = """
network N(width=16, std=0.01, classes=10):
    let wide = width * 2
    input 3x8x8
    conv(wide, 3) -> relu
    global_avg_pool -> flatten
    fc = linear(classes)
    init conv: normal(std=std)
    init conv.bias: constant(1 / wide)
    init linear: uniform(-1 / sqrt(classes), b=1 / sqrt(classes))
    init linear.bias: constant(0.25)
"""


def module(source: str) -> Any:
    return load_source("N", source)


def test_numbers_follow_the_parameters() -> None:
    source = archdsl.loads(SPEC).source()
    torch.manual_seed(0)
    made = module(source).N(width=4, std=3.0, classes=10_000)
    assert 2 < made.conv.weight.std() < 4
    assert (made.conv.bias == 1 / 8).all()
    assert 0.0099 < made.fc.weight.abs().max() <= 0.01  # 1 / sqrt(10,000)
    assert (made.fc.bias == 0.25).all()


def test_a_parameter_that_only_an_init_line_reads_is_kept() -> None:
    text = """
network N(std=0.5):
    input 3x8x8
    conv(64, 3)
    init conv: normal(std=std)
"""
    made = module(archdsl.loads(text).source())
    torch.manual_seed(0)
    assert 8 < made.N(std=10.0).conv.weight.std() < 12


def test_the_classes_of_efficientnet_set_the_bounds_of_its_classifier() -> None:
    made = module(archdsl.load("efficientnet_b0").source())
    torch.manual_seed(0)
    weight = made.EfficientNet(classes=100).classifier[1].weight
    assert 0.099 < weight.abs().max() <= 0.1


def test_a_frozen_network_has_its_numbers() -> None:
    source = archdsl.loads(SPEC).source(fixed=True)
    assert "std=0.01" in source
    assert "self.classes" not in source


def test_networks_with_other_numbers_share_a_class(tmp_path: Any) -> None:
    file = tmp_path / "n.arch"
    one = 'network one = N(std=0.02):\n    """One."""\n'
    two = 'network two = N(width=8, std=0.5):\n    """Two."""\n'
    file.write_text(SPEC + one + two)
    family = archdsl.family(file)
    made = module(family.source())
    assert not hasattr(made, "N2")
    torch.manual_seed(0)
    stds = [getattr(made, name)().conv.weight.detach().std() for name in ("one", "two")]
    assert 0.01 < stds[0] < 0.03
    assert 0.3 < stds[1] < 0.7
