"""`layer`: made once, used as often as one likes, weights counted once."""

import pytest
from small_specs import codes, keys, load, output, params, paths, program, words

from archdsl.ir.graph import Ref


def test_every_use_is_a_step_of_the_same_name() -> None:
    made = program("layer shared = conv(3, 3, padding=1)\nshared -> relu -> shared")
    assert paths(made) == ["shared", "relu", "shared"]
    assert made.root.modules == ("shared", "relu")


def test_weights_count_once() -> None:
    # 3·3·3·3 + 3 = 84
    assert params(program("layer shared = conv(3, 3, padding=1)\nshared -> relu -> shared")) == 84
    assert params(program("let fresh = conv(3, 3, padding=1)\nfresh -> relu -> fresh")) == 168


def test_a_layer_stands_where_it_is_declared() -> None:
    made = program("layer last = bn\nconv(8, 1)\nlast")
    assert made.root.modules == ("last", "conv")
    assert keys(made)[0] == "last.weight"


@pytest.mark.parametrize(
    "recipe",
    [
        "conv(3, 1)",
        "conv(8, 1) -> relu -> conv(3, 1)",
        "block_of(3)",
        "block_of(3) * 2",
        "add(identity, conv(3, 1))",
        "path:\n    conv(3, 1)\n    relu",
        "add:\n    identity\n    conv(3, 1)",
    ],
)
def test_what_a_layer_can_be_made_of(recipe: str) -> None:
    above = "block block_of(c):\n    conv(c, 1) -> bn\n"
    once = program(f"layer shared = {recipe}\nshared", above=above)
    twice = program(f"layer shared = {recipe}\nshared -> relu -> shared", above=above)
    assert params(once) == params(twice) > 0
    assert len(twice.root.steps) == 3


def test_a_shared_chain_is_a_sequence() -> None:
    made = program("layer shared = conv(3, 1) -> bn\nshared -> shared")
    assert keys(made)[:3] == ["shared.0.weight", "shared.0.bias", "shared.1.weight"]


def test_the_siamese_network() -> None:
    made = program(
        """
        layer tower = path:
            conv(8, 3) -> relu
            flatten -> linear(16)
        a = left -> tower
        b = right -> tower
        subtract(a, b) -> linear(1)
        """,
        input="left: 1x8x8\n    input right: 1x8x8",
    )
    # tower: 8·9 + 8, 8·6·6·16 + 16; head: 16 + 1
    assert params(made) == 80 + 4624 + 17
    assert [s.inputs for s in made.root.steps[:2]] == [(Ref(-1, 0),), (Ref(-1, 1),)]
    assert output(made) == "1"


def test_a_second_use_needs_an_input_of_the_same_channels_only() -> None:
    assert words(program("layer c = conv(3, 3)\nc -> max_pool(2) -> c").root) == [
        "conv",
        "max_pool",
        "conv",
    ]
    assert codes(load("layer c = conv(8, 3)\nc -> c")) == ["E0316"]


def test_an_activation_can_be_shared_over_any_shape() -> None:
    made = program("layer act = relu\nact -> conv(8, 3) -> act -> flatten -> act")
    assert paths(made) == ["act", "conv", "act", "flatten", "act"]


def test_layers_made_in_a_loop() -> None:
    made = program(
        """
        for i in range(2):
            layer head{i} = conv(3, 1)
        head0 -> head1 -> head0
        """
    )
    assert params(made) == 24
