"""What only networks have: `aux`, `init`, `expect`; and what is set from outside."""

from textwrap import dedent

import pytest
from small_specs import codes, load, made, output, params, program

from archdsl import driver
from archdsl.base.labels import Severity
from archdsl.ir.liveness import training_only_steps

HEAD = "block head(classes):\n    global_avg_pool -> flatten\n    fc = linear(classes)\n"


# --- aux -------------------------------------------------------------------------------------


def test_a_head_stands_beside_the_flow() -> None:
    made_program = program(
        "conv(8, 3)\naux early(weight=0.3) = head(5)\nrelu\naux late = flatten -> linear(2)\ntanh",
        above=HEAD,
    )
    root = made_program.root
    assert [s.name for s in root.steps] == ["conv", "early", "relu", "late", "tanh"]
    assert [s.training_only for s in root.steps] == [False, True, False, True, False]
    assert [(h.name, h.step, h.weight) for h in made_program.heads] == [
        ("early", 1, 0.3),
        ("late", 3, 1.0),
    ]
    assert output(made_program) == "8x30x30"


def test_a_head_on_a_tap_and_what_feeds_it_alone() -> None:
    root = program(
        """
        a = conv(8, 3)
        b = a -> conv(4, 1)
        aux early = b -> head(5)
        a -> relu
        """,
        above=HEAD,
    ).root
    # steps: a, b, early, relu; b feeds the head and nothing else
    assert training_only_steps(root) == {1, 2}


def test_a_head_may_depend_on_a_parameter() -> None:
    text = HEAD + dedent(
        """
        network Net(heads=true):
            input 3x8x8
            conv(8, 3)
            if heads:
                aux early = head(5)
            relu
        """
    )
    assert len(made(driver.loads(text)).heads) == 1
    assert made(driver.loads(text, parameters={"heads": False})).heads == ()


# --- init ------------------------------------------------------------------------------------


def test_initialisations_choose_by_op_or_path() -> None:
    inits = program(
        """
        stem = conv(8, 3) -> bn
        fc = path:
            flatten
            linear(10)
        init conv: kaiming_normal(mode=fan_out, nonlinearity=relu)
        init linear.bias: zeros
        init "*.1".bias: constant(0.5)
        init "stem.*": uniform(a=-1, b=1)
        """
    ).inits
    assert [(i.op, i.path, i.tensor, i.function, dict(i.arguments)) for i in inits] == [
        ("conv", None, "weight", "kaiming_normal", {"mode": "fan_out", "nonlinearity": "relu"}),
        ("linear", None, "bias", "zeros", {}),
        (None, "*.1", "bias", "constant", {"val": 0.5}),
        (None, "stem.*", "weight", "uniform", {"a": -1, "b": 1}),
    ]


# --- expect ----------------------------------------------------------------------------------

PROMISES = """
network Net(width=16, classes=10):
    input 3x8x8
    let area = 6 * 6
    conv(width, 3) -> flatten -> linear(classes)
    expect params == {params}
    expect output == (classes,) and area == 36
    expect macs < 1 if classes == 1000
"""
# 16·27 + 16, 16·36·10 + 10
PARAMS = 448 + 5770


def promised(params_: int, **parameters: object) -> driver.Loaded:
    return driver.loads(dedent(PROMISES).format(params=params_), parameters=parameters)


def test_a_promise_is_held_to() -> None:
    assert codes(promised(PARAMS)) == []
    broken = promised(PARAMS + 1)
    assert [(d.code, d.message) for d in broken.diagnostics] == [
        ("E0701", "params is 6,218, which is 1 less than expected")
    ]
    assert broken.failed


def test_a_promise_does_not_bind_where_parameters_are_set_from_outside() -> None:
    other = promised(PARAMS, width=8)
    assert [(d.code, d.severity) for d in other.diagnostics] == [("E0701", Severity.NOTE)]
    assert not other.failed


def test_a_condition_says_when_a_promise_applies() -> None:
    assert len(promised(PARAMS, classes=1000).diagnostics) == 2  # params, and macs


# --- from outside ----------------------------------------------------------------------------

OPEN = """
network Net(width=16, rates: tuple = (1, 2), act: block = relu, name: str = "stem"):
    input 3x32x32
    {name} = conv(width, 3) -> act
    concat(conv(4, 3, padding=r, dilation=r) for r in rates)
"""


