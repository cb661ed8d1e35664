"""Training heads run right behind what they read, wherever the spec says them."""

from collections import Counter

import pytest
import torch
from interpreter import Interpreted
from torch import nn

import archdsl
from archdsl.runtime.reference_models import reference

STEPS = """
network Net(classes=10):
    input 3x8x8
    a = conv(8, 3, padding=1) -> relu
    b = conv(8, 3, padding=1) -> relu
    c = conv(4, 1)
    global_avg_pool -> flatten -> linear(classes)
"""
CLASSIFIER = "global_avg_pool -> flatten -> linear(2)"
MODULES = ["a", "b", "c", "global_avg_pool", "flatten", "linear"]


def order(text: str, *, training: bool) -> list[str]:
    """The network's own modules in the order in which they run."""
    model = archdsl.loads(text).build().train(training)
    ran: list[str] = []
    for name, module in model.named_children():
        module.register_forward_hook(lambda *_, name=name: ran.append(name))
    model(torch.randn(2, *archdsl.loads(text).input))
    return ran


@pytest.mark.parametrize(
    ("heads", "ran"),
    [
        ("    aux h = linear(2)\n", [*MODULES, "h"]),
        (f"    aux h = a -> {CLASSIFIER}\n", ["a", "h", *MODULES[1:]]),
        (f"    aux h = input -> {CLASSIFIER}\n", ["h", *MODULES]),
        (
            f"    aux h = a -> {CLASSIFIER}\n    aux g = b -> {CLASSIFIER}\n",
            ["a", "h", "b", "g", *MODULES[2:]],
        ),
        (  # no head before those that are said before it
            f"    aux g = b -> {CLASSIFIER}\n    aux h = a -> {CLASSIFIER}\n",
            ["a", "b", "g", "h", *MODULES[2:]],
        ),
    ],
)
def test_when_heads_run(heads: str, ran: list[str]) -> None:
    assert order(STEPS + heads, training=True) == ran
    assert order(STEPS + heads, training=False) == MODULES


def test_a_head_that_writes_over_what_others_read_before_runs_after_them() -> None:
    net = archdsl.loads("""
network Net:
    input 3x8x8
    c = conv(4, 1)
    s = sigmoid
    input -> conv(4, 1)
    aux first = conv(4, 1)
    aux over = c -> relu
    add(identity, s)
""")
    model = net.build(dtype=torch.float64).train()
    assert model.over.inplace
    images = torch.randn(2, 3, 8, 8, dtype=torch.float64)
    c = model.c(images)
    expected = c.sigmoid() + model.conv(images)
    torch.testing.assert_close(model(images).output, expected)


def test_results_are_in_the_order_in_which_they_are_said() -> None:
    heads = "    aux late = b -> conv(3, 1)\n    aux early = a -> conv(5, 1)\n"
    model = archdsl.loads(STEPS + heads).build().train()
    outputs = model(torch.randn(2, 3, 8, 8))
    assert [(name, value.shape[1]) for name, value in outputs._asdict().items()] == [
        ("output", 10),
        ("late", 3),
        ("early", 5),
    ]


MERGED = """
network Net:
    input 4x8x8
    c = conv(4, 1)
    r = relu
    b = conv(4, 1)
    aux h = concat(c -> conv(2, 1) -> bn, b -> global_avg_pool -> upsample(size=8))
    conv(2, 1)
"""
SHAPED = """
network Net:
    input 4x8x8
    a = conv(4, 1)
    z = input -> bn
    aux h = z -> reshape(16, 16)
    a
    conv(2, 1)
"""
ATTENDED = """
network Net:
    input 4x8x8
    a = conv(4, 1)
    z = input -> flatten(2) -> transpose(1, 2) -> linear(4)
    aux h = z -> attention(heads=2)
    a
    conv(2, 1)
"""
DEEPER = """
network Net:
    input 4x8x8
    conv(4, 1)
    aux h = conv(4, 1)
    aux g = h -> conv(3, 1)
    conv(2, 1)
"""


@pytest.mark.parametrize("text", [MERGED, SHAPED, ATTENDED, DEEPER])
def test_heads_compute_what_the_program_says(text: str) -> None:
    net = archdsl.loads(text)
    emitted = net.build(dtype=torch.float64).train()
    heads = tuple(head.step for head in net.program.heads)
    model = Interpreted(net.program.root, {"nn": nn}, heads).double().train()
    model.load_state_dict(emitted.state_dict())
    images = torch.randn(2, 4, 8, 8, dtype=torch.float64)
    for actual, expected in zip(emitted(images), model(images), strict=True):
        torch.testing.assert_close(actual, expected)


@pytest.mark.parametrize("text", [MERGED, SHAPED, ATTENDED, DEEPER])
def test_what_feeds_a_head_runs_once_in_training_and_never_in_evaluation(text: str) -> None:
    ran = Counter(order(text, training=True))
    assert set(ran.values()) == {1}
    inference = set(order(text, training=False))
    rows = archdsl.loads(text).audit().rows
    assert inference == {row.path for row in rows if row.path in ran and not row.training_only}
    assert inference < set(ran)


def test_a_step_may_be_called_like_the_list_of_heads() -> None:
    text = STEPS.replace("b = conv", "heads = conv").replace("c =", "c = add(identity, heads) ->")
    model = archdsl.loads(f"{text}    aux h = heads -> {CLASSIFIER}\n").build()
    assert isinstance(model.get_submodule("heads"), nn.Sequential)
    assert model.train()(torch.randn(2, 3, 8, 8)).h.shape == (2, 2)


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_training_gives_what_torchvision_gives(name: str) -> None:
    """To the bit, dropout and heads included."""
    net = archdsl.load(name)
    ours, theirs = net.build().train(), reference(f"torchvision:{name}").module.train()
    ours.load_state_dict(theirs.state_dict())
    images = torch.randn(2, *net.program.root.inputs[0].shape)

    def results(module: nn.Module) -> list[torch.Tensor]:
        torch.manual_seed(1)
        with torch.no_grad():
            return list(module(images))

    output, *heads = results(ours)
    for actual, expected in zip([output, *reversed(heads)], results(theirs), strict=True):
        torch.testing.assert_close(actual, expected, rtol=0, atol=0)
