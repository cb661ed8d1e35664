"""Shapes flow forward: ranks, element kinds, annotations, several inputs and outputs."""

from textwrap import dedent

import pytest
from small_specs import codes, load, made, output, program, shapes

from archdsl import driver


@pytest.mark.parametrize(
    ("input", "lines", "wanted"),
    [
        # (16000 - 80) // 4 + 1 = 3981, 3981 // 4 = 995
        ("1x16000", "conv(32, 80, stride=4)\nmax_pool(4)", ["32x3981", "32x995"]),
        # Simonyan and Zisserman's first stage
        ("3x224x224", "conv(64, 3, padding=1)\nmax_pool(2)", ["64x224x224", "64x112x112"]),
        # C3D's first stage
        ("3x16x112x112", "conv(64, 3, padding=1)\nmax_pool((1, 2, 2))",
         ["64x16x112x112", "64x16x56x56"]),
        # ViT-B/16's tokens
        ("3x224x224", "conv(768, 16, stride=16)\nflatten(2)\ntranspose(channels, length)",
         ["768x14x14", "768x196", "196x768"]),
        ("(100,)", "linear(8 * 16)\nreshape(8, 4, 4)\nconv_transpose(4, 4, stride=2, padding=1)",
         ["128", "8x4x4", "4x8x8"]),
    ],
)  # fmt: skip
def test_the_flow_tells_the_rank(input: str, lines: str, wanted: list[str]) -> None:
    assert shapes(program(lines, input=input).root) == wanted


def test_indices_become_features() -> None:
    root = program("embedding(1000, 64)\nmean(tokens)\nlinear(10)", input="ids: 128 int").root
    assert shapes(root) == ["128x64", "64", "10"]
    assert str(root.inputs[0]) == "128 int"


def test_annotations_hold_or_are_told() -> None:
    fine = (
        "conv(8, 3)    :: 8x30x30\nmax_pool(2)   :: (8, 30 // 2, 15)\nflatten -> linear(10)   :: 10"
    )
    assert output(program(fine)) == "10"
    assert codes(load(fine.replace("8x30x30", "8x32x32"))) == ["E0310"]


def test_an_annotation_on_a_branch() -> None:
    lines = "add:\n    conv(8, 1)     :: 8x32x32\n    conv(8, 3, padding=1)     :: 8x31x31"
    assert codes(load(lines)) == ["E0310"]


def test_several_inputs_flow_together_until_a_line_chooses() -> None:
    two = program(
        "left -> conv(8, 3)\nadd(identity, right -> conv(8, 3))",
        input="left: 3x8x8\n    input right: 1x8x8",
    )
    assert two.root.input_names == ("left", "right")
    assert shapes(two.root) == ["8x6x6", "8x6x6", "8x6x6"]


def test_a_merge_takes_all_inputs() -> None:
    assert output(program("concat", input="a: 3x8x8\n    input b: 1x8x8")) == "4x8x8"


def test_inputs_may_be_computed_and_chosen() -> None:
    assert output(program("relu", input="(3, 2 ** 5, 2 ** 5)")) == "3x32x32"
    text = """
    network Net(gray=false):
        if gray:
            input 1x8x8
        else:
            input 3x8x8
        relu
    """
    for gray, shape in (("true", "1x8x8"), ("false", "3x8x8")):
        loaded = driver.loads(dedent(text), parameters={"gray": gray})
        assert output(made(loaded)) == shape


def test_several_outputs_have_names() -> None:
    two = program("a = conv(4, 1)\nb = conv(8, 1)\noutput a, b")
    assert (output(two), two.output_names) == ("4x32x32+8x32x32", ("a", "b"))
    three = program("a = conv(4, 1)\noutput low=a, high=a -> relu, a -> tanh")
    assert three.output_names == ("low", "high", "output3")
    assert program("chunk(3)").output_names == ("output1", "output2", "output3")


def test_one_output_has_none() -> None:
    assert program("a = conv(4, 1)\nrelu\noutput identity, a").output_names == ("output1", "a")
    one = program("a = conv(4, 1)\noutput a -> relu")
    assert (output(one), one.output_names) == ("4x32x32", ())


def test_outputs_of_a_block_are_its_results() -> None:
    above = """
    block two(c):
        a = conv(c, 1)
        b = relu
        output b, a
    """
    assert shapes(program("x, y = two(8)\nadd(x, y)", above=above).root) == [
        "8x32x32+8x32x32",
        "8x32x32",
    ]
