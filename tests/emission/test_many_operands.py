"""Merges of more branches than Python nests: within the limits, so the source must run."""

from functools import reduce

import pytest
import torch

import archdsl

KINDS = ("relu", "tanh", "sigmoid")
FUNCTIONS = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}
MERGES = {
    "maximum": torch.maximum,
    "add": torch.add,
    "multiply": torch.mul,
    "average": torch.add,
}


def network(merge: str, count: int) -> archdsl.Network:
    """A merge of so many activations of the input, no two neighbours alike."""
    branches = "".join(f"        {KINDS[k % 3]}\n" for k in range(count))
    return archdsl.loads(f"network Net:\n    input 3x4x4\n    {merge}:\n{branches}")


def wanted(merge: str, count: int, x: torch.Tensor) -> torch.Tensor:
    found = reduce(MERGES[merge], [FUNCTIONS[KINDS[k % 3]](x) for k in range(count)])
    return found / count if merge == "average" else found


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ("merge", "count"),
    [("maximum", 3), ("maximum", 100), ("maximum", 101), ("maximum", 640), ("add", 101),
     ("multiply", 250), ("average", 250),
     *(pytest.param(merge, 3_100, marks=pytest.mark.slow) for merge in ("add", "average"))],
)  # fmt: skip
@pytest.mark.parametrize("form", ["train", "deploy"])
def test_it_runs_and_is_the_same_to_the_bit(
    merge: str, count: int, form: archdsl.network.Form
) -> None:
    names: dict[str, object] = {"__name__": "emitted"}
    exec(compile(network(merge, count).source(form), "net.py", "exec"), names)
    x = torch.rand(2, 3, 4, 4)
    model = names["Net"]
    assert isinstance(model, type)
    torch.testing.assert_close(model()(x), wanted(merge, count, x), rtol=0, atol=0)


def test_a_long_sum_around_a_loop() -> None:
    branches = "".join(f"        {kind}\n" for kind in KINDS * 40)
    convs = "        conv(3, 1)\n" * 5
    net = archdsl.loads(f"network Net:\n    input 3x4x4\n    add:\n{branches}{convs}{branches}")
    names: dict[str, object] = {"__name__": "emitted"}
    exec(compile(net.source(), "net.py", "exec"), names)
    model, x = names["Net"](), torch.rand(2, 3, 4, 4)  # type: ignore[operator]
    parts = [FUNCTIONS[kind](x) for kind in KINDS * 40]
    convs = [module(x) for module in model.modules() if isinstance(module, torch.nn.Conv2d)]
    assert len(convs) == 5
    torch.testing.assert_close(model(x), reduce(torch.add, [*parts, *convs, *parts]))
