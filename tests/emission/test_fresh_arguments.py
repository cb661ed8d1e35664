"""A class keeps its spec's parameters: with arguments that no use of it has, it is the spec's."""

import inspect
import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from fresh_arguments import compare_classes
from small_networks import VARIED, small

import archdsl
from archdsl.runtime.build import load_source

FEW = ("bn_inception", "convnext_tiny", "densenet_small", "mobilenet_v2", "resnet50", "vgg11")
HEAD = "\nnetwork T:\n    input 8x16x16\n"
GATE = """
block gate(squeezed):
    multiply(identity, global_avg_pool -> conv(squeezed, 1) -> relu -> conv(input.channels, 1))
"""


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", FEW)
def test_classes_with_fresh_arguments_are_the_spec(name: str) -> None:
    assert compare_classes(small(name), cases=2, seed=1).arguments


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in VARIED if name not in FEW])
def test_all_kinds_of_classes_with_fresh_arguments_are_the_spec(name: str) -> None:
    compare_classes(small(name), cases=1, seed=2)


def classes(text: str) -> dict[str, Any]:
    """The classes of a spec's file."""
    return vars(load_source("T", archdsl.loads(text).source()))


def test_a_formula_is_the_one_that_was_written_where_a_shorter_one_fits_all_uses() -> None:
    cell = "block cell(channels):\n    conv(channels, 1)\n    gate(max(32, channels // 4))\n"
    made = classes(GATE + cell + HEAD + "    cell(128) -> cell(256) -> cell(512)\n")
    assert [made["Cell"](8, c).gate.conv.out_channels for c in (64, 128, 256)] == [32, 32, 64]


def test_a_function_of_the_library_is_one_of_the_file() -> None:
    cell = "block cell(channels):\n    conv(channels, 1)\n    gate(make_divisible(channels / 4))\n"
    made = classes(GATE + cell + HEAD + "    cell(24) -> cell(40) -> cell(72)\n")
    assert [made["make_divisible"](v) for v in (2.5, 12, 13.0, 100)] == [8, 16, 16, 104]
    assert made["Cell"](8, 100).gate.conv.out_channels == 24


def test_a_function_of_the_spec_is_one_of_the_file() -> None:
    function = "fn odd(c, least=3) = least if c < 20 else c // 16 * 2 + 1\n"
    eca = "block eca:\n    let k = odd(input.channels)\n    conv(8, k, padding=k // 2)\n"
    source = archdsl.loads(function + eca + HEAD + "    eca -> conv(40, 1) -> eca\n").source()
    assert "def odd(c: int, least: int = 3) -> int:" in source
    made = vars(load_source("T", source))
    assert [made["Eca"](c).conv.kernel_size[0] for c in (8, 40, 100)] == [3, 5, 13]


@pytest.mark.parametrize(
    ("word", "function"),
    [("log2", math.log2), ("sqrt", math.sqrt), ("floor", math.floor), ("ceil", math.ceil)],
)
def test_functions_of_the_language_are_pythons(word: str, function: Callable[..., float]) -> None:
    block = f"block part(c):\n    conv(int({word}(c * 1.5) * 8), 1)\n"
    made = classes(block + HEAD + "    part(16)\n")
    assert [made["Part"](8, c).conv.out_channels for c in (2, 9)] == [
        int(function(c * 1.5) * 8) for c in (2, 9)
    ]


def test_a_choice_that_no_use_makes_is_kept() -> None:
    block = "block part(c):\n    conv(32 if c < 10 else c, 1)\n"
    made = classes(block + HEAD + "    part(16) -> part(24)\n")
    assert [made["Part"](8, c).conv.out_channels for c in (4, 16)] == [32, 16]


CONDITIONS = {"classes == 1": 1, "classes != 10": 3, "classes < 4": 3, "classes > 20": 21}


@pytest.mark.parametrize(("condition", "classes"), CONDITIONS.items())
def test_a_condition_that_no_use_meets_is_kept(condition: str, classes: int) -> None:
    text = (
        "network T(classes=10):\n    input 4\n    linear(classes)\n"
        f"    if {condition}:\n        sigmoid\n    else:\n        softmax\n"
    )
    made = vars(load_source("T", archdsl.loads(text).source()))["T"](classes)
    spec = archdsl.loads(text, classes=classes).build()
    spec.load_state_dict(made.state_dict())
    x = torch.randn(3, 4)
    torch.testing.assert_close(made(x), spec(x), rtol=0, atol=0)


def test_what_a_let_is_called_hides_no_size_of_the_input() -> None:
    block = "block part(c):\n    let width = c * 3\n    conv(width, 1) -> conv(width, 1)\n"
    made = classes(block + HEAD + "    part(16) -> max_pool(2) -> part(24)\n")
    assert made["Part"](8, 5).conv_2.out_channels == 15


