"""Receptive fields of published networks, as tabulated by Araujo, Norris and Sim (2019)."""

import pytest
from handmade import Bench, program, stack

import archdsl
from archdsl.analyses.figures.receptive_field import receptive_fields
from archdsl.ir.graph import INPUT
from archdsl.ops.families.conv import Conv
from archdsl.ops.registry import ops
from archdsl.ops.validation import validated


def conv(kernel_size, stride=1, **arguments):
    arguments.setdefault("padding", kernel_size // 2)
    return Conv(channels=8, kernel_size=kernel_size, stride=stride, **arguments)


def pool(kernel_size, stride, padding=0):
    return op("max_pool", kernel_size=kernel_size, stride=stride, padding=padding)


def op(word, **arguments):
    return validated(ops()[word], arguments)


def field(root):
    """Size, effective stride and start along the first dimension of the scope's result."""
    (field,) = receptive_fields(program(root)).outputs
    place = field.places[0]
    return place.size, place.jump, place.start


def test_alexnet():
    to_conv5 = (
        conv(11, 4, padding=0), pool(3, 2), conv(5), pool(3, 2), conv(3), conv(3), conv(3)
    )  # fmt: skip
    assert field(stack((3, 224, 224), *to_conv5))[0] == 163
    assert field(stack((3, 224, 224), *to_conv5, pool(3, 2)))[:2] == (195, 32)


def test_vgg16():
    steps = [s for n in (2, 2, 3, 3, 3) for s in (*[conv(3)] * n, pool(2, 2))]
    assert field(stack((3, 224, 224), *steps)) == (212, 32, -90)


def bottleneck(shape, stride):
    bench = Bench(shape)
    body = bench.chain(INPUT, conv(1), conv(3, stride), conv(1))
    short = bench.use(conv(1, stride), INPUT)
    return bench.scope(bench.use(op("add"), body, short), block="bottleneck")


def resnet50(strides):
    root = stack((3, 224, 224), conv(7, 2), pool(3, 2, 1))
    for stride in strides:
        root = stack((3, 224, 224), root, bottleneck(root.outputs[0].shape, stride))
    return root


def test_resnet50_with_the_stride_in_each_groups_last_unit():
    strides = (*(1, 1, 2), *(1, 1, 1, 2), *(1, 1, 1, 1, 1, 2), *(1, 1, 1))
    assert field(resnet50(strides))[:2] == (483, 32)  # the table's resnet_v1_50


def test_resnet50_with_the_stride_in_each_groups_first_unit():
    # 7, +4 = 11 (jump 4); 3·8 = 35; +8, then 3·16 = 91; +16, then 5·32 = 267; +32, then 2·64 = 427
    strides = (*(1, 1, 1), *(2, 1, 1, 1), *(2, 1, 1, 1, 1, 1), *(2, 1, 1))
    assert field(resnet50(strides))[:2] == (427, 32)


def test_a_u_net_of_one_level_sees_through_its_deepest_branch():
    bench = Bench((8, 32, 32))
    top = bench.use(conv(3), INPUT)
    low = bench.chain(top, pool(2, 2), conv(3))  # 3, 4 (jump 2), 8
    up = bench.use(op("conv_transpose", channels=8, kernel_size=2, stride=2), low)
    end = bench.chain(bench.use(op("concat"), top, up), conv(3))
    # three neighbours lie over two of the doubled elements: 8 + 2
    assert field(bench.scope(end))[:2] == (10, 1)


def test_three_dimensions_each_have_their_own():
    stem = Conv(channels=8, kernel_size=(3, 7, 7), stride=(1, 2, 2), padding=(1, 3, 3))
    root = stack((3, 16, 56, 56), stem, conv(3))
    assert receptive_fields(program(root)).network == (5, 11, 11)


def test_a_dilated_window():
    assert field(stack((3, 32, 32), conv(3, padding=4, dilation=4))) == (9, 1, -4)


def test_a_final_pooling_says_nothing_about_the_network():
    root = stack((3, 32, 32), conv(3), conv(3), op("global_avg_pool"), op("flatten"))
    fields = receptive_fields(program(root))
    assert fields.outputs[0].sizes == (32, 32)
    assert fields.network == (5, 5)


def test_a_gate_makes_every_place_see_the_whole_input():
    bench = Bench((8, 32, 32))
    gate = bench.use(op("global_avg_pool"), INPUT)
    end = bench.use(op("multiply"), bench.use(conv(3), INPUT), gate)
    assert receptive_fields(program(bench.scope(end))).network == (32, 32)


def test_a_vector_has_no_receptive_field():
    assert receptive_fields(program(stack((10,), op("relu")))).network == ()


@pytest.mark.parametrize("depth", [2000])
def test_a_deep_stack_is_followed_step_by_step(depth):
    root = stack((8, 32, 32), *[conv(3)] * depth)
    assert field(root)[0] == 2 * depth + 1


def fields_of(lines):
    text = "network N:\n    " + "\n    ".join(lines) + "\n"
    return receptive_fields(archdsl.loads(text).program)


def test_what_no_input_reaches_has_no_field():
    fields = fields_of(["input 4x8x8", "add(identity, parameter(4, 8, 8) -> tanh)"])
    assert fields.steps[:2] == ((None,), (None,))  # the parameter and its tanh
    assert fields.outputs[0].sizes == (1, 1)


def test_a_window_over_rearranged_places_sees_those_places():
    """6x6 places in rows of 36: three of them are side by side, or the end of a row and the next
    one's beginning."""
    lines = ["input 4x8x8", "conv(4, 3)", "flatten", "unflatten(1, (4, 36))", "conv(2, 3)"]
    (field,) = fields_of(lines).outputs
    assert field.sizes == (4, 8)


def test_two_places_are_places():
    """A gate mixes what still has places: then the network sees its whole input."""
    lines = ["input 4x2x2", "conv(4, 1)", "multiply(identity, global_avg_pool)"]
    assert fields_of(lines).network == (2, 2)


@pytest.mark.parametrize(
    ("shape", "step", "places"),
    [("10 int", "embedding(20, 8)", (10,)), ("3x10 int", "flatten", (10,)), ("(9,)", "relu", ())],
)
def test_the_places_of_an_input(shape, step, places):
    """All but the channels; a row of whole numbers has none."""
    assert fields_of([f"input x: {shape}", step]).input == places


@pytest.mark.parametrize("branches", ["windows, factors", "factors, windows"])
def test_what_has_no_places_adds_none(branches):
    """A vector brought to the shape of factors: the image's windows are what is seen."""
    lines = ["input image: 4x9x9", "input numbers: 4", "windows = image -> conv(4, 3)"]
    lines += ["factors = numbers -> reshape(4, 1, 1)", f"multiply({branches})"]
    (field,) = fields_of(lines).outputs
    assert [place.size for place in field.places] == [3, 3]


@pytest.mark.parametrize("turned", [False, True])
def test_a_branch_that_mixed_has_mixed_when_places_are_gone(turned):
    """One branch gates the image and is pooled, one is pooled alone; both are vectors then."""
    gated = "multiply(conv(4, 3, padding=1), global_avg_pool) -> global_avg_pool"
    branches = [gated, "conv(4, 3) -> global_avg_pool"]
    fields = fields_of(["input 4x9x9", f"concat({', '.join(branches[:: -1 if turned else 1])})"])
    assert fields.network == (9, 9)


def test_branches_of_different_strides_drift_apart():
    """Of 5 elements the last sees place 8 through a stride of 2, and 4 to 8 through the other; the
    first sees 0, and 0 to 4."""
    lines = ["input 4x9x9", "add(conv(4, 1, stride=2), conv(4, 5))"]
    (field,) = fields_of(lines).outputs
    assert field.sizes == (5, 5)
    (field,) = fields_of(
        ["input 4x9x9", "add(conv(4, 1, stride=2), slice(0, 5, dim=2) -> slice(0, 5, dim=3))"]
    ).outputs
    assert field.sizes == (5, 5)  # places 8 and 4


def test_a_learned_tensor_s_windows_are_no_reach_of_the_network():
    """It was taken for the flow whose batch size it has: the field was 3x3."""
    lines = ["input 4x9x9", "add(identity, parameter(4, 9, 9) -> conv(4, 3, padding=1))"]
    assert fields_of(lines).network == (1, 1)
