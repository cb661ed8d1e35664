"""Source that was once written and is not the program: it must be refused, and a plainer one found.

The texts are kept, so that this means something after their cause is mended.
"""

import pytest
import torch

import archdsl
from archdsl.backends.python.printer import print_plan
from archdsl.backends.python.proven import first_proved
from archdsl.base.fault import Fault
from archdsl.ir.graph import Program
from archdsl.proof import Unproven, proved
from archdsl.transforms.classes import network_class, plan_classes
from archdsl.transforms.in_place import in_place

CARRIED = """
network net(n=6):
    input (8,)
    c0 = linear(8)
    c1 = linear(8)
    for k in range(2, n):
        add(c{k - 1}, c{k - 2})
        c{k} = linear(8)
"""
CARRIED_WRONG = """
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.c0 = nn.Linear(8, 8)
        self.c1 = nn.Linear(8, 8)
        for i in range(4):
            self.add_module(f"c{i + 2}", nn.Linear(8, 8))

    def forward(self, x: Tensor) -> Tensor:
        c0 = self.c0(x)
        x = self.c1(c0)
        for i in range(4):
            x = getattr(self, f"c{i + 2}")(x + c0)
            c0 = x
        return x
"""
CARRIED_RIGHT = CARRIED_WRONG.replace(
    """            x = getattr(self, f"c{i + 2}")(x + c0)
            c0 = x
""",
    """            c0, x = x, getattr(self, f"c{i + 2}")(x + c0)
""",
)
VARIABLE = """
network net:
    input (8,)
    for k in range(3):
        i, j = chunk(2)
        concat(j, i) -> linear(8)
        unit{k} = relu
"""
VARIABLE_WRONG = """
import torch
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        for i in range(3):
            self.add_module("linear" if i == 0 else f"linear_{i + 1}", nn.Linear(8, 8))
            self.add_module(f"unit{i}", nn.ReLU(inplace=True))

    def forward(self, x: Tensor) -> Tensor:
        for i in range(3):
            i, j = torch.chunk(x, 2, dim=1)
            x = getattr(self, "linear" if i == 0 else f"linear_{i + 1}")(
                torch.cat([j, i], dim=1)
            )
            x = getattr(self, f"unit{i}")(x)
        return x
"""


def _program(text: str) -> Program:
    return in_place(archdsl.loads(text).program)


@pytest.mark.parametrize(("spec", "wrong"), [(CARRIED, CARRIED_WRONG), (VARIABLE, VARIABLE_WRONG)])
def test_wrong_source_is_refused(spec: str, wrong: str) -> None:
    with pytest.raises(Unproven):
        proved(_program(spec), wrong, "Net")


def test_the_same_put_right_is_accepted() -> None:
    proved(_program(CARRIED), CARRIED_RIGHT, "Net")


@pytest.mark.parametrize("n", [2, 5, 6, 9])
def test_what_is_built_computes_what_the_lines_say(n: int) -> None:
    model = archdsl.loads(CARRIED, n=n).build().eval()
    layers = [getattr(model, f"c{k}") for k in range(n)]
    x = torch.randn(3, 8)
    outputs = [layers[0](x)]
    outputs.append(layers[1](outputs[0]))
    for k in range(2, n):
        outputs.append(layers[k](outputs[k - 1] + outputs[k - 2]))
    torch.testing.assert_close(model(x), outputs[-1], rtol=0, atol=0)


def test_what_differs_is_written_out_and_only_that() -> None:
    program = _program(CARRIED)
    asked = []

    def write(plain):
        asked.append(frozenset(plain))
        return plan_classes((program,), plain), CARRIED_RIGHT if plain else CARRIED_WRONG

    assert first_proved((program,), write) == CARRIED_RIGHT
    assert asked == [frozenset(), frozenset((0,))]


def test_where_the_plainest_differs_too_archdsl_is_at_fault() -> None:
    program = _program(CARRIED)
    with pytest.raises(Fault, match="is not the network that you described") as caught:
        first_proved((program,), lambda plain: (plan_classes((program,), plain), CARRIED_WRONG))
    assert "c0" in caught.value.details and "c0" not in str(caught.value)


