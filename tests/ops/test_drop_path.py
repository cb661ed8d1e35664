"""Stochastic depth: what a training step keeps, scaled; evaluation keeps all."""

import pytest
import torch
from emitted import emitted
from torch import Tensor, nn

from archdsl.ir.shape import TensorType
from archdsl.ops.argument import Refused
from archdsl.ops.families.regularisation import DropPath
from archdsl.ops.validation import validated

SHAPE = (2, 3, 3)


def layer(p: float, mode: str = "row") -> nn.Module:
    return emitted(DropPath(p=p, mode=mode), (TensorType(SHAPE),))


def kept(result: Tensor) -> list[float]:
    """The factor of each sample of ones, the same in all its elements."""
    rows = result.flatten(1)
    assert (rows == rows[:, :1]).all()
    return rows[:, 0].tolist()


def test_each_sample_is_dropped_or_scaled_by_the_survival() -> None:
    torch.manual_seed(0)
    factors = kept(layer(0.2)(torch.ones(4000, *SHAPE)))
    assert set(factors) == {0.0, 1.25}  # 1 / (1 − 0.2)
    assert sum(factors) / len(factors) == pytest.approx(1.0, abs=0.05)


def test_batch_mode_decides_for_all_samples_at_once() -> None:
    torch.manual_seed(0)
    draws = [kept(layer(0.5, "batch")(torch.ones(8, *SHAPE))) for _ in range(20)]
    assert {tuple(d) for d in draws} == {(0.0,) * 8, (2.0,) * 8}


@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_evaluation_changes_nothing(p: float) -> None:
    x = torch.randn(4, *SHAPE)
    assert layer(p).eval()(x) is x


def test_the_ends_of_the_range() -> None:
    x = torch.randn(4, *SHAPE)
    assert torch.equal(layer(0.0)(x), x)
    assert torch.equal(layer(1.0)(x), torch.zeros_like(x))


@pytest.mark.parametrize("arguments", [{"p": 1.5}, {"p": -0.1}, {"p": 0.1, "mode": "column"}, {}])
def test_what_no_probability_is(arguments: dict) -> None:
    with pytest.raises(Refused):
        validated(DropPath, arguments)
