"""Convolutions, pools, normalisations, activations and dropouts against PyTorch, at random."""

import pytest
import random_structure
import random_tensors
from differential import compare
from random_layers import GENERATORS

from archdsl.ops.base import OpFamily
from archdsl.ops.registry import ops

COUNTS = {OpFamily.CONVOLUTION: 200, OpFamily.POOLING: 75, OpFamily.ACTIVATION: 15}


@pytest.mark.one_in(4)  # seed of each word
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("word", GENERATORS)
def test_random_uses_agree_with_pytorch(word: str, seed: int) -> None:
    count = COUNTS.get(ops()[word].family, 40)
    compare(GENERATORS[word], count=count, seed=seed, fewest=3)


def test_every_op_is_drawn_somewhere() -> None:
    drawn = {*GENERATORS, *random_structure.GENERATORS, *random_tensors.GENERATORS}
    assert drawn == {*ops()}
