"""`forward` runs in the order of the spec: random draws in training come as they are written."""

from pathlib import Path

import pytest
import torch
from agreeing import assert_agrees
from cases import SPECS
from torch import nn

import archdsl
from archdsl.ir.graph import walk
from archdsl.ir.shape import DType
from archdsl.runtime.build import load_source

HEAD = "network Net:\n    input 4x6x6\n"
BODIES = {
    "before a nested merge": """
    maximum(dropout(0.3) -> conv(4, 1), dropout(0.6) -> add(conv(4, 3, padding=1), conv(4, 1)))
""",
    "a tap before one that is read twice": """
    c = conv(4, 1)
    low = c -> dropout(0.3)
    deep = c -> dropout(0.1)
    a = relu
    concat(a, low, deep)
""",
    "branches of a loop beside others": """
    add:
        dropout(0.5) -> dropout(0.4)
        for i in range(4):
            dropout(i * 0.1 + 0.1)
        dropout(0.55) -> conv(4, 1) -> tanh -> bn -> relu -> conv(4, 1) -> relu
        dropout(0.7)
""",
    "branches of a loop that two merges read": """
    for i in range(4):
        d{i} = input -> dropout(0.5)
    e = input -> dropout(0.2)
    concat(d0, d1, d2, d3) -> conv(4, 1)
    add(identity, e, d0, d1, d2, d3)
""",
    "outputs in another order": """
    a = dropout(0.3)
    b = input -> dropout(0.4)
    output b, a
""",
    "parts": """
    a, b = chunk(2)
    e = b -> dropout(0.3)
    f = a -> dropout(0.6)
    concat(f, e)
""",
    "a wait of one value for another": """
    a = dropout(0.1)
    b = input -> dropout(0.3)
    c = a -> conv(4, 1) -> dropout(0.5)
    d = b -> conv(4, 1) -> dropout(0.7)
    add(d, c)
""",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_draws_come_in_the_order_of_the_spec(body: str) -> None:
    assert_agrees(HEAD + body)


def test_rounds_that_run_before_other_branches_stand_in_a_list() -> None:
    source = assert_agrees(HEAD + BODIES["branches of a loop beside others"])
    assert 'outs = [getattr(self, f"dropout_{i + 3}")(x) for i in range(4)]' in source
    assert "return sum(outs, branch1) + branch3 + branch4" in source


@pytest.mark.one_in(4)
@pytest.mark.parametrize("case", SPECS, ids=lambda case: case.stem)
def test_modules_run_in_the_order_of_the_steps(case: Path) -> None:
    net = archdsl.load(case)
    steps = [path for path, _, _ in walk(net.program.root)]
    model = net.build(device="meta").train()
    ran = [path for path in run(net, model) if path in steps]
    assert ran == [path for path in steps if path in ran]


def run(net: archdsl.Network, model: nn.Module) -> list[str]:
    """The paths of all modules in the order in which they begin."""
    begun: list[str] = []
    for path, module in model.named_modules():
        module.register_forward_pre_hook(lambda *_, path=path: begun.append(path))
    kinds = {DType.FLOAT: torch.float32, DType.INT: torch.long}
    model(
        *(
            torch.zeros(2, *type.shape, dtype=kinds[type.dtype], device="meta")
            for type in net.program.root.inputs
        )
    )
    return begun


OPTIONAL = """
network T(pools: tuple = (0, 2), halves: tuple = (1, 3)):
    input 3x32x32
    features = path:
        for i in range(4):
            if i in halves:
                conv(4, 3, stride=2, padding=1)
            if i in pools:
                max_pool(2)
            conv(4, 3, padding=1)
"""


def test_optional_parts_that_no_round_has_together_stand_in_the_order_of_the_source() -> None:
    """No round of the spec has both; a round of another network may."""
    names = vars(load_source("T", archdsl.loads(OPTIONAL).source()))
    module = names["T"](pools=(1,), halves=(1,))
    theirs = archdsl.loads(OPTIONAL, pools=(1,), halves=(1,)).build()
    kinds = [type(part).__name__ for part in module.features]
    assert kinds == [type(part).__name__ for part in theirs.features]
    assert kinds == ["Conv2d", "Conv2d", "MaxPool2d", "Conv2d", "Conv2d", "Conv2d"]
