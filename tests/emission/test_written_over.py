"""Which activations of the training form write over their input, and which must not."""

import pytest
from gradients import assert_same_without, given, overwriting

import archdsl
from archdsl.ops.registry import ops

BLOCKS = """
block same:
    relu

block passes:
    identity

block ends_with_sigmoid:
    conv(4, 1) -> sigmoid

block both:
    c = conv(4, 1)
    output a=c, b=flatten

block viewed:
    conv(4, 1) -> flatten

block halves:
    conv(4, 1)
    a, b = chunk(2)
    output a=a, b=b

block act_of(act):
    conv(4, 1)
    act

network Net:
    input 4x6x6
"""
SAFE = {
    "behind a convolution": "conv(4, 1)\n    r = relu",
    "behind a norm, which keeps its input": "conv(4, 1) -> bn\n    r = relu",
    "a sum": "add(identity, conv(4, 1))\n    r = relu",
    "read before by what keeps nothing": (
        "c = conv(4, 1)\n    p = add(c, input)\n    c\n    r = relu\n    add(identity, p)"
    ),
    "read before by a head that keeps nothing": (
        "c = conv(4, 1)\n    r = relu\n    aux h = c -> global_avg_pool"
    ),
    "behind one that kept a copy": "conv(4, 1) -> silu\n    r = relu",
    "a block's fresh result": "act_of(bn)\n    r = relu",
    "a slope": "conv(4, 1)\n    r = leaky_relu(0.2)",
}
UNSAFE = {
    "the caller's input": "r = relu",
    "a residual": "c = conv(4, 1)\n    r = relu\n    add(identity, c)",
    "an output": "c = conv(4, 1)\n    r = relu\n    output c, r",
    "read later in a view": (
        "c = conv(4, 1)\n    v = flatten\n    c\n    r = relu -> flatten\n    add(identity, v)"
    ),
    "a view": "conv(4, 1) -> flatten\n    r = relu",
    "a view that a block made": "viewed\n    r = relu",
    "parts of a tensor": "conv(4, 1)\n    a, b = chunk(2)\n    a\n    r = relu",
    "parts that a block made": "a, b = halves\n    a\n    r = relu",
    "what shares memory with another result": (
        "a, b = both\n    a\n    r = relu -> flatten\n    add(identity, b)"
    ),
    "behind a sigmoid, which keeps its result": "conv(4, 1) -> sigmoid\n    r = relu",
    "behind a block that ends with one": "ends_with_sigmoid\n    r = relu",
    "behind another in place, which keeps its result": "conv(4, 1) -> relu\n    r = silu",
    "read before by what keeps it": (
        "c = conv(4, 1)\n    p = conv(4, 1)\n    c\n    r = relu\n    add(identity, p)"
    ),
    "read before by a block that keeps it": (
        "c = conv(4, 1)\n    p = ends_with_sigmoid\n    c\n    r = relu\n    add(identity, p)"
    ),
    "read before by a head that keeps it": (
        "c = conv(4, 1)\n    r = relu\n    aux h = c -> conv(2, 1) -> global_avg_pool"
    ),
    "read later by a branch of a head": (
        "c = conv(4, 1)\n    r = relu\n    b = conv(4, 1)\n"
        "    aux h = concat(c -> global_avg_pool, b -> global_avg_pool)\n    b"
    ),
    "what a block hands on": "passes\n    r = relu",
    "a block's own input": "conv(4, 1)\n    r = same",
    "a learned tensor": "parameter(4x6x6)\n    r = relu\n    add(identity, input)",
    "what evaluation hands on": ("c = conv(4, 1)\n    dropout\n    r = relu\n    add(identity, c)"),
    "a slope that falls": "conv(4, 1)\n    r = leaky_relu(-0.1)",
    "a curve that falls": "conv(4, 1)\n    r = elu(-1.0)",
}


def network(body: str) -> archdsl.Network:
    return archdsl.loads(f"{BLOCKS}    {body}\n")


def checked(body: str) -> list[str]:
    """The modules that overwrite, when it was seen that nothing else depends on it."""
    import torch

    net = network(body)
    module = net.build(dtype=torch.float64)
    assert_same_without(module, given(net))
    return overwriting(module)


@pytest.mark.parametrize("body", SAFE.values(), ids=SAFE)
def test_written_over(body: str) -> None:
    assert "r" in checked(body)


@pytest.mark.parametrize("body", UNSAFE.values(), ids=UNSAFE)
def test_left_alone(body: str) -> None:
    assert not [path for path in checked(body) if path.partition(".")[0] == "r"]


def test_a_shared_layer_writes_over_its_inputs_everywhere_or_nowhere() -> None:
    body = "layer act = relu\n    conv(4, 1)\n    c = act\n    c -> act\n    add(identity, c)"
    assert checked(body) == []


def test_one_class_for_all_uses_of_a_block() -> None:
    """The second use's activation would overwrite what is the caller's."""
    text = """
block maybe(first: bool):
    if first:
        conv(4, 1)
    relu

network Net:
    input 4x6x6
    a = maybe(true)
    b = maybe(false)
"""
    source = archdsl.loads(text).source()
    assert source.count("nn.ReLU()") == 1
    assert "inplace" not in source


def test_an_activation_that_came_as_an_argument() -> None:
    body = "a = act_of(relu)\n    b = act_of(silu)"
    assert checked(body) == ["a.act", "b.act"]


@pytest.mark.parametrize(
    "word", [w for w, op in ops().items() if "inplace" in op.arguments and "drop" not in w]
)
def test_every_activation_has_its_gradient_in_place(word: str) -> None:
    arguments = "(0.1, 20)" if word == "threshold" else ""
    assert checked(f"conv(4, 1)\n    r = {word}{arguments}") == ["r"]


def test_what_reads_before_runs_before() -> None:
    """Statements would be drawn together otherwise."""
    body = "c = conv(4, 1)\n    p = global_avg_pool\n    c\n    r = selu\n    output r, p"
    assert checked(body) == ["r"]
    rounds = "c = conv(4, 1)\n    t = add:\n        for i in range(2):\n            c -> dense"
    block = "block dense:\n    global_avg_pool -> conv(4, 1)\n\n"
    net = archdsl.loads(
        f"{block}network Net:\n    input 4x6x6\n    {rounds}\n    c\n    relu\n"
        "    add(identity, t)\n"
    )
    assert_same_without(net.build(), [x.float() for x in given(net)])


def test_what_the_spec_says_itself_stays() -> None:
    assert overwriting(network("c = conv(4, 1)\n    r = relu(inplace=true)").build()) == ["r"]