def test_the_plainest_plan_has_a_class_for_each_instance() -> None:
    program = in_place(archdsl.load("densenet121").program)
    planned = plan_classes((program,), plan_classes((program,)).definitions)
    layers = [cls.name for cls in planned.classes if cls.block == "dense_layer"]
    assert len(layers) == 58
    assert planned.network.name == network_class(program)


AVERAGES = """
network net:
    input 12x8x8
    a_long_name_of_a_step, another_long_name_of_a_step, the_last_long_name_of_a_step = chunk(3)
    average:
        a_long_name_of_a_step
        average(another_long_name_of_a_step, the_last_long_name_of_a_step)
"""
BRANCHES = """
network net:
    input 4x8x8
    add:
        identity
        conv(4, 1) -> relu
        conv(4, 3, padding=1) -> relu
"""


def test_a_quotient_of_a_sum_keeps_its_brackets_over_several_lines() -> None:
    x = torch.randn(2, 12, 8, 8)
    a, b, c = x.chunk(3, dim=1)
    output = archdsl.loads(AVERAGES).build()(x)
    torch.testing.assert_close(output, (a + (b + c) / 2) / 2)


def test_a_sum_may_be_begun_before_its_last_branch_writes_in_place() -> None:
    program = _program(BRANCHES)
    planned = plan_classes((program,))
    proved(program, print_plan(planned), planned.network.name)


TWICE = """
block pair(c) = conv(c, 3) -> relu

network Net:
    input 3x8x8
    pair(4)
    pair(6)
    init conv: kaiming_normal
    flatten
    fc = linear(5)
"""


@pytest.mark.parametrize(
    ("line", "doubled"), [("super().__init__(", True), ("self.init_weights()", False)]
)
def test_other_random_draws_are_refused(line: str, doubled: bool) -> None:
    """A constructor run twice, and weights begun before the last layer is made: the numbers that a
    seed gives are others, though keys and shapes are the same."""
    program = _program(TWICE)
    source = archdsl.loads(TWICE).source()
    proved(program, source, "Net")
    lines = source.splitlines(keepends=True)
    first = next(k for k, text in enumerate(lines) if text.strip().startswith(line))
    moved = lines[first]
    if not doubled:
        del lines[first]
        first -= 1
    with pytest.raises(Unproven):
        proved(program, "".join([*lines[:first], moved, *lines[first:]]), "Net")


HANDED = """
block root(one: tuple, other: tuple, skip: tensor = none):
    concat:
        identity
        for map in one:
            map
        for map in other:
            map
    conv(8, 1)
    if skip != none:
        add(identity, skip)

network net:
    input 8x6x6
    a = conv(8, 1)
    b = root((a,), (a, input))
    root((a, b), (a,), skip=b)
"""


def test_lists_of_tensors_as_they_are_handed_on_are_accepted() -> None:
    program = _program(HANDED)
    text = archdsl.loads(HANDED).source(fixed=True)
    assert "self.b(a, [a], [a, x])" in text and "self.root(b, [a, b], [a], b)" in text
    proved(program, text, network_class(program))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("[a], [a, x])", "[a, a], [x])"),
        ("[a], [a, x])", "[a], [x, a])"),
        ("[a], [a, x])", "[a], [a])"),
        ("[a], [a, x])", "a, [a, x])"),
        ("[a], [a, x])", "[a], [a, x], a)"),
        ("[a, b], [a], b)", "[a, b], [a])"),
        ("[a, b], [a], b)", "[a, b], [a], a)"),
        ("+ one", "+ other"),
        ("if skip is not None:", "if skip is None:"),
    ],
)
def test_tensors_handed_on_otherwise_are_refused(right: str, wrong: str) -> None:
    program = _program(HANDED)
    text = archdsl.loads(HANDED).source(fixed=True)
    assert right in text
    with pytest.raises(Unproven):
        proved(program, text.replace(right, wrong, 1), network_class(program))