def test_the_networks_parameters_have_its_values_as_defaults() -> None:
    made = classes(
        "\nnetwork T(width=16, layers=(2, 1)):\n    input 8x16x16\n"
        "    for i, n in enumerate(layers):\n        layer{i} = conv(width * 2 ** i, 1) * n\n"
    )
    model = made["T"](8, (1, 3))
    shapes = {key: tuple(value.shape[:2]) for key, value in model.state_dict().items()}
    assert [shape for key, shape in shapes.items() if key.endswith("weight")] == [
        (8, 8),
        (16, 8),
        (16, 16),
        (16, 16),
    ]
    assert [made["T"]().layer0[k].out_channels for k in range(2)] == [16, 16]
    assert made["T"]().layer1[0].out_channels == 32


def test_what_cannot_be_kept_is_told() -> None:
    source = archdsl.loads(
        "\nnetwork T(norm=true, classes=10):\n    input 8x16x16\n    conv(8, 1)\n    if norm:\n"
        "        bn\n    global_avg_pool -> flatten -> linear(classes)\n"
    ).source()
    assert "Fixed: norm=True." in source
    assert "def __init__(self, classes: int = 10) -> None:" in source
    assert "def __init__(self) -> None:" in archdsl.load("resnet18").source(fixed=True)


WINDOWED = """
block cut(window):
    let height, width, dim = input.shape
    reshape(height // window, window, width // window, window, dim)
    permute(0, 1, 3, 2, 4, 5) -> reshape(height, width, dim)

network T(width=16, counts=(1, 2), window=7):
    input 3x21x21
    for i, n in enumerate(counts):
        stage{i} = conv(width * 2 ** i, 1) * n
    permute(0, 2, 3, 1) -> cut(window)
    permute(0, 3, 1, 2) -> global_avg_pool -> flatten -> linear(10)
"""


def test_an_argument_without_another_value_fixes_no_other() -> None:
    """No other window divides the image, so that no sibling has one."""
    made = classes(WINDOWED)
    parameters = inspect.signature(made["T"]).parameters
    assert {name: p.default for name, p in parameters.items()} == {"width": 16, "counts": (1, 2)}
    model = made["T"](8, (3, 1))
    assert len(model.stage0) == 3 and model.stage1[0].out_channels == 16
    assert "Fixed: window=7." in archdsl.loads(WINDOWED).source()


def test_an_argument_that_changes_nothing_is_not_fixed() -> None:
    """The class takes images of every size."""
    text = "network T(size=32, classes=10):\n    input (3, size, size)\n    conv(8, 3)\n"
    source = archdsl.loads(text + "    global_avg_pool -> flatten -> linear(classes)\n").source()
    assert "Fixed" not in source and "size" not in source


RECURSIVE = {
    "itself": "fn power(n) = 1 if n < 1 else 2 * power(n - 1)\n",
    "one another": "fn power(n) = 1 if n < 1 else twice(n)\nfn twice(n) = 2 * power(n - 1)\n",
}


@pytest.mark.parametrize("functions", RECURSIVE.values(), ids=RECURSIVE)
def test_functions_that_call_themselves_are_worked_out(functions: str) -> None:
    block = "block part(c):\n    conv(power(c), 1)\n"
    source = archdsl.loads(functions + block + HEAD + "    part(3) -> part(5)\n").source()
    assert "power" not in source
    model = vars(load_source("T", source))["T"]()
    assert [model.part.conv.out_channels, model.part_2.conv.out_channels] == [8, 32]


def test_a_comprehension_is_a_tuple_in_the_constructor() -> None:
    function = "fn sizes(n, by=2) = [k * by for k in range(n) if k > 1]\n"
    block = "block part(c):\n    conv(sum(sizes(c)) + len(sizes(c, by=3)), 1)\n"
    made = classes(function + block + HEAD + "    part(4) -> part(9)\n")
    assert made["sizes"](5) == (4, 6, 8)
    assert [made["Part"](8, c).conv.out_channels for c in (4, 6)] == [10 + 2, 28 + 4]


NAMES = ["print", "Tensor", "nn", "F", "math", "torch", "__", "__hidden", "_own", "class_", "Part"]


@pytest.mark.parametrize("name", NAMES)
def test_functions_of_any_name_hide_nothing(name: str) -> None:
    function = f"fn {name}(c) = c * 2 + 1\n"
    block = f"block part(c):\n    conv({name}(c), 1)\n"
    made = classes(function + block + HEAD + "    part(16) -> part(24)\n")
    assert made["Part"](8, 5).conv.out_channels == 11


@pytest.mark.parametrize("parameters", ["nn", "c, __of=1", "F", "math"])
def test_functions_whose_parameters_python_lacks_are_worked_out(parameters: str) -> None:
    function = f"fn odd({parameters}) = {parameters.split(',')[0]} * 2 + 1\n"
    block = "block part(c):\n    conv(odd(c) if c < 10 else c * 2, 1)\n"
    source = archdsl.loads(function + block + HEAD + "    part(16) -> part(24)\n").source()
    assert "odd" not in source
    made = vars(load_source("T", source))
    assert made["T"]().part.conv.out_channels == 32
    assert "c" not in inspect.signature(made["Part"]).parameters  # no formula in its place