@pytest.mark.parametrize(
    ("given", "first", "last"),
    [
        ({}, "16x30x30", "8x30x30"),
        ({"width": 8}, "8x30x30", "8x30x30"),
        ({"width": "4 * 2"}, "8x30x30", "8x30x30"),
        ({"rates": [1, 2, 3]}, "16x30x30", "12x30x30"),
        ({"rates": (1, 2, 3)}, "16x30x30", "12x30x30"),
        ({"rates": "(1, 2, 3)"}, "16x30x30", "12x30x30"),
        ({"act": "gelu -> dropout(0.1)"}, "16x30x30", "8x30x30"),
        ({"name": '"head"'}, "16x30x30", "8x30x30"),
    ],
)
def test_parameters_as_values_and_as_text(given: dict[str, object], first: str, last: str) -> None:
    loaded = driver.loads(OPEN, parameters=given)
    root = made(loaded).root
    assert str(root.steps[0].outputs[0]) == first
    assert str(root.steps[-1].outputs[0]) == last


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"widht": 3}, "did you mean `width`?"),
        ({"depth": 3}, "it has width, rates, act, name"),
        ({"width": "widht"}, "there is no name called `widht`"),
        ({"width": "3 +"}, "parameter `width`"),
        ({"width": "1 / 0"}, "division by zero"),
    ],
)
def test_parameters_that_there_are_not_are_misuse(given: dict[str, object], message: str) -> None:
    with pytest.raises(driver.Misuse, match=r"`(Net|width)`") as raised:
        driver.loads(OPEN, parameters=given)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    "value", [{"a": 1}, object(), float("nan"), {1, 2}, b"x", [1, {}], 10**40, "range(10 ** 9)"]
)
def test_values_that_the_language_does_not_have_are_misuse(value: object) -> None:
    with pytest.raises(driver.Misuse, match="parameter `width`"):
        driver.loads(OPEN, parameters={"width": value})


def test_a_parameter_of_another_type_is_a_mistake() -> None:
    loaded = driver.loads(OPEN, parameters={"act": 3})
    assert codes(loaded) == ["E0211"]


ONE = "network Net:\n    input 3x32x32\n    conv(8, 3)\n"
TWO = "network Net:\n    input left: 3x8x8\n    input right: 3x8x8\n    add(left, right)\n"


@pytest.mark.parametrize("shape", ["1x16x20", (1, 16, 20), [1, 16, 20], {"": (1, 16, 20)}])
def test_the_input_s_shape(shape: object) -> None:
    assert output(made(driver.loads(ONE, input=shape))) == "8x14x18"


def test_shapes_of_several_inputs_by_name() -> None:
    sizes = {"left": "3x4x4", "right": (3, 4, 4)}
    assert output(made(driver.loads(TWO, input=sizes))) == "3x4x4"
    assert codes(driver.loads(TWO, input={"left": "3x4x4"})) == ["E0301"]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (TWO, "3x4x4"),
        (TWO, {"middle": "3x4x4"}),
        (ONE, {"left": "3x4x4"}),
        (ONE, "3x0x4"),
        (ONE, (3, -1, 4)),
        (ONE, "none"),
        (ONE, "relu"),
        (ONE, (3, 4.0, 4)),
        (ONE, (3, True, 4)),
        (ONE, "3x4xx"),
    ],
)
def test_shapes_that_do_not_fit_are_misuse(text: str, shape: object) -> None:
    with pytest.raises(driver.Misuse):
        driver.loads(text, input=shape)


def test_the_network_to_load_is_named_where_there_are_several() -> None:
    text = ONE + TWO.replace("Net", "Other")
    assert params(made(driver.loads(text, network="Other"))) == 0
    for asked in (None, "Third"):
        with pytest.raises(driver.Misuse, match="Net"):
            driver.loads(text, network=asked)
    with pytest.raises(driver.Misuse, match="declares no network"):
        driver.loads("block b:\n    relu\n")


def test_warnings_do_not_fail_a_network() -> None:
    loaded = load("a = conv(8, 3)\ninput -> relu")
    assert [(d.code, d.severity) for d in loaded.diagnostics] == [("W0116", Severity.WARNING)]
    assert loaded.program is not None and not loaded.failed
