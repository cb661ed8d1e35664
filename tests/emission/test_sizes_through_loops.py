"""A size that changes from round to round is a variable of the constructor, so that the number of
rounds, and what they widen by, stay parameters."""

from typing import Any

import pytest
import torch

import archdsl
from archdsl.runtime.build import load_source

WIDTHS = """
network T(widths=(16, 8, 24, 12), classes=10):
    input 3x16x16
    features = path:
        for w in widths:
            conv(w, 3, padding=1) -> bn -> relu
    global_avg_pool -> flatten -> linear(classes)
"""
NAMED = """
network T(widths=(16, 8, 24, 12, 20)):
    input 3x8x8
    for i, w in enumerate(widths):
        layer{i} = conv(w, 3, padding=1)
    global_avg_pool -> flatten -> linear(widths[0])
"""
FEATURES = """
network T(widths=(16, 8, 24)):
    input 20
    trunk = path:
        for w in widths:
            linear(w) -> relu
    linear(2)
"""
TOKENS = """
block mix(hidden) = linear(hidden) -> gelu
network T(widths=(16, 8, 24)):
    input 5x20
    trunk = path:
        for w in widths:
            mix(w)
    linear(2)
"""
GROWTH = """
block layer(growth):
    concat:
        identity
        conv(growth, 3, padding=1)
block dense(layers, growth):
    for i in range(layers):
        layer{i} = layer(growth)
block narrow = conv(input.channels // 2, 1)
network T(layers=(2, 3, 1, 2), growth=4, classes=3):
    input 3x8x8
    features = path:
        first = conv(2 * growth, 3, padding=1)
        for i, n in enumerate(layers):
            if i > 0:
                narrow{i} = narrow
            dense{i} = dense(n, growth)
        last = bn
    relu -> global_avg_pool -> flatten
    head = linear(classes)
"""
STAGES = """
network T(convs=(1, 2, 3), widths=(8, 16, 12)):
    input 3x16x16
    features = path:
        for n, w in zip(convs, widths):
            for i in range(n):
                conv(w, 3, padding=1) -> relu
            max_pool(2)
    global_avg_pool -> flatten -> linear(2)
"""
TOLD = """
block stage(i, width, copies) = path:
    for j in range(copies):
        part{i}{"-"}{j} = conv(width * i, 3, padding=1)
fn doubled(width, depth) = [width * 2 ** k for k in range(depth)]
network T(width=4, depth=3, copies=2, classes=2):
    input 3x8x8
    trunk = path:
        for i, w in enumerate(doubled(width, depth), 1):
            stage{i} = stage(i, w, copies)
    global_avg_pool -> flatten
    head = linear(classes)
"""
EQUAL = """
network T(width=6, hidden=6):
    input 3x8x8
    conv(width, 1)
    trunk = path:
        for k in range(4):
            conv(hidden, 1)
    conv(2, 1)
"""
NO_ROUNDS = """
block stage(n):
    for k in range(n):
        a{k} = conv(4 * (k + 1), 1)
network T(width=16, n=0):
    input 3x8x8
    conv(width, 1)
    stage(n)
    stage(3)
    conv(5, 1)
"""
NO_ROWS = """
block stage(widths):
    for i, w in enumerate(widths):
        a{i} = conv(w, 1)
network T(width=16):
    input 3x8x8
    conv(width, 1)
    stage(())
    stage((16, 11, 23, 9, 13))
"""
CASES: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "a sequence": (WIDTHS, [{"widths": (4, 5, 6, 7), "classes": 3}]),
    "computed names": (NAMED, [{"widths": (4, 5, 6, 7, 8)}, {"widths": (4, 5, 6)}]),
    "features": (FEATURES, [{"widths": (3, 4, 5)}]),
    "features of tokens": (TOKENS, [{"widths": (3, 4, 5)}]),
    "what grows": (GROWTH, [{"layers": (1, 2, 3, 4), "growth": 6}, {"growth": 2, "classes": 5}]),
    "loops in loops": (STAGES, [{"convs": (2, 1, 4), "widths": (5, 6, 7)}]),
    "numbers that are equal by chance": (EQUAL, [{"width": 5}, {"hidden": 7}]),
    "a use without rounds": (NO_ROUNDS, [{"width": 8}]),
    "a use without rows": (NO_ROWS, [{"width": 8}]),
    "the number of rounds": (TOLD, [{"depth": 5, "width": 3}, {"depth": 2, "copies": 4}]),
}