def test_slices_are_pythons() -> None:
    block = "block part(t):\n    conv(sum(t[:0:-1]), 1)\n    conv(sum(t[:1]), 1)\n"
    made = classes(block + HEAD + "    part((8, 16, 24)) -> part((4, 8, 12))\n")["Part"]
    part = made(8, (1, 2, 3))
    assert [part.conv.out_channels, part.conv_2.out_channels] == [5, 1]


def test_a_name_that_a_loop_gives_anew_is_no_constant() -> None:
    block = """
block part(c):
    for i in range(3):
        let width = c + 8 * i
        conv{i} = conv(width, 1)
"""
    part = classes(block + HEAD + "    part(16)\n")["Part"](8, 5)
    assert [part.conv0.out_channels, part.conv1.out_channels] == [5, 13]


def test_a_formula_holds_for_all_siblings() -> None:
    block = "block part(c):\n    let half = c // 2\n    concat(conv(half, 1), conv(half, 1))\n"
    text = "network T(c=16):\n    input 8x16x16\n    part(c) -> part(c)\n"
    made = classes(block + text)
    assert made["T"](15).part_2.conv.in_channels == 14  # half of 15, twice
    assert list(inspect.signature(made["Part"]).parameters) == ["in_channels", "c"]


def test_an_argument_is_kept_only_if_its_formula_holds_for_all_siblings() -> None:
    halves = "    a, b = conv(c, 1) -> chunk(2)\n    a -> conv(4, 1)\n"
    source = archdsl.loads("network T(c=16):\n    input 8x16x16\n" + halves).source()
    assert not inspect.signature(vars(load_source("T", source))["T"]).parameters
    assert "Fixed: c=16." in source


def test_where_the_source_cannot_be_said_a_class_has_a_parameter_of_its_own() -> None:
    block = """
block part(f, c, stride=1):
    f(c, stride)
    conv(c, 1, stride=(1 if f == wide else stride, stride))
"""
    wide = "block wide(c, stride):\n    conv(c, 3, stride=stride, padding=1)\n"
    narrow = "block narrow(c, stride):\n    conv(c, 1, stride=stride)\n"
    text = "    part(narrow, 16, 2) -> part(narrow, 24, 2)\n"
    part = classes(wide + narrow + block + HEAD + text)["Part"]
    assert list(inspect.signature(part).parameters) == ["in_channels", "c"]
    assert part(3, 5).conv.stride == (2, 2)


def test_the_elements_of_a_tuple_have_what_was_written_for_each() -> None:
    block = """
block part(c, k=3) = path:
    let p, q = k // 2, 2 * k
    conv(c, (k, 1), padding=(p, 0))
    conv(q, 1)
"""
    part = classes(block + HEAD + "    part(16) -> part(24, k=5)\n")["Part"](8, 16, k=7)
    assert (part[0].kernel_size, part[0].padding) == ((7, 1), (3, 0))
    assert part[1].out_channels == 14


ROUNDS = {
    "a number": "    for i in range(n // 4):\n        conv(8 * n, 1)\n",
    "a let": "    let k = n // 4\n    for i in range(k):\n        conv(8 * n, 1)\n",
    "a length": "    let w = [8 * n for i in range(n // 4)]\n    for c in w:\n        conv(c, 1)\n",
    "a repeated step": "    conv(8 * n, 1) * (n // 4)\n",
    "an element": (
        "    for k in (n // 4, n // 5):\n        for i in range(k):\n            conv(8 * n, 1)\n"
    ),
}


@pytest.mark.parametrize("loop", ROUNDS.values(), ids=ROUNDS)
def test_a_loop_that_an_argument_counts_is_not_written_out(loop: str) -> None:
    part = classes(f"block part(n):\n    conv(4, 1)\n{loop}{HEAD}    part(5)\n")["Part"]
    assert "n" not in inspect.signature(part).parameters  # 7 // 4 and 8 // 5 are 1 as well


def test_what_follows_from_a_networks_argument_is_no_parameter_beside_it() -> None:
    text = """
network T(size=8):
    input (3, size, size)
    conv(8, 1) -> flatten -> linear(10)
"""
    source = archdsl.loads(text).source()
    assert not inspect.signature(vars(load_source("T", source))["T"]).parameters
    assert "Fixed: size=8." in source


def test_numbers_that_the_source_works_out_are_worked_out() -> None:
    """As many as an argument asks for, to the bit."""
    block = """
block places(window):
    let axis = [sqrt(d) / (window - 1) for d in range(window)]
    coordinates = grid(axis, [0.5 * x for x in axis], batch_dim=true)
    flatten(1, 2) -> linear(4)
"""
    made = classes(block + HEAD + "    a = places(3)\n    b = places(5)\n    concat(a, b, dim=1)\n")
    axis = torch.tensor([d**0.5 / 6 for d in range(7)])
    expected = torch.stack(torch.meshgrid(axis, 0.5 * axis, indexing="ij"), dim=-1)[None]
    assert torch.equal(made["Places"](7).coordinates, expected)
