"""What no argument can be, as PyTorch has it: numbers below, above and beyond all sense."""

from collections.abc import Callable
from math import inf, nan
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from archdsl.ir.shape import TensorType
from archdsl.ops.argument import Refused
from archdsl.ops.base import Misfit
from archdsl.ops.registry import ops
from archdsl.ops.validation import validated

OUT_OF_BOUNDS = [
    ("conv", {"channels": 0, "kernel_size": 3}),
    ("conv", {"channels": 8, "kernel_size": 0}),
    ("conv", {"channels": 8, "kernel_size": 3, "padding": -1}),
    ("dropout", {"p": -0.5}),
    ("dropout", {"p": 1.5}),
    ("bn", {"eps": -0.5}),
    ("bn", {"eps": inf}),
    ("bn", {"eps": nan}),
    ("leaky_relu", {"negative_slope": inf}),
    ("leaky_relu", {"negative_slope": nan}),
    ("lp_pool", {"norm_type": 0.0, "kernel_size": 2}),
    ("lp_pool", {"norm_type": -0.5, "kernel_size": 2}),
    ("reshape", {"shape": (-2, 5)}),
    ("upsample", {"scale_factor": 0.0}),
    ("upsample", {"scale_factor": -0.5}),
    ("upsample", {"scale_factor": 1e9 + 1}),
    ("lrn", {"size": 0}),
    ("scaled_dot_product", {"scale": 0.0}),
    ("scaled_dot_product", {"scale": inf}),
    ("attention", {"heads": 0}),
    ("attention", {"heads": 2, "dropout": -0.5}),
    ("celu", {"alpha": 0.0}),
    ("softplus", {"beta": 0.0}),
    ("softplus", {"beta": -0.5}),
    ("softshrink", {"lambd": -0.5}),
    ("softshrink", {"lambd": 1e39}),
    ("parameter", {"shape": (3,), "init": "normal", "std": -0.5}),
    ("lrn", {"size": 2**31 + 1}),
]


@pytest.mark.parametrize(("word", "arguments"), OUT_OF_BOUNDS)
def test_no_such_number(word: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        validated(ops()[word], arguments)


def test_the_largest_and_smallest_numbers_that_are_taken() -> None:
    assert validated(ops()["celu"], {"alpha": 0.001})
    assert validated(ops()["softplus"], {"beta": 0.001})
    assert validated(ops()["upsample"], {"scale_factor": 1e9})
    assert validated(ops()["lrn"], {"size": 2**31})


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_the_ends_of_a_probability_belong_to_it(p: float) -> None:
    nn.Dropout(p)
    assert validated(ops()["dropout"], {"p": p})


def test_numbers_have_room_in_pytorchs_64_bits() -> None:
    with pytest.raises(ValueError, match="Overflow"):
        torch.tensor(2**63)
    with pytest.raises(Refused):
        validated(ops()["linear"], {"features": 2**63})
    assert torch.tensor(2**62).dtype is torch.int64
    assert validated(ops()["linear"], {"features": 2**62})


MEETING = [  # whether a lower and an upper bound may be equal
    ("clamp", {"min": 2, "max": 2}, lambda x: torch.clamp(x, 2, 2)),
    ("rrelu", {"lower": 0.25, "upper": 0.25}, lambda x: nn.RReLU(0.25, 0.25)(x)),
    ("hardtanh", {"min_val": 2, "max_val": 2}, lambda x: nn.Hardtanh(2, 2)(x)),
]


@pytest.mark.parametrize(("word", "arguments", "by_torch"), MEETING)
def test_bounds_that_meet(
    word: str, arguments: dict[str, Any], by_torch: Callable[[Tensor], Tensor]
) -> None:
    def fits() -> bool:
        return bool(validated(ops()[word], arguments).infer((TensorType((5,)),)))

    try:
        by_torch(torch.zeros(2, 5))
    except AssertionError:
        with pytest.raises(Misfit):
            fits()
    else:
        assert fits()
