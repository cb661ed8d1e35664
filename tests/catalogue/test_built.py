"""Networks without a published model are built and run: keys, counts and shapes as in the spec."""

import pytest
import torch
from torch import Tensor

from archdsl import driver
from archdsl.analyses.figures.costs import costs
from archdsl.backends.python import emit
from archdsl.ir.graph import Program, state_dict
from archdsl.ir.shape import DType, Shape
from archdsl.runtime.build import build
from tests.parts import first_of_each

from .references import load, references

COMPARED = {r.name for r in references()}
LARGE = {"preact_resnet1001_cifar", "resnext_a", "resnext_b"}  # thousands of modules
FILES = {entry.name: entry.file for entry in driver.listing()}
OWN = sorted(FILES.keys() - COMPARED, key=lambda name: (name in LARGE, name))
BATCH = 2


@pytest.mark.parametrize("name", first_of_each(OWN, FILES.__getitem__))
def test_the_emitted_module(name: str) -> None:
    program = load(name)
    with torch.device("meta"):
        model = build(program, emit(program))
        inputs = _inputs(program)
    keys = {key: weight.shape for key, weight in state_dict(program.root)}
    assert {k: tuple(v.shape) for k, v in model.state_dict().items()} == keys
    assert sum(p.numel() for p in model.parameters()) == costs(program).total.params
    heads = [program.root.steps[head.step].outputs[0].shape for head in program.heads]
    outputs = [t.shape for t in program.root.outputs]
    assert _shapes(model.eval()(*inputs)) == outputs
    if heads:  # otherwise training has the same results
        assert _shapes(model.train()(*inputs)) == [*outputs, *heads]


def _inputs(program: Program) -> list[Tensor]:
    kinds = {DType.FLOAT: torch.float32, DType.INT: torch.long}
    return [torch.zeros(BATCH, *t.shape, dtype=kinds[t.dtype]) for t in program.root.inputs]


def _shapes(result: object) -> list[Shape]:
    """Without the batch."""
    results = result if isinstance(result, tuple) else (result,)
    return [tuple(t.shape[1:]) for t in results]
