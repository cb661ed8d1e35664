"""What a spec calls its parts never meets what the emitted file means by its own names."""

import pytest
import torch
from agreeing import assert_agrees, program_of

import archdsl
from archdsl.backends.python import emit
from archdsl.backends.python.printer import STANDARD
from archdsl.runtime.build import build
from archdsl.transforms.classes.planning import RESERVED

LETTERS = ("i", "j", "k", "m", "n", "x", "out", "layer", "range", "getattr", "torch")
SPECS = {
    "a result in a loop": """
network Net:
    input 16x8x8
    for t in range(2, 7):
        NAME, rest = chunk(2)
        concat(rest, NAME)
        c{t} = conv(16, 3, padding=1)
        multiply(identity, sigmoid)
""",
    "a step read in a loop": """
network Net:
    input 16x8x8
    NAME = conv(16, 1)
    a = tanh
    for t in range(5):
        c{t} = conv(16, 1)
        add(identity, NAME)
    add(identity, NAME, a)
""",
    "a parameter": """
block inner(NAME, rounds=3):
    for t in range(2, rounds + 2):
        c{t} = conv(NAME, 1)
        add(identity, conv(NAME, 1))

network Net:
    input 16x8x8
    inner(8, rounds=4) -> inner(16, rounds=5) -> inner(8, rounds=6)
""",
    "an element of a tuple": """
block inner(widths):
    for NAME in widths:
        conv(NAME, 1)

network Net:
    input 16x8x8
    inner((8, 4, 2, 6)) -> inner((16, 3, 2, 1, 5)) -> inner((3, 4, 5, 6))
""",
    "an input": """
network Net:
    input NAME: 16x8x8
    input other: 16x8x8
    add(NAME, other)
    for t in range(5):
        c{t} = conv(16, 1)
        add(identity, NAME)
""",
}


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_names_of_the_emitter_itself(spec: str, name: str) -> None:
    assert_agrees(spec.replace("NAME", name))


IMPORTED = {"F", "Tensor", "nn", "torch", *(name for names in STANDARD.values() for name in names)}
CLASSES = """
block NAME(channels):
    conv(channels, 1) -> relu

block joined(block_, channels):
    add(identity, block_(channels) -> drop_path(0.1)) -> layer_norm

network Net:
    input 8x6x6
    NAME(8) -> joined(NAME, 8) -> joined(NAME, 8)
"""


def test_no_class_is_called_like_what_a_file_imports() -> None:
    assert {name for name in IMPORTED if name[0].isupper()} <= RESERVED


HELD = ("DropPath", "ChannelLayerNorm", "torch", "nn", "list", "super", "range", "zip")
NAMES = (*sorted(IMPORTED - set(HELD)), *HELD)


@pytest.mark.parametrize("name", NAMES)
def test_a_block_called_like_what_a_file_imports_or_holds(name: str) -> None:
    assert_agrees(CLASSES.replace("NAME", name))


@pytest.mark.parametrize("name", NAMES)
def test_a_network_called_like_what_a_file_imports_or_holds(name: str) -> None:
    """Computed again in training too, where the file has helpers that are typed."""
    lines = "    input 8x6x6\n    part(8) -> part(8)\n    layer_norm\n"
    part = "block part(c):\n    conv(c, 1) -> bn -> drop_path(0.1)\n\n"
    program = program_of(f"{part}network {name}:\n{lines}")
    for source in (emit(program), emit(program, ("part",))):
        module = build(program, source)
        assert module.train()(torch.randn(2, 8, 6, 6)).shape == (2, 8, 6, 6)


@pytest.mark.parametrize("helper", ["DropPath", "ChannelLayerNorm", "dropPath", "drop_path"])
def test_parameters_and_lets_called_like_helper_classes(helper: str) -> None:
    assert_agrees(f"""
block inner({helper}, rounds=2):
    for t in range(rounds):
        let ChannelLayerNorm_ = {helper} * 2
        conv(ChannelLayerNorm_, 1) -> conv({helper}, 1) -> layer_norm -> drop_path(0.1 * (t + 1))

network Net(DropPath_=4):
    input 8x6x6
    let ChannelLayerNorm = 8
    inner(ChannelLayerNorm) -> inner(DropPath_, rounds=3) -> inner(8)
""")


@pytest.mark.parametrize("names", ["count, index", "index, count", "class_, print", "torch, list"])
def test_results_called_like_what_a_tuple_has(names: str) -> None:
    """Of a named tuple each field is the result, and `count` and `index` no methods."""
    first, second = names.split(", ")
    program = program_of(
        f"network Net:\n    input 3x6x6\n    {first} = conv(4, 1)\n    {second} = conv(5, 1)\n"
        f"    output {names}\n"
    )
    outputs = build(program, emit(program))(torch.randn(2, 3, 6, 6))
    assert outputs._fields == (first, second)
    assert getattr(outputs, first).shape == (2, 4, 6, 6)
    assert getattr(outputs, second).shape == (2, 5, 6, 6)


SQUARES = """
block attended(w, h):
    conv(8, 1)
    reshape(8, w * h) -> transpose(1, 2) -> linear(4)
    transpose(1, 2) -> reshape(4, h, w)

network Net:
    input 8x16x16
    attended(16, 16)
    attended(16, 16)
    conv(8, 3, stride=2, padding=1)
    attended(8, 8)
"""


def test_equal_sizes_are_those_that_the_spec_names():
    """Where all instances are square, the numbers alone do not tell height and width apart."""
    net = archdsl.loads(SQUARES)
    assert ".reshape(x.shape[0], 4, self.h, self.w)" in net.source()


PARTS = """
block towers(channels):
    a = conv(channels, 1)
    b = conv(channels, 3, padding=1)
    output a, b
network N:
    input 3x8x8
    both = towers(4)
    near, far = both
    add(near, far -> relu)
"""


def test_results_have_the_names_by_which_they_are_taken_apart() -> None:
    source = assert_agrees(PARTS)
    assert "near, far = self.both(x)" in source
