"""Random linear, shape, reduction, attention and merge steps, legal and not, against PyTorch.

PyTorch decides: a step is legal if PyTorch runs it, each sample by itself, and something is left.
"""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
import torch
from emitted import emitted, results
from random_structure import GENERATORS, Tensors, Trial
from torch import nn

from archdsl.ir.shape import DType, TensorType
from archdsl.ops.argument import Refused
from archdsl.ops.base import Misfit, Op
from archdsl.ops.registry import ops
from archdsl.ops.validation import validated

SAMPLES = 3
CASES = 100


def accepted(word: str, trial: Trial, inputs: tuple[TensorType, ...]) -> Op | None:
    """The op, or None where it refuses its arguments or inputs."""
    try:
        op = validated(ops()[word], trial.arguments)
        op.infer(inputs)
    except (Misfit, Refused):
        return None
    return op


def expected(function: Callable[..., Any], tensors: Tensors) -> Tensors | None:
    """PyTorch's results, or None where it refuses, mixes the samples or leaves nothing."""
    try:
        together = results(function(*tensors))
        alone = results(function(*(x[:1] for x in tensors)))
    except (RuntimeError, ValueError, IndexError, AssertionError, TypeError):
        return None
    if len(together) != len(alone) or any(r.numel() == 0 for r in together):
        return None
    for result, first in zip(together, alone, strict=True):
        if result.shape[:1] != (SAMPLES,) or first.shape != (1, *result.shape[1:]):
            return None
        if not torch.allclose(result[:1], first, atol=1e-5):
            return None
    return together


def random_inputs(trial: Trial, seed: int) -> Tensors:
    generator = torch.Generator().manual_seed(seed)
    if trial.dtype is DType.INT:
        top = trial.arguments["count"]
        return tuple(torch.randint(top, (SAMPLES, *s), generator=generator) for s in trial.shapes)
    return tuple(torch.randn((SAMPLES, *s), generator=generator) for s in trial.shapes)


@pytest.mark.parametrize("word", GENERATORS)
@torch.no_grad()
def test_a_step_is_legal_exactly_where_pytorch_runs_it(word: str) -> None:
    rng = Random(word)
    outcomes = {True: 0, False: 0}
    for seed in range(CASES):
        trial = GENERATORS[word](rng)
        inputs = tuple(TensorType(shape, trial.dtype) for shape in trial.shapes)
        tensors = random_inputs(trial, seed)
        op = accepted(word, trial, inputs)
        model = emitted(op, inputs) if op else None
        outcomes[op is not None] += 1
        try:
            function = trial.make()
        except (AssertionError, ValueError, RuntimeError):
            function = None
        if isinstance(function, nn.Module) and model is not None and model.layer is not None:
            function.load_state_dict(model.layer.state_dict(), strict=True)
        theirs = expected(function, tensors) if function else None

        assert (op is None) == (theirs is None), trial
        if op is None or model is None or theirs is None:
            continue
        assert [r.shape for r in op.infer(inputs)] == [tuple(t.shape[1:]) for t in theirs], trial
        for ours, their in zip(results(model(*tensors)), theirs, strict=True):
            assert torch.allclose(ours, their, atol=1e-5), trial
    assert min(outcomes.values()) > CASES // 20, outcomes