def _parameters(case: str) -> list[Any]:
    text, others = CASES[case]
    return [pytest.param(text, other, id=f"{case}-{other}") for other in others]


@pytest.mark.one_in(2)
@pytest.mark.parametrize(("text", "other"), [p for case in CASES for p in _parameters(case)])
def test_the_class_with_other_arguments_is_the_network(text: str, other: dict[str, Any]) -> None:
    made = vars(load_source("T", archdsl.loads(text).source()))["T"](**other).eval()
    spec = archdsl.loads(text, **other).build().eval()
    spec.load_state_dict(made.state_dict())
    assert list(spec.state_dict()) == list(made.state_dict())
    x = torch.randn(2, *archdsl.loads(text).input, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(made(x), spec(x), rtol=0, atol=0)


def test_the_variable_is_named_after_what_it_is() -> None:
    assert "            in_channels = w\n" in archdsl.loads(WIDTHS).source()
    assert "            in_features = w\n" in archdsl.loads(FEATURES).source()


def test_a_module_keeps_the_channels_that_its_arguments_do_not_tell() -> None:
    source = archdsl.loads(GROWTH).source()
    assert "        self.out_channels = channels\n" in source
    assert "nn.Linear(self.features.out_channels, classes)" in source


def test_nothing_is_kept_that_nobody_asks_for() -> None:
    assert "out_channels" not in archdsl.loads(WIDTHS).source()
    assert "out_channels" not in archdsl.load("vgg16").source()


def test_what_comes_into_a_loop_is_said_as_it_is_meant() -> None:
    """Not as the number that happens to be the same in all uses that were tried."""
    made = vars(load_source("R", archdsl.load("repvgg_b1").source()))["RepVGG"]
    with torch.device("meta"):
        assert made(a=0.5).stages[0][0].conv_kxk.conv.in_channels == 32


EFFICIENTNETS = {  # width, depth; params as in torchvision's table
    "b2": (1.1, 1.2, 9_109_994),
    "b4": (1.4, 1.8, 19_341_616),
    "b7": (2.0, 3.1, 66_347_960),
}


@pytest.mark.one_in(3)
@pytest.mark.parametrize("case", EFFICIENTNETS)
def test_efficientnets_class_is_scaled(case: str) -> None:
    width, depth, params = EFFICIENTNETS[case]
    made = vars(load_source("E", archdsl.load("efficientnet_b0").source()))["EfficientNet"]
    with torch.device("meta"):
        model = made(width=width, depth=depth)
    assert sum(p.numel() for p in model.parameters()) == params


def test_regnets_class_makes_its_siblings() -> None:
    """Params as torchvision's page of each network has them."""
    made = vars(load_source("R", archdsl.load("regnet_y_400mf").source()))["RegNet"]
    for arguments, params in (
        ((14, 56, 38.84, 2.4, 16), 6_432_512),
        ((27, 48, 20.71, 2.65, 24), 11_202_430),
    ):
        with torch.device("meta"):
            assert sum(p.numel() for p in made(*arguments).parameters()) == params


def test_what_a_filter_leaves_is_counted_by_what_it_asks_for() -> None:
    """How many rounds are written out depends on the numbers then, so these are fixed."""
    text = (
        "network T(n=(8, 4)):\n    input 5\n"
        "    for w in [q for q in n if q > 2]:\n        linear(n[1])\n"
    )
    assert "Fixed: n=(8, 4)." in archdsl.loads(text).source()
